"""Place names as text: one folded spelling for each, and typed text taken apart into a name and its hints.
Pure."""

import re
import unicodedata

LONGEST = 300
"""Characters of typed text that are looked at; the rest of a longer text is ignored."""

_WORDS = {
    "saint": "st", "mkt": "market", "gt": "great", "grt": "great", "lt": "little", "ltl": "little",
    "nth": "north", "sth": "south", "upr": "upper", "lwr": "lower", "nxt": "next",
}  # fmt: skip
_NEAR = re.compile(
    r"\s*(?:[,;\n\r(|]+|\s-\s|"
    r"\b(?:just outside|outside of|outside|close to|next to|near to|near|nr|nearby|in|by)\b)\s*"
)
_COUNTRIES = frozenset(
    ["uk", "gb", "england", "united kingdom", "great britain", "britain", "east anglia", "eng"],
)
_STREETS = frozenset(
    [
        "road",
        "rd",
        "street",
        "lane",
        "ln",
        "close",
        "avenue",
        "ave",
        "drive",
        "way",
        "crescent",
        "court",
        "place",
        "terrace",
        "gardens",
        "hill",
        "row",
        "walk",
        "loke",
        "plain",
        "green",
        "common",
        "end",
    ]
)
_COMMON = frozenset(["church", "chapel", "mill", "station", "school", "market"])
QUALIFIERS = frozenset(
    ["north", "south", "east", "west", "great", "little", "upper", "lower", "old", "new", "long", "high"]
)
"""Words that tell two neighbours of one name apart: "Runton" may be East or West Runton."""


def fold(text: str, *, drop: bool = True) -> str:
    """One spelling for all of "King's Lynn", "kings-lynn" and "KINGS LYNN"; "St"/"Saint", "mkt", "(the) sea"
    too.

    Lower case without accents, apostrophes, hyphens or points; a last "st" is a street, any other is a
    saint. `drop` leaves out "the" and "and".
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"['’‘`´ʼ]", "", plain)
    words = re.findall(r"[a-z0-9]+", plain)
    if len(words) > 1 and words[-1] == "st":
        words[-1] = "street"
    kept = [
        kept for word in words if (kept := _WORDS.get(word, "" if drop and word in ("the", "and") else word))
    ]
    return " ".join(kept or words)


def split(text: str) -> tuple[str, ...]:
    """Typed text cut at its commas and at words such as "near", each piece folded, countries dropped from
    the end."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    pieces = [piece for raw in _NEAR.split(plain) if (piece := fold(raw))]
    while len(pieces) > 1 and pieces[-1] in _COUNTRIES:
        pieces.pop()
    return tuple(pieces)


def is_country(piece: str) -> bool:
    """Whether a folded piece names this country or a part of it too wide to be a hint."""
    return piece in _COUNTRIES


def like_a_street(piece: str) -> bool:
    """Whether a folded piece looks like the street line of an address: "12 high street", "mill lane"."""
    words = piece.split()
    return bool(words) and (words[0].isdigit() or (len(words) > 1 and words[-1] in _STREETS))


def half_an_address(piece: str) -> bool:
    """Whether a folded piece is a hamlet's name that every other village has a street of: "high street"."""
    words = piece.split()
    return len(words) == 2 and words[1] in ("street", "road", "lane") and words[0] in (QUALIFIERS | _COMMON)
