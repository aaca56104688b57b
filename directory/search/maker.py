"""`python -m directory.search.maker`: the process that makes an import's documents (see ahead.py).

Reads frames on stdin (a length, a letter, MessagePack) and answers with lines of JSON. Its end of file means that the
import is gone: what was made is dropped.
"""

import asyncio
import contextlib
import gc
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any
from uuid import UUID

import msgspec

from directory.catalogue import hsds
from directory.catalogue.stored import as_stored
from directory.db import Connection, Database, lock_key
from directory.places.resolve import Places
from directory.search import prepared
from directory.search.document import document, listed
from directory.search.embedded import Unread
from directory.search.first import First
from directory.search.frames import Commit, Reply, frames
from directory.search.index import SearchIndex, open_index
from directory.search.prepared import Prepared, prepare
from directory.search.store import Store
from directory.search.sync import LOCK, drain, pending, placed, rebuild, today
from directory.search.weights import use
from directory.settings import Settings

PATIENCE = 5.0  # seconds that the import's commit may wait for whoever writes the index just now
DRAINING = 120.0  # seconds to bring in the rest while somebody else holds the index
MOST = 5_000  # changes of one drain: every drain costs a commit


class Maker:
    """Documents put aside in a file until the import has committed."""

    def __init__(self, settings: Settings, database: Database, aside: IO[bytes]) -> None:
        self.settings, self.database, self.aside = settings, database, aside
        self.places = Places(database)
        self.labels: dict[str, str] = {}
        self.lock: Connection | None = None
        self.first: First | None = None
        self.begun = False

    async def make(self, services: list[hsds.Service]) -> None:
        found = await placed([as_stored(each) for each in services if listed(each)], self.places)
        day = today()
        put = []
        for each in found.services:
            made = document(each, lambda lat, lon: found.areas[lat, lon], day)
            for code, label in made.labels.items():
                if code.startswith("need:"):
                    self.labels[code.removeprefix("need:")] = label
            put.append(prepare(made, _roots(each)))
        put += [Prepared(each.id, b"", []) for each in services if not listed(each)]
        body = prepared.encode(put)
        self.aside.write(len(body).to_bytes(4, "big") + b"P" + body)
        await asyncio.to_thread(self._write_first, [each for each in put if each.data])

    def _write_first(self, put: list[Prepared]) -> None:
        """Where there is no index in files yet, one is written beside while the import goes on."""
        try:
            if not self.begun and not self.settings.search_url:
                store = Store(self.settings.data_dir / "search")
                self.first = None if store.fits(store.current) else First(store)
            self.begun = True
            if self.first is not None:
                self.first.add(put)
        except (OSError, ValueError):
            self.drop_first()

    def drop_first(self) -> None:
        first, self.first = self.first, None
        if first is not None:
            first.drop()

    async def take_lock(self) -> bool:
        """Hold the index for what is to be written, so that nobody else makes the same documents once more."""
        self.lock = await self.database.pool.acquire()
        deadline = time.monotonic() + PATIENCE
        while not await self.lock.fetchval("select pg_try_advisory_lock($1)", lock_key(LOCK)):
            if time.monotonic() > deadline:
                await self.database.pool.release(self.lock)
                self.lock = None
                return False
            await asyncio.sleep(0.02)
        return True

    async def write(self, commit: Commit) -> int:
        """Put into the index what is still as it was made; how many."""
        connection = self.lock
        if connection is None:
            return 0
        try:
            if not await self._names_hold(connection) or not await self._may_begin(connection, commit):
                return 0
            ours = await self._ours(connection, commit)
            await self._store(ours)
            await connection.execute(
                "delete from search_change c using service s where c.service_id = s.id and s.touched_by = $1"
                " and c.seq <= $2 and c.service_id = any($3::uuid[])",
                commit.transaction,
                commit.seq,
                list(ours),
            )
            return len(ours)
        finally:
            await self.unlock()

    async def unlock(self) -> None:
        if self.lock is not None:
            await self.lock.execute("select pg_advisory_unlock($1)", lock_key(LOCK))
            await self.database.pool.release(self.lock)
            self.lock = None

    async def rest(self, told: Any) -> Reply:
        """Bring in whatever else waits, ours or not."""
        self.drop_first()
        done, deadline = 0, time.monotonic() + DRAINING
        if not await pending(self.database):
            return Reply()
        async with self._index() as index:
            if (await index.status()).empty:
                return Reply(
                    done=await rebuild(self.database, index, self.places, lambda so_far, _: told(so_far))
                )
            while (waiting := await pending(self.database)) and time.monotonic() < deadline:
                some = await drain(self.database, index, self.places, most=MOST)
                done += some
                told(done)
                if not some:
                    await asyncio.sleep(0.2)
        return Reply(done=done, waiting=waiting)

    @contextlib.asynccontextmanager
    async def _index(self) -> AsyncIterator[SearchIndex]:
        """What is brought in is not asked for here: an index in files is not read into memory for that."""
        if self.settings.search_url:
            async with open_index(self.settings, self.database, self.places, build=False) as index:
                yield index
        else:
            yield Unread(self.settings.data_dir / "search")

    async def _names_hold(self, connection: Connection) -> bool:
        """Whether needs are called here what they were called in the documents."""
        rows = await connection.fetch(
            "select t.code, t.name from taxonomy_term t join taxonomy x on x.id = t.taxonomy_id where x.name = 'needs'"
        )
        return self.labels.items() <= {(row[0], row[1]) for row in rows}

    async def _may_begin(self, connection: Connection, commit: Commit) -> bool:
        """A first index may only be begun with these where there is nothing else to be found."""
        if self.settings.search_url:
            async with open_index(self.settings, self.database, self.places, build=False) as index:
                there = not (await index.status()).empty
        else:
            store = Store(self.settings.data_dir / "search")
            there = store.fits(store.current)
        return there or not await connection.fetchval(
            "select exists (select from service where touched_by <> $1)", commit.transaction
        )

    async def _ours(self, connection: Connection, commit: Commit) -> set[str]:
        compared, ours = set(commit.compared), set()
        for some in self._aside():
            wanted = [UUID(each.id) for each in some if compared.isdisjoint(each.roots)]
            rows = await connection.fetch(
                "select c.service_id from search_change c join service s on s.id = c.service_id"
                " where c.service_id = any($1) and s.touched_by = $2 and c.seq <= $3",
                wanted,
                commit.transaction,
                commit.seq,
            )
            ours |= {str(row[0]) for row in rows}
        return ours

    def _finish_first(self, ours: set[str]) -> bool:
        first, self.first = self.first, None
        try:
            others = (each.id for some in self._aside() for each in some if each.id not in ours)
            return first is not None and first.finish(others)
        except (OSError, ValueError):
            return False

    async def _store(self, ours: set[str]) -> None:
        if await asyncio.to_thread(self._finish_first, ours):
            return
        gone = [each.id for some in self._aside() for each in some if not each.data and each.id in ours]
        put = ([each for each in some if each.data and each.id in ours] for some in self._aside())
        if not self.settings.search_url:
            store = Store(self.settings.data_dir / "search")
            await asyncio.to_thread(store.change, (each for some in put for each in some), gone)
            return
        async with open_index(self.settings, self.database, self.places, build=False) as index:
            await index.change([], gone)
            for some in put:
                await index.change(some, [])

    def _aside(self) -> Iterator[list[Prepared]]:
        self.aside.seek(0)
        return (prepared.decode(body) for _, body in frames(self.aside))


