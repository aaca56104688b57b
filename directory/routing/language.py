"""Which language a text is in, from its script and its small words. Short or doubtful text counts as English.

Small words decide better than letter statistics on what people type in a hurry: misspelt English stays English,
and three words of Polish are seen.
"""

import re
from collections.abc import Sequence

from directory.routing.safety_rules import Language
from directory.routing.tokens import Words, fold

_SCRIPTS = {
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
    "bengali": re.compile("[\u0980-\u09ff]"),
    "han": re.compile("[\u3400-\u9fff]"),
}
ENOUGH = 300
"""Words of a text that are enough to tell its language."""

_LATIN = re.compile("[A-Za-z]")
_SMALL_WORDS = (
    "the and is are was to of for my i im you he she we they it in on with at that this have has had not do does dont "
    "can cant will would be been help need want get got her his our your from about up out so if but there who what "
    "how when where hes shes me us them any child children kids mum dad son daughter baby school"
)
_ENGLISH = frozenset(_SMALL_WORDS.split())


def detect(text: str, words: Words, languages: Sequence[Language]) -> str:
    """The code of the language, "en", or "other" for a script that no listed language uses."""
    if text.isascii():
        return _by_words(words, [one for one in languages if one.script == "latin"])
    latin = len(_LATIN.findall(text))
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    script, most = max(counts.items(), key=lambda item: item[1])
    # A name or a line in another script inside English does not make it another language.
    if most * 2 > latin and most > 1:
        return _by_letters(text, words, [one for one in languages if one.script == script])
    letters = sum(1 for c in text if c.isalpha())
    if letters > 3 and latin * 2 < letters and not any(counts.values()):
        return "other"
    return _by_words(words, [one for one in languages if one.script == "latin"])


def _by_letters(text: str, words: Words, languages: Sequence[Language]) -> str:
    best, most = "other", -1.0
    held = set(words.folded)
    for language in languages:
        score = sum(text.count(c) for c in language.letters) + 2.0 * len(held & _folded(language.words))
        if score > most:
            best, most = language.code, score
    return best


def _by_words(words: Words, languages: Sequence[Language]) -> str:
    first = words.folded[:ENOUGH]
    held = set(first)
    english = sum(1 for w in first if w in _ENGLISH)
    best, most = "en", 1
    for language in languages:
        small = _folded(language.words)
        count = sum(1 for w in first if w in small)
        if count > most and len(held & small) > 1:
            best, most = language.code, count
    return best if most > english else "en"


_KEPT: dict[str, frozenset[str]] = {}


def _folded(text: str) -> frozenset[str]:
    # Keyed by the rule book's own lists, never by what someone typed.
    if text not in _KEPT:
        _KEPT[text] = frozenset(fold(w) for w in text.split())
    return _KEPT[text]
