"""The leader's loop: one process at a time drains the index and does what falls due."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from directory.access.vault import Vault
from directory.db import AWAY, Database, advisory_lock
from directory.importing.mirror import watching
from directory.places.resolve import Places
from directory.referrals.chores import Clerk
from directory.search.index import SearchIndex
from directory.search.sync import MOST, drain, pending, rebuild, refresh
from directory.settings import Settings
from directory.telemetry import Metrics, log

PAUSE = 0.25  # seconds between rounds: what changes is searchable within a second of its commit


@contextlib.asynccontextmanager
async def working(
    settings: Settings, database: Database, index: SearchIndex, metrics: Metrics, places: Places, vault: Vault
) -> AsyncIterator[None]:
    """Run the loops beside the web process for as long as the block lasts."""
    tasks = [
        asyncio.create_task(run(database, index, metrics, places)),
        asyncio.create_task(run_clerk(database, Clerk(settings, database, vault))),
        asyncio.create_task(watching(database, settings.data_dir / "imports", settings.rules_dir)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run(database: Database, index: SearchIndex, metrics: Metrics, places: Places) -> None:
    """Never returns. A database that goes away is waited for; a round that fails is logged and tried again."""
    while True:
        try:
            async with advisory_lock(database, "worker") as leader:
                metrics.gauges["leader"] = float(leader)
                while leader:
                    await round_of_work(database, index, metrics, places)
                    await asyncio.sleep(PAUSE)
        except AWAY:
            metrics.gauges["leader"] = 0.0
        except Exception:
            log.exception("a round of background work failed")
        await asyncio.sleep(1)


async def run_clerk(database: Database, clerk: Clerk) -> None:
    """The same for messages and clocks, in a loop of its own: a slow mail server holds up no search."""
    while True:
        try:
            async with advisory_lock(database, "clerk") as leader:
                while leader:
                    await clerk.round()
                    await asyncio.sleep(PAUSE)
        except AWAY:
            pass
        except Exception:
            log.exception("a round of messages and reminders failed")
        await asyncio.sleep(1)


async def round_of_work(database: Database, index: SearchIndex, metrics: Metrics, places: Places) -> None:
    """Everything that is due now, once."""
    if (await index.status()).empty:
        await rebuild(database, index, places, only_if_empty=True)
    while await drain(database, index, places) == MOST:
        pass
    await refresh(database, index, places)
    metrics.gauges["search_changes_waiting"] = float(await pending(database))
