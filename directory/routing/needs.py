"""Text to needs: which, how sure, and why; several at once; "unclear" and "not for us" said outright.

Pure and deterministic: the model is built at start from the phrases of the rule book. A sentence model may give a
second `Opinion` beside it. Confidence says how often such an answer is right; it never sets a level.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
from msgspec import Struct

from directory.routing.embedding import Embedding
from directory.routing.features import LISTED, MAX_CHARS, STEM, Lexicon, Reading, Unit
from directory.routing.likeness import Likeness
from directory.routing.meaning import Meaning
from directory.routing.model import Floats, Matrix, softmax, train
from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR
from directory.routing.rulebook import RuleBook
from directory.search.groups import Found, Groups, coded

Status = Literal["clear", "unclear", "out_of_scope"]

RIDGE = 0.02
"""How small the weights are kept, chosen by cross-validation over the phrases."""

POWER = 3.0
"""How much more a rare word counts than a common one, chosen on tellings of authors left out in turn."""

SHARPNESS = 1.65
"""Scores are multiplied by this before they become probabilities: the value that made held-out phrases least
surprising in cross-validation, so that 0.8 is right about eight times in ten."""

ASK_BELOW = 0.5
"""Best confidence below which we ask instead of answering."""

_VAGUE = 0.3
"""How likely "unclear" must be, beside the best need, for us to ask; both asides together: as likely as the need."""

SECOND = 1.0
"""How much the sentence model counts beside the phrases, chosen by cross-validation over the phrases."""

FLOOR = 0.035
"""Confidence from which a further need is listed."""

SURE = 0.25
"""Confidence from which a further need counts as one of several."""

MOST = 4
_LEAST = np.float32(1e-6)
_LOWEST = 0.001  # what is shown at the least: no guess is quite impossible
_CLAUSES = 16
_CLAUSE_SHARE = 0.6
_AWAY = 0.27
# A long telling has several needs, and none of them has most of the confidence.
_LONG = 25
_ASK_BELOW_LONG = 0.3
_THIN = 3
_THIN_SURE = 0.7
_KNOWN = 0.4


class Guess(Struct, frozen=True, kw_only=True):
    """One need heard. `confidence` is 0 to 1. `words` are spans [start, end) of the text that spoke for it, strongest
    first; `nearest` are the phrases of the rule book that are most like it.
    """

    code: str
    confidence: float
    words: tuple[tuple[int, int], ...] = ()
    nearest: tuple[str, ...] = ()


class Heard(Struct, frozen=True, kw_only=True):
    """The needs of one text, best first. Under "unclear" they are what it might be; ask before using them."""

    status: Status
    needs: tuple[Guess, ...]


class Evidence(NamedTuple):
    words: tuple[tuple[int, int], ...]
    nearest: tuple[str, ...]


class Opinion(Protocol):
    """Anything else that can say how likely each need is. Built once, called from many threads."""

    codes: tuple[str, ...]

    def probabilities(self, text: str) -> Floats | None:
        """One number for each of `codes`, adding up to 1; None where it has nothing to say."""


class MeaningModel:
    """What the sentence model says, taught by the same phrases."""

    def __init__(self, book: RuleBook, embedding: Embedding, rows: Floats) -> None:
        """`rows` are the embedding's exemplars of `taught(book)`."""
        self.codes = tuple(need.code for need in book.needs)
        classes = [at for at, code in enumerate(self.codes) for _ in book.phrases[code].every()]
        self._embedding = embedding
        self._head = Meaning(rows, np.array(classes, np.intp), len(self.codes))

    def probabilities(self, text: str) -> Floats | None:
        vector = self._embedding.vector(text)
        return None if vector is None else self._head.probabilities(vector)


def taught(book: RuleBook) -> list[str]:
    """Every phrase, in the order in which the models learn them."""
    return [phrase for need in book.needs for phrase in book.phrases[need.code].every()]


