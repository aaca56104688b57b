"""From PostgreSQL to the index: what changed, soon after its commit; everything, beside the old index, on demand.

A drain forgets a change only after the index has it, and only at the `seq` it read: what changed meanwhile stays to be
done, and a crash at any point means the same work once more, which changes nothing.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from directory.catalogue import hsds
from directory.catalogue.hours import LONDON
from directory.catalogue.read import ids, records
from directory.catalogue.twins import shown, with_twins
from directory.db import Connection, Database, advisory_lock, lock_key
from directory.places.resolve import Places
from directory.search.document import document, listed, points_of
from directory.search.index import Rebuild, SearchIndex
from directory.search.prepared import Prepared, prepare

MOST = 500  # changes of one drain
BATCH = 2_000  # services of one step of a rebuild
LOCK = "search-index"
REFRESH = 14 * 1440  # minutes of opening hours that every document has ahead of it
Progress = Callable[[int, int], None]


async def drain(
    database: Database, index: SearchIndex, places: Places | None = None, *, most: int = MOST
) -> int:
    """Bring at most `most` changes into the index; how many. 0 also where another process is at it.

    `places` is asked which areas each venue lies in.
    """
    async with advisory_lock(database, LOCK) as ours:
        if not ours:
            return 0
        async with database.pool.acquire() as connection:
            changes = await connection.fetch(
                "select service_id, seq from search_change order by seq limit $1", most
            )
            if not changes:
                return 0
            wanted = await with_twins(connection, [row["service_id"] for row in changes])
            put = await _documents(connection, wanted, places or Places(database))
            there = {each.id for each in put}
            await index.change(put, [str(each) for each in wanted if str(each) not in there])
            await _forget(connection, [(row["service_id"], row["seq"]) for row in changes])
    return len(changes)


async def refresh(
    database: Database, index: SearchIndex, places: Places, now: dt.datetime | None = None
) -> int:
    """Give at most `MOST` services that run out of opening hours new ones; how many. A day changes no service, so
    nothing else would."""
    minute = int((now or dt.datetime.now(dt.UTC)).timestamp()) // 60
    ids = await index.running_out(minute + REFRESH, MOST)
    if ids:
        async with advisory_lock(database, LOCK) as ours, database.pool.acquire() as connection:
            if ours:
                put = await _documents(connection, [UUID(each) for each in ids], places)
                there = {each.id for each in put}
                await index.change(put, [each for each in ids if each not in there])
    return len(ids)


async def pending(database: Database) -> int:
    """Changes that the index has not seen."""
    return int(await database.pool.fetchval("select count(*) from search_change"))


async def rebuild(
    database: Database,
    index: SearchIndex,
    places: Places | None = None,
    progress: Progress = lambda done, total: None,
    *,
    only_if_empty: bool = False,
) -> int:
    """Build the index anew from one state of the database, and put it in the old one's place; how many services.

    Searches are answered from the old index meanwhile. What changes meanwhile waits for the next drain. A process that
    finds another one rebuilding waits for it.
    """
    async with database.pool.acquire() as holder:
        await holder.execute("select pg_advisory_lock($1)", lock_key(LOCK))
        try:
            if only_if_empty and not (await index.status()).empty:
                return 0
            return await _rebuild(database, index, places or Places(database), progress)
        finally:
            await holder.execute("select pg_advisory_unlock($1)", lock_key(LOCK))


async def _rebuild(database: Database, index: SearchIndex, places: Places, progress: Progress) -> int:
    done = 0
    async with database.pool.acquire() as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            known = [
                tuple(row) for row in await connection.fetch("select service_id, seq from search_change")
            ]
            total = int(await connection.fetchval("select count(*) from service"))
            async with index.rebuild() as beside:
                writing: asyncio.Future[None] | None = None
                try:
                    async for wanted in ids(connection, batch=BATCH):
                        found = await _found(connection, wanted, places)
                        if writing is not None:
                            await writing
                            progress(done, total)
                        # While these are made and written, PostgreSQL reads the next.
                        writing = asyncio.ensure_future(_write(beside, found))
                        done += len(wanted)
                finally:
                    if writing is not None:
                        await asyncio.wait([writing])
                if writing is not None:
                    writing.result()
            progress(done, total)
        await _forget(connection, known)
    return done


def today() -> dt.date:
    return dt.datetime.now(LONDON).date()


async def _write(beside: Rebuild, found: "Found") -> None:
    await beside.add(await found.documents())


class Found(NamedTuple):
    """Services as they are listed, and the areas of their venues."""

    services: list[hsds.Service]
    areas: dict[tuple[float, float], Sequence[str]]

    async def documents(self) -> list[Prepared]:
        """Made in a thread: a search that comes meanwhile does not wait for all of them."""
        return await asyncio.to_thread(self.made)

    def made(self) -> list[Prepared]:
        day = today()
        return [prepare(document(each, lambda lat, lon: self.areas[lat, lon], day)) for each in self.services]


async def _documents(connection: Connection, wanted: list[UUID], places: Places) -> list[Prepared]:
    return await (await _found(connection, wanted, places)).documents()


async def _found(connection: Connection, wanted: list[UUID], places: Places) -> Found:
    found = await records(connection, await shown(connection, wanted))
    return await placed([each for each in found.values() if listed(each)], places)


async def placed(services: list[hsds.Service], places: Places) -> Found:
    points = sorted({point for each in services for point in points_of(each)})
    areas = await places.areas_of_many([lat for lat, _ in points], [lon for _, lon in points])
    return Found(services, dict(zip(points, areas, strict=True)))


async def _forget(connection: Connection, changes: list[Any]) -> None:
    await connection.execute(
        "delete from search_change c using unnest($1::uuid[], $2::bigint[]) as seen (service_id, seq)"
        " where c.service_id = seen.service_id and c.seq = seen.seq",
        [service for service, _ in changes],
        [seq for _, seq in changes],
    )
