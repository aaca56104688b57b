"""The county's outlines and towns for maps, read once and kept for an hour."""

import time
from typing import Any

import shapely

from directory.db import Reader
from directory.web.maps import Ground, Town, coarsened
from directory.web.tiles import tiles

KEPT = 3600.0
_OUTLINES = """
    select outline from area
    where kind = 'district' and outline is not null and (valid_to is null or valid_to >= current_date)
"""
_TOWNS = """
    select p.name, p.latitude, p.longitude from place p
    where p.kind in ('city', 'town')
        and p.district in (select code from area where kind = 'district' and outline is not null)
    order by p.kind, (select count(*) from postcode c where abs(c.latitude - p.latitude) < 0.02
        and abs(c.longitude - p.longitude) < 0.03) desc
"""


async def ground(state: Any, reader: Reader) -> Ground:
    """From `state.ground` where it is fresh."""
    kept: tuple[float, Ground] | None = getattr(state, "ground", None)
    if kept and time.monotonic() - kept[0] < KEPT:
        return kept[1]
    outlines = [shapely.from_wkb(bytes(row[0])) for row in await reader.fetch(_OUTLINES)]
    towns = [Town(*row) for row in await reader.fetch(_TOWNS)] if outlines else []
    under = tiles(state.settings.tiles)
    zooms, credit = (under.zooms, under.credit) if under else (None, "")
    found = Ground(outlines, towns, zooms, credit, coarsened(outlines))
    if outlines:
        state.ground = (time.monotonic(), found)
    return found
