"""An import's search documents, made in a process of their own while the import still goes on.

The process (maker.py) is told of services as they are stored; it makes their documents and puts them aside. It takes
the index's lock just before the import commits, and writes only after the commit, and only what no other transaction
has touched since: an import that fails leaves no trace in the index, and a process that dies costs nothing but time,
since what is not in the index stays noted in `search_change`.
"""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import msgspec

from directory.catalogue import hsds
from directory.db import Connection
from directory.search.frames import Commit, Reply, framed, setup
from directory.settings import Settings

HIGH = 32_000_000  # bytes on their way to the process before the import waits for it
Told = Callable[[int], None]


class Ahead:
    """The import's side. Nothing here raises because the other side is gone: then the index only follows later."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._committed: Commit | None = None

    async def put(self, services: Collection[hsds.Service]) -> None:
        """Services that are stored for sure, if the transaction commits, just as they are here."""
        if services:
            await self._send(b"S", list(services))

    async def ready(self, connection: Connection, compared: Collection[str]) -> None:
        """The last statement of the transaction. `compared`: organizations and locations that changed on the way."""
        await self._send(b"L", None)
        if not (await self._reply()).ok:
            return
        transaction, seq = await connection.fetchrow("select this_transaction(), last_value from search_seq")
        self._committed = Commit(transaction=transaction, seq=seq, compared=sorted(compared))

    async def finish(self, told: Told = lambda done: None) -> Reply:
        """After the commit: what was made is written, and what else has changed is brought in."""
        written = 0
        if self._committed is not None:
            await self._send(b"W", self._committed)
            written = (await self._reply()).done
            told(written)
        await self._send(b"D", None)
        rest = await self._reply(lambda done: told(written + done))
        return Reply(ok=rest.ok, made=written, done=written + rest.done, waiting=rest.waiting)

    async def _send(self, kind: bytes, value: Any) -> None:
        out = self._process.stdin
        assert out is not None
        with contextlib.suppress(OSError):
            out.write(framed(kind, value))
            await out.drain()

    async def _reply(self, told: Told = lambda done: None) -> Reply:
        read = self._process.stdout
        assert read is not None
        while line := await read.readline():
            reply = msgspec.json.decode(line, type=Reply)
            if reply.last:
                return reply
            told(reply.done)
        return Reply(ok=False, waiting=-1)


@contextlib.asynccontextmanager
async def ahead(settings: Settings) -> AsyncIterator[Ahead]:
    """`settings.database_url` must lead to the running database. The process ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "directory.search.maker", stdin=PIPE, stdout=PIPE, start_new_session=True
    )
    try:
        assert process.stdin is not None
        process.stdin.transport.set_write_buffer_limits(high=HIGH)
        process.stdin.write(framed(b"O", setup(settings)))
        yield Ahead(process)
    finally:
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=10)
        except TimeoutError:
            process.kill()
            await process.wait()
