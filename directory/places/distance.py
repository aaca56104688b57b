"""Distances: vectorised and good enough to sort by, exact where one is shown, and the words for it. Pure.

Everything is as the crow flies; pages say so.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

METRES_PER_MILE = 1609.344

_RADIUS = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""
_DEGREE = math.radians(1) * _RADIUS


class Box(NamedTuple):
    """Bounds in degrees, inclusive, for `lat BETWEEN south AND north AND lon BETWEEN west AND east`."""

    south: float
    north: float
    west: float
    east: float


def haversine(lat: float, lon: float, lats: ArrayLike, lons: ArrayLike) -> NDArray[np.float64]:
    """Metres from one point to each of many, on a sphere: within 0.6 % of the truth, and in the true order
    but for near ties. nan where a point is nan."""
    phi, phis = math.radians(lat), np.radians(np.asarray(lats, dtype=float))
    half_lat = (phis - phi) / 2
    half_lon = np.radians(np.asarray(lons, dtype=float) - lon) / 2
    h = np.sin(half_lat) ** 2 + math.cos(phi) * np.cos(phis) * np.sin(half_lon) ** 2
    return np.asarray(2 * _RADIUS * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))), dtype=float)


def exact(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Metres on the WGS84 ellipsoid. Some 0.2 ms a pair: for the page that is shown, never to sort with."""
    from geopy.distance import geodesic  # late: a fifth of a second, and few ask

    return float(geodesic((lat, lon), (to_lat, to_lon)).meters)


def miles(metres: float) -> float:
    return metres / METRES_PER_MILE


def metres(miles: float) -> float:
    return miles * METRES_PER_MILE


def box(lat: float, lon: float, radius: float) -> Box:
    """The box that holds every point within `radius` metres, a shade larger than need be.

    It never wraps: where it would cross a pole or the 180th meridian it takes the whole round.
    """
    # The sphere can overstate a distance by 0.6 %, so the box is drawn 1 % wider.
    reach = math.degrees(max(radius, 0.0) * 1.01 / _RADIUS)
    south, north = lat - reach, lat + reach
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    sideways = math.sin(math.radians(reach)) / math.cos(math.radians(lat))
    wide = math.degrees(math.asin(sideways)) if sideways < 1 else 180.0
    west, east = lon - wide, lon + wide
    return Box(south, north, -180.0, 180.0) if west < -180 or east > 180 else Box(south, north, west, east)


def words(metres: float) -> str:
    """ "1.2 miles", "1 mile", "under 0.1 miles", "14 miles": tenths below ten miles, whole miles from
    there."""
    distance = miles(metres)
    if distance < 0.1:
        return "under 0.1 miles"
    if distance >= 9.95:
        return f"{distance:,.0f} miles"
    tenths = f"{distance:.1f}"
    return "1 mile" if tenths == "1.0" else f"{tenths.removesuffix('.0')} miles"


class Plane:
    """A flat map round a middle latitude: metres east and north, true to about 1 % within 100 km of it."""

    def __init__(self, latitude: float) -> None:
        self.across = _DEGREE * math.cos(math.radians(latitude))
        """Metres in a degree of longitude."""

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """(x, y) in metres of one point."""
        return lon * self.across, lat * _DEGREE

    def xy(self, lat: ArrayLike, lon: ArrayLike) -> NDArray[np.float64]:
        """Rows of (x, y) in metres of many."""
        east = np.asarray(lon, dtype=float) * self.across
        return np.stack([east, np.asarray(lat, dtype=float) * _DEGREE], axis=-1)

    def lonlat(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of (lon, lat) in degrees: the order of GeoJSON and WKB."""
        return np.asarray(xy / np.array([self.across, _DEGREE]))

    def flat(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of (x, y) in metres from rows of (lon, lat)."""
        return np.asarray(lonlat * np.array([self.across, _DEGREE]))
