"""Text to numbered groups of words, for the alarm. Pure.

Every word counts, the small ones most of all: "he hits me", "he used to hit me" and "how do I stop him hitting" differ
in nothing else. Words stand as written and as stems, alone, side by side and near each other; people stand by their
part in the family, so that "my son" and "my daughter" give the same groups.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.routing.features import Unit
from directory.search.groups import Found, coded, counted, joined

NEAR = 4
"""How many words on a word is still near."""
_APART = 0.6
_OFTEN = 3  # a word of fewer examples is no spelling to go by
_LONG = 5  # letters: shorter words are too near to each other
_STRANGE = 12  # words of one text that are looked for, so that a text of nonsense costs little
_ONCE, _TWICE = 1, 2  # words apart are so many that two texts share them by chance


def grams(words: Sequence[Unit]) -> Found:
    """Each group by its hash, and how much it counts."""
    forms = coded("f", (word.form for word in words), _ONCE)
    stems = coded("s", (word.word for word in words), _ONCE)
    before = np.concatenate([stems[:-step] for step in range(2, NEAR + 1)])
    after = np.concatenate([stems[step:] for step in range(2, NEAR + 1)])
    return counted(
        (forms, 1.0),
        (joined("f", forms[:-1], forms[1:], _ONCE), 1.0),
        (stems, 1.0),
        (joined("s", stems[:-1], stems[1:], _ONCE), 1.0),
        (joined("n", before, after, _TWICE), _APART),
    )


class Spellings:
    """The words that examples share, so that a slip of typing is heard as the word it is nearest to.

    Nothing that a person wrote is changed: this is for listening alone.
    """

    def __init__(self, seen: Mapping[tuple[str, str], int]) -> None:
        """`seen` says how often each word stands in the examples, as written and as its stem."""
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
