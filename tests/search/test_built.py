"""An index that another process builds at the first start."""

from pathlib import Path

import pytest

from directory.db import Database
from directory.search import built
from directory.search.embedded import Embedded
from directory.search.index import open_index
from directory.settings import Settings


async def test_another_process_builds_the_index_and_this_one_reads_it(
    county: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "LEAST", 1)
    monkeypatch.setattr(Embedded, "rebuild", None)  # in this process nobody builds
    settings = Settings(database_url=county.url, data_dir=tmp_path)
    async with open_index(settings, county, apart=True) as index:
        status = await index.status()
    assert not status.empty
    assert status.documents > 400


async def test_where_the_other_process_fails_this_one_builds(
    county: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "LEAST", 1)
    monkeypatch.setattr("directory.search.index._LOOKS", 1)
    monkeypatch.setattr(built.sys, "executable", "/proc/nowhere")  # type: ignore[attr-defined]
    settings = Settings(database_url=county.url, data_dir=tmp_path)
    async with open_index(settings, county, apart=True) as index:
        assert (await index.status()).documents > 400
