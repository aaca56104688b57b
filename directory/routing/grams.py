"""Text to numbered groups of words, for the alarm. Pure.

Every word counts, the small ones most of all: "he hits me", "he used to hit me" and "how do I stop him hitting" differ
in nothing else. Words stand as written and as stems, alone, side by side and near each other; people stand by their
part in the family, so that "my son" and "my daughter" give the same groups.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.routing.features import Unit
from directory.routing.groups import Found, hashed
from directory.routing.model import Floats

NEAR = 4
"""How many words on a word is still near."""
_APART = 0.6
_OFTEN = 3  # a word of fewer examples is no spelling to go by
_LONG = 5  # letters: shorter words are too near to each other
_STRANGE = 12  # words of one text that are looked for, so that a text of nonsense costs little
_MARKS = {"f": 1, "s": 1, "n": 2}  # words apart are so many that two texts share them by chance


def grams(words: Sequence[Unit]) -> Found:
    """Each group by its hash, and how much it counts."""
    stems = [word.word for word in words]
    forms = [word.form for word in words]
    found = Counter(f"f{form}" for form in forms)
    found.update(f"f{a} {b}" for a, b in pairwise(forms))
    found.update(f"s{stem}" for stem in stems)
    found.update(f"s{a} {b}" for a, b in pairwise(stems))
    beside = len(found)
    found.update(
        f"n{stems[at]} {stems[after]}"
        for at in range(len(stems))
        for after in range(at + 2, min(at + NEAR + 1, len(stems)))
    )
    names, often = hashed(found, _MARKS)
    weights: Floats = 1 + np.log(often)
    weights[beside:] *= _APART
    return names, weights


class Spellings:
    """The words that examples share, so that a slip of typing is heard as the word it is nearest to.

    Nothing that a person wrote is changed: this is for listening alone.
    """

    def __init__(self, texts: Iterable[Sequence[Unit]]) -> None:
        seen = Counter((word.form, word.word) for words in texts for word in words)
        often = sorted(
            (pair for pair, many in seen.items() if many >= _OFTEN), key=lambda pair: (-seen[pair], pair)
        )
        self._stems = dict(often)
        self._by_length: dict[int, list[str]] = {}
        for form, _ in often:
            if form.isalpha():
                self._by_length.setdefault(len(form), []).append(form)

    def heard(self, words: Sequence[Unit]) -> list[Unit]:
        """The words, each that nobody knows as the known one that is a single slip away, if there is one."""
        left, out = _STRANGE, []
        for word in words:
            if left and word.form not in self._stems and len(word.form) >= _LONG and word.form.isalpha():
                left -= 1
                word = self._nearest(word)
            out.append(word)
        return out

    def _nearest(self, word: Unit) -> Unit:
        for length in (len(word.form), len(word.form) + 1, len(word.form) - 1):
            found = process.extractOne(
                word.form, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=1
            )
            if found is not None:
                return word._replace(form=found[0], word=self._stems[found[0]])
        return word
