"""Features by number: each name is known by a hash, those that enough texts share have a column and a rarity. Pure.

Sorted hashes take a tenth of the memory of the names, and two of a hundred thousand names rarely share one.
"""

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

_BITS, UNTOLD = 3, 4
"""The lowest two bits of a hash say how many texts a feature must have more than one, so that what a single text has
teaches nothing; the third marks what is never shown as a reason."""

_NAME = np.uint32(0xFFFFFFF8)
_LEFT, _RIGHT, _SPREAD = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_SHIFT = np.uint32(15)


class Found(NamedTuple):
    """The features of one text, each once: its hash, and how much it counts."""

    names: Hashes
    weights: Floats


def coded(kind: str, names: Iterable[str], mark: int = 0) -> Hashes:
    """Each name by its hash; one name under two kinds has two. `mark` is what the low bits say."""
    start = crc32(kind.encode())
    return np.fromiter((crc32(name.encode(), start) & ~7 | mark for name in names), np.uint32)


def joined(kind: str, first: Hashes, second: Hashes, mark: int = 0) -> Hashes:
    """The hashes of pairs, made of the hashes of their two sides."""
    mixed = first * _LEFT
    mixed += second * _RIGHT
    mixed += np.uint32(crc32(kind.encode()))
    mixed ^= mixed >> _SHIFT
    mixed *= _SPREAD
    mixed &= _NAME
    mixed |= np.uint32(mark)
    return mixed


def counted(*parts: tuple[Hashes, float]) -> Found:
    """Features as they were met, each part with what one of it counts; what is met again counts a little more."""
    met = np.concatenate([hashes for hashes, _ in parts])
    names, at, times = np.unique(met, return_index=True, return_counts=True)
    worth = np.repeat(np.array([worth for _, worth in parts], np.float32), [len(part) for part, _ in parts])
    return Found(names, np.asarray(worth[at] * (1 + np.log(times)), np.float32))


class Groups:
    """The features that texts share. The higher `power`, the more a rare one counts beside a common one."""

    def __init__(self, met: Hashes, texts: int, power: float) -> None:
        """`met` are the features of so many texts, each once for each text that has it."""
        names, counts = np.unique(met, return_counts=True)
        often = counts > (names & _BITS)
        self.names: Hashes = names[often]
        self.rarity = (np.log((1 + texts) / (1 + counts[often])) + 1).astype(np.float32)
        self.pull: Floats = self.rarity ** np.float32(power)

    def __len__(self) -> int:
        return len(self.names)

    def columns(self, names: Hashes) -> tuple[Ints, NDArray[np.bool_]]:
        """The columns of those that are known, and which those are."""
        at = np.searchsorted(self.names, names)
        at[at == len(self.names)] = 0
        known = self.names[at] == names
        return at[known].astype(np.intp), known

    def vector(self, found: Found) -> tuple[Ints, Floats]:
        """Columns and values of a text, scaled to length 1; both empty where nothing is known."""
        names, weights = found
        at, known = self.columns(names)
        values: Floats = weights[known] * self.pull[at]
        length = float(np.sqrt(values @ values))
        return at, values / np.float32(length) if length else values
