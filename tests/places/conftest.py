"""The carried gazetteer, and the carried county in a database of its own: no services, only places."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from directory.db import Database
from directory.places.gazetteer import Gazetteer
from directory.places.held import Held
from directory.places.load import load_county
from directory.places.named import Named
from directory.places.named_files import district_names, read_named
from directory.places.resolve import Places
from directory.postgres import Server
from tests.conftest import clone

SEED = Path(__file__).parents[2] / "seed"


@pytest.fixture(scope="session")
def named() -> tuple[Named, ...]:
    return read_named(SEED)


@pytest.fixture(scope="session")
def gazetteer(named: tuple[Named, ...]) -> Gazetteer:
    outcodes = {"NR25": (52.905, 1.09), "NR12": (52.76, 1.47)}
    return Gazetteer(named, districts=district_names(named), outcodes=outcodes)


@pytest.fixture(scope="session")
async def loaded(postgres: Server, template: str) -> AsyncIterator[Database]:
    """Read it only."""
    opened = await Database(await clone(postgres, template, "places"), size=4).open()
    try:
        await load_county(opened)
        yield opened
    finally:
        await opened.close()


@pytest.fixture(scope="session")
async def places(loaded: Database) -> Places:
    return Places(loaded)


@pytest.fixture(scope="session")
async def held(places: Places) -> Held:
    return await places.load()
