"""A second pair of ears for danger: how much a text sounds like the rule book's examples of danger. Pure.

The patterns say what was seen; this says how near the whole of a text, and each part of it, is to what people in danger
have written, and how near to the calm texts that use the same words. It hears what no pattern foresaw, and where a
pattern saw something in words that it knows as harmless, it lets us ask instead of interrupt. Deterministic, and
trained at start from the examples in `danger/` and from the phrases of ordinary needs.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.routing.examples import CALM, GRADES, Example
from directory.routing.features import MAX_CHARS, Lexicon, Unit
from directory.routing.grams import Spellings, grams
from directory.routing.model import Floats, Ints, Matrix, softmax, train
from directory.routing.rulebook import RuleBook
from directory.routing.safety import URGING, check
from directory.routing.safety_rules import Book
from directory.search.groups import Found, Groups
from directory.words import LEVELS

STEPS = 25
"""Steps of learning how grave a text sounds."""

POWER = 1.5
"""How much more rare words count; with fewer steps as good as 1 with more, in examples left out by voice."""

ALWAYS = 0.3
"""What every text holds, so that one which says little sounds as most do: calm."""

_DOUBTFUL = "doubtful"
_HELLO = re.compile(
    r"\W*(?:(?:hi|hiya|hello|hey|good (?:morning|afternoon|evening))(?: there| all| everyone)?\b\W*)+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:^|\W{1,9})(?:many thanks|thanks|thank you|kind regards|regards|cheers)"
    r"(?: so much| very much| a lot)?)+\W*$",
    re.IGNORECASE,
)
_POLITE = 120  # characters that are looked through for either, so that a text of thanks alone takes no longer
_PARTS = 24
_LEAST = 3  # words of a part that is heard on its own
_WINDOW, _STRIDE = 26, 13
"""A sentence without stops is heard in pieces of so many words, each so many after the last."""
_RED = 0.6  # what a text that must interrupt counts beside one that needs 999


class Sound(NamedTuple):
    """How much a text sounds like danger: `now`, `red` and `soft` are shares of 1, what is left is calm.

    `kind` is the likeliest kind of danger, `span` the part of the text, [start, end), that was heard.
    """

    now: float
    red: float
    soft: float
    kind: str
    span: tuple[int, int]

    @property
    def share(self) -> float:
        return self.now + self.red + self.soft

    @property
    def grave(self) -> float:
        """How much it sounds like what must be answered first."""
        return self.now + _RED * self.red


class Sounds(NamedTuple):
    """A text as a whole, and its parts one by one: the whole alone where it is a single short sentence."""

    whole: Sound
    parts: tuple[Sound, ...]

    @property
    def gravest(self) -> Sound:
        return max(self.parts, key=lambda sound: (sound.grave, sound.share))

    def about(self, span: tuple[int, int]) -> Sound:
        """The loudest of the parts that touch a span; the whole where none does."""
        start, end = span
        near = [part for part in self.parts if part.span[0] < end and start < part.span[1]]
        return max(near, key=lambda sound: sound.share, default=self.whole)


class Alarm:
    """Two small models over the same groups of words: how grave it sounds, and which kind of danger it sounds like."""

    def __init__(self, book: RuleBook, examples: Sequence[Example], danger: Book) -> None:
        self.lexicon = Lexicon(book.words.people, {}, {}, ())
        taught = [*examples, *_ordinary(book, danger)]
        self.kinds = tuple(sorted({example.kind for example in examples} - {CALM}))
        written: Counter[tuple[str, str]] = Counter()
        found = []
        for (
            each
        ) in taught:  # one by one: the words of all texts together would take half a minute to sweep up
            words = self._read(each.text)
            written.update((word.form, word.word) for word in words)
            found.append(grams(words))
        self._spellings = Spellings(written)
        self._groups = Groups(np.concatenate([names for names, _ in found]), len(found), POWER)
        rows = [self._row(each) for each in found]
        del found
        grades = np.array([each.grade for each in taught], np.intp)
        self._grades = _small(train(Matrix(rows, len(self._groups) + 1), grades, len(GRADES), steps=STEPS))
        alarming = [at for at, each in enumerate(taught) if each.grade]
        kinds = np.array([self.kinds.index(taught[at].kind) for at in alarming], np.intp)
        self._kinds = _small(
            train(Matrix([rows[at] for at in alarming], len(self._groups) + 1), kinds, len(self.kinds))
        )

    def hear(self, text: str) -> Sounds:
        """The whole of a text, and each of its parts. Nothing raises; silence is calm."""
        words = self._spellings.heard(self._read(text[:MAX_CHARS]))
        whole = self._sound(words, (0, len(text)))
        return Sounds(whole, tuple(self._sound(part, (0, 0)) for part in _parts(words)) or (whole,))

    def _row(self, found: Found) -> tuple[Ints, Floats]:
        """The columns and values of a text, with the one that all texts have."""
        at, values = self._groups.vector(found)
        return np.append(at, len(self._groups)), np.append(values, np.float32(ALWAYS))

    def _read(self, text: str) -> Sequence[Unit]:
        start, end = telling(text)
        return _unhurried([word for word in self.lexicon.units(text) if start <= word.start < end])

    def _sound(self, words: Sequence[Unit], silent: tuple[int, int]) -> Sound:
        at, values = self._row(grams(words))
        if len(at) == 1:
            return Sound(0.0, 0.0, 0.0, CALM, silent)
        _, soft, red, now = (float(share) for share in softmax(values @ self._grades[at].astype(np.float32)))
        kind = int(np.argmax(values @ self._kinds[at].astype(np.float32)))
        return Sound(now, red, soft, self.kinds[kind], (words[0].start, words[-1].end))


def _small(weights: Floats) -> NDArray[np.float16]:
    """Half the memory, and as good: a weight is no more exact than the texts that it was learned from."""
    return weights.astype(np.float16)


def _ordinary(book: RuleBook, danger: Book) -> Iterator[Example]:
    """Phrases of needs, as calm; but not those of needs that begin where harm is likely, and of needs that flags speak
    for ("food bank") only those in which no pattern sees danger."""
    for need in book.needs:
        if not need.flags or LEVELS.index(need.level) < LEVELS.index("targeted"):
            for phrase in book.phrases[need.code].every():
                if not need.flags or not check(phrase, danger).flags:
                    yield Example(phrase, 0, CALM, _DOUBTFUL if need.flags else need.code)


def telling(text: str) -> tuple[int, int]:
    """Where a text begins and ends without its greeting and its thanks: to be polite changes nothing."""
    hello, thanks = _HELLO.match(text, 0, _POLITE), _THANKS.search(text, max(0, len(text) - _POLITE))
    start, end = hello.end() if hello else 0, thanks.start() if thanks else len(text)
    return start, max(start, end)


def _unhurried(words: Sequence[Unit]) -> Sequence[Unit]:
    """Without "please" and "right now" before and after it: to be in a hurry makes nothing less grave."""
    hurried = [word.form in URGING for word in words]
    if all(hurried):
        return words
    return words[hurried.index(False) : len(words) - hurried[::-1].index(False)]


def _parts(words: Sequence[Unit]) -> list[Sequence[Unit]]:
    """Sentences of a few words and more, long ones in pieces; a text of one short sentence has no parts."""
    found: list[Sequence[Unit]] = []
    for _, each in groupby(words, key=lambda word: word.sentence):
        sentence = list(each)
        if len(sentence) <= _WINDOW + _STRIDE // 2:
            found.append(sentence)
        else:
            found += [sentence[at : at + _WINDOW] for at in range(0, len(sentence) - _STRIDE, _STRIDE)]
    long = [part for part in found if len(part) >= _LEAST]
    return long[:_PARTS] if len(found) > 1 else []