class PhraseModel:
    """The model in the house: a linear text model over the rule book's phrases, and the phrases nearest to a text."""

    def __init__(self, book: RuleBook) -> None:
        self.codes = tuple(need.code for need in book.needs)
        self.lexicon = Lexicon(
            book.words.people,
            book.words.alike,
            {need.code: need.keywords for need in book.needs},
            book.words.ignore.words,
            book.words.denied.ideas,
        )
        # Those that are quoted come first: evidence is looked for among them alone.
        quoted = [(at, p) for at, code in enumerate(self.codes) for p in book.phrases[code].quoted()]
        tellings = [(at, p) for at, code in enumerate(self.codes) for p in book.phrases[code].told]
        self._phrases = [phrase for _, phrase in quoted]
        texts = [*self._phrases, *(phrase for _, phrase in tellings)]
        found = [self.lexicon.features(self.lexicon.read(text)) for text in texts]
        self._groups = Groups(np.concatenate([names for names, _ in found]), len(found), POWER)
        rows = [self._groups.vector(each) for each in found]
        classes = np.array([at for at, _ in (*quoted, *tellings)], np.intp)
        weights = train(Matrix(rows, len(self._groups)), classes, len(self.codes), ridge=RIDGE)
        self._weights = (weights * np.float32(SHARPNESS)).astype(np.float16)
        self._classes = classes[: len(quoted)]
        self._likeness = Likeness(found[: len(quoted)], self._groups)

    def reading(self, text: str) -> Reading:
        return self.lexicon.read(text)

    def probabilities(self, text: str) -> Floats:
        return self.of_reading(self.lexicon.read(text))

    def features(self, reading: Reading) -> Found:
        return self.lexicon.features(reading)

    def of_reading(self, reading: Reading, features: Found | None = None) -> Floats:
        """`probabilities` of a text, or a part of one, that has been read; `features` where they are known."""
        at, values = self._groups.vector(features or self.features(reading))
        if not len(at):
            return np.full(len(self.codes), 1 / len(self.codes), np.float32)
        return softmax(values @ self._weights[at].astype(np.float32))

    def evidence(self, reading: Reading, features: Found, codes: Sequence[str]) -> list[Evidence]:
        likeness = self._likeness.of(features)
        spans = self._spans(reading, features)
        return [Evidence(self._words(spans, code), self._nearest(likeness, code)) for code in codes]

    def known(self, content: Sequence[Unit]) -> float:
        """The share of words that the phrases know, 0 to 1: low for another language and for keyboard mash."""
        _, known = self._groups.columns(coded(STEM, (unit.word for unit in content)))
        return float(known.mean()) if content else 0.0

    def _spans(self, reading: Reading, features: Found) -> list[tuple[int, float, int, int]]:
        """The words and listed phrases that can be shown: column, how much it counts in this text, and its span."""
        values = dict(zip(*(each.tolist() for each in self._groups.vector(features)), strict=True))
        content = self.lexicon.content(reading)
        spans = [(each.start, each.end) for each in reading.found]
        spans += [(each.start, each.end) for each in content]
        listed = coded(LISTED, (each.name for each in reading.found))
        names = np.concatenate([listed, coded(STEM, (each.word for each in content))])
        columns, known = self._groups.columns(names)
        there = [span for span, is_known in zip(spans, known, strict=True) if is_known]
        return [
            (column, values.get(column, 0.0), start, end)
            for column, (start, end) in zip(columns.tolist(), there, strict=True)
        ]

    def _words(self, spans: Sequence[tuple[int, float, int, int]], code: str) -> tuple[tuple[int, int], ...]:
        """The spans whose features pull most towards the need, longest first where they overlap."""
        own = self.codes.index(code)
        pulls = [(float(self._weights[at, own]) * value, start, end) for at, value, start, end in spans]
        chosen: list[tuple[int, int]] = []
        for pull, start, end in sorted(pulls, key=lambda p: (-p[0], p[1], -p[2])):
            if pull <= 0 or len(chosen) == 4:
                break
            if not any(start < e and s < end for s, e in chosen):
                chosen.append((start, end))
        return tuple(chosen)

    def _nearest(self, likeness: Floats, code: str) -> tuple[str, ...]:
        own = np.flatnonzero(self._classes == self.codes.index(code))
        best = own[np.argsort(-likeness[own], kind="stable")[:2]]
        return tuple(self._phrases[i] for i in best if likeness[i] > 0)


