"""The `SearchIndex` protocol and which engine the settings ask for."""

import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

from directory.db import Database
from directory.settings import Settings


class SearchIndex(Protocol):
    async def ping(self) -> None: ...


class Empty:
    async def ping(self) -> None:
        return None


@contextlib.asynccontextmanager
async def open_index(settings: Settings, database: Database) -> AsyncIterator[SearchIndex]:
    yield Empty()
