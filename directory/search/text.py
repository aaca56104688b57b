"""Text as words: one folded spelling for all that people write, stems, and the nearest to a misspelt one. Pure."""

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import cached_property, lru_cache

import numpy as np
import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from directory.search.sound import sound

_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
_WORD = re.compile(r"[^\W_]+")
_ASCII = {at: chr(at).lower() if chr(at).isalnum() else " " for at in range(128)} | {
    ord(each): "" for each in "'`"
}
_LONGEST_WORD = 40
_LEAST_ALIKE = 1.4  # of 2, of a word that only sounds the same, by the letters that it shares
_stemmer = Stemmer.Stemmer("english", 0)

# Everyday British and American spellings of one word, after stemming has had its way.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})is(e|ed|es|ing|ation|ations|er|ers)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{2})our(s|ed|ing|al|ally|ite|ites|hood|hoods|ly)?$"), r"or\1"),
    (re.compile(r"^pro(?:gramme)(s?)$"), r"program\1"),
    (re.compile(r"(?<=[a-z]{2})ll(ed|ing|er|ers|or|ors)$"), r"l\1"),
)


def fold(text: str) -> str:
    """Lower case, without accents and apostrophes: "Children’s" -> "childrens"."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    plain = _APOSTROPHES.sub("", plain.casefold())
    if plain.isascii():
        return plain
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str, most: int = 100_000) -> list[str]:
    """The words of a text in order, folded; hyphens and all other signs part words."""
    text = text[:most]
    # Both ways say the same of ASCII; the first takes a fifth of the time.
    found = text.translate(_ASCII).split() if text.isascii() else _WORD.findall(fold(text))
    if len(text) > _LONGEST_WORD and max(map(len, found), default=0) > _LONGEST_WORD:
        return [word[:_LONGEST_WORD] for word in found]
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What a word's forms and spellings share: "groups" and "group", "counselling" and "counseling"."""
    for pattern, other in _SPELLINGS:
        if len(word) > 4 and pattern.search(word):
            word = pattern.sub(other, word)
            break
    return str(_stemmer.stemWord(word))


def tolerance(word: str) -> int:
    """Letters that may be wrong: none up to 3, one up to 7, then two. Numbers are never misread."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 8 else 2


class Speller:
    """The known words nearest to one that is not known; a sieve of letter sets, then true edit distance."""

    def __init__(self, known: Iterable[str]) -> None:
        # By length: words of about as many letters are next to each other.
        self._words = sorted((word for word in known if len(word) > 2 and word.isalpha()), key=len)
        self._sets = np.array([_letters(word) for word in self._words], dtype=np.uint32)
        lengths = np.array([len(word) for word in self._words], dtype=np.int16)
        self._from = np.searchsorted(lengths, np.arange(_LONGEST_WORD + 4)).tolist()

    def sounding(self, word: str) -> str:
        """The known word that sounds the same and is spelt most like it, however many letters differ; "" for none."""
        if len(word) < 4 or not word.isalpha():
            return ""
        alike = [each for each in self._by_sound.get(sound(word), ()) if abs(len(each) - len(word)) < 4]
        least = _LEAST_ALIKE
        found = ""
        for each in alike:
            # From both ends: a beginning counts for more, and so does an end.
            score = JaroWinkler.similarity(word, each) + JaroWinkler.similarity(word[::-1], each[::-1])
            if score > least:
                found, least = each, score
        return found

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) > 3:
                found.setdefault(sound(word), []).append(word)
        return found

    def near(self, word: str, most: int = 4) -> list[tuple[str, int]]:
        """(word, edits), fewest edits first, then those that begin alike; [] where nothing is near enough."""
        reach = tolerance(word)
        if not reach or not self._words:
            return []
        start, end = (self._from[min(len(word) + at, _LONGEST_WORD + 3)] for at in (-reach, reach + 1))
        unlike = np.bitwise_count(self._sets[start:end] ^ np.uint32(_letters(word)))
        names = [self._words[start + at] for at in (unlike <= 2 * reach).nonzero()[0].tolist()]
        if not names:
            return []
        edits = process.cdist([word], names, scorer=OSA.distance, score_cutoff=reach, dtype=np.uint8)[0]
        found = [(names[i], int(edits[i])) for i in np.flatnonzero(edits <= reach).tolist()]
        found.sort(
            key=lambda one: (one[1], -_shared_start(word, one[0]), abs(len(one[0]) - len(word)), one[0])
        )
        best = found[0][1] if found else 0
        # A first letter is seldom wrong, but it may have changed places with the second.
        firsts = {word[0], word[1]} if best == 1 else {word[0]}
        kept = [one for one in found if one[1] == best and one[0][0] in firsts]
        alike = [one for one in kept if one[0][0] == word[0]]
        return (alike or kept)[:most]


# How a word that was written as it sounds is spelt: in the order in which they are tried.
_SOUNDS = (
    ("sk", "sch"), ("f", "ph"), ("ph", "f"), ("k", "c"), ("kw", "qu"), ("c", "k"), ("z", "s"), ("s", "c"), ("c", "s"),
    ("x", "cks"), ("ks", "x"), ("u", "ough"), ("oo", "u"), ("u", "oo"), ("ee", "ea"), ("ea", "ee"), ("ay", "ai"),
    ("y", "ie"), ("shun", "tion"), ("shun", "sion"), ("er", "a"), ("a", "er"), ("i", "y"), ("w", "wh"), ("n", "kn"),
    ("r", "wr"),
)  # fmt: skip


def sounding_like(word: str, known: Container[str]) -> str:
    """The known word that one may be, written as it sounds: "skool", "fysio", "nife"; "" for none."""
    if len(word) < 4:
        return ""
    for heard, spelt in _SOUNDS:
        at = word.find(heard)
        while at >= 0:
            other = word[:at] + spelt + word[at + len(heard) :]
            if other in known:
                return other
            at = word.find(heard, at + 1)
    return ""


def phrases(listed: Sequence[str], longest: int) -> Iterable[tuple[int, int, str]]:
    """(start, end, words joined) of every run of at most `longest` words, longest first at each start."""
    for start in range(len(listed)):
        for end in range(min(len(listed), start + longest), start, -1):
            yield start, end, " ".join(listed[start:end])


def _letters(word: str) -> int:
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) % 32)
    return mask


def _shared_start(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