class NeedReader:
    """Reads needs out of text with the model in the house, and a second opinion where one is given.

    `second` must know the same codes; `share` is how much its word counts: at 1 as much as the first.
    """

    def __init__(self, book: RuleBook, second: Opinion | None = None, share: float = SECOND) -> None:
        self._own = PhraseModel(book)
        if second is not None and second.codes != self._own.codes:
            raise ValueError("The second classifier knows other needs than the rule book")
        self._second, self._share = second, np.float32(share)
        self.codes = self._own.codes
        self._asides = [self.codes.index(UNCLEAR), self.codes.index(OUT_OF_SCOPE)]

    def probabilities(self, text: str) -> Floats:
        """Over `codes`, for the whole text."""
        return self._mixed(text, self._own.probabilities(text))

    def _mixed(self, text: str, own: Floats) -> Floats:
        other = self._second.probabilities(text) if self._second else None
        if other is None:
            return own
        return softmax(np.log(np.maximum(own, _LEAST)) + self._share * np.log(np.maximum(other, _LEAST)))

    def hear(self, text: str, *, why: bool = True) -> Heard:
        """The needs in a text of any length and language, with the words that spoke for them unless nobody asks `why`.
        Nothing raises; with nothing to go on it is "unclear"."""
        text = text[:MAX_CHARS]
        reading = self._own.reading(text)
        content = self._own.lexicon.content(reading)
        if not content or (len(content) > _THIN and self._own.known(content) < _KNOWN):
            return Heard(status="unclear", needs=())
        features = self._own.features(reading)
        whole = self._mixed(text, self._own.of_reading(reading, features))
        scores = whole.copy()
        scores[self._asides] = 0
        for clause in self._clauses(text, reading):
            scores = np.maximum(scores, np.float32(_CLAUSE_SHARE) * clause)
        status = self._status(whole, scores, reading, content)
        if status == "out_of_scope":
            listed = [self._asides[1]]
            return Heard(status=status, needs=self._guesses(reading, features, listed, whole))
        # The whole text says what comes first; its sentences add what else there is.
        needs = whole.copy()
        needs[self._asides] = 0
        first = int(np.argmax(needs))
        order = [first, *(int(i) for i in np.argsort(-scores, kind="stable") if i != first)]
        listed = [i for i in order if i == first or scores[i] >= FLOOR][:MOST]
        if not why:
            return Heard(status=status, needs=tuple(self._guess(i, scores) for i in listed))
        return Heard(status=status, needs=self._guesses(reading, features, listed, scores))

    def _status(self, whole: Floats, scores: Floats, reading: Reading, content: Sequence[Unit]) -> Status:
        unclear, out = (float(p) for p in whole[self._asides])
        best = float(scores.max())
        if out > best and out >= _AWAY:
            return "out_of_scope"
        thin = len(content) <= _THIN and not reading.found and best < _THIN_SURE
        least = _ASK_BELOW_LONG if len(content) >= _LONG else ASK_BELOW
        if unclear > best * _VAGUE or unclear + out > best or best < least or thin:
            return "unclear"
        return "clear"

    def _clauses(self, text: str, reading: Reading) -> Iterator[Floats]:
        """What each clause says on its own, where it holds a listed word: a second need is often said in passing."""
        clauses = self._own.lexicon.clauses(text, reading)
        telling = [clause for clause in clauses if clause.found] if len(clauses) > 1 else []
        for clause in telling[:_CLAUSES]:
            scores = self._own.of_reading(clause)
            scores[self._asides] = 0
            yield scores

    def _guesses(
        self, reading: Reading, features: Found, listed: list[int], scores: Floats
    ) -> tuple[Guess, ...]:
        found = self._own.evidence(reading, features, [self.codes[i] for i in listed])
        return tuple(self._guess(i, scores, *why) for i, why in zip(listed, found, strict=True))

    def _guess(
        self,
        at: int,
        scores: Floats,
        words: tuple[tuple[int, int], ...] = (),
        nearest: tuple[str, ...] = (),
    ) -> Guess:
        confidence = round(max(float(scores[at]), _LOWEST), 3)
        return Guess(code=self.codes[at], confidence=confidence, words=words, nearest=nearest)
