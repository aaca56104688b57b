"""What partners' pages do, as figures by day: counted in memory, written now and then. No words, no addresses."""

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from directory.db import AWAY, Database

Kind = Literal["opened", "completed", "searched", "nothing", "limited"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EVERY = 5.0  # seconds between writes
LONDON = ZoneInfo("Europe/London")


class Uses:
    """`opened`: a page showed the widget; `nothing`: a search without a hit; `limited`: refused as too many."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, dt.date, Kind]] = Counter()

    def count(self, partner: str, what: Kind) -> None:
        self.counts[(partner, dt.datetime.now(LONDON).date(), what)] += 1

    async def write(self, database: Database) -> None:
        """Add what was counted to the database; keeps it where the database is away."""
        taken, self.counts = self.counts, Counter()
        if not taken:
            return
        try:
            await database.pool.executemany(
                "insert into partner_use (partner_id, day, what, count) values ($1, $2, $3, $4)"
                " on conflict (partner_id, day, what) do update set count = partner_use.count + excluded.count",
                sorted((*key, count) for key, count in taken.items()),
            )
        except BaseException:
            self.counts.update(taken)
            raise

    @contextlib.asynccontextmanager
    async def written(self, database: Database) -> AsyncIterator["Uses"]:
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
