"""What only a server can do: be away, and come back."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from directory.errors import Unavailable
from directory.search.embedded import Embedded
from directory.search.fallback import Fallback
from directory.search.meilisearch import Meilisearch
from directory.search.shapes import Ask
from tests.search.made import doc

NOBODY = "http://127.0.0.1:9"  # nothing listens on the discard port


def test_the_contract_suite_runs_on_a_real_server() -> None:
    if not os.environ.get("DIRECTORY_SEARCH_URL"):
        pytest.skip("no Meilisearch server: set DIRECTORY_SEARCH_URL and the whole suite runs on it too")


async def test_a_server_that_is_away_is_a_clear_503() -> None:
    async with Meilisearch(NOBODY).opened() as index:
        for attempt in (
            index.ping(),
            index.search(Ask(words=["baby"])),
            index.change([doc("Baby group")], []),
        ):
            with pytest.raises(Unavailable):
                await attempt


async def test_the_embedded_engine_answers_while_the_server_is_away(tmp_path: Path) -> None:
    async with Meilisearch(NOBODY).opened() as away, Embedded(tmp_path).opened() as here:
        both = Fallback(away, here)
        async with both.rebuild() as beside:
            await beside.add([doc("Baby group")])
        await both.ping()
        assert (await both.search(Ask(words=["baby"]))).total == 1
        assert await both.suggest("bab", 3)
        assert (await both.status()).engine == "embedded"


async def test_a_change_that_the_server_misses_is_refused_so_that_it_stays_waiting(tmp_path: Path) -> None:
    async with Meilisearch(NOBODY).opened() as away, Embedded(tmp_path).opened() as here:
        with pytest.raises(Unavailable):
            await Fallback(away, here).change([doc("Baby group")], [])
        assert (await here.search(Ask(words=["baby"]))).total == 1


async def test_it_heals_by_itself(tmp_path: Path) -> None:
    """A stand-in server that is away at first: the engine finds it without being told."""
    engine = Meilisearch(NOBODY)
    async with engine.opened() as index:
        looked = asyncio.Event()

        def look() -> None:
            looked.set()

        engine._look = look  # type: ignore[method-assign]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(looked.wait(), 5)
        assert looked.is_set()
        assert index is engine
