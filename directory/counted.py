"""Figures that are counted in memory and written now and then, so that an answer costs no write and no text is kept."""

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from typing import Self

from directory.db import AWAY, Database

EVERY = 5.0  # seconds between writes
_MOST = 10_000  # different keys between two writes; more are not told apart
_LONGEST = 80


class Counted:
    """Counts by day and by `columns` of `table`, whose primary key is (day, *columns) beside a `count`."""

    def __init__(self, table: str, columns: tuple[str, ...]) -> None:
        self.counts: Counter[tuple[dt.date, *tuple[str, ...]]] = Counter()
        names = ", ".join(("day", *columns))
        marks = ", ".join(f"${number}" for number in range(1, len(columns) + 3))
        self._add = (
            f"insert into {table} ({names}, count) values ({marks})"  # noqa: S608  # names of our own tables
            f" on conflict ({names}) do update set count = {table}.count + excluded.count"
        )

    def add(self, day: dt.date, *key: str) -> None:
        """Count one. What is longer than 80 characters is cut."""
        if len(self.counts) < _MOST:
            self.counts[(day, *(part[:_LONGEST] for part in key))] += 1

    async def write(self, database: Database) -> None:
        """Add what was counted to the database; keeps it where the database is away."""
        taken, self.counts = self.counts, Counter()
        if not taken:
            return
        try:
            await database.pool.executemany(self._add, sorted((*key, count) for key, count in taken.items()))
        except BaseException:
            self.counts.update(taken)
            raise

    @contextlib.asynccontextmanager
    async def written(self, database: Database) -> AsyncIterator[Self]:
        """Write every few seconds for as long as the block lasts, and once at its end."""
        task = asyncio.create_task(self._go_on(database))
        try:
            yield self
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