def _roots(service: hsds.Service) -> list[str]:
    found = [each.location.id for each in service.service_at_locations if each.location]
    return [*found, service.organization.id] if service.organization else found


async def serve(stream: IO[bytes], out: IO[bytes]) -> None:
    def say(reply: Reply) -> None:
        with contextlib.suppress(OSError):
            out.write(msgspec.json.encode(reply) + b"\n")
            out.flush()

    coming = frames(stream)
    first = await asyncio.to_thread(next, coming, None)
    if first is None:
        return
    settings = msgspec.msgpack.decode(first[1], type=Settings, dec_hook=lambda kind, value: kind(value))
    use(settings.rules_dir)
    database = await Database(settings.database_url, size=3).open()
    with tempfile.TemporaryFile() as aside:
        maker = Maker(settings, database, aside)
        try:
            while (frame := await asyncio.to_thread(next, coming, None)) is not None:
                kind, body = frame
                if kind == b"S":
                    await maker.make(msgspec.msgpack.decode(body, type=list[hsds.Service]))
                elif kind == b"L":
                    say(Reply(ok=await maker.take_lock()))
                elif kind == b"W":
                    say(Reply(done=await maker.write(msgspec.msgpack.decode(body, type=Commit))))
                else:
                    say(await maker.rest(lambda done: say(Reply(last=False, done=done))))
        finally:
            with contextlib.suppress(Exception):
                maker.drop_first()
                await maker.unlock()
            await database.close()


def main() -> None:
    gc.set_threshold(200_000, 20, 50)
    with contextlib.suppress(Exception):  # whoever asked sees that we are gone, and says so
        asyncio.run(serve(sys.stdin.buffer, sys.stdout.buffer))
    os._exit(0)  # whoever started us waits: all is closed, and nothing is gained by taking a great heap apart


if __name__ == "__main__":
    main()
