"""What a text says in passing and does not ask for: a day that something happened, the writer's own age. Pure.

"their dad left on sunday" is no wish for a Sunday, and what helps a mother of 17 is for babies. The words that tell the
one from the other are in `understood.toml`.
"""

from collections.abc import Sequence

from directory.search.ages import Age
from directory.search.stop import is_sentence
from directory.search.text import stem, words
from directory.search.weights import made_of_lists, understood

_YOUNGEST = 12  # years of a parent
_TOLD = 7  # words of a sentence that tells something: shorter ones ask


def day_in_passing(listed: Sequence[str | None], at: int, text: str) -> bool:
    """Whether the day at a place of a text's words is no wish: "since monday", or one in a longer sentence that asks
    for nothing that could be on a day. "On a monday", "mondays" and "to do on monday" are wishes anywhere."""
    before = [word for word in listed[max(at - 3, 0) : at] if word and word not in ("on", "every", "the")]
    last = before[-1] if before else ""
    if last in understood().day_asked.not_after:
        return True
    wished = last in ("a", "do") or (listed[at] or "").endswith("s")
    told = is_sentence(text) and len(words(text)) >= _TOLD
    return told and not wished and _asking().isdisjoint(map(stem, words(text)))


def own_age(listed: Sequence[str | None], age: Age) -> bool:
    """Whether somebody who is a parent, or soon will be, says how old they are themselves."""
    before = [word or "" for word in listed[max(age.start - 2, 0) : age.start]]
    mine = age.start == 0 or before[-1:] == ["im"] or before == ["i", "am"]
    if not mine or age.years < _YOUNGEST:
        return False
    given = understood().own_age
    said = [word or "" for word in listed]
    for phrase in given.words:
        wanted = words(phrase)
        for at in range(len(said) - len(wanted) + 1):
            after = said[at + len(wanted)] if at + len(wanted) < len(said) else ""
            if said[at : at + len(wanted)] == wanted and after not in given.not_before:
                return True
    return False


@made_of_lists
def _asking() -> frozenset[str]:
    return frozenset(map(stem, understood().day_asked.words))
