"""The facts that figures are made of, read once a day and held in memory: `Insight`.

Figures are to the end of yesterday. What happened on a day that is over does not change, so one reading serves the day;
and nobody sees a count move while a request is being worked on.
"""

import asyncio
import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from directory.access.vault import Vault
from directory.db import Database
from directory.insight import read
from directory.insight.coverage import Offer
from directory.insight.facts import Facts
from directory.insight.periods import Period, offered
from directory.insight.suppression import Rounding
from directory.insight.unmet import Signals
from directory.places.resolve import Places
from directory.referrals.clocks import local_day

T = TypeVar("T")
MOST_MADE = 600  # answers of one day that are kept
OFFERS_KEPT = 300.0  # seconds: what the directory offers may change at any time


class Known(Struct, frozen=True):
    """One day's facts. `areas` are the names of zones and districts by reference."""

    facts: Facts
    signals: Signals
    areas: dict[str, str]
    periods: list[Period]

    @property
    def usual(self) -> Period:
        return self.periods[0]


class Insight:
    """One a process. `needs` are the needs of the rule book, code and label, in its order."""

    def __init__(
        self, database: Database, vault: Vault, places: Places, needs: Mapping[str, str], *, threshold: int
    ) -> None:
        self.database = database
        self.places = places
        self.labels = dict(needs)
        self.needs = tuple(needs)
        self._made: OrderedDict[Any, Any] = OrderedDict()
        self.rounding = Rounding(vault.sign("insight", "rounding"), threshold)
        self._known: Known | None = None
        self._offers: tuple[float, list[Offer]] | None = None
        self._counted_of: list[Offer] | None = None
        self._counted: dict[Any, Any] = {}
        self._reading = asyncio.Lock()

    async def known(self, today: dt.date | None = None) -> Known:
        """To the end of the day before `today`. Raises one of `db.AWAY` where nothing can be read."""
        to = today or local_day(dt.datetime.now(dt.UTC))
        if self._known is not None and self._known.facts.to == to:
            return self._known
        async with self._reading:
            if self._known is None or self._known.facts.to != to:
                self._known = await self._read(to)
                self._made.clear()
            return self._known

    def made(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, kept for the day under `key`: the facts are the same, so is what is made of them."""
        if key in self._made:
            self._made.move_to_end(key)
            kept: T = self._made[key]
            return kept
        found = self._made[key] = make()
        if len(self._made) > MOST_MADE:
            self._made.popitem(last=False)
        return found

    async def offers(self) -> list[Offer]:
        """What the directory offers now, or some minutes ago."""
        if self._offers is None or time.monotonic() - self._offers[0] > OFFERS_KEPT:
            async with self._reading:
                if self._offers is None or time.monotonic() - self._offers[0] > OFFERS_KEPT:
                    self._offers = (time.monotonic(), await read.offers(self.database.pool, self.places))
        return self._offers[1]

    async def of_offers(self, key: Any, make: Callable[[list[Offer]], T]) -> T:
        """What `make` gives of what is offered, kept under `key` until that is read again."""
        found = await self.offers()
        if self._counted_of is not found:
            self._counted_of, self._counted = found, {}
        if key not in self._counted:
            self._counted[key] = make(found)
        kept: T = self._counted[key]
        return kept

    async def _read(self, to: dt.date) -> Known:
        areas = await read.area_names(self.database.pool, to)
        facts = await read.facts(self.database.pool, to, self.rounding, self.needs)
        signals = await read.signals(self.database.pool, to, self.rounding, self.needs, list(areas))
        # The running quarter has days in it only from its second day on.
        last = to - dt.timedelta(days=1)
        return Known(facts, signals, areas, offered(min(facts.first, last), last))
