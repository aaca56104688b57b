import io
import json
from pathlib import Path

import httpx
import pytest

from directory.db import Database
from directory.importing import apply, sources
from directory.importing.files import read_files
from directory.importing.package import read_package
from directory.importing.read import write_oruk, write_package
from directory.importing.spool import Spool
from tests.importing.conftest import Bring, service


async def exported(database: Database, *, lines: bool = True) -> bytes:
    out = io.BytesIO()
    await write_oruk(database, out, lines=lines)
    return out.getvalue()


@pytest.mark.parametrize("lines", [True, False])
async def test_the_county_comes_back_identical_from_its_own_export(
    county: Database, database: Database, tmp_path: Path, lines: bool
) -> None:
    whole = await exported(county, lines=lines)
    path = tmp_path / "county.json"
    path.write_bytes(whole)
    report = await apply.run(database, "county", "file", read_files(path), apply.Options())
    assert report.quarantined == []
    assert report.added == await county.pool.fetchval("select count(*) from service")
    assert await exported(database, lines=lines) == whole


async def test_the_county_comes_back_identical_from_its_own_data_package(
    county: Database, database: Database, tmp_path: Path
) -> None:
    count = await write_package(county, tmp_path / "package")
    report = await apply.run(
        database, "county", "package", read_package(tmp_path / "package"), apply.Options()
    )
    assert (report.added, report.quarantined) == (count, [])
    ours, theirs = (await exported(database)).splitlines(), (await exported(county)).splitlines()
    for mine, other in zip(ours, theirs, strict=True):
        assert json.loads(mine) == json.loads(other)
    assert ours == theirs


async def test_a_page_is_one_valid_page(county: Database) -> None:
    page = json.loads(await exported(county, lines=False))
    assert page["total_items"] == page["size"] == len(page["contents"]) > 400
    assert [each["id"] for each in page["contents"]] == sorted(each["id"] for each in page["contents"])


async def test_an_export_never_names_where_a_confidential_place_is(county: Database) -> None:
    hidden = await county.pool.fetch(
        "select a.postal_code, l.name from location l join address a on a.location_id = l.id where l.confidential"
    )
    assert hidden
    text = (await exported(county)).decode()
    for postcode, name in hidden:
        elsewhere = await county.pool.fetchval(
            "select count(*) from address a join location l on l.id = a.location_id"
            " where a.postal_code = $1 and not l.confidential",
            postcode,
        )
        assert elsewhere or postcode not in text
        assert f'"name":"{name}"' not in text


@pytest.fixture
async def crawled(client: httpx.AsyncClient) -> httpx.AsyncBaseTransport:
    """Our own server, as an importer elsewhere meets it."""
    return client._transport


async def test_our_own_server_crawled_over_http_gives_the_same_directory(
    county: Database, crawled: httpx.AsyncBaseTransport, database: Database, tmp_path: Path
) -> None:
    spool = Spool(tmp_path)
    found = await sources.fetch("http://test/oruk/v3", spool, transport=crawled)
    assert found.complete
    assert found.honoured.full
    assert found.records == await county.pool.fetchval("select count(*) from service")
    report = await apply.run(database, "ours", "http", spool.read("test"), apply.Options())
    assert report.quarantined == []
    assert await exported(database) == await exported(county)


async def test_only_one_source_is_exported_when_asked(database: Database, bring: Bring) -> None:
    await bring([service(1)], feed="one")
    await bring([service(2)], feed="two")
    out = io.BytesIO()
    assert await write_oruk(database, out, lines=True, feed="two") == 1
    assert json.loads(out.getvalue())["name"] == "Service 2"
