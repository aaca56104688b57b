"""Names nearest to a misspelt one: a fast sieve over all of them, then an exact edit distance over the few
left. Pure.

Damerau-Levenshtein ranks best on place names but is slow; optimal string alignment never undercounts it and
is bit-parallel, so it sieves. Ties go to the name that shares more of its beginning.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, DamerauLevenshtein, JaroWinkler

_SIEVED = 40


class Near(NamedTuple):
    """A name of the list by its position. `edits` letters wrong, missing, added or turned round; `cost`
    ranks, and is `edits` plus less than one half by which ties are told apart."""

    at: int
    edits: int
    cost: float


def allowed(length: int) -> int:
    """Edits that a typed name of so many letters may hold and still be offered."""
    return 0 if length < 3 else 1 if length < 5 else 2 if length < 10 else 3


def trusted(length: int) -> int:
    """Edits that a typed name of so many letters may hold and still be taken without asking.

    Four letters or fewer are never taken: Diss, Holt and Acle are one letter away from too much else.
    """
    return 0 if length < 5 else 1 if length < 8 else 2


class Speller:
    """Immutable; safe to share between threads."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._lengths = np.array([len(name) for name in names], dtype=np.int32)

    def nearest(self, typed: str, most: int = 8) -> list[Near]:
        """The closest names within what `allowed` gives, best first; none for a very short or very long
        text."""
        reach = allowed(len(typed))
        if not reach or len(typed) > 60:
            return []
        # A swap of two letters around a third counts 3 to the sieve and 2 in truth: sieve one wider.
        sieve = reach + 1
        near = np.flatnonzero(np.abs(self._lengths - len(typed)) <= sieve)
        names = [self._names[index] for index in near]
        distances = process.cdist([typed], names, scorer=OSA.distance, score_cutoff=sieve, dtype=np.uint8)[0]
        order = np.argsort(distances, kind="stable")[:_SIEVED]
        found = []
        for place in order[distances[order] <= sieve].tolist():
            name = names[place]
            edits = DamerauLevenshtein.distance(typed, name, score_cutoff=reach)
            if edits <= reach:
                unlike = 1 - JaroWinkler.similarity(typed, name)
                found.append(Near(int(near[place]), edits, edits + min(unlike, 0.98) / 2))
        return sorted(found, key=lambda one: one.cost)[:most]
