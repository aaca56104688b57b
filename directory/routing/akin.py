"""Words that people use who tell of the same matter: from the phrases of the rule book most like a text. Pure.

"He eats nothing but beige food" and a club for fussy eaters share no word; a phrase that is like the one names the
other.
"""

from collections.abc import Collection, Sequence

import numpy as np

from directory.routing.features import Unit
from directory.routing.groups import Groups, hash_all
from directory.routing.model import Floats, Ints

_NEAREST, _WORDS = 60, 40  # phrases looked at, words taken from them
_LIKE = 0.08  # how like a phrase must be to count at all
_SHORTEST = 3  # letters


class Akin:
    """The words of phrases, by number."""

    def __init__(self, phrases: Sequence[Sequence[Unit]], groups: Groups) -> None:
        numbers: dict[tuple[str, str], int] = {}
        listed = [
            [
                numbers.setdefault((unit.form, unit.word), len(numbers))
                for unit in {unit.form: unit for unit in phrase}.values()
                if unit.form.isalpha() and len(unit.form) >= _SHORTEST
            ]
            for phrase in phrases
        ]
        self._forms = [form for form, _ in numbers]
        self._stems = [stem for _, stem in numbers]
        self._starts = np.cumsum([0, *map(len, listed)], dtype=np.int32)
        self._numbers = np.array([number for each in listed for number in each], np.int32)
        at, known = groups.columns(hash_all([f"w{stem}" for stem in self._stems], {}))
        self._rarity = np.zeros(len(numbers), np.float32)
        self._rarity[known] = groups.rarity[at]

    def words(self, likeness: Floats, among: Ints, said: Collection[str]) -> list[tuple[str, float]]:
        """(word, how much it belongs to the matter, at most 1), most first. `likeness` of every phrase to the text,
        `among` the phrases that may speak, `said` the stems that the text holds itself."""
        near = among[likeness.take(among) > _LIKE]
        near = near[np.argsort(-likeness.take(near), kind="stable")[:_NEAREST]].tolist()
        if not near:
            return []
        held = [self._numbers[self._starts[phrase] : self._starts[phrase + 1]] for phrase in near]
        like = np.repeat(likeness.take(near), [len(each) for each in held])
        numbers, each = np.unique(np.concatenate(held), return_inverse=True)
        worth = np.bincount(each, weights=like, minlength=len(numbers)) * self._rarity.take(numbers)
        order = np.argsort(-worth, kind="stable")
        found = [
            (at, value)
            for at, value in zip(numbers.take(order).tolist(), worth.take(order).tolist(), strict=True)
            if value > 0 and self._stems[at] not in said
        ][:_WORDS]
        return [(self._forms[at], value / found[0][1]) for at, value in found]
