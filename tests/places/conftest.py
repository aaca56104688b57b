"""The carried gazetteer, built once."""

from pathlib import Path

import pytest

from directory.places.gazetteer import Gazetteer
from directory.places.named import Named
from directory.places.named_files import district_names, read_named

SEED = Path(__file__).parents[2] / "seed"


@pytest.fixture(scope="session")
def named() -> tuple[Named, ...]:
    return read_named(SEED)


@pytest.fixture(scope="session")
def gazetteer(named: tuple[Named, ...]) -> Gazetteer:
    outcodes = {"NR25": (52.905, 1.09), "NR12": (52.76, 1.47)}
    return Gazetteer(named, districts=district_names(named), outcodes=outcodes)
