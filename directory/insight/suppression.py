"""What makes a count safe to show: a keyed blur that depends on who was counted, and no small numbers. Pure.

A count of people gets a chance addition of a few (a two-sided geometric one), is rounded to the nearest multiple of the
base, and is not shown below the base. Nobody counted stays nobody. The dice are thrown by a keyed sum of those who were
counted: the same people give the same number in every table, under every filter and on every day, so that asking again
tells nothing more, and one person more is another throw. The addition has no greatest size, so there is no sum of
tables from which a number follows: one family more or fewer changes the odds of a shown count by at most `odds(base)`.
Shares, waits and everything else are made of shown counts alone.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
WORTH = 4
"""A share or a wait needs this many times the base below it to be worth showing."""
SPREAD = 0.4
"""The scale of the chance addition, in bases: with a base of 5 it is within 2 in two of three cases, within 6 in 97 of
100."""
_GOLDEN, _ONE, _TWO = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_ALL = 2**64 - 1


class Count(Struct, frozen=True):
    """A shown count: `value` is a multiple of the base, 0 where it is too small to be shown, or nobody."""

    value: int
    base: int

    @property
    def text(self) -> str:
        return f"{self.value:,}" if self.value else f"fewer than {self.base}"

    @property
    def enough(self) -> bool:
        """Whether a share or a median of so many says anything."""
        return self.value >= WORTH * self.base


class Rounding:
    """`secret` makes the dice this installation's own; `base` is the threshold under which nothing is shown."""

    def __init__(self, secret: str, base: int) -> None:
        self.secret = hashlib.blake2b(secret.encode(), digest_size=32).digest()
        self.base = max(1, base)

    def keys(self, names: Iterable[bytes]) -> Keys:
        """A number for each record, by its name: the same in every process of this installation."""
        digests = b"".join(hashlib.blake2b(name, key=self.secret, digest_size=8).digest() for name in names)
        return np.frombuffer(digests, dtype=np.uint64).copy()

    def count(self, keys: Keys, mask: Mask) -> Count:
        """How many are in the mask, as it may be shown."""
        return self.shown(int(np.count_nonzero(mask)), int(np.add.reduce(keys[mask], dtype=np.uint64)))

    def shown(self, number: int, key: int) -> Count:
        """The count of `number` records whose keys add up to `key` (modulo 2**64)."""
        if not number:
            return Count(0, self.base)
        blurred = number + addition(chance(key + number * _GOLDEN), self.base * SPREAD)
        return Count(max(0, math.floor(blurred / self.base + 0.5)) * self.base, self.base)

    def table(
        self, keys: Keys, cells: NDArray[np.intp], size: int, weights: NDArray[np.int64] | None = None
    ) -> list[Count]:
        """The counts of `size` cells at once; `cells` says in which each record is, `weights` how often it counts."""
        many = np.ones(len(cells), np.int64) if weights is None else weights
        numbers = np.zeros(size, np.int64)
        sums = np.zeros(size, np.uint64)
        np.add.at(numbers, cells, many)
        np.add.at(sums, cells, keys * many.astype(np.uint64))
        return [self.shown(number, key) for number, key in zip(numbers.tolist(), sums.tolist(), strict=True)]


def chance(key: int) -> float:
    """A number from 0 to 1 that looks random, from a key (the finaliser of SplitMix64)."""
    mixed = (key + _GOLDEN) & _ALL
    mixed = ((mixed ^ (mixed >> 30)) * _ONE) & _ALL
    mixed = ((mixed ^ (mixed >> 27)) * _TWO) & _ALL
    return (mixed ^ (mixed >> 31)) / 2**64


def addition(luck: float, scale: float) -> int:
    """A whole number whose odds fall by e**(1/scale) with each step away from 0, for a `luck` from 0 to 1."""
    fall = math.exp(-1 / scale)
    edge = fall / (1 + fall)
    if edge < luck < 1 - edge:
        return 0
    tail = max(min(luck, 1 - luck), 2**-64)
    size = max(1, math.floor(math.log(tail * (1 + fall)) / math.log(fall)))
    return -size if luck <= edge else size


def odds(base: int) -> float:
    """The most by which one family more or fewer changes the odds of any shown number (where anybody is counted)."""
    return math.exp(1 / (base * SPREAD))


def share(part: Count, whole: Count) -> float | None:
    """Of shown counts, 0 to 1; None where it would say nothing, or would say all or none of a group."""
    if not whole.enough or part.value > whole.value:
        return 1.0 if whole.enough else None
    return part.value / whole.value


def within(bands: Sequence[Count], portion: float) -> int | None:
    """The first band by which `portion` of all is reached; None where there are too few."""
    total = sum(each.value for each in bands)
    if total < WORTH * (bands[0].base if bands else 1):
        return None
    running = 0
    for at, each in enumerate(bands):
        running += each.value
        if running >= portion * total:
            return at
    return len(bands) - 1
