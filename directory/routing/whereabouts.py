"""Where a family lives, as far as it says so: a postcode, or a name after words such as "in" or "near". Pure.

A telling holds more words than a search, so only what is plain is taken: "in Diss", "Downham Market way", not a bare
"wells", and not where somebody came from. What is taken is shown and can be changed; it is never kept.
"""

import re
from collections.abc import Callable

from directory.places.names import fold
from directory.places.postcodes import find_in

MAX_CHARS = 6000
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_LONGEST_NAME = 4
_LEADS = frozenset(
    ("in", "near", "nr", "at", "around", "round", "outside", "by", "live", "lives", "living", "into")
)
_HERE_FROM = frozenset(("im", "i'm", "am", "we're", "were", "are", "family", "mum", "dad"))
_MOVED = frozenset(("moved", "moving", "move", "relocated", "relocating", "come", "came", "going"))
_AFTER = frozenset(("area", "way", "based", "side"))
# Villages and towns whose names are everyday words, or anybody's name.
_COMMON = frozenset(
    (
        "hall", "hope", "heath", "wells", "holt", "brooke", "brandon", "barney", "hoe", "upton", "reading", "hales",
        "ashill", "barton", "oulton", "kelling", "march", "sale", "thorpe", "stow", "street", "cross", "common",
        "church", "green", "home", "school", "care", "court", "norfolk", "england", "bed", "bath", "ward", "beach",
    )
)  # fmt: skip


def place_said(text: str, known: Callable[[str], bool]) -> str:
    """The postcode or place that a text names as where it happens, "" where it names none plainly.

    `known` says whether a folded name is a place near home.
    """
    text = text[:MAX_CHARS]
    if any(letter.isdigit() for letter in text):
        for reading in find_in(text):
            if not reading.changes:
                return reading.text
    words = [(found.group().lower().replace("’", "'"), found.group()) for found in _WORD.finditer(text)]
    for start in range(len(words)):
        for end in range(min(len(words), start + _LONGEST_NAME), start, -1):
            if _named(words, start, end, known):
                return " ".join(raw for _, raw in words[start:end])
    return ""


def _named(words: list[tuple[str, str]], start: int, end: int, known: Callable[[str], bool]) -> bool:
    name = " ".join(low for low, _ in words[start:end])
    folded = fold(name)
    # Folding drops small words: "and Diss" is not a name of two words.
    if len(name) < 4 or len(folded.split()) < end - start or not known(folded):
        return False
    before = words[start - 1][0] if start else ""
    twice = words[start - 2][0] if start > 1 else ""
    led = (
        before in _LEADS
        or (before == "from" and twice in _HERE_FROM)
        or (before == "to" and any(low in _MOVED for low, _ in words[max(0, start - 5) : start]))
        or (end < len(words) and words[end][0] in _AFTER)
    )
    if before == "from" and not led:
        return False
    if end - start > 1:
        return True
    # A single word may be anything: it must be led, and an everyday word written as a name as well.
    return led and (
        name not in _COMMON or (words[start][1][0].isupper() and name not in ("reading", "march", "hope"))
    )
