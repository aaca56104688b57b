"""Which areas a postcode or a point is in, and which it is only close to. Immutable. Pure.

Of each kind an area is either a list (of postcodes, sectors, outcodes, districts), then a point has the area of the
postcode nearest to it, or a surface, then the surface decides, the nearest within 250 m where a point falls into none:
the sea side of a quay, a sliver between two lines. A list of sectors or outcodes counts only inside the home county.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from directory.places.distance import Plane, haversine
from directory.places.names import fold
from directory.places.units import Unit, Units

SLIVER = 250.0
EDGE = 200.0
"""Metres from a line within which both sides of it are told."""
FAR = 5_000.0
"""Metres from the nearest postcode beyond which a point is nowhere: at sea, abroad."""

LISTS = ("postcode", "sector", "outcode", "district")
"""What an area can be a list of; one of anything else (`lsoa`, `urn`) is the outline that was drawn of it."""

_UNNAMED = ("county", "district", "lsoa", "msoa", "oa")
_FIRST = ("district", "zone", "county")


class Region(NamedTuple):
    """An area as stored; see `tables.Area`."""

    kind: str
    code: str
    name: str
    outline: bytes | None = None
    members: tuple[tuple[str, str], ...] = ()
    demonstration: bool = False

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.code}"


class Atlas:
    def __init__(
        self, regions: Iterable[Region], units: Units, district_names: Mapping[str, str] | None = None
    ) -> None:
        """`district_names` are those of neighbours, so that a place just over the border has a district too."""
        self.units = units
        found = sorted(regions, key=lambda region: (_rank(region.kind), region.kind, region.code))
        counties = [region for region in found if region.kind == "county"]
        self.counties = tuple(region.name for region in counties)
        self.home_districts = frozenset(
            member for region in counties for kind, member in region.members if kind == "district"
        ) or _mostly_in(counties, units)
        listed = {region.kind for region in found if any(kind in LISTS for kind, _ in region.members)}
        if "district" in listed:
            known = {region.code for region in found if region.kind == "district"}
            found += [
                Region("district", code, name, members=(("district", code),))
                for code, name in sorted((district_names or {}).items())
                if code not in known
            ]
            found.sort(key=lambda region: (_rank(region.kind), region.kind, region.code))
        self.regions = tuple(found)
        self.refs = tuple(region.ref for region in found)
        self.index = {ref: at for at, ref in enumerate(self.refs)}
        self.named = {
            fold(region.name): at
            for at, region in reversed(list(enumerate(found)))
            if region.kind not in _UNNAMED
        }
        """Folded name -> area, of those that people know by a name and that are no places of the gazetteer."""
        self.kinds = tuple(dict.fromkeys(region.kind for region in found))
        home = [at for at, code in enumerate(units.districts) if code in self.home_districts]
        self._home = np.isin(units.district, home)
        self._lists = {kind: self._listed(kind) for kind in self.kinds if kind in listed}
        self._about = self._across_lines()
        self._surfaces = {
            kind: Surfaces(
                [
                    (at, region.outline)
                    for at, region in enumerate(found)
                    if region.kind == kind and region.outline
                ],
                units.plane,
            )
            for kind in self.kinds
            if kind not in listed
        }
        self._county = Surfaces(
            [
                (at, region.outline)
                for at, region in enumerate(found)
                if region.kind == "county" and region.outline
            ],
            units.plane,
        )

    def of_unit(self, unit: Unit) -> tuple[int, ...]:
        """Areas of a postcode: what it is listed in, its district by its own code, else where its point is."""
        if unit.row < 0:
            return self.with_district(self.of_point(unit.lat, unit.lon), unit.district)
        found = [at for listed in self._lists.values() if (at := int(listed[unit.row])) >= 0]
        if len(found) < len(self._lists) and self._home[unit.row]:
            # Its sector came up after the lists were drawn: it goes where its neighbours are.
            kinds = {self.regions[at].kind for at in found}
            found += [at for at in self._by_nearest(unit.lat, unit.lon) if self.regions[at].kind not in kinds]
        found += self._on_surfaces(unit.lat, unit.lon)
        return self.with_district(found, unit.district)

    def with_district(self, areas: Iterable[int], code: str) -> tuple[int, ...]:
        """The areas with this district, where there is such a one, in the place of any other."""
        mine = self.index.get(f"district:{code}")
        if mine is None:
            return tuple(sorted(areas))
        return tuple(sorted([one for one in areas if self.regions[one].kind != "district"] + [mine]))

    def of_point(self, lat: float, lon: float) -> tuple[int, ...]:
        """Areas of a point, in the order of `regions`."""
        return tuple(sorted(self._by_nearest(lat, lon) + self._on_surfaces(lat, lon)))

    def _by_nearest(self, lat: float, lon: float) -> list[int]:
        nearest = self.units.nearest(lat, lon) if self._lists else None
        if not nearest or nearest[1] > FAR:
            return []
        return [at for listed in self._lists.values() if (at := int(listed[nearest[0]])) >= 0]

    def _on_surfaces(self, lat: float, lon: float) -> list[int]:
        if not self._surfaces:
            return []
        x, y = self.units.plane.at(lat, lon)
        return [at for surfaces in self._surfaces.values() if (at := surfaces.at(x, y)) >= 0]

    def of_many(self, lats: Sequence[float], lons: Sequence[float]) -> list[tuple[int, ...]]:
        """`of_point` for many points at once; a point that is not finite is in nothing."""
        lat, lon = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
        good = np.isfinite(lat) & np.isfinite(lon)
        found: list[list[int]] = [[] for _ in range(len(lat))]
        places = np.flatnonzero(good).tolist()
        if not places:
            return [tuple(one) for one in found]
        if self._lists and len(self.units.used):
            rows, away = self.units.nearest_many(lat[good], lon[good])
            for listed in self._lists.values():
                areas = np.where(away <= FAR, listed[rows], -1).tolist()
                for place, at in zip(places, areas, strict=True):
                    if at >= 0:
                        found[place].append(at)
        if self._surfaces:
            xy = self.units.plane.xy(lat[good], lon[good])
            for surfaces in self._surfaces.values():
                for place, at in zip(places, surfaces.at_many(xy).tolist(), strict=True):
                    if at >= 0:
                        found[place].append(at)
        return [tuple(sorted(one)) for one in found]

    def edges(self, lat: float, lon: float, inside: Sequence[int]) -> tuple[int, ...]:
        """Areas that the point is not in but within `EDGE` metres of, of the kinds that it is inside of one of."""
        kinds = {self.regions[at].kind for at in inside} - {"county"}
        found: set[int] = set()
        x, y = self.units.plane.at(lat, lon)
        for kind, surfaces in self._surfaces.items():
            if kind in kinds:
                found |= surfaces.about(x, y, EDGE)
        nearest = self.units.nearest(lat, lon) if self._lists else None
        if nearest:
            found |= set(self._beyond(x, y, *nearest, inside))
        return tuple(sorted(found - set(inside)))

    def edges_of_unit(self, unit: Unit, inside: Sequence[int]) -> tuple[int, ...]:
        """`edges` of a postcode; of one in use, from what lies about it, which is reckoned beforehand."""
        row = unit.row
        if row < 0 or self._surfaces or self.units.live[row] == 0:
            return self.edges(unit.lat, unit.lon, inside)
        rows, areas = self._about
        first, last = np.searchsorted(rows, (row, row + 1)).tolist()
        if first == last:
            return ()
        kinds = {self.regions[at].kind for at in inside} - {"county"}
        found = {at for at in areas[first:last].tolist() if self.regions[at].kind in kinds}
        return tuple(sorted(found - set(inside)))

    def _beyond(self, x: float, y: float, mine: int, away: float, inside: Sequence[int]) -> tuple[int, ...]:
        """`edges` by the lists alone, for a point on the ground of the postcode `mine`, `away` metres from it."""
        kinds = {self.regions[at].kind for at in inside} - {"county"}
        rows = self._across_the_line(x, y, mine, away)
        found = {at for kind in kinds & self._lists.keys() for at in self._lists[kind][rows].tolist()}
        return tuple(sorted(found - set(inside) - {-1}))

    def _across_the_line(self, x: float, y: float, mine: int, away: float) -> NDArray[np.int64]:
        """Rows of the postcodes whose ground begins within `EDGE` metres of a point on the ground of `mine`: the line
        between two is half way."""
        units = self.units
        near = units.near(x, y, away + 2 * EDGE)
        own_x, own_y = units.plane.at(float(units.lat[mine]), float(units.lon[mine]))
        spots = units.spots[near]
        apart = np.hypot(spots[:, 0] - own_x, spots[:, 1] - own_y)
        further = np.hypot(spots[:, 0] - x, spots[:, 1] - y)
        with np.errstate(divide="ignore", invalid="ignore"):
            line = np.where(apart > 0, (further**2 - away**2) / (2 * apart), 0.0)
        return np.asarray(units.used[near[line <= EDGE]])

    def _across_lines(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(row of a postcode in use, area that begins within `EDGE` of it): where all about it share its areas, none.
        The line between two postcodes is half way."""
        units = self.units
        if not len(units.used):
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
        mine, other = units.neighbours(np.flatnonzero(self._mixed()[units.used]), 2 * EDGE)
        found = []
        for listed in self._lists.values():
            here, there = listed[units.used[mine]], listed[units.used[other]]
            across = (here != there) & (there >= 0)
            found.append(np.stack([units.used[mine[across]], there[across]]))
        pairs = np.unique(np.concatenate([np.zeros((2, 0), np.int64), *found], axis=1), axis=1)
        return pairs[0].astype(np.int32), pairs[1].astype(np.int32)

    def _mixed(self) -> NDArray[np.bool_]:
        """A sieve: for each postcode, whether the squares of two `EDGE` about it hold some with other areas."""
        units = self.units
        _, mixed = np.unique(
            np.stack([*self._lists.values(), np.zeros(len(units))]), axis=1, return_inverse=True
        )
        x, y = np.floor(units.plane.xy(units.lat, units.lon) / (2 * EDGE)).astype(np.int64).T
        x, y = x - x.min() + 1, y - y.min() + 1
        low = np.full((x.max() + 2, y.max() + 2), np.iinfo(np.int64).max)
        high = np.full_like(low, -1)
        np.minimum.at(low, (x, y), mixed.ravel())
        np.maximum.at(high, (x, y), mixed.ravel())
        round_about = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        lowest = np.min([low[x + i, y + j] for i, j in round_about], axis=0)
        highest = np.max([high[x + i, y + j] for i, j in round_about], axis=0)
        return np.asarray(lowest != highest)

    def shares(self, rows: slice, kind: str) -> dict[int, float]:
        """Area -> its part of the home postcodes in use among these rows, the greatest first; for lists only."""
        if kind not in self._lists:
            return {}
        areas = self._lists[kind][rows]
        areas = areas[(self.units.live[rows] != 0) & (areas >= 0)]
        numbers, counts = np.unique(areas, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {int(numbers[at]): float(counts[at] / counts.sum()) for at in order}

    def rows(self, at: int) -> NDArray[np.int64]:
        """The rows of the postcodes in use that are in an area."""
        units, region = self.units, self.regions[at]
        if region.kind in self._lists:
            inside = self._lists[region.kind][units.used] == at
        else:
            inside = self._surfaces[region.kind].at_many(units.spots) == at
        return np.asarray(units.used[inside])

    def at_home(self, areas: Iterable[int]) -> bool:
        """Whether one of the areas is the home county."""
        return any(self.regions[at].kind == "county" for at in areas)

    def outside(self, lat: float, lon: float) -> float | None:
        """Metres from the home county; None where its outline is not known."""
        nearest = self._county.nearest(self.units.plane.at(lat, lon))
        if nearest is None:
            return None
        (there,) = self.units.plane.lonlat(np.array([nearest])).tolist()
        return float(haversine(lat, lon, there[1], there[0]))

    def _listed(self, kind: str) -> NDArray[np.int32]:
        """For each postcode its area of this kind, or -1; the narrowest member that names it wins."""
        units = self.units
        members: dict[str, dict[str, int]] = defaultdict(dict)
        for at, region in enumerate(self.regions):
            if region.kind == kind:
                for what, member in region.members:
                    members[what].setdefault(member, at)
        found = np.full(len(units), -1, dtype=np.int32)
        if named := members.get("district"):
            by_district = np.array([named.get(code, -1) for code in units.districts], dtype=np.int32)
            found = by_district[units.district]
        for what, cut in (("outcode", -4), ("sector", -2)):
            if named := members.get(what):
                found = self._by_text(found, [code[:cut] for code in units.codes.tolist()], named)
        if named := members.get("postcode"):
            found = self._by_text(found, units.codes.tolist(), named)
        return found

    def _by_text(
        self, found: NDArray[np.int32], texts: list[bytes], named: Mapping[str, int]
    ) -> NDArray[np.int32]:
        known = {text.encode("ascii", "replace"): at for text, at in named.items()}
        areas = np.array([known.get(text, -1) for text in texts], dtype=np.int32)
        here = areas >= 0
        if self.home_districts:
            here &= self._home
        return np.where(here, areas, found)


class Surfaces:
    """Polygons of one kind of area in a flat map, each part on its own: boxes of whole ones are loose."""

    def __init__(self, outlines: Sequence[tuple[int, bytes]], plane: Plane) -> None:
        shapes = shapely.transform(shapely.from_wkb([outline for _, outline in outlines]), plane.flat)
        self._parts, which = shapely.get_parts(shapes, return_index=True)
        self._areas = np.array([at for at, _ in outlines], dtype=np.int64)[which]
        shapely.prepare(self._parts)
        self._tree = shapely.STRtree(self._parts)

    def at(self, x: float, y: float) -> int:
        """The area at a point, of several the first; the nearest within `SLIVER` metres; or -1."""
        point = shapely.points(x, y)
        maybe = self._tree.query(point)
        if len(maybe):
            inside = maybe[shapely.intersects_xy(self._parts[maybe], x, y)]
            if len(inside):
                return int(self._areas[inside].min())
        near = self._tree.query_nearest(point, max_distance=SLIVER)
        return int(self._areas[near].min()) if len(near) else -1

    def at_many(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """`at` for rows of (x, y)."""
        none = np.iinfo(np.int64).max
        found = np.full(len(xy), none)
        points = shapely.points(xy)
        which, part = self._tree.query(points)
        inside = shapely.intersects_xy(self._parts[part], xy[which, 0], xy[which, 1])
        np.minimum.at(found, which[inside], self._areas[part[inside]])
        left = np.flatnonzero(found == none)
        if len(left):
            which, part = self._tree.query_nearest(points[left], max_distance=SLIVER)
            np.minimum.at(found, left[which], self._areas[part])
        return np.where(found == none, -1, found)

    def about(self, x: float, y: float, metres: float) -> set[int]:
        """Every area within so many metres."""
        near = self._tree.query(shapely.points(x, y), predicate="dwithin", distance=metres)
        return set(self._areas[near].tolist())

    def nearest(self, xy: Sequence[float]) -> tuple[float, float] | None:
        """The point of the surfaces that is nearest, itself when inside; None when there are none."""
        if not len(self._parts):
            return None
        point = shapely.points(*xy)
        nearest = shapely.shortest_line(self._parts[self._tree.nearest(point)], point)
        x, y = shapely.get_coordinates(nearest)[0].tolist()
        return x, y


def _rank(kind: str) -> int:
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _mostly_in(counties: Sequence[Region], units: Units) -> frozenset[str]:
    """The districts most of whose postcodes lie in a county that is told by its outline alone."""
    outlines = [(0, region.outline) for region in counties if region.outline]
    if not outlines or not len(units.used):
        return frozenset()
    inside = Surfaces(outlines, units.plane).at_many(units.spots) == 0
    districts = units.district[units.used]
    share = np.bincount(districts, weights=inside) / np.maximum(np.bincount(districts), 1)
    return frozenset(units.districts[at] for at in np.flatnonzero(share > 0.5) if units.districts[at])
