"""Which matters a text is about, by what `topics.toml` lets people say of each and the words in which services speak
of them. Pure.

"He eats nothing but beige food" and a club for fussy eaters share no word; that others who said such things were after
help with eating, and that the club is about eating, is what brings the two together. It orders what is found and fills
up a short list; nothing is left out by it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from directory.search.arrays import Floats, Ints
from directory.search.groups import Found, Groups, Hashes, coded, counted, joined
from directory.search.stop import meaningful, tells
from directory.search.text import stem, words
from directory.search.weights import Topic, made_of_lists, topics

MOST = 12
"""Matters that a service is taken to be about."""

FULL = 255
"""What the worth of a matter to a service is counted in."""

_TOLD, _BRIEFLY = 16, 10  # matters that a text is taken to tell of; one of few words, fewer,
_WORDED = 10  # and those of which the words of services are looked for as well
_SURE = 0.2  # how like a matter a text must be to tell of it for certain, 0 to 1
_POWER = 3.0  # how much more a rare word counts than a common one
_PAIR = 0.6  # what two words side by side count beside a single one
_SHARED = 1  # a pair that a single text has says nothing
_LEAST = 0.05  # of a text's length: what counts less is too common to tell anything
_OF_ALL = 0.5  # what an organization says of itself counts beside what its service says
_AT_ONCE = 128  # services, so that little memory is needed
_READ = 120  # words of a text of either that are read


class Told(NamedTuple):
    """What a text tells of, most first: (key of a matter, worth) and (word of services, worth), each at most 1."""

    matters: list[tuple[int, float]]
    words: list[tuple[str, float]]


class Matters:
    """Topics by the words and pairs of words that people use who tell of them."""

    def __init__(self, listed: Sequence[Topic]) -> None:
        texts = [words(text) for each in listed for text in (*each.told, *each.said, *each.finds)]
        topic = np.repeat(
            np.arange(len(listed)), [len(each.told) + len(each.said) + len(each.finds) for each in listed]
        )
        row, name, weight = _many(texts)
        self._groups = Groups(name, len(texts), _POWER)
        row, column, value = self._vectors(row, name, weight, len(texts))
        # The middle of all that is said of a topic, of length 1.
        cells, at = np.unique(column * len(listed) + topic[row], return_inverse=True)
        column, row = np.divmod(cells, len(listed))
        worth = np.bincount(at, weights=value)
        length = np.sqrt(np.bincount(row, weights=worth * worth, minlength=len(listed)))
        self._rows = row.astype(np.int16)
        self._worths = (worth / length[row]).astype(np.float32)
        self._starts = np.searchsorted(column, np.arange(len(self._groups) + 1)).astype(np.int32)
        self._finds = [
            tuple(dict.fromkeys(word for phrase in each.finds for word in meaningful(words(phrase))))
            for each in listed
        ]
        # A matter is known by what it says, and not by where it stands in the file.
        self._keys = np.array(
            [crc32("\n".join((*each.finds, *each.said)).encode()) for each in listed], np.uint32
        )

    def told(self, listed: Sequence[str], *, worded: bool = True) -> Told:
        """What some words tell of; without words of services where they are not wanted. Both are empty where they tell
        of nothing that is known."""
        column, value = self._groups.vector(_features(listed))
        score = self._spread(np.zeros(len(column), np.intp), column, value, 1)[0]
        likely = score.nonzero()[0]
        likely = likely[np.argsort(-score[likely], kind="stable")[: _TOLD if worded else _BRIEFLY]]
        if not len(likely):
            return Told([], [])
        best = float(score[likely[0]])
        sure = min(1.0, best / _SURE)
        shares = (score[likely] / np.float32(max(best, _SURE))).tolist()
        found: dict[str, float] = {}
        for row, share in zip(likely[:_WORDED].tolist() if worded else (), shares, strict=False):
            for word in self._finds[row]:
                found.setdefault(word, share)
        # The likeliest count all the more.
        matters = [
            (key, share * share / sure)
            for key, share in zip(self._keys[likely].tolist(), shares, strict=True)
        ]
        return Told(matters, list(found.items()))

    def of_services(
        self, services: Sequence[tuple[str, str]]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """For each (what a service says, what its organization says): the keys of the matters that it is about, most
        first, and how much of each it is; of a whole of 1, and in parts of `FULL`."""
        keys = np.zeros((len(services), MOST), np.uint32)
        worths = np.zeros((len(services), MOST), np.uint8)
        for start in range(0, len(services), _AT_ONCE):
            some = services[start : start + _AT_ONCE]
            places: dict[str, int] = {}
            at = [places.setdefault(text, len(places)) for _, text in some]
            score = self._likeness([text for text, _ in some])
            score += np.float32(_OF_ALL) * self._likeness(list(places))[at]
            score *= score
            score /= np.maximum(np.linalg.norm(score, axis=1, keepdims=True), 1e-9)
            best = _highest(score, MOST)
            here = slice(start, start + len(some)), slice(0, best.shape[1])
            worths[here] = np.rint(np.take_along_axis(score, best, axis=1) * FULL)
            keys[here] = self._keys[best]
        return keys, worths

    def _likeness(self, texts: Sequence[str]) -> Floats:
        """How like each matter each text is, a row for each text; the same as one by one, and quicker for many."""
        found = _many([words(text)[:_READ] for text in texts])
        row, column, value = self._vectors(*found, len(texts))
        some = value > _LEAST
        return self._spread(row[some], column[some], value[some], len(texts))

    def _vectors(self, row: Ints, name: Hashes, weight: Floats, count: int) -> tuple[Ints, Ints, Floats]:
        """(text, column, value) of the features that are known, each text scaled to length 1."""
        column, known = self._groups.columns(name)
        row, value = row[known], weight[known] * self._groups.pull[column]
        length = np.sqrt(np.bincount(row, weights=value * value, minlength=count))
        return row, column, value / length[row]

    def _spread(self, row: Ints, column: Ints, value: Floats, count: int) -> Floats:
        """What features are worth to all matters that have them, a row for each of `count` texts."""
        first = self._starts[column]
        many = self._starts[column + 1] - first
        at = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
        cells = np.repeat(row, many) * len(self._finds) + self._rows[at]
        spread = np.bincount(
            cells, weights=self._worths[at] * np.repeat(value, many), minlength=count * len(self._finds)
        )
        return spread.astype(np.float32).reshape(count, len(self._finds))


@made_of_lists
def matters() -> Matters:
    """Of the lists in use; takes a second to make."""
    return Matters(topics())


def _features(listed: Sequence[str]) -> Found:
    """Stems, those that stand side by side, and those that do where small words are left out."""
    codes = [_code(word) for word in listed]
    stems = np.array(codes, np.uint32)
    telling = np.array([code for code, word in zip(codes, listed, strict=True) if tells(word)], np.uint32)
    pairs = joined("p", stems[:-1], stems[1:], _SHARED)
    others = joined("m", telling[:-1], telling[1:], _SHARED)
    if len(set(codes)) < len(codes):
        return counted((stems, 1.0), (pairs, _PAIR), (others, _PAIR))
    # As `counted` has it, where no word stands twice.
    weights = np.full(len(stems) + len(pairs) + len(others), _PAIR, np.float32)
    weights[: len(stems)] = 1.0
    return Found(np.concatenate((stems, pairs, others)), weights)


def _highest(score: Floats, most: int) -> Ints:
    """The places of the highest of each row, highest first."""
    if most < score.shape[1]:
        best = np.argpartition(score, -most, axis=1)[:, -most:]
        best.sort(axis=1)  # so that the first of equals comes first
    else:
        best = np.broadcast_to(np.arange(score.shape[1]), score.shape)
    order = np.argsort(-np.take_along_axis(score, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def _many(texts: Sequence[Sequence[str]]) -> tuple[Ints, Hashes, Floats]:
    """(text, hash, weight) of the features of many texts, as `_features` has them of one."""
    text = np.repeat(np.arange(len(texts)), [len(each) for each in texts])
    stems = np.fromiter((_code(word) for each in texts for word in each), np.uint32, len(text))
    telling = np.fromiter((tells(word) for each in texts for word in each), np.bool_, len(text))
    pairs, pair_text = _side_by_side("p", stems, text)
    others, other_text = _side_by_side("m", stems[telling], text[telling])
    whose = np.concatenate([text, pair_text, other_text]).astype(np.uint64)
    cells = whose << np.uint64(32) | np.concatenate([stems, pairs, others])
    worth = np.repeat(np.array([1.0, _PAIR], np.float32), [len(stems), len(pairs) + len(others)])
    cells, first, times = np.unique(cells, return_index=True, return_counts=True)
    row = (cells >> np.uint64(32)).astype(np.intp)
    return row, cells.astype(np.uint32), np.asarray(worth[first] * (1 + np.log(times)), np.float32)


def _side_by_side(kind: str, stems: Hashes, text: Ints) -> tuple[Hashes, Ints]:
    """The pairs of one text's words, and whose they are."""
    one = text[:-1] == text[1:]
    return joined(kind, stems[:-1][one], stems[1:][one], _SHARED), text[1:][one]


@lru_cache(maxsize=20_000)
def _code(word: str) -> int:
    """The hash of a word's stem, as in `_features`."""
    return int(coded("w", (stem(word),))[0])
