"""A real server that goes away while it is needed, and comes back: a proxy before it refuses connections meanwhile."""

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import meilisearch
import pytest

from directory.catalogue.write import store
from directory.db import Database
from directory.errors import Unavailable
from directory.search.embedded import Embedded
from directory.search.fallback import Fallback
from directory.search.index import SearchIndex
from directory.search.meilisearch import Meilisearch
from directory.search.shapes import Ask
from directory.search.sync import drain, pending, rebuild
from tests.search.conftest import SERVER
from tests.search.made import service

KEY = os.environ.get("DIRECTORY_SEARCH_KEY", "")
needs_server = pytest.mark.skipif(not SERVER, reason="no Meilisearch server: set DIRECTORY_SEARCH_URL")


class Proxy:
    """Carries connections to the server while it is `up`; drops them all, and refuses new ones, while it is not."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._to = (where.hostname or "127.0.0.1", where.port or 7700)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_in, there_out = await asyncio.open_connection(*self._to)
        self._open |= {writer, there_out}
        try:
            await asyncio.gather(_pump(reader, there_out), _pump(there_in, writer))
        finally:
            self._open -= {writer, there_out}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy(SERVER)
    await made.up()
    try:
        yield made
    finally:
        await made.down()


@pytest.fixture
async def engine(proxy: Proxy) -> AsyncIterator[Meilisearch]:
    server = Meilisearch(proxy.url, KEY, prefix=f"test-{uuid.uuid4().hex}")
    try:
        async with server.opened() as index:
            yield index
    finally:
        meilisearch.Client(SERVER, KEY or None).index(server.name).delete()


async def named(database: Database, name: str) -> None:
    """One of the services has a new name."""
    one = await database.pool.fetchval("select id from service order by id limit 1")
    await database.pool.execute("update service set name = $2 where id = $1", one, name)


async def drained(database: Database, index: SearchIndex) -> None:
    while await pending(database):
        await drain(database, index)


@needs_server
async def test_an_outage_is_a_clear_refusal_and_heals_by_itself(
    database: Database, engine: Meilisearch, proxy: Proxy
) -> None:
    await _seed(database)
    await rebuild(database, engine)
    await named(database, "Quokka mornings")
    await drained(database, engine)
    assert (await engine.search(Ask(words=["quokka"]))).total == 1

    await proxy.down()
    await named(database, "Wombat mornings")
    with pytest.raises(Unavailable, match="search server"):
        await engine.ping()
    with pytest.raises(Unavailable, match="search server"):
        await engine.search(Ask(words=["platypus", "mornings"], spelling=False))
    with pytest.raises(Unavailable, match="search server"):
        await drain(database, engine)
    assert await pending(database) == 1  # nothing is lost: it waits

    await proxy.up()
    await drained(database, engine)
    await engine.ping()
    assert (await engine.search(Ask(words=["wombat"]))).total == 1
    assert (await engine.search(Ask(words=["quokka"], spelling=False))).total == 0


@needs_server
async def test_with_a_fallback_nobody_notices_an_outage(
    database: Database, engine: Meilisearch, proxy: Proxy, tmp_path: Path
) -> None:
    await _seed(database)
    async with Embedded(tmp_path / "search").opened() as here:
        both = Fallback(engine, here)
        await rebuild(database, both)
        await proxy.down()
        await named(database, "Wombat mornings")
        with pytest.raises(Unavailable):
            await drain(database, both)  # the server's part of it waits
        await both.ping()
        assert (await both.search(Ask(words=["wombat"]))).total == 1
        await proxy.up()
        await drained(database, both)
        assert (await engine.search(Ask(words=["wombat"]))).total == 1


async def _seed(database: Database) -> None:
    async with database.transaction() as connection:
        await store(connection, "local", [service("Baby group"), service("Debt advice")])
