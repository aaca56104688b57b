"""`directory import postcodes | places | areas`."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from directory.cli import cli
from directory.db import Database
from directory.places.load import load_county
from directory.places.resolve import Places
from directory.postgres import Server
from tests.conftest import clone, drop
from tests.places.test_area_files import feature, geojson, square
from tests.places.test_names_file import ROWS, tile

Run = Callable[..., Any]


@pytest.fixture(scope="module")
async def county(postgres: Server, template: str) -> AsyncIterator[Database]:
    opened = await Database(await clone(postgres, template, "commands"), size=3).open()
    try:
        await load_county(opened)
        yield opened
    finally:
        await opened.close()
        await drop(postgres, "commands")


@pytest.fixture
def run(county: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over the county, in a thread of its own: it brings its own event loop."""
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", county.url)

    async def invoke(*arguments: str | Path) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cli, ["import", *map(str, arguments)])

    return invoke


def code_point(path: Path, *rows: tuple[str, int, int, str]) -> Path:
    file = path / "codepo.csv"
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows(
            [code, 10, x, y, "E92000001", "E19000239", "E18000239", "E10000020", district, "E05000001"]
            for code, x, y, district in rows
        )
    return file


async def test_a_file_of_postcodes_is_loaded_and_what_it_lacks_is_no_longer_in_use(
    run: Run, county: Database, tmp_path: Path
) -> None:
    before = await county.pool.fetchval("select count(*) from postcode")
    file = code_point(
        tmp_path,
        ("NR3 1FH", 623_270, 308_800, "E07000148"),
        ("NR3 9ZZ", 623_300, 308_900, "E07000148"),
        ("LS1 4AP", 429_800, 433_700, "E08000035"),
    )
    done = await run("postcodes", file, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["read"], told["held"]) == (3, before + 2)
    places = Places(county)
    assert (await places.resolve("NR3 9ZZ")).kind == "postcode"
    assert (await places.resolve("LS1 4AP")).match == "LS1 4AP"
    assert (await places.resolve("NR3 1FJ")).kind == "terminated"
    assert (await places.resolve("PE30 1LY")).kind == "postcode"
    assert await county.pool.fetchval("select districts from outcode where outcode = 'LS1'")
    indexes = await county.pool.fetch("select indexname from pg_indexes where tablename = 'postcode'")
    assert [row["indexname"] for row in indexes] == ["postcode_pkey"]


async def test_a_file_that_breaks_off_leaves_the_postcodes_as_they_were(
    run: Run, county: Database, tmp_path: Path
) -> None:
    before = await county.pool.fetchval("select count(*) from postcode")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "page.csv").write_text("<html><body>Sign in</body></html>")
    for name in ("broken.zip", "page.csv"):
        done = await run("postcodes", tmp_path / name)
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.stderr
    assert await county.pool.fetchval("select count(*) from postcode") == before
    assert not await county.pool.fetchval("select to_regclass('postcode_new')")
    assert (await run("postcodes", tmp_path / "none.csv")).exit_code == 2


async def test_places_are_loaded(run: Run, county: Database, tmp_path: Path) -> None:
    file = tile(tmp_path / "TG.csv", ROWS)
    kept = await county.pool.fetchval("select count(*) from place")
    done = await run("places", file, "--edition", "2026", "--dry-run", "--json")
    assert json.loads(done.stdout)["read"] == 2
    assert await county.pool.fetchval("select count(*) from place") == kept
    assert (await run("places", file, "--edition", "2026")).exit_code == 0
    places = Places(county)
    answer = await places.resolve("Ebridge Mill")
    assert (answer.match, answer.vintage) == ("Ebridge", "OS Open Names 2026")
    assert (await places.resolve("Lakenham")).kind == "place"
    assert (await places.resolve("London")).kind == "outside"


async def test_areas_are_loaded(run: Run, county: Database, tmp_path: Path) -> None:
    file = geojson(
        tmp_path, feature(square(1.25, 52.6), code="w1", name="Ward One"), feature(None, code="w2")
    )
    done = await run("areas", file, "--kind", "ward", "--from", "2026-04-01", "--source", "Made up")
    assert done.exit_code == 0, done.stderr
    assert "1 areas of kind ward loaded" in done.stdout
    assert "no polygon" in done.stdout
    row = await county.pool.fetchrow("select name, source, valid_from::text from area where kind = 'ward'")
    assert tuple(row or ()) == ("Ward One", "Made up", "2026-04-01")

    (tmp_path / "figures.csv").write_text("ward,decile\nw1,4\n")
    done = await run("areas", tmp_path / "figures.csv", "--kind", "ward", "--figures", "--json")
    assert json.loads(done.stdout)["areas"] == 1
    (tmp_path / "figures.csv").write_text("ward,decile\nw9,4\n")
    done = await run("areas", tmp_path / "figures.csv", "--kind", "ward", "--figures")
    assert done.exit_code == 1
    assert "import their outlines first" in done.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--kind", "two words"], 2),
        (["--kind", "ward", "--from", "2026-04-01", "--to", "2025-04-01"], 2),
        (["--kind", "ward", "--from", "yesterday"], 2),
        (["--kind", "ward", "--code", "nowhere"], 1),
        ([], 2),
    ],
)
async def test_wrong_usage_is_told_and_changes_nothing(
    run: Run, county: Database, tmp_path: Path, options: list[str], code: int
) -> None:
    (tmp_path / "areas.csv").write_text("ward,sector\nw1,NR3 1\n")
    before = await county.pool.fetchval("select count(*) from area")
    done = await run("areas", tmp_path / "areas.csv", *options)
    assert done.exit_code == code
    assert done.stderr
    assert await county.pool.fetchval("select count(*) from area") == before
