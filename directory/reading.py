"""How hard a text is to read, and words to avoid: for editors, and for our own pages. Pure.

The grade is that of Flesch and Kincaid (1975), in US school years; five more make an age. It is a rough guide and
never a reason to refuse what somebody wrote.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

# What officials write and families do not say, with what to write instead.
PLAINER = {
    "access services": "use or get", "accommodation": "home or place to live", "additional needs": "needs more help",
    "assistance": "help", "attend": "come or go to", "commence": "start", "commissioned": "paid for",
    "complete the form": "fill in the form", "deliver": "give or run", "enable": "help or let", "ensure": "make sure",
    "facilitate": "help or run", "going forward": "from now on", "holistic": "whole", "in order to": "to",
    "intervention": "help", "key worker": "one named person", "leverage": "use", "multi-agency": "several services",
    "outcomes": "what gets better", "participate": "take part", "prior to": "before", "provide": "give",
    "provision": "help", "pursuant": "under", "referral pathway": "steps to get help", "require": "need",
    "robust": "strong", "service users": "people", "signpost": "point to", "stakeholders": "people involved",
    "tackle": "stop or solve", "utilise": "use", "vulnerable": "who need more help", "wraparound": "before and after",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_END = re.compile(r"[.!?:;](?=\s|$)|\n")


class Reading(Struct, frozen=True):
    """`age` in years; `avoid` are (word, plainer words) in the order of the text."""

    words: int
    sentences: int
    age: float
    avoid: list[tuple[str, str]]


def read(text: str) -> Reading:
    """An empty text can be read by anybody: age 5."""
    words = _WORD.findall(text)
    sentences = max(1, sum(1 for part in _END.split(text) if _WORD.search(part)))
    grade = 0.0
    if words:
        syllables = sum(map(count_syllables, words))
        grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return Reading(len(words), sentences, round(max(0.0, grade) + 5, 1), avoid(text))


def count_syllables(word: str) -> int:
    """By groups of vowels: right for nine English words of ten, and a little high on names."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    if len(plain) <= 3:
        return 1
    plain = re.sub(r"(?:[^laeiouy]es|[^dt]ed|[^l]e)$", lambda found: found.group()[0], plain)
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def avoid(text: str, words: Sequence[str] = tuple(PLAINER)) -> list[tuple[str, str]]:
    found = [
        (match.start(), word)
        for word in words
        for match in re.finditer(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    ]
    return [(word, PLAINER[word]) for _, word in sorted(found)]
