"""What somebody types is found nowhere afterwards: no log, metric, table or index; pages of danger are quiet."""

from pathlib import Path

import httpx
import pytest

from directory.db import Database
from tests.conftest import MakeClient
from tests.web.test_pages import BROWSER

CANARY = "quixoticzebra"


async def rows_with(database: Database, word: str) -> list[str]:
    found = []
    for row in await database.pool.fetch("select tablename from pg_tables where schemaname = 'public'"):
        table = row["tablename"]
        if await database.pool.fetchval(
            f'select true from "{table}" t where t::text ilike $1 limit 1', f"%{word}%"
        ):
            found.append(table)
    return found


async def test_words_typed_are_kept_nowhere(
    make_client: MakeClient, county: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    client = await make_client(county, log_level="debug", demo=True)
    pages = [
        await client.get(f"/search?q=my+{CANARY}+is+hungry&near={CANARY}", headers=BROWSER),
        await client.get(f"/api/search?q={CANARY}"),
        await client.get(f"/api/suggest?q={CANARY}"),
        await client.post(
            "/help", data={"text": f"{CANARY} will not go to school", "near": CANARY}, headers=BROWSER
        ),
        await client.post("/help", data={"text": "", "colour": CANARY}, headers=BROWSER),
        await client.get(f"/search?colour={CANARY}", headers=BROWSER),
        await client.get(f"/{CANARY}", headers=BROWSER),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 400, 400, 404]
    assert CANARY not in (await client.get("/metrics")).text
    said = capfd.readouterr()
    assert "GET /search" in said.err, "the log is there to be looked at"
    own = [
        line for line in (said.err + said.out).splitlines() if " - httpx - " not in line
    ]  # the test asks by httpx
    assert not [line for line in own if CANARY in line]
    assert await rows_with(county, CANARY) == []
    assert [
        path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ] == []


async def test_the_help_page_is_kept_nowhere_and_says_nothing_of_itself(client: httpx.AsyncClient) -> None:
    for page in (
        await client.get("/help", headers=BROWSER),
        await client.post("/help", data={"text": "my son will not go to school"}, headers=BROWSER),
        await client.post("/help", data={"text": ""}, headers=BROWSER),
    ):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<title>Find support</title>" in page.text
        assert "Leave this site" in page.text


@pytest.mark.parametrize("text", ["my husband hits me", "i keep cutting myself"])
async def test_a_search_for_something_sensitive_is_quiet_too(client: httpx.AsyncClient, text: str) -> None:
    page = await client.get("/search", params={"q": text}, headers=BROWSER)
    assert page.headers["cache-control"] == "no-store"
    assert "<title>Find support</title>" in page.text
    assert "Leave this site" in page.text


async def test_an_everyday_search_is_not(client: httpx.AsyncClient) -> None:
    page = await client.get("/search?q=toddler+group", headers=BROWSER)
    assert "Leave this site" not in page.text
    assert "no-store" not in page.headers["cache-control"]


async def test_the_form_refuses_what_it_does_not_know_and_never_repeats_it(client: httpx.AsyncClient) -> None:
    long = await client.post("/help", data={"text": CANARY * 2000}, headers=BROWSER)
    assert long.status_code == 400
    assert CANARY not in long.text
    huge = await client.post("/help", content=b"text=" + b"x" * 70_000, headers=BROWSER)
    assert huge.status_code == 413
