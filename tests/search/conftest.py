"""One contract, every engine: tests that take `engine` run on each one that is here."""

import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import meilisearch
import pytest

from directory.search.document import Document
from directory.search.embedded import Embedded
from directory.search.find import find
from directory.search.index import SearchIndex
from directory.search.meilisearch import Meilisearch
from directory.search.request import SearchPage, SearchRequest
from tests.search.made import Atlas, Search

SERVER = os.environ.get("DIRECTORY_SEARCH_URL", "")
ENGINES = ["embedded", *(["meilisearch"] if SERVER else [])]


@pytest.fixture(params=ENGINES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SearchIndex]:
    """Each engine that is here; a Meilisearch server is named by DIRECTORY_SEARCH_URL."""
    async with made(request.param, tmp_path) as index:
        yield index


@contextlib.asynccontextmanager
async def made(engine: str, folder: Path) -> AsyncIterator[SearchIndex]:
    if engine == "embedded":
        async with Embedded(folder / "search").opened() as index:
            yield index
        return
    server = Meilisearch(
        SERVER, os.environ.get("DIRECTORY_SEARCH_KEY", ""), prefix=f"test-{uuid.uuid4().hex}"
    )
    try:
        async with server.opened() as index:
            yield index
    finally:
        meilisearch.Client(SERVER, os.environ.get("DIRECTORY_SEARCH_KEY") or None).index(server.name).delete()


@pytest.fixture
def search(engine: SearchIndex) -> Search:
    """`await search([documents], q=..., near=...)` -> SearchPage."""

    async def run(documents: Sequence[Document] = (), **asked: Any) -> SearchPage:
        if documents:
            await engine.change(list(documents), [])
        return await find(engine, Atlas(), SearchRequest(**asked))

    return run
