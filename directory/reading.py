"""How old a reader has to be for a text, and the words that public pages avoid. Pure.

The age is that of the Flesch-Kincaid grade plus five, over whole sentences, with syllables counted from groups of
vowels: close enough to warn an editor, not to grade a child.
"""

import re

_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$")

AVOID = {
    "utilise": "use",
    "facilitate": "help",
    "commence": "start",
    "terminate": "end",
    "in order to": "to",
    "prior to": "before",
    "subsequently": "then",
    "regarding": "about",
    "signpost": "point to",
    "multi-agency": "from several teams",
    "holistic": "whole",
    "pathway": "steps",
    "intervention": "help",
    "service user": "person",
    "hard to reach": "not yet reached",
    "engage with": "talk to",
    "deliver": "give",
    "empower": "help",
    "robust": "strong",
}


def syllables(word: str) -> int:
    low = word.lower().strip("'’-")
    trimmed = _SILENT.sub(lambda found: found.group()[0], low) if len(low) > 3 else low
    return max(1, len(_VOWELS.findall(trimmed)))


def age(text: str) -> float:
    """The reading age of a text in years; 5 for one without words."""
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    words = _WORD.findall(text)
    if not words:
        return 5.0
    per_sentence = len(words) / max(1, len(sentences))
    per_word = sum(syllables(word) for word in words) / len(words)
    return round(max(5.0, 0.39 * per_sentence + 11.8 * per_word - 15.59 + 5), 1)


def to_avoid(text: str) -> list[tuple[str, str]]:
    """(word, better word) for each word of the list that the text has."""
    low = f" {' '.join(_WORD.findall(text.lower()))} "
    return [(word, better) for word, better in AVOID.items() if f" {word} " in low]
