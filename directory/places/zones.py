"""A School and Community Zone from its parts: where it is, its towns, its districts. Pure."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from msgspec import Raw

from directory.places.held import Held
from directory.places.shapes import AreaShare, Point

_PLACES = 6


def centre(outline: bytes | None) -> Point | None:
    """A point inside the outline, as near its middle as there is one."""
    if not outline:
        return None
    point = shapely.from_wkb(outline).representative_point()
    return Point(lat=round(point.y, 5), lon=round(point.x, 5))


def geojson(outline: bytes | None) -> Raw:
    """The outline as GeoJSON geometry, or null."""
    return Raw(shapely.to_geojson(shapely.from_wkb(outline)).encode() if outline else b"null")


def districts(held: Held, ref: str) -> list[AreaShare]:
    """The districts of an area's postcodes with their shares, the greatest first."""
    at = held.atlas.index.get(ref)
    if at is None:
        return []
    rows = held.atlas.rows(at)
    codes, counts = np.unique(held.units.district[rows], return_counts=True)
    total = int(counts.sum()) or 1
    return [
        AreaShare(kind="district", code=code, name=held.districts[code], share=round(count / total, 3))
        for count, code in sorted(
            zip(counts.tolist(), (held.units.districts[one] for one in codes), strict=True), reverse=True
        )
        if code in held.districts
    ]


def towns(held: Held) -> dict[str, list[str]]:
    """Reference of a zone -> the names of its towns and biggest villages."""
    table, atlas = held.gazetteer.table, held.atlas
    some = [
        index
        for index, place in enumerate(table.places)
        if place.kind in ("city", "town", "suburb", "village") and place.point and table.is_home(index)
    ]
    some.sort(key=lambda index: -table.weight(index))
    found: dict[str, list[str]] = defaultdict(list)
    inside = atlas.of_many([float(table.lat[i]) for i in some], [float(table.lon[i]) for i in some])
    for index, areas in zip(some, inside, strict=True):
        for at in areas:
            if atlas.regions[at].kind == "zone" and len(found[atlas.refs[at]]) < _PLACES:
                found[atlas.refs[at]].append(table.places[index].name)
    return found


def inside(held: Held, ref: str, points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which of the points (lat, lon) are in the area."""
    at = held.atlas.index.get(ref)
    found = held.atlas.of_many([lat for lat, _ in points], [lon for _, lon in points])
    return [at is not None and at in areas for areas in found]


def box(outline: bytes | None) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) in degrees of an outline and of a kilometre or so round it."""
    if not outline:
        return None
    west, south, east, north = shapely.from_wkb(outline).bounds
    return west - 0.02, south - 0.01, east + 0.02, north + 0.01
