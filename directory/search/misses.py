"""Searches that found nothing, as figures: how many a day, for which need, in which area. No text is kept."""

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator

from directory.catalogue.hours import LONDON
from directory.db import AWAY, Database

EVERY = 5.0  # seconds between writes
_MOST = 10_000  # different misses between two writes; more are not told apart


class Misses:
    """Counted in memory and written now and then, so that an empty answer costs no write."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[dt.date, str, str]] = Counter()

    def count(self, need: str, area: str) -> None:
        """One search without a hit. `need` is a code or "", `area` a reference such as "zone:zone-03" or ""."""
        if len(self.counts) < _MOST:
            self.counts[(dt.datetime.now(LONDON).date(), need[:80], area[:80])] += 1

    async def write(self, database: Database) -> None:
        """Add what was counted to the database; keeps it where the database is away."""
        taken, self.counts = self.counts, Counter()
        if not taken:
            return
        try:
            await database.pool.executemany(
                "insert into search_miss (day, need, area, count) values ($1, $2, $3, $4)"
                " on conflict (day, need, area) do update set count = search_miss.count + excluded.count",
                sorted((*key, count) for key, count in taken.items()),
            )
        except BaseException:
            self.counts.update(taken)
            raise

    @contextlib.asynccontextmanager
    async def written(self, database: Database) -> AsyncIterator[None]:
        """Write every few seconds for as long as the block lasts, and once at its end."""
        task = asyncio.create_task(self._go_on(database))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, *AWAY):
                await task
            with contextlib.suppress(*AWAY):
                await self.write(database)

    async def _go_on(self, database: Database) -> None:
        while True:
            await asyncio.sleep(EVERY)
            with contextlib.suppress(*AWAY):
                await self.write(database)
