"""The `SearchIndex` protocol, and which engine the settings ask for."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from directory.db import AWAY, Database
from directory.errors import Unavailable
from directory.places.resolve import Places
from directory.search.misses import Misses
from directory.search.prepared import Put
from directory.search.shapes import Answer, Ask, Status
from directory.search.weights import use
from directory.settings import Settings

_LOOKS = 20


class SearchIndex(Protocol):
    """An engine. Every method raises `Unavailable` while the engine is away."""

    misses: Misses

    async def ping(self) -> None: ...

    async def status(self) -> Status: ...

    async def search(self, ask: Ask) -> Answer: ...

    async def spelt(self, listed: Sequence[str]) -> dict[str, str]:
        """What each misspelt one of some words is read as."""
        ...

    async def suggest(self, text: str, most: int) -> list[str]:
        """Names and words that begin as the text does, likeliest first."""
        ...

    async def change(self, put: Put, delete: Sequence[str]) -> None:
        """Both in one step, there for every later search of this process; others follow within a second."""
        ...

    async def running_out(self, minute: int, most: int) -> list[str]:
        """Ids of services whose opening hours are known only up to before `minute` (since 1970); `most` of them."""
        ...

    def rebuild(self) -> "contextlib.AbstractAsyncContextManager[Rebuild]":
        """A new index beside the old one; when the block ends well it takes the old one's place at once."""
        ...


class Rebuild(Protocol):
    async def add(self, documents: Put) -> None: ...


@contextlib.asynccontextmanager
async def open_index(
    settings: Settings,
    database: Database,
    places: Places | None = None,
    *,
    build: bool = True,
    apart: bool = False,
) -> AsyncIterator[SearchIndex]:
    """The engine of the settings, open for as long as the block lasts; unless told not to, built first where there is
    no index yet, by a process of its own if `apart` and where there is much to build."""
    from directory.search.sync import rebuild

    use(settings.rules_dir)
    async with contextlib.AsyncExitStack() as stack:
        index = await _engine(settings, stack)
        with contextlib.suppress(*AWAY, Unavailable):  # the worker builds it when both are there
            if build and apart and not settings.search_url and (await index.status()).empty:
                await _built_apart(settings, database, index)
            if build and (await index.status()).empty:
                await rebuild(database, index, places, only_if_empty=True)
        await stack.enter_async_context(index.misses.written(database))
        yield index


async def _built_apart(settings: Settings, database: Database, index: SearchIndex) -> None:
    from directory.search.built import LEAST, build_apart

    if await database.pool.fetchval("select count(*) from service") < LEAST:
        return
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        await asyncio.to_thread(build_apart, database.url, settings)
    for _ in range(_LOOKS):  # what another process wrote is seen within a quarter of a second
        if not (await index.status()).empty:
            return
        await asyncio.sleep(0.1)


async def _engine(settings: Settings, stack: contextlib.AsyncExitStack) -> SearchIndex:
    from directory.search.embedded import Embedded
    from directory.search.fallback import Fallback
    from directory.search.meilisearch import Meilisearch

    folder = settings.data_dir / "search"
    if not settings.search_url:
        return await stack.enter_async_context(Embedded(folder).opened())
    server = await stack.enter_async_context(Meilisearch(settings.search_url, settings.search_key).opened())
    if not settings.search_fallback:
        return server
    return Fallback(server, await stack.enter_async_context(Embedded(folder).opened()))
