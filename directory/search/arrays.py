"""Bitmaps and points as arrays. Pure."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.signedinteger[Any]]
Bits = NDArray[np.uint64]
RADIUS = 6_371_008.8  # mean radius of the Earth in metres (IUGG)


def pack(mask: NDArray[np.bool_], width: int) -> Bits:
    """A mask as a bitmap of `width` uint64 words."""
    packed = np.zeros(width * 8, dtype=np.uint8)
    bits = np.packbits(mask, bitorder="little")
    packed[: len(bits)] = bits
    return packed.view(np.uint64)


def unpack(bitmap: Bits, count: int) -> NDArray[np.bool_]:
    """A bitmap as one bool a row."""
    return np.unpackbits(bitmap.view(np.uint8), count=count, bitorder="little").view(np.bool_)


def metres_at(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Points on a sphere as x, y, z in metres: their straight distance is true to a foot over a county."""
    phi, lam = np.radians(lat), np.radians(lon)
    at = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
    return np.asarray(at * RADIUS, dtype=np.float64).reshape(-1, 3)


def point_at(lat: float, lon: float) -> Floats:
    """`metres_at` for one point."""
    phi, lam = math.radians(lat), math.radians(lon)
    flat = RADIUS * math.cos(phi)
    return np.array((flat * math.cos(lam), flat * math.sin(lam), RADIUS * math.sin(phi)))
