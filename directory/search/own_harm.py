"""Whether somebody speaks of harm that they do themselves: "i keep hitting my wife". Pure; words in `hints.toml`.

It only lifts programmes for people who harm; what is there for those who are harmed stays in the list.
"""

from collections.abc import Sequence

from directory.search.text import stem
from directory.search.weights import hint_lists, made_of_lists

OWN_HARM = "own harm"  # the hints' names
OWN_TEMPER = "own temper"
_BEFORE = 5  # words between the one who does it and what is done
_AFTER = 4  # and from there to whom
_ME = frozenset({"me", "us"})
_ELSE = frozenset({"he", "she", "they", "hes", "shes", "theyre", "who", "you"})
_FEARED = frozenset(
    {"scared", "frightened", "afraid", "worried", "terrified"}
)  # who fears harm is not sent there
_SUFFERED = frozenset({"was", "were", "being", "been", "got", "get", "getting"})  # "i was hit by my husband"


@made_of_lists
def _stems() -> tuple[frozenset[str], ...]:
    given = hint_lists().own_harm
    if given is None:
        return (frozenset(),) * 5
    listed = (given.subjects, given.acts, given.temper, given.partners, given.others)
    return tuple(frozenset(stem(word) for word in words) for words in listed)


def own_harm(listed: Sequence[str]) -> bool:
    """Of the words of a text in order, small words and all."""
    subjects, acts, temper, partners, others = _stems()
    if not _FEARED.isdisjoint(listed):
        return False
    stems = [stem(word) for word in listed]
    people = (partners | others) - {"her", "him", "them"}
    told = False
    for at, word in enumerate(stems):
        if word not in acts and word not in temper:
            continue
        after = stems[at + 1 : at + 1 + _AFTER]
        if "by" in after and not _SUFFERED.isdisjoint(listed[max(at - 2, 0) : at]):
            return False
        by_me = _by_me(stems[max(at - _BEFORE, 0) : at], subjects, people)
        if word in acts and not by_me and not _ME.isdisjoint(after[:2]):
            return False
        whom = partners | others if word in acts else partners
        if by_me and not whom.isdisjoint(after):
            told = True
    return told


def _by_me(before: Sequence[str], subjects: frozenset[str], people: frozenset[str]) -> bool:
    """Whether the last one named before it is the one who writes."""
    for word in reversed(before):
        if word in subjects:
            return True
        if word in _ELSE or word in people:
            return False
    return False
