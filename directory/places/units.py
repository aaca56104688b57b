"""Postcodes in memory, in columns: find one, the sector or outcode it belongs to, those that begin with a text, and the
nearest to a point. Immutable, shared by threads, some 100 bytes a postcode. Pure.
"""

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from directory.places.distance import Plane

Row = tuple[str, float, float, str, bool | None, str, int]
"""(postcode, lat, lon, district, live, ended, same_point)"""


Packed = NDArray[np.void]
"""Rows as `packed` makes them."""

_PACKED = np.dtype(
    [
        ("code", "S8"),
        ("lat", "f8"),
        ("lon", "f8"),
        ("district", "S16"),
        ("live", "i1"),
        ("ended", "S10"),
        ("same", "i2"),
    ]
)


def packed(rows: Iterable[Row]) -> Packed:
    """Postcodes in 53 bytes each."""
    return np.fromiter(
        (
            (code.encode(), lat, lon, district.encode(), -1 if live is None else live, ended.encode(), same)
            for code, lat, lon, district, live, ended, same in rows
        ),
        dtype=_PACKED,
    )


class Unit(NamedTuple):
    """One postcode. `live` None: not known. `row` is where it is in `Units`, -1 for one that is not held there."""

    postcode: str
    lat: float
    lon: float
    district: str
    live: bool | None
    ended: str
    same_point: int
    row: int = -1


class Wide(NamedTuple):
    """A sector or outcode: the mean of its postcodes, the metres within which 95 % of them lie, and how many are in
    each district."""

    text: str
    lat: float
    lon: float
    radius: float
    districts: dict[str, int]


class Units:
    def __init__(self, rows: Iterable[Row] | Packed) -> None:
        table = rows if isinstance(rows, np.ndarray) else packed(rows)
        held = table[np.argsort(table["code"], kind="stable")]
        self.codes = held["code"].copy()
        self.lat = held["lat"].copy()
        self.lon = held["lon"].copy()
        self.districts, self.district = _words(held["district"])
        self.live = held["live"].copy()
        self._ended, self.ended = _words(held["ended"])
        self.same_point = held["same"].copy()
        keys = np.array([_key(code.decode()) for code in self.codes], dtype=np.int64)
        self._order = np.argsort(keys).astype(np.int32)
        self._keys = keys[self._order]
        self.plane = Plane(float(self.lat.mean()) if len(held) else 52.6)
        self.used = np.flatnonzero(self.live != 0)
        """Rows that are not known to have ended: those that answer for a point."""
        self.spots = self.plane.xy(self.lat[self.used], self.lon[self.used])
        self._tree = shapely.STRtree(shapely.points(self.spots))
        self.sector = lru_cache(512)(self._sector)

    def __len__(self) -> int:
        return len(self.codes)

    def find(self, postcode: str) -> Unit | None:
        """The postcode of this text, in any case and with its space anywhere, or None."""
        key = _key(postcode)
        at = int(np.searchsorted(self._keys, key))
        if at == len(self._keys) or self._keys[at] != key:
            return None
        return self.unit(int(self._order[at]))

    def unit(self, index: int) -> Unit:
        live = int(self.live[index])
        return Unit(
            self.codes[index].decode(),
            float(self.lat[index]),
            float(self.lon[index]),
            self.districts[self.district[index]],
            None if live < 0 else live == 1,
            self._ended[self.ended[index]],
            int(self.same_point[index]),
            index,
        )

    def within(self, text: str) -> slice:
        """The rows of a sector ("NR3 1") or of an outcode with its space ("NR3 ")."""
        start = text.encode("ascii", "replace")
        return slice(*np.searchsorted(self.codes, [start, start + b"~"]).tolist())

    def starting(self, text: str, most: int) -> list[str]:
        """Postcodes in use that begin with "NR3 1F"."""
        some = self.within(text)
        rows = np.arange(some.start, some.stop)
        return [code.decode() for code in self.codes[rows[self.live[rows] != 0][:most]]]

    def sectors(self, outcode: str) -> list[str]:
        """The sectors of an outcode that are in use, in order."""
        some = self.within(f"{outcode} ")
        used = self.codes[some][self.live[some] != 0]
        return sorted({code[: len(outcode) + 2].decode() for code in used})

    def _sector(self, text: str) -> Wide | None:
        """The sector "NR3 1" by its postcodes in use, or None."""
        some = self.within(text)
        kept = np.arange(some.start, some.stop)
        kept = kept[self.live[kept] != 0]
        if not len(kept):
            return None
        lat, lon = float(self.lat[kept].mean()), float(self.lon[kept].mean())
        away = np.hypot(*(self.plane.xy(self.lat[kept], self.lon[kept]) - self.plane.xy(lat, lon)).T)
        counted = Counter(self.districts[index] for index in self.district[kept].tolist())
        return Wide(text, lat, lon, float(np.ceil(np.percentile(away, 95))), dict(counted.most_common()))

    def nearest(self, lat: float, lon: float) -> tuple[int, float] | None:
        """The row of the nearest postcode in use and the metres to it; None when there are none."""
        if not len(self.used):
            return None
        x, y = self.plane.at(lat, lon)
        at = int(self._tree.nearest(shapely.points(x, y)))
        there = self.spots[at]
        return int(self.used[at]), math.hypot(there[0] - x, there[1] - y)

    def nearest_many(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """`nearest` for whole arrays of finite degrees; there must be postcodes."""
        xy = self.plane.xy(lat, lon)
        at = self._tree.nearest(shapely.points(xy))
        return self.used[at], np.hypot(*(self.spots[at] - xy).T)

    def near(self, x: float, y: float, metres: float) -> NDArray[np.int64]:
        """Positions in `used` and `spots` of all postcodes within so many metres of a point of the plane."""
        return np.asarray(self._tree.query(shapely.points(x, y), predicate="dwithin", distance=metres))

    def neighbours(self, of: NDArray[np.int64], metres: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of positions in `used` and `spots` within so many metres, the first of each one of `of`."""
        first, second = self._tree.query(shapely.points(self.spots[of]), predicate="dwithin", distance=metres)
        return of[first], np.asarray(second)


def _key(postcode: str) -> int:
    try:
        return int(postcode.replace(" ", ""), 36)
    except ValueError:
        return -1


def _words(column: NDArray[np.bytes_]) -> tuple[list[str], NDArray[np.int16]]:
    """A column of few different words as those words and their numbers."""
    words, which = np.unique(column, return_inverse=True)
    return [word.decode() for word in words.tolist()], which.astype(np.int16)
