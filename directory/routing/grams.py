"""Text to numbered groups of words, for the alarm. Pure.

Every word counts, the small ones most of all: "he hits me", "he used to hit me" and "how do I stop him hitting" differ
in nothing else. Words stand as written and as stems, alone, side by side and near each other; people stand by their
part in the family, so that "my son" and "my daughter" give the same groups. A group is known by a hash of its words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.routing.features import Unit
from directory.routing.model import Floats, Ints
from directory.routing.tokens import fold

Hashes = NDArray[np.uint32]
NEAR = 4
"""How many words on a word is still near."""
_APART = 0.6
_OFTEN = 3  # a word of fewer examples is no spelling to go by
_LONG = 5  # letters: shorter words are too near to each other
_STRANGE = 12  # words of one text that are looked for, so that a text of nonsense costs little
_RARE, _RARE_NEAR = (
    1,
    2,
)  # a group that one text alone has teaches nothing, one of words apart that two have no more
_IS_NEAR = np.uint32(1)  # the bit of a hash that tells words apart from words side by side


class Word(NamedTuple):
    """One word in its form and as a stem; people are "@part" in both. Its span and sentence in the text."""

    form: str
    stem: str
    start: int
    end: int
    sentence: int


def read(text: str, units: Sequence[Unit]) -> list[Word]:
    return [
        Word(
            unit.word if unit.word[0] == "@" else fold(text[unit.start : unit.end]) or unit.word,
            unit.word, unit.start, unit.end, unit.sentence,
        )
        for unit in units
    ]  # fmt: skip


def grams(words: Sequence[Word]) -> tuple[Hashes, Floats]:
    """Each group by its hash, and how much it counts."""
    stems = [word.stem for word in words]
    forms = [word.form for word in words]
    whole = Counter(f"f{form}" for form in forms)
    whole.update(f"f{a} {b}" for a, b in pairwise(forms))
    whole.update(f"s{stem}" for stem in stems)
    whole.update(f"s{a} {b}" for a, b in pairwise(stems))
    near = Counter(
        f"n{stems[at]} {stems[after]}"
        for at in range(len(stems))
        for after in range(at + 2, min(at + NEAR + 1, len(stems)))
    )
    names = np.fromiter((crc32(name.encode()) for name in (*whole, *near)), np.uint32, len(whole) + len(near))
    names &= ~_IS_NEAR
    names[len(whole) :] |= _IS_NEAR
    often = np.fromiter((*whole.values(), *near.values()), np.float32, len(names))
    weights: Floats = 1 + np.log(often)
    weights[len(whole) :] *= _APART
    return names, weights


class Spellings:
    """The words that examples share, so that a slip of typing is heard as the word it is nearest to.

    Nothing that a person wrote is changed: this is for listening alone.
    """

    def __init__(self, texts: Iterable[Sequence[Word]]) -> None:
        seen = Counter((word.form, word.stem) for words in texts for word in words)
        often = sorted(
            (pair for pair, many in seen.items() if many >= _OFTEN), key=lambda pair: (-seen[pair], pair)
        )
        self._stems = dict(often)
        self._by_length: dict[int, list[str]] = {}
        for form, _ in often:
            if form.isalpha():
                self._by_length.setdefault(len(form), []).append(form)

    def heard(self, words: Sequence[Word]) -> list[Word]:
        """The words, each that nobody knows as the known one that is a single slip away, if there is one."""
        left, out = _STRANGE, []
        for word in words:
            if left and word.form not in self._stems and len(word.form) >= _LONG and word.form.isalpha():
                left -= 1
                word = self._nearest(word)
            out.append(word)
        return out

    def _nearest(self, word: Word) -> Word:
        for length in (len(word.form), len(word.form) + 1, len(word.form) - 1):
            found = process.extractOne(
                word.form, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=1
            )
            if found is not None:
                return word._replace(form=found[0], stem=self._stems[found[0]])
        return word


class Groups:
    """The groups that examples share, each with a column and a rarity."""

    def __init__(self, texts: Sequence[tuple[Hashes, Floats]]) -> None:
        names, counts = np.unique(np.concatenate([names for names, _ in texts]), return_counts=True)
        often = counts > np.where(names & _IS_NEAR, _RARE_NEAR, _RARE)
        self._names: Hashes = names[often]
        self._rarity = (np.log((1 + len(texts)) / (1 + counts[often])) + 1).astype(np.float32)

    def __len__(self) -> int:
        return len(self._names)

    def vector(self, found: tuple[Hashes, Floats]) -> tuple[Ints, Floats]:
        """Columns and values of a text, scaled to length 1; both empty where nothing is known."""
        names, weights = found
        at = np.searchsorted(self._names, names)
        at[at == len(self._names)] = 0
        known = self._names[at] == names
        at = at[known].astype(np.intp)
        values: Floats = weights[known] * self._rarity[at]
        length = float(np.sqrt(values @ values))
        return at, values / np.float32(length) if length else values
