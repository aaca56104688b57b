"""Text to a typed answer, and points to areas, with the postcodes, places and areas of the database.

What is near home is kept in memory and looked up in microseconds; a postcode from elsewhere is one indexed SELECT.
Nothing that is typed is logged or stored.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence

from directory.db import AWAY, Database
from directory.places import answers, points, postcodes, read
from directory.places.complete import completions
from directory.places.held import Held
from directory.places.named import LatLon
from directory.places.names import fold
from directory.places.postcodes import Reading
from directory.places.shapes import Answer, Candidate, Zone, ZoneSummary
from directory.places.units import Unit

LONGEST = 10_000
"""Characters of a text that are looked at; nothing is found in the rest."""
AGAIN = 5.0
"""Seconds after which it is asked whether the data has changed."""


class Places:
    """One a process. `await load()` once, or let the first `resolve` do it; later loads are noticed by themselves."""

    def __init__(self, database: Database) -> None:
        self.database = database
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
        if len(text) < 10 and (unit := held.units.find(text)):
            return answers.unit(held, unit)
        text = text[:LONGEST].replace("\x00", " ").strip()
        if not any(character.isalnum() for character in text):
            return answers.invalid()
        readings = postcodes.readings(text)
        return (
            await self._postcode(held, text, readings)
            or self._point(held, text)
            or await self._in_address(held, text, readings)
            or self._half(held, text, readings)
            or self._name(held, text, near)
        )

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

    async def edges_of(self, lat: float, lon: float) -> tuple[str, ...]:
        """References of the areas that a point is not in, but within 200 metres of."""
        held = await self.load()
        return self._refs(held, held.atlas.edges(lat, lon, held.atlas.of_point(lat, lon)))

    async def areas_of_postcode(self, postcode: str) -> tuple[str, ...]:
        """References of the areas of a postcode, live or not; empty when there is no such one."""
        held = await self.load()
        code = postcodes.normalise(postcode)
        unit = await self._first(held, [code]) if code else None
        return self._refs(held, held.atlas.of_unit(unit)) if unit else ()

    async def zones(self) -> list[ZoneSummary]:
        """The School and Community Zones of today."""
        return await read.zones(self.database.pool, await self.load())

    async def zone(self, code: str) -> Zone | None:
        """One of them whole, or None."""
        return await read.zone(self.database.pool, await self.load(), code)

    async def point_of_postcode(self, postcode: str) -> LatLon | None:
        """(lat, lon) of a postcode, live or not; None when there is no such one."""
        code = postcodes.normalise(postcode)
        unit = await self._first(await self.load(), [code]) if code else None
        return (unit.lat, unit.lon) if unit else None

    @staticmethod
    def _refs(held: Held, areas: Iterable[int]) -> tuple[str, ...]:
        return tuple(held.atlas.refs[at] for at in areas)

    async def _postcode(self, held: Held, text: str, typed: Sequence[Reading]) -> Answer | None:
        """The whole text as a postcode, sector or outcode that exists, as typed or with look-alikes put right."""
        if unit := await self._first(held, [one.text for one in typed if one.kind == "unit"]):
            return answers.unit(held, unit)
        for one in typed:
            if one.kind in ("outcode", "sector") and (wide := held.wide(one.text)):
                return answers.wide(held, wide)
        if points.read(text):
            return None
        repairs = postcodes.repairs(text)
        if unit := await self._first(held, [one.text for one in repairs if one.kind == "unit"]):
            return answers.unit(held, unit, answers.respelt(text, unit.postcode))
        for one in repairs:
            if one.kind in ("outcode", "sector") and (wide := held.wide(one.text)):
                return answers.wide(held, wide, answers.respelt(text, wide.text))
        return None

    def _point(self, held: Held, text: str) -> Answer | None:
        typed = points.read(text)
        return answers.point(held, typed) if typed else None

    async def _in_address(self, held: Held, text: str, typed: Sequence[Reading]) -> Answer | None:
        if typed:
            return None
        unit = await self._first(held, [one.text for one in postcodes.find_in(text)])
        return answers.unit(held, unit) if unit else None

    def _half(self, held: Held, text: str, typed: Sequence[Reading]) -> Answer | None:
        """A postcode that is not finished, or is none."""
        for one in typed:
            if one.kind == "partial":
                wide = held.wide(one.sector or one.outcode) or held.wide(one.outcode)
                if wide:
                    return answers.wide(held, wide, partial=one.text)
                letters = one.text.isalpha() and any(
                    code.startswith(one.text) and code[2:3].isdigit() for code in held.outcodes
                )
                if letters and held.gazetteer.look_up(text).how not in ("exact", "alias"):
                    return answers.partial(held, one.text)
            elif one.kind == "unit":
                return answers.missing(held, one)
        return None

    def _name(self, held: Held, text: str, near: LatLon | None) -> Answer:
        found = held.gazetteer.look_up(text, near)
        if found.how not in ("exact", "alias"):
            name = fold(text)
            for at, region in enumerate(held.atlas.regions):
                if region.kind not in ("county", "district") and fold(region.name) == name:
                    return answers.region(held, at)
        return answers.named(held, found)

    async def _first(self, held: Held, codes: Sequence[str]) -> Unit | None:
        """The first of the postcodes that exists."""
        found = {code: unit for code in codes if (unit := held.units.find(code))}
        asked = [code for code in codes if code not in found]
        if asked and not held.whole:
            found |= await read.units(self.database.pool, asked)
        return next((found[code] for code in codes if code in found), None)
