"""UK postcodes as text: normalise, classify, find in an address, propose repairs. Knows shapes, not which
ones exist.

Shape rules: Royal Mail's PAF Programmers' Guide (outward A9, A99, AA9, AA99, A9A, AA9A; inward 9AA). They are
kept loose on purpose: whether a postcode exists is the caller's look-up to decide, so nothing real is
refused here.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["unit", "sector", "outcode", "partial"]

LONGEST = 40
"""Characters of typed text beyond which it cannot be one postcode; a longer text is searched with
`find_in`."""

_OUTCODES = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
_OUTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("unit", re.compile(rf"({_OUTCODE}|GIR)([0-9][A-Z]{{2}})\Z")),
    ("outcode", re.compile(rf"({_OUTCODE})()\Z")),
    ("sector", re.compile(rf"({_OUTCODE})([0-9])\Z")),
    ("partial", re.compile(rf"({_OUTCODE})([0-9][A-Z])\Z")),
    ("partial", re.compile(r"([A-Z]{2})()\Z")),
)
# Bounded gaps keep the search linear on any input.
_INSIDE = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{1,2}[ .\-]{0,2}[0-9](?:[ .\-]{0,2}[A-Za-z0-9])?)[\s.\-]{0,3}"
    r"([0-9][ .\-]{0,2}[A-Za-z]{2})(?![A-Za-z0-9])"
)
_TO_DIGIT = {"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8"}
_TO_LETTER = {"0": "O", "1": "IL", "5": "S", "2": "Z", "8": "B"}
_MOST_CHANGES = 2


class Reading(NamedTuple):
    """One way to read typed text. `text` is canonical ("NR3 1FH", "NR3 1", "NR3"); for a partial it is what
    can be completed ("NR1 3C", "NR"). `changes` counts characters replaced, 0 when only case, space or
    points moved."""

    kind: Kind
    text: str
    changes: int = 0

    @property
    def outcode(self) -> str:
        """ "NR3"; for a bare area such as "NR" the area itself."""
        return self.text.split(" ")[0]

    @property
    def sector(self) -> str | None:
        """ "NR3 1", or None when the text stops before the sector's digit."""
        outward, _, inward = self.text.partition(" ")
        return f"{outward} {inward[0]}" if inward else None


def compact(text: str) -> str | None:
    """The letters and digits of `text` in capitals, or None if it holds anything that no postcode is typed
    with.

    Spaces, points, dashes and stray punctuation are dropped; another alphabet's letters are not, so that a
    name such as "é1 1aa" is never mistaken for a postcode. Full-width characters count as their plain forms.
    """
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 4]).upper()
    kept = []
    for character in folded:
        if character.isascii():
            if character.isalnum():
                kept.append(character)
        elif character.isalnum():
            return None
    return "".join(kept)


def normalise(text: str) -> str | None:
    """The canonical unit postcode ("NR3 1FH") when the whole text has that shape, else None."""
    if len(text) > LONGEST:
        return None
    letters = compact(text)
    if letters is None:
        return None
    found = _SHAPES[0][1].match(letters)
    return f"{found[1]} {found[2]}" if found else None


def readings(text: str) -> tuple[Reading, ...]:
    """Every way to read the whole text without changing a character, likeliest first; empty for anything
    else.

    "NR31" is the outcode before it is the sector NR3 1; a space before the last character turns that round.
    """
    if len(text) > LONGEST:
        return ()
    letters = compact(text)
    if not letters or not 2 <= len(letters) <= 7:
        return ()
    found = _shaped(letters)
    tail = re.search(r"[\s.\-]([0-9][A-Za-z]?)\W*\Z", text)
    if tail and len(found) > 1:
        found.sort(key=lambda reading: reading.text.partition(" ")[2] != tail[1].upper())
    return tuple(found)


def classify(text: str) -> Reading | None:
    """The likeliest of `readings(text)`, or None."""
    return next(iter(readings(text)), None)


def find_in(text: str, most: int = 8) -> tuple[Reading, ...]:
    """Unit postcodes that may lie inside a longer text, the last one first (an address ends with its
    postcode).

    Those as typed come before those that need a repair, which are sought in the last two words only. "off
    A12 3rd floor" has the shape of one too: keep only those that exist.
    """
    typed = [
        Reading(
            "unit", f"{re.sub('[^A-Z0-9]', '', found[1].upper())} {re.sub('[^A-Z0-9]', '', found[2].upper())}"
        )
        for found in itertools.islice(_INSIDE.finditer(text), 1000)
    ]
    words = re.findall(r"[A-Za-z0-9]{1,8}", text[-60:])
    tails = ["".join(words[-2:]), *words[-1:]] if words else []
    repaired = (reading for tail in tails for reading in repairs(tail) if reading.kind == "unit")
    return tuple(itertools.islice(dict.fromkeys([*reversed(typed), *repaired]), most))


def repairs(text: str) -> tuple[Reading, ...]:
    """Readings of the whole text with look-alikes put right where the position asks for a digit or a letter.

    O/0, Q/0, I/1, L/1, S/5, Z/2 and B/8; fewest changes first, then unit before outcode before sector, at
    most two changes. The text itself is not among them, and a word without any digit has none ("floor" is
    not F1 0OR). Most do not exist: keep only those that do.
    """
    if len(text) > LONGEST:
        return ()
    letters = compact(text)
    if not letters or not 2 <= len(letters) <= 7 or letters.isalpha():
        return ()
    kinds: tuple[tuple[Kind, str], ...] = (
        ("unit", "9AA"),
        ("outcode", ""),
        ("sector", "9"),
        ("partial", "9A"),
    )
    found = []
    for kind, inward in kinds:
        for outward in _OUTCODES:
            if len(outward) + len(inward) == len(letters):
                found += [
                    Reading(kind, f"{spelt[: len(outward)]} {spelt[len(outward) :]}".rstrip(), changes)
                    for spelt, changes in _spellings(letters, outward + inward)
                    if 0 < changes <= _MOST_CHANGES
                ]
    return tuple(sorted(dict.fromkeys(found), key=lambda reading: reading.changes))


def _spellings(letters: str, pattern: str) -> Iterator[tuple[str, int]]:
    choices = []
    for character, wanted in zip(letters, pattern, strict=True):
        fits = character.isdigit() if wanted == "9" else character.isalpha()
        swaps = (_TO_DIGIT if wanted == "9" else _TO_LETTER).get(character, "")
        if not fits and not swaps:
            return
        choices.append(character if fits else swaps)
    for spelt in itertools.product(*choices):
        yield "".join(spelt), sum(a != b for a, b in zip(letters, spelt, strict=True))


def _shaped(letters: str) -> list[Reading]:
    matches = ((kind, pattern.match(letters)) for kind, pattern in _SHAPES)
    return [Reading(kind, f"{found[1]} {found[2]}".rstrip()) for kind, found in matches if found]
