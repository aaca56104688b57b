"""What holds on every public page: numbers in view, nothing kept, light, errors that still help."""

import re

import asyncpg
import brotli
import httpx
import pytest

from directory.db import Database
from directory.web.assets import assets
from tests.conftest import MakeClient

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "br, gzip"}
BUDGET = 50_000  # bytes, compressed, of a first view
PAGES = ["/", "/send", "/track", "/search", "/search?q=food+bank&near=Cromer", "/search?q=zzqqxx&free=true"]


@pytest.fixture(scope="session")
async def service_id(county: Database) -> str:
    return str(await county.pool.fetchval("select id from service where name = 'No Voucher Food Bank'"))


@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
async def test_the_numbers_to_ring_are_on_every_page(client: httpx.AsyncClient, path: str) -> None:
    html = (await client.get(path, headers=BROWSER)).text
    for dial, number in (
        ("tel:999", "999"),
        ("tel:03448008020", "0344 800 8020"),
        ("tel:111", "111 option 2"),
    ):
        assert f'href="{dial}"' in html
        assert number in html


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/search?colour=red"])
async def test_no_page_sets_a_cookie_or_names_another_host(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert "set-cookie" not in answer.headers
    loaded = re.findall(r'(?:src|srcset|action|data|poster)="([^"]+)"', answer.text)
    loaded += re.findall(r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]+href="([^"]+)"', answer.text)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", answer.text)
    assert not re.search(r"<script(?![^>]+(src=|application/ld\+json))", answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_a_first_view_is_light(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    parts = {"page": len(brotli.compress(answer.content, quality=4))}
    for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text)):
        part = await client.get(address, headers=BROWSER)
        assert part.headers["content-encoding"] == "br"
        parts[address] = int(part.headers["content-length"])
    assert len(parts) <= 6
    assert sum(parts.values()) <= BUDGET, parts


async def test_a_static_file_is_the_same_however_it_is_packed_and_is_kept_for_ever(
    client: httpx.AsyncClient,
) -> None:
    found = assets()["pages.css"]
    for accepted in ("br", "gzip", "identity"):
        answer = await client.get(found.url, headers={"accept-encoding": accepted})
        assert answer.content == found.plain
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers.get("content-encoding", "identity") == accepted


async def test_an_address_with_an_old_hash_is_gone(client: httpx.AsyncClient) -> None:
    assert (await client.get("/static/0000000000000000/pages.css")).status_code == 404


async def test_somebody_with_a_browser_gets_a_page_and_a_program_gets_a_problem(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/nowhere", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "We cannot find that page" in page.text
    for path in ("/nowhere", "/api/nowhere"):
        problem = await client.get(path, headers={"accept": "*/*"})
        assert problem.status_code == 404
        assert problem.headers["content-type"] == "application/problem+json"
    assert (await client.get("/api/nowhere", headers=BROWSER)).headers[
        "content-type"
    ] == "application/problem+json"


async def test_a_bad_address_is_named_on_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/search?colour=red&age=old", headers=BROWSER)
    assert page.status_code == 400
    assert "<code>colour</code>" in page.text


async def test_a_page_that_breaks_says_sorry_and_nothing_of_why(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("directory.web.search.find", broken)
    page = await client.get("/search", headers=BROWSER)
    assert page.status_code == 500
    assert "Sorry, something went wrong here" in page.text
    assert "secret" not in page.text
    assert "0344 800 8020" in page.text


async def test_a_page_says_when_the_database_is_away(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise asyncpg.CannotConnectNowError("starting up")

    monkeypatch.setattr("directory.web.search.find", away)
    page = await client.get("/search", headers=BROWSER)
    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "0344 800 8020" in page.text


async def test_the_demonstration_says_that_it_is_one(make_client: MakeClient, county: Database) -> None:
    assert "invented" in (await (await make_client(county, demo=True)).get("/", headers=BROWSER)).text
    assert "invented" not in (await (await make_client(county, demo=False)).get("/", headers=BROWSER)).text
