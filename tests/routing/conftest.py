"""The safety rules that ship, compiled once, and the second development set."""

import csv
from pathlib import Path

import pytest

from directory.routing import safety_rules
from directory.routing.route import Router, open_router
from directory.routing.safety_rules import Book
from directory.settings import Settings

HERE = Path(__file__).parent
RULES = Path(safety_rules.__file__).parent / "rules"


@pytest.fixture(scope="session")
def book() -> Book:
    return safety_rules.load(RULES)


@pytest.fixture(scope="session")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    """Compiled once for all the tests of a run, whichever process they are in."""
    return open_router(Settings(data_dir=tmp_path_factory.getbasetemp().parent))


@pytest.fixture(scope="session")
def second_set() -> list[dict[str, str]]:
    """Texts written before their results were seen, and improved upon since: no measure of unseen text."""
    with (HERE / "safety_dev2.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
