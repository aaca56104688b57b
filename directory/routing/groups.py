"""Features by number: each name is known by a hash, those that enough texts share have a column and a rarity. Pure.

Sorted hashes take a tenth of the memory of the names, and two of a hundred thousand names rarely share one.
"""

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from directory.routing.model import Floats, Ints

Hashes = NDArray[np.uint32]
Found = tuple[Hashes, Floats]
"""The features of one text: each by its hash, and how much it counts."""

_BITS, UNTOLD = 3, 4
"""The lowest two bits of a hash say how many texts a feature must have more than one, so that what a single text has
teaches nothing; the third marks what is never shown as a reason."""


def hash_all(names: Iterable[str], marks: Mapping[str, int]) -> Hashes:
    """`marks` gives the low bits by the first letter of a name; 0 where it is not there."""
    return np.fromiter((crc32(name.encode()) & ~7 | marks.get(name[0], 0) for name in names), np.uint32)


def hashed(features: Mapping[str, float], marks: Mapping[str, int]) -> Found:
    return hash_all(features, marks), np.fromiter(features.values(), np.float32)


class Groups:
    """The features that texts share. The higher `power`, the more a rare one counts beside a common one."""

    def __init__(self, texts: Sequence[Found], power: float) -> None:
        names, counts = np.unique(np.concatenate([names for names, _ in texts]), return_counts=True)
        often = counts > (names & _BITS)
        self.names: Hashes = names[often]
        self.rarity = (np.log((1 + len(texts)) / (1 + counts[often])) + 1).astype(np.float32)
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
