"""Mirroring a feed by its address: crawl, import, remember what it honours; by hand or on a schedule."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from directory.db import AWAY, Database, advisory_lock
from directory.errors import DirectoryError
from directory.importing import apply
from directory.importing.shapes import Report
from directory.importing.spool import Spool
from directory.importing.tagging import tag_untagged
from directory.search.ahead import Ahead
from directory.telemetry import log

if TYPE_CHECKING:
    from directory.importing import sources

OVERLAP = dt.timedelta(days=1)
"""How far before its last run a feed is asked for changes: clocks differ, and "after" means "on or after"."""
LOOK = 60.0  # seconds between looks at what is due


async def mirror(
    database: Database,
    folder: Path,
    feed: str,
    address: str,
    options: apply.Options,
    *,
    changes: bool = False,
    every_hours: int | None = None,
    fetching: "sources.Told" = lambda done, total: None,
    importing: Callable[[int], None] = lambda done: None,
    ahead: Ahead | None = None,
) -> Report:
    """Bring what the feed at `address` says into the directory as `feed`; `changes` asks it only for what changed
    since the last run. Raises SourceError; then nothing is changed, and the next run goes on where this one broke.
    """
    from directory.importing import sources  # late: its HTTP client is 5 MB, and not everybody mirrors

    since = await _since(database, feed) if changes else None
    spool = Spool(folder / feed)
    crawled = await sources.fetch(address, spool, fetching, since=since)
    report = await apply.run(
        database,
        feed,
        address,
        spool.read(urlsplit(address).netloc),
        msgspec.structs.replace(options, complete=options.complete and crawled.complete, url=address),
        told=importing,
        remarks=crawled.remarks,
        may_be_empty="modified_after" in crawled.query,
        ahead=ahead,
    )
    spool.clear()
    if not options.dry_run:
        await _remember(database, feed, crawled.honoured, every_hours)
    return report


async def _since(database: Database, feed: str) -> str | None:
    last: dt.datetime | None = await database.pool.fetchval("select last_run from feed where id = $1", feed)
    return None if last is None else (last - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _remember(
    database: Database, feed: str, honoured: "sources.Honoured", every_hours: int | None
) -> None:
    state: dict[str, object] = {"honoured": msgspec.to_builtins(honoured), "failed": None}
    if every_hours is not None:
        state["every_hours"] = every_hours
    await database.pool.execute(
        "update feed set state = state || $2::jsonb where id = $1", feed, msgspec.json.encode(state).decode()
    )


async def watching(database: Database, folder: Path, rules_dir: str = "") -> None:
    """Never returns: mirrors every feed that has a schedule when it falls due, one process at a time."""
    while True:
        with contextlib.suppress(*AWAY):
            async with advisory_lock(database, "import schedule") as mine:
                if mine:
                    await mirror_due(database, folder, rules_dir)
        await asyncio.sleep(LOOK)


async def mirror_due(database: Database, folder: Path, rules_dir: str = "") -> int:
    """Mirror what is due now; a feed that fails is noted and tried again when it is due next. Returns how many."""
    rows = await database.pool.fetch(
        "select id, url, label, coalesce(last_complete < now() - interval '7 days', true) as long_ago from feed"
        " where url <> '' and (state ->> 'every_hours')::float > 0 and greatest("
        "   last_run, (state ->> 'tried')::timestamptz, '-infinity')"
        " < now() - make_interval(hours => (state ->> 'every_hours')::int) order by id"
    )
    for feed, url, label, long_ago in rows:
        await database.pool.execute(
            "update feed set state = state || jsonb_build_object('tried', now()) where id = $1", feed
        )
        try:
            # What has gone only shows in a complete run: at least one a week.
            report = await mirror(
                database, folder, feed, url, apply.Options(label=label), changes=not long_ago
            )
            if report.added or report.changed:
                await tag_untagged(database, rules_dir, feed)
        except DirectoryError as error:
            log.warning("the scheduled import of %s failed: %s", feed, error.detail)
            await database.pool.execute(
                "update feed set state = state || jsonb_build_object('failed', $2::text) where id = $1",
                feed,
                error.detail,
            )
        else:
            log.info("imported %s: %s new, %s changed", feed, report.added, report.changed)
    return len(rows)
