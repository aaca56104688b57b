"""The table of named places and what is looked up in it: spellings, neighbours, labels. Immutable and
pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from directory.places import names
from directory.places.distance import haversine

LatLon = tuple[float, float]

RANK = {"city": 6, "county": 5, "town": 4, "district": 3, "village": 2, "suburb": 2, "hamlet": 1, "region": 1}
"""How much a bare name is likelier to mean this kind; a kind that is not here counts 0."""

REACH = 40_000.0
"""Metres within which "near Holt" or "Norwich" after a name can still be meant: post towns are far apart."""
STREET_REACH = 8_000.0
"""The same for names such as Fen Street or High Common, which far more often are a line of an address."""
CLEARLY = 3.0
"""One place is meant, of several of a name, when the others are this many times as far from what the text
says."""

_ANCHORS = 40


class Named(Struct, frozen=True, kw_only=True, gc=False):
    """One place or area. `kind` city, town, suburb, village, hamlet, locality; district, county for areas
    that have a name but no one point; region for a country or county far away. `district` is an ONS code or
    "", which with a point means somewhere far outside, `county` the county or nation."""

    name: str
    kind: str
    lat: float | None = None
    lon: float | None = None
    district: str = ""
    county: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def point(self) -> LatLon | None:
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


class Hit(NamedTuple):
    """A place that may be meant. `label` is text that finds this one and no other: "Fritton, Great Yarmouth".
    `near` is the nearest town, "" if there is none; `edits` the letters put right."""

    place: Named
    label: str
    near: str
    edits: int = 0


class Table:
    """Every named place by its folded spellings. `home` is the county that the directory serves; `districts`
    maps an ONS code to its name."""

    def __init__(self, places: Iterable[Named], home: str, districts: Mapping[str, str]) -> None:
        self.places = tuple(places)
        self.home = home
        self.districts = dict(districts)
        self.lat = np.array(
            [np.nan if place.lat is None else place.lat for place in self.places], dtype=float
        )
        self.lon = np.array(
            [np.nan if place.lon is None else place.lon for place in self.places], dtype=float
        )
        self.own: dict[str, list[int]] = defaultdict(list)
        self.alias: dict[str, list[int]] = defaultdict(list)
        for index, place in enumerate(self.places):
            self.own[names.fold(place.name)].append(index)
        for index, place in enumerate(self.places):
            spellings = dict.fromkeys(names.fold(alias) for alias in place.aliases)
            # "wells nxt teh sea" is far from "wells next sea" and near to the name in full.
            for key in [*spellings, names.fold(place.name, drop=False)]:
                if index not in self.own.get(key, ()) and index not in self.alias.get(key, ()):
                    self.alias[key].append(index)
        self.keys = sorted(key for key in {*self.own, *self.alias} if key)
        self.joined = {key.replace(" ", ""): key for key in reversed(self.keys)}
        self.endings: dict[str, list[int]] = defaultdict(list)
        for key, owners in self.own.items():
            words = key.split()
            for at in range(1, len(words)):
                self.endings[" ".join(words[at:])] += owners
        with_point = [index for index, place in enumerate(self.places) if place.point and place.district]
        self._settled = np.array(with_point, dtype=int)
        self._towns = np.array([i for i in with_point if self.places[i].kind in ("city", "town")], dtype=int)
        self._near = self._nearest_towns()
        self._labels: dict[int, str] = {}
        for owners in self.own.values():
            self._labels.update({index: self._label(index, owners) for index in owners})

    def owners(self, key: str) -> list[int]:
        """The places of this folded name, then those with such an alias."""
        return [*self.own.get(key, ()), *self.alias.get(key, ())]

    def starting(self, beginning: str) -> list[str]:
        """The folded spellings that begin so, in order."""
        first = bisect_left(self.keys, beginning)
        return self.keys[first : bisect_left(self.keys, f"{beginning}\uffff", first)]

    def is_home(self, index: int) -> bool:
        return self.places[index].county == self.home

    def weight(self, index: int) -> float:
        """How likely a bare name means this one: its kind; a town far away counts no more than a village
        here."""
        place = self.places[index]
        rank = RANK.get(place.kind, 0)
        return min(rank, 2) if place.point and not place.district else rank

    def metres(self, index: int, point: LatLon | None) -> float:
        """Metres from a point; 0 without one, infinite for an area."""
        if point is None:
            return 0.0
        if self.places[index].point is None:
            return float("inf")
        return float(haversine(*point, self.lat[index], self.lon[index]))

    def hit(self, index: int, edits: int = 0) -> Hit:
        near = self._near[index]
        return Hit(
            self.places[index], self._labels[index], self.places[near].name if near >= 0 else "", edits
        )

    def nearest(self, point: LatLon, *, towns: bool = False) -> tuple[Named, float] | None:
        """The place, or town, nearest to a point and how many metres off; None in an empty table."""
        pool = self._towns if towns else self._settled
        if not len(pool):
            return None
        away = haversine(*point, self.lat[pool], self.lon[pool])
        best = int(np.argmin(away))
        return self.places[int(pool[best])], float(away[best])

    def _nearest_towns(self) -> list[int]:
        best = np.full(len(self.places), -1)
        least = np.full(len(self.places), np.inf)
        for town in self._towns.tolist():
            away = haversine(*(self.lat[town], self.lon[town]), self.lat, self.lon)
            closer = away < least
            closer[town] = False
            best[closer], least[closer] = town, away[closer]
        return [int(town) for town in best]

    def _label(self, index: int, namesakes: list[int]) -> str:
        place = self.places[index]
        others = [other for other in namesakes if other != index and self.places[other].point]
        key = names.fold(place.name)
        if place.point is None or not (others or self.alias.get(key) or names.half_an_address(key)):
            return place.name
        district = self.districts.get(place.district, "")
        if district and all(self.places[other].district != place.district for other in others):
            return f"{place.name}, {district}"
        reach = STREET_REACH if names.like_a_street(names.fold(place.name)) else REACH
        for pool in (self._towns, self._settled):
            away = haversine(*place.point, self.lat[pool], self.lon[pool])
            for position in np.argsort(away, kind="stable")[:_ANCHORS].tolist():
                anchor = int(pool[position])
                name = self.places[anchor].name
                known = len(self.owners(names.fold(name))) == 1 or pool is self._towns
                if known and anchor not in namesakes and away[position] <= reach:
                    here, point = max(float(away[position]), 1.0), self.places[anchor].point
                    if all(self.metres(other, point) >= CLEARLY * here for other in others):
                        return f"{place.name} near {name}"
        return f"{place.name}, {place.county}"
