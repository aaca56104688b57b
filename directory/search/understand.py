"""What words of a query mean as filters: a place, an age, a day, "free". Pure.

Each is shown as something that can be taken back, and only what is plain is taken: "free school meals" is not a wish
for something free, and negation is not guessed at all.
"""

import re
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from directory.places.names import fold
from directory.places.postcodes import find_in
from directory.search.request import Correction
from directory.search.text import words
from directory.search.weights import understood

_LONGEST_NAME = 5
_OUTCODE = re.compile(r"[a-z]{1,2}\d[\da-z]?\Z")
_UNITS = {"year": 1.0, "years": 1.0, "yr": 1.0, "yrs": 1.0, "month": 1 / 12, "months": 1 / 12, "mo": 1 / 12}
_SHORTENED = frozenset(
    [
        "saint",
        "mkt",
        "gt",
        "grt",
        "lt",
        "ltl",
        "nth",
        "sth",
        "upr",
        "lwr",
        "nxt",
        "the",
        "and",
        "street",
        "st",
    ]
)
_OLD = frozenset({"old", "olds"})
_OLDEST = 25


class Understood(Struct, frozen=True):
    """`words` are what is left to look for."""

    words: list[str]
    place: str = ""
    age: float | None = None
    days: list[str] = []
    free: bool = False
    said: list[Correction] = []


def understand(
    text: str,
    is_place: Callable[[str], bool],
    *,
    keep: Collection[str] = (),
    placed: bool = False,
    aged: bool = False,
    dayed: bool = False,
) -> Understood:
    """`is_place` knows folded names of places near home; `keep` names what must stay plain words. What the request
    says by itself (`placed`, `aged`, `dayed`) is not read from the words again."""
    left: list[str | None] = list(words(text))
    said: list[Correction] = []
    place = "" if placed or "place" in keep else _place(left, text, is_place, said)
    age = None if aged or "age" in keep else _age(left, said)
    days = [] if dayed or "day" in keep else _days(left, said)
    free = "free" not in keep and _free(left, said)
    return Understood([word for word in left if word is not None], place, age, days, free, said)


def _place(left: list[str | None], text: str, is_place: Callable[[str], bool], said: list[Correction]) -> str:
    numbered = any(character.isdigit() for character in text)
    for reading in find_in(text)[:1] if numbered else ():
        if not reading.changes:
            code = reading.text.lower().split()
            at = _run_at(left, code) or _run_at(left, ["".join(code)])
            if at:
                return _taken(left, at, reading.text, "place", said)
    given = understood().place
    for start in range(len(left)):
        for end in range(min(len(left), start + _LONGEST_NAME), start, -1):
            run = left[start:end]
            if any(word is None for word in run):
                continue
            name = " ".join(word for word in run if word)
            led = start > 0 and left[start - 1] in given.before
            plain = end - start > 1 or name not in given.not_
            if _OUTCODE.match(name) or (plain and len(name) > 3 and is_place(_spelt(run))):
                return _taken(left, range(start - led, end), name, "place", said)
    return ""


def _spelt(run: Sequence[str | None]) -> str:
    """A name in the one spelling that the places room keeps it under."""
    name = " ".join(word for word in run if word)
    return fold(name) if any(word in _SHORTENED for word in run) else name


def _age(left: list[str | None], said: list[Correction]) -> float | None:
    """ "3 year old", "aged 14", "18 months old", "for 4yo"."""
    for at, word in enumerate(left):
        if word is None:
            continue
        glued = re.fullmatch(r"(\d{1,2})(yo|yrs?|years?)", word)
        number = int(glued[1]) if glued else _number(word)
        if number is None or number > _OLDEST * 12:
            continue
        after = [each or "" for each in [*left[at + 1 : at + 3], None, None]]
        before = left[at - 1] if at else None
        age, end = None, at + 1
        if glued:
            age, end = float(number), at + 1 + (after[0] in _OLD)
        elif after[0] in _UNITS and after[1] in _OLD:
            age, end = number * _UNITS[after[0]], at + 3
        elif after[0] == "yo":
            age, end = float(number), at + 2
        elif before in ("aged", "age") and after[0] not in ("to", "and"):
            age = float(number)
        if age is not None and age <= _OLDEST:
            start = at - 1 if before in ("aged", "age", "for") else at
            words_of_age = f"{age:g}" if age == int(age) else f"{age:.1f}"
            _taken(left, range(start, end), f"age {words_of_age}", "age", said)
            return round(age, 2)
    return None


def _days(left: list[str | None], said: list[Correction]) -> list[str]:
    known = understood().days
    found: dict[str, None] = {}
    for at, word in enumerate(left):
        if word in known:
            found.update(dict.fromkeys(known[word]))
            start = at - 1 if at and left[at - 1] in ("on", "every") else at
            _taken(
                left,
                range(start, at + 1),
                " or ".join(each.capitalize() for each in known[word]),
                "day",
                said,
            )
    return list(found)


def _free(left: list[str | None], said: list[Correction]) -> bool:
    given = understood().free
    for at, word in enumerate(left):
        after = left[at + 1] if at + 1 < len(left) else None
        if (
            word in given.words
            and after not in given.not_before
            and (not at or left[at - 1] not in given.not_after)
        ):
            _taken(left, range(at, at + 1), "Free", "free", said)
            return True
    return False


def _taken(left: list[str | None], run: range, read_as: str, kind: str, said: list[Correction]) -> str:
    typed = " ".join(word for word in (left[at] for at in run) if word)
    for at in run:
        left[at] = None
    said.append(Correction(kind=kind, text=typed, read_as=read_as, keep=kind))
    return read_as


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() and len(word) < 3 else understood().numbers.get(word)


def _run_at(left: Sequence[str | None], run: Sequence[str]) -> range | None:
    for start in range(len(left) - len(run) + 1):
        if list(left[start : start + len(run)]) == list(run):
            return range(start, start + len(run))
    return None
