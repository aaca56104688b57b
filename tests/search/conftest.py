"""One contract, every engine: tests that take `engine` run on each one that is here."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from directory.search.document import Document
from directory.search.embedded import Embedded
from directory.search.find import find
from directory.search.index import SearchIndex
from directory.search.request import SearchPage, SearchRequest
from tests.search.made import Atlas, Search


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SearchIndex]:
    async with Embedded(tmp_path / "search").opened() as index:
        yield index


@pytest.fixture
def search(engine: SearchIndex) -> Search:
    """`await search([documents], q=..., near=...)` -> SearchPage."""

    async def run(documents: Sequence[Document] = (), **asked: Any) -> SearchPage:
        if documents:
            await engine.change(list(documents), [])
        return await find(engine, Atlas(), SearchRequest(**asked))

    return run
