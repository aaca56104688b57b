"""National Grid coordinates to WGS84 and back, whole arrays at a time.

Great Britain goes through convertbng, which carries Ordnance Survey's OSTN15 surface (to about 0.6 m against
ONS's own positions). Northern Ireland's postcodes are on the Irish Grid, which it does not know: the
projection and the seven-parameter shift below are those of Ordnance Survey's "A guide to coordinate systems
in Great Britain" (annexes B and C) with the Irish constants of EPSG 29903 and EPSG 1641, good to about a
metre.
"""

import numpy as np
from convertbng import cutil
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_AIRY_MODIFIED = (6377340.189, 6356034.447)
_WGS84 = (6378137.0, 6356752.314245)
_SCALE, _LAT0, _LON0, _E0, _N0 = 1.000035, np.radians(53.5), np.radians(-8.0), 200_000.0, 250_000.0
_SHIFT = np.array([482.5, -130.6, 564.6])
_TURN = np.radians(np.array([-1.042, -0.214, -0.631]) / 3600)
_STRETCH = 8.15e-6


def british_to_latlon(easting: ArrayLike, northing: ArrayLike) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees; nan where a position is nan or off the grid."""
    lon, lat = cutil.convert_lonlat(
        np.atleast_1d(easting).astype(float), np.atleast_1d(northing).astype(float)
    )
    return np.asarray(lat), np.asarray(lon)


def latlon_to_british(lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """Eastings and northings in metres; nan where a point is off the grid."""
    easting, northing = cutil.convert_bng(np.atleast_1d(lon).astype(float), np.atleast_1d(lat).astype(float))
    return np.asarray(easting), np.asarray(northing)


def irish_to_latlon(easting: ArrayLike, northing: ArrayLike) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in degrees; nan where a position is nan."""
    lat, lon = _unproject(np.atleast_1d(easting).astype(float), np.atleast_1d(northing).astype(float))
    a, b = _AIRY_MODIFIED
    e2 = 1 - (b / a) ** 2
    nu = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    airy = np.stack(
        [nu * np.cos(lat) * np.cos(lon), nu * np.cos(lat) * np.sin(lon), nu * (1 - e2) * np.sin(lat)], axis=-1
    )
    rx, ry, rz = _TURN
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    x, y, z = (_SHIFT + (1 + _STRETCH) * airy @ turn.T).T
    a, b = _WGS84
    e2 = 1 - (b / a) ** 2
    across = np.hypot(x, y)
    lat = np.arctan2(z, across * (1 - e2))
    for _ in range(4):
        nu = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        lat = np.arctan2(z + e2 * nu * np.sin(lat), across)
    return np.degrees(lat), np.degrees(np.arctan2(y, x))


def _unproject(easting: Floats, northing: Floats) -> tuple[Floats, Floats]:
    a, b = (axis * _SCALE for axis in _AIRY_MODIFIED)
    n = (a - b) / (a + b)
    e2 = 1 - (b / a) ** 2
    lat = _LAT0 + (northing - _N0) / a
    for _ in range(8):
        lat = lat + (northing - _N0 - _meridian(lat, b, n)) / a
    nu = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    rho = a * (1 - e2) / (1 - e2 * np.sin(lat) ** 2) ** 1.5
    eta2 = nu / rho - 1
    t, t2, sec = np.tan(lat), np.tan(lat) ** 2, 1 / np.cos(lat)
    d = easting - _E0
    out_lat = (
        lat
        - t / (2 * rho * nu) * d**2
        + t / (24 * rho * nu**3) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2) * d**4
        - t / (720 * rho * nu**5) * (61 + 90 * t2 + 45 * t2**2) * d**6
    )
    out_lon = (
        _LON0
        + sec / nu * d
        - sec / (6 * nu**3) * (nu / rho + 2 * t2) * d**3
        + sec / (120 * nu**5) * (5 + 28 * t2 + 24 * t2**2) * d**5
    )
    return out_lat, out_lon


def _meridian(lat: Floats, b: float, n: float) -> Floats:
    minus, plus = lat - _LAT0, lat + _LAT0
    arc: Floats = b * (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * minus
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * np.sin(minus) * np.cos(plus)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * np.sin(2 * minus) * np.cos(2 * plus)
        - 35 / 24 * n**3 * np.sin(3 * minus) * np.cos(3 * plus)
    )
    return arc
