"""Which phrases of the rule book a text is most like, for showing why a need was heard. Pure."""

from collections.abc import Sequence

import numpy as np

from directory.routing.model import Floats, Ints
from directory.search.groups import UNTOLD, Found, Groups


class Likeness:
    """Phrases by the features that they hold; pieces of words and the small words are left out."""

    def __init__(self, phrases: Sequence[Found], groups: Groups) -> None:
        self._groups, self._many = groups, len(phrases)
        held = [self._telling(each) for each in phrases]
        column = np.concatenate([at for at, _ in held])
        order = np.argsort(column, kind="stable")
        self._row = np.repeat(np.arange(len(held), dtype=np.int32), [len(at) for at, _ in held])[order]
        self._value = np.concatenate([values for _, values in held])[order]
        self._starts = np.searchsorted(column[order], np.arange(len(groups) + 1)).astype(np.int32)

    def of(self, text: Found) -> Floats:
        """How like each phrase a text is, 0 to 1."""
        columns, values = self._telling(text)
        first = self._starts[columns]
        many = self._starts[columns + 1] - first
        # The entries of all columns, one column after another.
        at = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
        worth = self._value[at] * np.repeat(values, many)
        return np.bincount(self._row[at], weights=worth, minlength=self._many).astype(np.float32)

    def _telling(self, found: Found) -> tuple[Ints, Floats]:
        names, weights = found
        told = (names & UNTOLD) == 0
        at, known = self._groups.columns(names[told])
        values: Floats = weights[told][known] * self._groups.rarity[at]
        length = float(np.sqrt(values @ values))
        return at, values / np.float32(length) if length else values
