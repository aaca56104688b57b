"""The sources themselves: what there is of each, how its runs went, and taking one away."""

import datetime as dt

from msgspec import Raw, Struct

from directory.catalogue.write import prune
from directory.db import Database, lock_key
from directory.errors import Conflict, NotFound
from directory.importing.apply import unhurried


class Source(Struct, frozen=True, kw_only=True):
    """One source. `missing` services were not in its last runs and are kept for now."""

    id: str
    label: str
    url: str
    dialect: str
    services: int
    missing: int
    last_run: dt.datetime | None
    last_complete: dt.datetime | None


async def list_feeds(database: Database) -> list[Source]:
    rows = await database.pool.fetch(
        "select f.id, f.label, f.url, f.dialect, f.last_run, f.last_complete, count(s.id) as services,"
        " count(s.id) filter (where s.missed_crawls > 0) as missing"
        " from feed f left join service s on s.feed_id = f.id group by f.id order by f.id"
    )
    return [Source(**row) for row in rows]


async def remove_feed(database: Database, feed: str) -> int:
    """Take the source away with all its records, in one transaction; returns how many services it had.

    Raises NotFound for an unknown one, Conflict for the directory's own or one that is being imported.
    """
    if feed == "local":
        raise Conflict("local is this directory itself and is not removed")
    async with unhurried(database) as connection:
        if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", lock_key(f"import {feed}")):
            raise Conflict(f"an import of {feed} is running")
        if not await connection.fetchval("select true from feed where id = $1 for update", feed):
            raise NotFound(f"there is no source {feed}")
        done = await connection.execute("delete from service where feed_id = $1", feed)
        await connection.execute(
            "update organization set parent_organization_id = null where feed_id = $1", feed
        )
        await prune(connection, feed)
        await connection.execute("delete from feed where id = $1", feed)
    return int(done.rsplit(" ", 1)[-1])


class PastRun(Struct, frozen=True, kw_only=True):
    """One import that was done, with the report it gave."""

    id: int
    source: str
    finished: dt.datetime
    complete: bool
    report: Raw


async def list_runs(database: Database, feed: str | None, most: int) -> list[PastRun]:
    rows = await database.pool.fetch(
        "select id, feed_id as source, finished, complete, report::text as report from import_run"
        " where $1::text is null or feed_id = $1 order by id desc limit $2",
        feed,
        most,
    )
    return [PastRun(**{**row, "report": Raw(row["report"].encode())}) for row in rows]
