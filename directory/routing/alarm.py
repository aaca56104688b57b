"""A second pair of ears for danger: how much a text sounds like the rule book's examples of danger. Pure.

The patterns say what was seen and are sure; this says how near a text is to what people in danger have written, and
hears what no pattern foresaw. It only ever adds: a soft question, or, where it is very sure, the interruption.
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
    """How much a text sounds like danger, 0 to 1; the likeliest kind; and the part of the text, [start, end)."""

    share: float
    kind: str
    span: tuple[int, int]


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
    def __init__(self, book: RuleBook, examples: dict[str, Examples]) -> None:
        self.lexicon = Lexicon(
            book.words.people,
            book.words.alike,
            {},
            book.words.ignore.words,
            book.words.denied.ideas,
        )
        self.kinds = (CALM, *(kind for kind in examples if kind != CALM))
        texts: list[str] = []
        classes: list[int] = []
        for need in book.needs:
            if not need.flags:  # phrases of needs that flags speak for are danger or not, one by one
                phrases = book.phrases[need.code].every()
                texts += phrases
                classes += [0] * len(phrases)
        for kind, each in examples.items():
            mine = each.calm if kind == CALM else (*each.now, *each.red, *each.soft)
            texts += mine
            classes += [self.kinds.index(kind)] * len(mine)
        features = [self.lexicon.features(self.lexicon.read(text)) for text in texts]
        self._vocabulary = Vocabulary(features)
        rows = [self._vocabulary.vector(each) for each in features]
        matrix = Matrix(rows, len(self._vocabulary.column))
        self._weights = train(matrix, np.array(classes, np.intp), len(self.kinds))

    def hear(self, text: str) -> Sound:
        """The most alarming part of a text, or the whole of it. Nothing raises; silence is calm."""
        text = text[:MAX_CHARS]
        best = self._sound(text, (0, len(text)))
        for span in _parts(text):
            part = self._sound(text[span[0] : span[1]], span)
            if part.share > best.share:
                best = part
        return best

    def _sound(self, text: str, span: tuple[int, int]) -> Sound:
        at, values = self._vocabulary.vector(self.lexicon.features(self.lexicon.read(text)))
        if not len(at):
            return Sound(0.0, CALM, span)
        shares = softmax(values @ self._weights[at])
        kind = int(np.argmax(shares[1:])) + 1
        return Sound(1.0 - float(shares[0]), self.kinds[kind], span)


def _parts(text: str) -> list[tuple[int, int]]:
    """Sentences of a few words and more; a text of one sentence has no parts."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.start() for match in _PART.finditer(text)), len(text)]:
        if len(text[start:end].split()) >= _LEAST:
            spans.append((start, end))
        start = end + 1
    return spans[:_PARTS] if len(spans) > 1 else []
