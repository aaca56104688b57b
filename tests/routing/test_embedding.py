"""A sentence model may have its say; without it, or without its vectors, the router works and says so."""

import hashlib
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from directory.routing import embedding
from directory.routing.embedding import Nano, one_answer, open_embedding
from directory.routing.meaning import Meaning
from directory.routing.model import Floats
from directory.routing.needs import MeaningModel, NeedReader, taught
from directory.routing.route import open_router
from directory.routing.rulebook import RuleBook, load_rulebook
from directory.settings import Settings


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rulebook()


class Bag:
    """Stands for the package: each word is a direction of its own."""

    model = "bag 1.0 abc"

    def vector(self, text: str) -> Floats | None:
        out = np.zeros(384, np.float32)
        for word in text.lower().split():
            out[int.from_bytes(hashlib.sha256(word.encode()).digest()[:2], "big") % 384] += 1
        length = float(np.linalg.norm(out))
        return out / np.float32(length) if length else None

    def exemplars(self, texts: Sequence[str]) -> Floats | None:
        return np.array([self.vector(text) for text in texts], np.float32)


class Engine:
    """Counts how often the weights were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, text: str) -> Floats:
        self.asked.append(text)
        return np.array(Bag().vector(text), np.float32)


def nano(folder: Path) -> tuple[Nano, Engine]:
    found, engine = Nano("bag 1.0 abc", folder), Engine()
    found._engine = engine
    return found, engine


def test_it_learns_what_the_phrases_mean(book: RuleBook) -> None:
    rows = Bag().exemplars(taught(book))
    assert rows is not None
    model = MeaningModel(book, Bag(), rows)
    found = model.probabilities("my son is being bullied at school by other kids")
    assert found is not None
    assert found.sum() == pytest.approx(1, abs=1e-4)
    assert model.codes[int(found.argmax())] == "bullying"
    assert NeedReader(book, model).hear("he is being bullied").needs[0].code == "bullying"
    assert model.probabilities("") is None
    assert NeedReader(book, model).hear("").status == "unclear"


def test_two_heads_of_the_same_rows_agree_to_the_last_bit() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    classes = np.arange(40) % 4
    first, again = Meaning(rows, classes, 4), Meaning(rows, classes, 4)
    assert np.array_equal(first.probabilities(rows[0]), again.probabilities(rows[0]))


def test_vectors_are_made_once_and_kept_by_text(tmp_path: Path) -> None:
    found, engine = nano(tmp_path)
    assert found.stamp() == ""
    assert found.exemplars(["a bus", "a dog"]) is None
    found.learn(["a bus", "a dog"])
    found.learn(["a dog", "a cat"])
    assert engine.asked == ["a bus", "a dog", "a cat"]
    again, fresh = nano(tmp_path)
    rows = again.exemplars(["a cat", "a dog"])
    assert rows is not None
    assert np.allclose(rows[0], Bag().vector("a cat"), atol=1e-3)
    assert again.missing(["a bus", "a cat"]) == ["a bus"]
    assert again.stamp()
    assert not fresh.asked


def test_a_text_is_embedded_once_for_one_answer_and_forgotten_after_it(tmp_path: Path) -> None:
    found, engine = nano(tmp_path)
    with one_answer():
        found.vector("a bus")
        found.vector("a  bus")
    with one_answer():
        found.vector("a bus")
    assert engine.asked == ["a bus"] * 2


def test_a_long_text_is_cut_and_a_wordless_one_is_not_read(tmp_path: Path) -> None:
    found, engine = nano(tmp_path)
    found.vector("bus " * 5000)
    assert found.vector("12 !? 😭") is None
    assert [len(text) <= embedding.LONGEST for text in engine.asked] == [True]


def test_it_can_be_kept_with_the_rule_book_without_its_weights(tmp_path: Path) -> None:
    found, _ = nano(tmp_path)
    assert pickle.loads(pickle.dumps(found))._engine is None


def test_where_the_package_is_absent_the_router_works_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "PACKAGE", "no-such-package")
    assert open_embedding(tmp_path) is None
    assert open_router(Settings(data_dir=tmp_path)).embedding == ""


@pytest.mark.slow
def test_the_real_package_agrees_with_itself(tmp_path: Path) -> None:
    found = open_embedding(tmp_path)
    if found is None:
        pytest.skip("the embed extra is not installed")
    near, same, far = (found.vector(text) for text in ("he is sad", "he feels low", "a bus to town"))
    assert near is not None
    assert same is not None
    assert far is not None
    assert near @ same > near @ far
