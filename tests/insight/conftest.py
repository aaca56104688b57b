"""A county with a year of invented requests behind it, for whatever only reads figures."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from directory.access.vault import Vault
from directory.db import Database
from directory.postgres import Server
from seed.requests.demonstrate import demonstrate
from tests.conftest import SECRET_KEY, clone


@pytest.fixture(scope="session")
async def busy(postgres: Server, seeded: str) -> AsyncIterator[Database]:
    """The demonstration, with a year of 640 closed requests."""
    opened = await Database(await clone(postgres, seeded, "busy"), size=6).open()
    assert await demonstrate(opened, Vault(SECRET_KEY), now=dt.datetime.now(dt.UTC))
    yield opened
    await opened.close()
