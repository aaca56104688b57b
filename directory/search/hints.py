"""What words say besides themselves: the needs that they name, the ages that they speak of, how the help should come.
Pure. The lists are `data/needs.toml` and `data/hints.toml`, for staff to edit."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from directory.search.own_harm import OWN_HARM, own_harm
from directory.search.text import phrases, stem, words
from directory.search.weights import hint_lists, made_of_lists, need_words, stop_words

_LONGEST = 5  # words of one phrase
_MOST = 40  # words of a text that are looked at


class Hints(Struct, frozen=True):
    """`needs`: code -> how sure, 0 to 1. `ages`, `forms` and `whom` are names in `hints.toml`."""

    needs: Mapping[str, float] = {}
    ages: Sequence[str] = ()
    forms: Sequence[str] = ()
    whom: Sequence[str] = ()


def both(one: Hints, other: Hints) -> Hints:
    """What either says, the surer of the two."""
    needs = {**one.needs}
    for code, sure in other.needs.items():
        needs[code] = max(needs.get(code, 0.0), sure)
    pairs = ((one.ages, other.ages), (one.forms, other.forms), (one.whom, other.whom))
    return Hints(needs, *(tuple(dict.fromkeys([*first, *second])) for first, second in pairs))


class _Tables(Struct, frozen=True):
    """Stems of a phrase -> what it says; `beginnings` are the first stems of all phrases."""

    needs: Mapping[str, Sequence[str]]
    ages: Mapping[str, str]
    forms: Mapping[str, Sequence[str]]
    whom: Mapping[str, Sequence[str]]
    beginnings: frozenset[str]


def read_hints(listed: Sequence[str]) -> Hints:
    """What the words of a text say, in any order of their own. A phrase hides the shorter ones in it."""
    tables = _tables()
    needs: dict[str, float] = {}
    ages: dict[str, None] = {}
    forms: dict[str, None] = {}
    whom: dict[str, None] = {}
    needed: set[int] = set()  # places of words whose phrase has named a need,
    aged: set[int] = set()  # and of those that have named an age
    stems = [stem(word) for word in listed[:_MOST]]
    telling = [at for at in range(len(stems)) if listed[at] not in stop_words()]
    for places in ([*range(len(stems))], telling):
        if len(places) == len(stems) and places is telling:
            break
        for start, end, run in phrases([stems[at] for at in places], _LONGEST):
            if stems[places[start]] not in tables.beginnings:
                continue
            for form in tables.forms.get(run, ()):
                forms[form] = None
            for each in tables.whom.get(run, ()):
                whom[each] = None
            codes, age, here = tables.needs.get(run, ()), tables.ages.get(run), places[start:end]
            if codes and not needed.issuperset(here):
                needed.update(here)
                for code in codes:
                    # A phrase is surer than a word.
                    needs[code] = max(needs.get(code, 0.0), 1.0 if len(here) > 1 else 0.8)
            if age and not aged.issuperset(here):
                aged.update(here)
                ages[age] = None
    if OWN_HARM not in forms and own_harm(listed[:_MOST]):
        forms[OWN_HARM] = None
    return Hints(needs, tuple(ages), tuple(forms), tuple(whom))


def named_for(name: str) -> list[str]:
    """The `whom` hints whose people a service names as its own in its name, folded."""
    return [whom for whom, named in _named() if named.search(name)]


@made_of_lists
def _named() -> list[tuple[str, re.Pattern[str]]]:
    listed = [(each.name, "|".join(" ".join(words(one)) for one in each.named)) for each in hint_lists().whom]
    return [(name, re.compile(rf"\b(?:{named})\b")) for name, named in listed]


@made_of_lists
def weak_words() -> frozenset[str]:
    """Words that say how help comes or who asks, and little of what it is about: as listed, and with an s or es."""
    listed = hint_lists().weak.words
    return frozenset(f"{word}{end}" for word in listed for end in ("", "s", "es"))


@made_of_lists
def _tables() -> _Tables:
    needs: dict[str, list[str]] = {}
    ages: dict[str, str] = {}
    forms: dict[str, list[str]] = {}
    for code, listed in need_words().items():
        for phrase in listed:
            needs.setdefault(_key(phrase), []).append(code)
    for age in hint_lists().age:
        for phrase in age.words:
            ages.setdefault(_key(phrase), age.name)
    for form in hint_lists().form:
        for phrase in form.words:
            forms.setdefault(_key(phrase), []).append(form.name)
    whom: dict[str, list[str]] = {}
    for people in hint_lists().whom:
        for phrase in people.said:
            whom.setdefault(_key(phrase), []).append(people.name)
    begin = frozenset(key.split(" ")[0] for key in (*needs, *ages, *forms, *whom))
    return _Tables(needs, ages, forms, whom, begin)


def _key(phrase: str) -> str:
    return " ".join(stem(word) for word in words(phrase))
