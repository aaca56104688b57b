"""Text to a typed answer, and points to areas, with the postcodes, places and areas of the database.

What is near home is kept in memory and looked up in microseconds; a postcode from elsewhere is one indexed SELECT.
Nothing that is typed is logged or stored.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any

from directory.db import AWAY, Database
from directory.places import answers, postcodes, read, understand
from directory.places.complete import completions
from directory.places.held import Held
from directory.places.named import LatLon
from directory.places.shapes import Answer, Candidate, Zone, ZoneSummary
from directory.places.units import Unit
from directory.telemetry import log

PATIENCE = 3.0
"""Seconds that another geocoder may take."""
AGAIN = 5.0
"""Seconds after which it is asked whether the data has changed."""


class Places:
    """One a process. `await load()` once, or let the first `resolve` do it; later loads are noticed by themselves."""

    def __init__(self, database: Database, *, beyond: Any = None) -> None:
        """`beyond` is a geopy geocoder, of either kind, to be asked for what is not known here: a council's own
        gazetteer, say. It is told what was typed; without one nobody is."""
        self.database = database
        self.beyond = beyond
        self._held: Held | None = None
        self._version: tuple[tuple[str, int], ...] = ()
        self._asked = float("-inf")
        self._loading = asyncio.Lock()

    async def load(self) -> Held:
        """The snapshot in memory, read first where there is none or the data has changed since.

        Raises one of `db.AWAY` while the database cannot be reached and nothing is held yet.
        """
        if self._held is not None and time.monotonic() - self._asked < AGAIN:
            return self._held
        async with self._loading:
            if self._held is not None and time.monotonic() - self._asked < AGAIN:
                return self._held
            try:
                version = await read.version(self.database.pool)
                if self._held is None or version != self._version:
                    self._held, self._version = await read.held(self.database.pool), version
            except AWAY:
                if self._held is None:
                    raise
            self._asked = time.monotonic()
            return self._held

    def forget(self) -> None:
        """Look for changes at the next question, not some seconds later."""
        self._asked = float("-inf")

    async def resolve(self, text: str, near: LatLon | None = None) -> Answer:
        """Where the text is. `near` (lat, lon) puts the candidates of a repeated name in order.

        Raises nothing for any text; one of `db.AWAY` when a database is needed and away.
        """
        held = await self.load()
        missing = () if held.whole else understand.wanted(held, text)
        known = await read.units(self.database.pool, missing) if missing else {}
        answer = understand.answer(held, text, near, known)
        if self.beyond is not None and answer.kind == "unknown":
            return await self._ask(held, text) or answer
        return answer

    async def _ask(self, held: Held, text: str) -> Answer | None:
        """The other geocoder's answer; None when it has none, is away or too slow."""
        from geopy.adapters import BaseAsyncAdapter  # late: few have one, and it takes a while
        from geopy.exc import GeopyError

        try:
            async with asyncio.timeout(PATIENCE):
                if isinstance(self.beyond.adapter, BaseAsyncAdapter):
                    found = await self.beyond.geocode(text)
                else:
                    found = await asyncio.to_thread(self.beyond.geocode, text)
        except (GeopyError, TimeoutError, OSError):
            log.warning("the other geocoder did not answer")
            return None
        if found is None:
            return None
        vintage = type(self.beyond).__name__
        return answers.from_elsewhere(held, str(found.address), found.latitude, found.longitude, vintage)

    async def complete(self, prefix: str, limit: int = 8, near: LatLon | None = None) -> list[Candidate]:
        """Postcodes, places and areas that begin with the text, the likeliest first."""
        return completions(await self.load(), prefix[:200].replace("\x00", " "), limit, near)

    async def areas_of(self, lat: float, lon: float) -> tuple[str, ...]:
        """References ("district:E07000148", "zone:zone-03", "county:E10000020") of the areas that a point is in;
        empty where it is in none, and for a point that is not finite."""
        held = await self.load()
        return self._refs(held, held.atlas.of_many([lat], [lon])[0])

    async def areas_of_many(self, lats: Sequence[float], lons: Sequence[float]) -> list[tuple[str, ...]]:
        """`areas_of` for many points at once: some 100,000 a second."""
        held = await self.load()
        return [self._refs(held, found) for found in held.atlas.of_many(lats, lons)]

    async def areas_of_postcode(self, postcode: str) -> tuple[str, ...]:
        """References of the areas of a postcode, live or not; empty when there is no such one."""
        held = await self.load()
        unit = await self._unit(held, postcode)
        return self._refs(held, held.atlas.of_unit(unit)) if unit else ()

    async def zones(self) -> list[ZoneSummary]:
        """The School and Community Zones of today."""
        return await read.zones(self.database.pool, await self.load())

    async def zone(self, code: str) -> Zone | None:
        """One of them whole, or None."""
        return await read.zone(self.database.pool, await self.load(), code)

    async def point_of_postcode(self, postcode: str) -> LatLon | None:
        """(lat, lon) of a postcode, live or not; None when there is no such one."""
        unit = await self._unit(await self.load(), postcode)
        return (unit.lat, unit.lon) if unit else None

    @staticmethod
    def _refs(held: Held, areas: Iterable[int]) -> tuple[str, ...]:
        return tuple(held.atlas.refs[at] for at in areas)

    async def _unit(self, held: Held, postcode: str) -> Unit | None:
        code = postcodes.normalise(postcode)
        if code is None:
            return None
        unit = held.units.find(code)
        if unit or held.whole:
            return unit
        return (await read.units(self.database.pool, [code])).get(code)
