"""Which matters a sentence tells of, by what `topics.toml` lets people say of each, and the words in which services
speak of them. Pure.

"He eats nothing but beige food" and a club for fussy eaters share no word; that others who said such things were after
help with eating is what brings the two together. It only orders what is found: nothing is found by it alone.
"""

from collections.abc import Sequence

import numpy as np

from directory.search.groups import Found, Groups, coded, counted, joined
from directory.search.stop import meaningful
from directory.search.text import stem, words
from directory.search.weights import Topic, made_of_lists, topics

_MOST = 10  # matters that a sentence is taken to tell of
_SURE = 0.2  # how like a matter a sentence must be to tell of it for certain, 0 to 1
_POWER = 3.0  # how much more a rare word counts than a common one
_PAIR = 0.6  # what two words side by side count beside a single one
_SHARED = 1  # a pair that a single text has says nothing


class Matters:
    """Topics by the words and pairs of words that people use who tell of them."""

    def __init__(self, listed: Sequence[Topic]) -> None:
        said = [[_features(text) for text in (*each.told, *each.said, *each.finds)] for each in listed]
        self._groups = Groups([text for texts in said for text in texts], _POWER)
        columns, worths = [], []
        for texts in said:
            middle = np.zeros(len(self._groups), np.float32)
            for text in texts:
                at, values = self._groups.vector(text)
                middle[at] += values
            columns.append(middle.nonzero()[0])
            worths.append(middle[columns[-1]] / max(float(np.linalg.norm(middle)), 1e-9))
        column = np.concatenate(columns)
        order = np.argsort(column, kind="stable")
        self._rows = np.repeat(np.arange(len(said), dtype=np.int16), [len(each) for each in columns])[order]
        self._worths = np.concatenate(worths)[order].astype(np.float32)
        self._starts = np.searchsorted(column[order], np.arange(len(self._groups) + 1)).astype(np.int32)
        self._finds = [
            tuple(dict.fromkeys(word for phrase in each.finds for word in meaningful(words(phrase))))
            for each in listed
        ]

    def words(self, text: str) -> list[tuple[str, float]]:
        """(word of services, how much it belongs to what the text tells, at most 1), most first."""
        score = np.zeros(len(self._finds), np.float32)
        for number, worth in zip(*self._groups.vector(_features(text)), strict=True):
            here = slice(self._starts[number], self._starts[number + 1])
            score[self._rows[here]] += self._worths[here] * worth
        likeliest = np.argsort(-score, kind="stable")[:_MOST].tolist()
        found: dict[str, float] = {}
        for row in likeliest:
            share = float(score[row] / max(score[likeliest[0]], _SURE)) if score[row] > 0 else 0.0
            for word in self._finds[row] if share else ():
                found.setdefault(word, share)
        return list(found.items())


@made_of_lists
def matters() -> Matters:
    """Of the lists in use; takes a second to make."""
    return Matters(topics())


def _features(text: str) -> Found:
    """Stems, those that stand side by side, and those that do where small words are left out."""
    listed = words(text)
    stems = coded("w", map(stem, listed))
    telling = coded("w", map(stem, meaningful(listed)))
    return counted(
        (stems, 1.0),
        (joined("p", stems[:-1], stems[1:], _SHARED), _PAIR),
        (joined("m", telling[:-1], telling[1:], _SHARED), _PAIR),
    )
