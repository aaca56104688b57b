"""A second pair of ears for danger: how much a text sounds like the rule book's examples of danger. Pure.

The patterns say what was seen and are sure; this says how near a text is to what people in danger have written, and
hears what no pattern foresaw. It only ever adds: the soft question, or the interruption where it is sure enough.
Deterministic, and trained at start from `danger/*.toml` and from the phrases of ordinary needs.
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

from directory.routing.features import MAX_CHARS, Lexicon
from directory.routing.model import Matrix, Vocabulary, softmax, train
from directory.routing.rulebook import RuleBook, RuleBookError

CALM = "calm"
_PART = re.compile(r"[.!?;\n]+")
_PARTS = 24
_LEAST = 3  # words of a part that is heard on its own


class Examples(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ways of saying one kind of danger. `now`: ring 999 or act at once; `red`: interrupt; `soft`: ask; `calm`: no
    danger at all."""

    now: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()


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


def read_examples(folder: Path) -> dict[str, Examples]:
    """Kind -> examples, of the files in `danger/`. Raises RuleBookError."""
    found: dict[str, Examples] = {}
    for path in sorted((folder / "danger").glob("*.toml")):
        try:
            found[path.stem] = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Examples)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise RuleBookError([f"danger/{path.name}: {error}"]) from None
    return found


class Alarm:
    """Two small models over the same features: how grave it sounds, and which kind of danger it sounds like."""

    def __init__(self, book: RuleBook, examples: dict[str, Examples]) -> None:
        self.lexicon = Lexicon(
            book.words.people, book.words.alike, {}, book.words.ignore.words, book.words.denied.ideas
        )
        self.kinds = (CALM, *(kind for kind in examples if kind != CALM))
        texts: list[str] = []
        grades: list[int] = []
        kinds: list[int] = []
        for need in book.needs:
            if not need.flags:  # phrases of needs that flags speak for are danger or not, one by one
                phrases = book.phrases[need.code].every()
                texts += phrases
                grades += [0] * len(phrases)
                kinds += [0] * len(phrases)
        for kind, each in examples.items():
            for grade, mine in enumerate((each.calm, each.soft, each.red, each.now)):
                texts += mine
                grades += [grade] * len(mine)
                kinds += [self.kinds.index(kind)] * len(mine)
        features = [self.lexicon.features(self.lexicon.read(text)) for text in texts]
        self._vocabulary = Vocabulary(features)
        rows = [self._vocabulary.vector(each) for each in features]
        matrix = Matrix(rows, len(self._vocabulary.column))
        self._grades = train(matrix, np.array(grades, np.intp), 4)
        self._kinds = train(matrix, np.array(kinds, np.intp), len(self.kinds))

    def hear(self, text: str) -> Sound:
        """The most alarming part of a text, or the whole of it. Nothing raises; silence is calm."""
        text = text[:MAX_CHARS]
        return max(
            (self._sound(text[start:end], (start, end)) for start, end in [(0, len(text)), *_parts(text)]),
            key=lambda sound: (sound.now + sound.red / 2, sound.share),
        )

    def _sound(self, text: str, span: tuple[int, int]) -> Sound:
        at, values = self._vocabulary.vector(self.lexicon.features(self.lexicon.read(text)))
        if not len(at):
            return Sound(0.0, 0.0, 0.0, CALM, span)
        _, soft, red, now = (float(share) for share in softmax(values @ self._grades[at]))
        kind = int(np.argmax(softmax(values @ self._kinds[at])[1:])) + 1
        return Sound(now, red, soft, self.kinds[kind], span)


def _parts(text: str) -> list[tuple[int, int]]:
    """Sentences of a few words and more; a text of one sentence has no parts."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _PART.finditer(text)), len(text)]:
        if len(text[start:end].split()) >= _LEAST:
            spans.append((start, end))
        start = end + 1
    return spans[:_PARTS] if len(spans) > 1 else []
