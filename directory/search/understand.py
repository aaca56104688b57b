"""What words of a query mean as filters: a place, an age, a day, "free". Pure.

Each is shown as something that can be taken back, and only what is plain is taken: "free school meals" is not a wish
for something free, and negation is not guessed at all.
"""

import re
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.places.names import fold
from directory.places.postcodes import find_in
from directory.search.ages import read_age
from directory.search.english import is_common
from directory.search.passing import day_in_passing, own_age
from directory.search.request import Correction
from directory.search.synonyms import listed_words
from directory.search.text import tolerance, words
from directory.search.weights import understood

_LONGEST_NAME = 5
_LOOKED = 40  # words that are looked at for a place
_OUTCODE = re.compile(r"[a-z]{1,2}\d[\da-z]?\Z")
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
    nearest: Callable[[str], str] = lambda name: "",
    *,
    keep: Collection[str] = (),
    placed: bool = False,
    aged: bool = False,
    dayed: bool = False,
) -> Understood:
    """`is_place` knows folded names and outcodes of places near home, `nearest` gives the one that a misspelt one may
    mean ("" for none) and is asked only after words such as "near"; `keep` names what must stay plain words. What the
    request says by itself (`placed`, `aged`, `dayed`) is not read from the words again."""
    left: list[str | None] = list(words(text))
    said: list[Correction] = []
    place = "" if placed or "place" in keep else _place(left, text, is_place, nearest, said)
    age = None if aged or "age" in keep else _age(left, said)
    days = [] if dayed or "day" in keep else _days(left, text, said)
    free = "free" not in keep and _free(left, said)
    return Understood([word for word in left if word is not None], place, age, days, free, said)


def _place(
    left: list[str | None],
    text: str,
    is_place: Callable[[str], bool],
    nearest: Callable[[str], str],
    said: list[Correction],
) -> str:
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
            known = (len(name) > 3 or _OUTCODE.match(name)) and is_place(spelt(name))
            if plain and known:
                return _taken(left, range(start - led, end), name, "place", said)
    for start in range(1, len(left)):
        if left[start - 1] not in given.leads:
            continue
        for end in range(min(len(left), start + _LONGEST_NAME), start, -1):
            name = " ".join(word or "" for word in left[start:end])
            if meant := nearest(spelt(name)):
                return _taken(left, range(start - 1, end), meant, "place", said)
    return ""


def misspelt_place(text: str, unknown: Collection[str], nearest: Callable[[str], str]) -> Correction | None:
    """A place among words that the index does not know: "gt yarmuth", "swafham"; but a horse is not Horsey."""
    listed = words(text)[:_LOOKED]
    for at, word in enumerate(listed):
        if word in unknown and not is_common(word) and word not in listed_words():
            for start, end in ((at - 1, at + 1), (at, at + 2), (at, at + 1)):
                name = " ".join(listed[max(start, 0) : end])
                if start >= 0 and end <= len(listed) and (meant := nearest(spelt(name))):
                    return Correction(kind="place", text=name, read_as=meant, keep="place")
    return None


def spelt(name: str) -> str:
    """A name in the one spelling that the places room keeps it under."""
    return fold(name) if not _SHORTENED.isdisjoint(name.split(" ")) else name


def _age(left: list[str | None], said: list[Correction]) -> float | None:
    found = read_age(left)
    if found is None or own_age(left, found):
        return None
    years = f"{found.years:g}" if found.years == int(found.years) else f"{found.years:.1f}"
    _taken(left, range(found.start, found.end), f"age {years}", "age", said)
    return round(found.years, 2)


def _days(left: list[str | None], text: str, said: list[Correction]) -> list[str]:
    known = understood().days
    found: dict[str, None] = {}
    for at, typed in enumerate(left):
        word = _day(typed, known) if typed and typed not in known else typed
        if word in known and not day_in_passing(left, at, text):
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


def _day(typed: str, known: Collection[str]) -> str:
    """The day that a misspelt one is: "teusday", "saterday"."""
    if not typed.endswith(("day", "days")):
        return typed
    found = process.extractOne(typed, list(known), scorer=OSA.distance, score_cutoff=tolerance(typed))
    return str(found[0]) if found and found[0][0] == typed[0] and len(found[0]) > 5 else typed


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


def _run_at(left: Sequence[str | None], run: Sequence[str]) -> range | None:
    for start in range(len(left) - len(run) + 1):
        if list(left[start : start + len(run)]) == list(run):
            return range(start, start + len(run))
    return None
