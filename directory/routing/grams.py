"""Text to numbered groups of words, for the alarm. Pure.

Every word counts, the small ones most of all: "he hits me", "he used to hit me" and "how do I stop him hitting" differ
in nothing else. Words stand as written and as stems, alone, side by side and near each other; people stand by their
part in the family, so that "my son" and "my daughter" give the same groups. A group is known by a hash of its words.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from directory.routing.features import Unit
from directory.routing.model import Floats, Ints
from directory.routing.tokens import fold

Hashes = NDArray[np.uint32]
NEAR = 4
"""How many words on a word is still near."""
_APART = 0.6
_RARE = 1  # a group that one text alone has teaches nothing


def grams(text: str, units: Sequence[Unit]) -> dict[int, float]:
    """Hash of each group -> how much it counts. `units` are the words of `text`, or some of them in a row."""
    stems = [unit.word for unit in units]
    forms = [unit.word if unit.word[0] == "@" else fold(text[unit.start : unit.end]) for unit in units]
    whole = Counter(f"f{form}" for form in forms)
    whole.update(f"f{a} {b}" for a, b in pairwise(forms))
    whole.update(f"s{stem}" for stem in stems)
    whole.update(f"s{a} {b}" for a, b in pairwise(stems))
    near = Counter(
        f"n{stems[at]} {stems[after]}"
        for at in range(len(stems))
        for after in range(at + 2, min(at + NEAR + 1, len(stems)))
    )
    found = {crc32(name.encode()): 1 + log(many) for name, many in whole.items()}
    found.update({crc32(name.encode()): _APART * (1 + log(many)) for name, many in near.items()})
    return found


class Groups:
    """The groups that examples share, each with a column and a rarity."""

    def __init__(self, texts: Sequence[Mapping[int, float]]) -> None:
        every = np.fromiter((name for found in texts for name in found), np.uint32)
        names, counts = np.unique(every, return_counts=True)
        often = counts > _RARE
        self._names: Hashes = names[often]
        self._rarity = (np.log((1 + len(texts)) / (1 + counts[often])) + 1).astype(np.float32)

    def __len__(self) -> int:
        return len(self._names)

    def vector(self, found: Mapping[int, float]) -> tuple[Ints, Floats]:
        """Columns and values of a text, scaled to length 1; both empty where nothing is known."""
        names = np.fromiter(found, np.uint32, len(found))
        at = np.searchsorted(self._names, names)
        at[at == len(self._names)] = 0
        known = self._names[at] == names
        at = at[known].astype(np.intp)
        values = np.fromiter(found.values(), np.float32, len(found))[known] * self._rarity[at]
        length = float(np.sqrt(values @ values))
        return at, values / length if length else values
