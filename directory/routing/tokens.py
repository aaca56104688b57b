"""Text as people type it, cut into plain words that remember where they stood.

Folding only helps patterns to meet words ("Don't" and "dont", "suicidé", "heeelp"); what the person wrote is
never changed or corrected.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_MARKS = (
    "\u0300-\u036f\u064b-\u0652\u0670\u200c\u200d\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u09d7"
)
_WORD = rf"(?:[^\W_]|[{_MARKS}])+(?:['’‘`´*](?:[^\W_]|[{_MARKS}])+|\*+(?:[^\W_])+)*"
_EMOJI = "\U0001f52a\U0001f48a\U0001f52b\U0001fa78\U0001f489"
_TOKENS = re.compile(rf"{_WORD}|[{_EMOJI}]|[.!?\n;]+|,")
# Chinese is written without spaces: each character stands as a word of its own.
_HAN = "\u3400-\u9fff"
_HAS_HAN = re.compile(f"[{_HAN}]")
_TOKENS_HAN = re.compile(rf"[{_HAN}]|[A-Za-z0-9'’]+|[.!?\n;。！？；]+|[,，、]")
_BREAK = frozenset(".!?\n;,。！？；，、")
_DROP = re.compile("['’‘`´\u064b-\u0652\u0670\u200c\u200d]")
_LEET = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"^(?=.*\d)[a-z]+[\da-z]*[a-z]$|^\d[a-z]*\d[a-z]+$")
_REPEAT = re.compile(r"([^\d])\1{2,}")

SENTENCE_GAP = 3
"""Words that the end of a sentence counts for, so that a pattern rarely reaches across it."""


class Words(NamedTuple):
    """Parallel lists, one item for each word: as folded, its span in the text, its place and its sentence."""

    folded: list[str]
    start: list[int]
    end: list[int]
    place: list[int]
    sentence: list[int]


@lru_cache(maxsize=1 << 12)
def fold(word: str) -> str:
    """One word in small letters, without accents, apostrophes, digits for letters or drawn-out letters."""
    word = _DROP.sub("", word.lower())
    if not word.isascii():
        spread = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in spread if not "\u0300" <= c <= "\u036f")
        word = word.replace("ł", "l").replace("ı", "i").replace("ß", "ss").replace("đ", "d")
    if _MIXED.match(word):
        word = word.translate(_LEET)
    if _REPEAT.search(word):
        word = _REPEAT.sub(r"\1", word)
    return word


def words(text: str) -> Words:
    """Cut text into words; a sentence end widens the distance between the words on its two sides."""
    folded: list[str] = []
    start: list[int] = []
    end: list[int] = []
    place: list[int] = []
    sentence: list[int] = []
    at = number = 0
    pattern = _TOKENS_HAN if _HAS_HAN.search(text) else _TOKENS
    for found in pattern.finditer(text):
        piece = found.group()
        if piece[0] in _BREAK:
            # Two or three dots are a pause, as people type them, and a comma is less than that.
            if piece[0] in ",，、":
                continue
            if piece.startswith("..") and "\n" not in piece and "!" not in piece and "?" not in piece:
                at += 1
                continue
            at += SENTENCE_GAP
            number += 1
            continue
        if not (word := fold(piece)):  # an accent that stands alone
            continue
        folded.append(word)
        start.append(found.start())
        end.append(found.end())
        place.append(at)
        sentence.append(number)
        at += 1
    return Words(folded, start, end, place, sentence)
