"""The age that words speak of: "3 year old", "aged 14", "18 months old", "4yo", "im 14", "year 9". Pure."""

import re
from collections.abc import Sequence

from msgspec import Struct

from directory.search.weights import understood

_UNITS = {
    "year": 1.0, "years": 1.0, "yr": 1.0, "yrs": 1.0, "month": 1 / 12, "months": 1 / 12, "mo": 1 / 12, "mth": 1 / 12,
    "mths": 1 / 12, "week": 1 / 52, "weeks": 1 / 52, "wk": 1 / 52, "wks": 1 / 52,
}  # fmt: skip
_OLD = frozenset({"old", "olds"})
_BEFORE = frozenset({"aged", "age"})
_NEARLY = frozenset({"nearly", "almost", "turned", "turning"})
_IS = frozenset({"im", "hes", "shes", "whos"})
_AM = frozenset({"am", "is"})
_WHO = frozenset(
    {"i", "he", "she", "who", "son", "daughter", "child", "boy", "girl", "baby", "lad", "toddler"}
)
_NOTED = frozenset(
    {"yp", "male", "female", "girl", "boy", "lad", "lass", "son", "daughter", "aged", "m", "f"}
)
_PLAIN = 3  # a smaller number in a note may count something else
_AFTER_IS = frozenset(
    {"", "and", "but", "or", "so", "in", "now", "with", "who", "he", "she", "i", "my", "has", "is"}
)
_YEARS = frozenset({"year", "yr", "y"})
_GLUED = re.compile(r"(\d{1,2})(yo|yrs?|years?)\Z")
_SCHOOL = re.compile(r"(?:y|yr|year)(\d{1,2})\Z")
_OLDEST = 25
_LAST_YEAR = 13  # of school, in England


class Age(Struct, frozen=True):
    """`years`, and the words [start, end) that say so."""

    years: float
    start: int
    end: int


def read_age(left: Sequence[str | None]) -> Age | None:
    """The first age in a text; None stands where a word was already read as something else."""
    for at, word in enumerate(left):
        if word is None:
            continue
        after = [each or "" for each in [*left[at + 1 : at + 4], None, None, None]]
        before = [each or "" for each in [None, None, *left[:at]]][-2:]
        found = _school_year(word, after, at) or _age(word, before, after, at)
        if found is not None and found.years <= _OLDEST:
            return found
    return None


def _age(word: str, before: list[str], after: list[str], at: int) -> Age | None:
    glued = _GLUED.match(word)
    number = int(glued[1]) if glued else _number(word)
    if number is None:
        return None
    start = at - 1 if before[1] in _BEFORE or before[1] == "for" else at
    if glued:
        return Age(float(number), start, at + 1 + (after[0] in _OLD))
    if after[0] in _UNITS and after[1] in _OLD:
        return Age(number * _UNITS[after[0]], start, at + 3)
    if after[0] == "yo":
        return Age(float(number), start, at + 2)
    if after[0] == "y" and after[1] == "o":
        return Age(float(number), start, at + 3)
    if before[1] in _BEFORE and after[0] not in ("to", "and"):
        return Age(float(number), start, at + 1)
    plain = after[0] not in _UNITS
    if plain and before[1] in _NEARLY:
        return Age(float(number), at - 1, at + 1)
    if word.isdigit() and number >= _PLAIN and plain and _alone(before, after, at):
        return Age(float(number), at, at + 1)
    said = before[1] in _IS or (before[1] in _AM and before[0] in _WHO)
    if plain and said and after[0] in _AFTER_IS:
        return Age(float(number), at, at + 1)
    return None


def _alone(before: list[str], after: list[str], at: int) -> bool:
    """ "19 and bored", "yp 17 not in school", "girl 14 self harm": a number for somebody, in a note."""
    return before[1] in _NOTED or after[0] in _NOTED or (at == 0 and after[0] in ("and", "with", "not"))


def _school_year(word: str, after: list[str], at: int) -> Age | None:
    """ "year 9", "yr 7", "y10": somebody in year 7 is 11 when it begins."""
    glued = _SCHOOL.match(word)
    if glued:
        number, end = int(glued[1]), at + 1
    elif word in _YEARS and after[0].isdigit() and len(after[0]) < 3:
        number, end = int(after[0]), at + 2
    else:
        return None
    following = after[end - at - 1]
    if not 1 <= number <= _LAST_YEAR or following in _OLD or following in _UNITS:
        return None
    return Age(number + 4.0, at, end)


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() and len(word) < 3 else understood().numbers.get(word)
