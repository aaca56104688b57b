"""What a text says in passing and does not ask for: a day that something happened, the writer's own age. Pure.

"their dad left on sunday" is no wish for a Sunday, and what helps a mother of 17 is for babies. The words that tell the
one from the other are in `understood.toml`.
"""

from collections.abc import Sequence

from directory.search.ages import Age
from directory.search.stop import is_sentence
from directory.search.text import stem, words
from directory.search.weights import made_of_lists, understood


def day_in_passing(listed: Sequence[str | None], at: int, text: str) -> bool:
    """Whether the day at a place of a text's words is no wish: "since monday", or any in a sentence that asks for
    nothing that could be on a day."""
    before = [word for word in listed[max(at - 2, 0) : at] if word and word not in ("on", "every", "the")]
    if before and before[-1] in understood().day_asked.not_after:
        return True
    return is_sentence(text) and not _asks_for_a_day(text)


def own_age(listed: Sequence[str | None], age: Age) -> bool:
    """Whether somebody who is a parent, or soon will be, says how old they are themselves."""
    before = [word or "" for word in listed[max(age.start - 2, 0) : age.start]]
    mine = age.start == 0 or before[-1:] == ["im"] or before == ["i", "am"]
    if not mine:
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


def _asks_for_a_day(text: str) -> bool:
    return not _asking().isdisjoint(map(stem, words(text)))


@made_of_lists
def _asking() -> frozenset[str]:
    return frozenset(map(stem, understood().day_asked.words))
