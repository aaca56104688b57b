"""A second pair of ears for danger: how much a text sounds like the rule book's examples of danger. Pure.

The patterns say what was seen and are sure; this says how near a text is to what people in danger have written, with
what the patterns saw as one more sign, and hears what no pattern foresaw. It only ever adds: the soft question, or the
interruption where it is sure enough. Deterministic, and trained at start from the examples in `danger/` and from the
phrases of ordinary needs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from directory.routing.examples import CALM, GRADES, Example
from directory.routing.features import MAX_CHARS, Lexicon
from directory.routing.model import Floats, Matrix, Vocabulary, softmax, train
from directory.routing.rulebook import RuleBook
from directory.routing.safety import Flag, check
from directory.routing.safety_rules import Book
from directory.words import LEVELS

STEPS = 25
"""Steps of learning how grave a text sounds: by cross-validation 6 were too few, and 40 no better."""

_DOUBTFUL = "doubtful"
_PART = re.compile(r"[.!?;\n]+")
_PARTS = 24
_LEAST = 3  # words of a part that is heard on its own
_RULE, _KIND = 1.0, 0.5
_TAUGHT = "plain."  # rules written from the examples: as signs they would teach that all else is calm
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


class Alarm:
    """Two small models over the same features: how grave it sounds, and which kind of danger it sounds like."""

    def __init__(self, book: RuleBook, examples: Sequence[Example], danger: Book) -> None:
        self.lexicon = Lexicon(
            book.words.people, book.words.alike, {}, book.words.ignore.words, book.words.denied.ideas
        )
        taught = [(each, check(each.text, danger).flags) for each in (*examples, *_ordinary(book))]
        # A phrase of a need that flags speak for ("food bank") is ordinary where no pattern sees danger in it.
        taught = [(each, flags) for each, flags in taught if each.source != _DOUBTFUL or not flags]
        self.kinds = (CALM, *sorted({example.kind for example in examples} - {CALM}))
        features = [self._features(each.text, flags) for each, flags in taught]
        self._vocabulary = Vocabulary(features)
        rows = [self._vocabulary.vector(each) for each in features]
        matrix = Matrix(rows, len(self._vocabulary.column))
        self._grades = train(
            matrix, np.array([each.grade for each, _ in taught], np.intp), len(GRADES), steps=STEPS
        )
        kinds = [self.kinds.index(each.kind if each.grade else CALM) for each, _ in taught]
        self._kinds = train(matrix, np.array(kinds, np.intp), len(self.kinds))

    def hear(self, text: str, flags: Sequence[Flag] = ()) -> tuple[Sound, Sound]:
        """The whole of a text, and its most alarming part; `flags` are what the patterns saw in it. Nothing raises;
        silence is calm."""
        text = text[:MAX_CHARS]
        whole = self._sound(text, (0, len(text)), flags)
        parts = (
            self._sound(text[s:e], (s, e), [f for f in flags if s <= f.span[0] < e]) for s, e in _parts(text)
        )
        return whole, max((whole, *parts), key=lambda sound: (sound.grave, sound.share))

    def _features(self, text: str, flags: Iterable[Flag]) -> dict[str, float]:
        found = self.lexicon.features(self.lexicon.read(text))
        for flag in flags:
            if flag.rule.startswith(_TAUGHT):
                continue
            found[f"r{flag.rule} {flag.tier}"] = found[f"rtier {flag.tier}"] = _RULE
            found[f"r{flag.kind}"] = _KIND
        return found

    def _sound(self, text: str, span: tuple[int, int], flags: Iterable[Flag]) -> Sound:
        at, values = self._vocabulary.vector(self._features(text, flags))
        if not len(at):
            return Sound(0.0, 0.0, 0.0, CALM, span)
        _, soft, red, now = (float(share) for share in softmax(_scores(values, self._grades, at)))
        kind = int(np.argmax(softmax(_scores(values, self._kinds, at))[1:])) + 1
        return Sound(now, red, soft, self.kinds[kind], span)


def _ordinary(book: RuleBook) -> Iterator[Example]:
    """Phrases of needs, as calm; but not those of needs that begin where harm is likely."""
    for need in book.needs:
        if not need.flags or LEVELS.index(need.level) < LEVELS.index("targeted"):
            for phrase in book.phrases[need.code].every():
                yield Example(phrase, 0, CALM, _DOUBTFUL if need.flags else need.code)


def _scores(values: Floats, weights: Floats, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    out: Floats = values @ weights[at]
    return out


def _parts(text: str) -> list[tuple[int, int]]:
    """Sentences of a few words and more; a text of one sentence has no parts."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _PART.finditer(text)), len(text)]:
        if len(text[start:end].split()) >= _LEAST:
            spans.append((start, end))
        start = end + 1
    return spans[:_PARTS] if len(spans) > 1 else []
