"""Who may ask from another site: exact origins, so often a minute, counted by day, and nothing of the words kept."""

from pathlib import Path

import httpx
import pytest

from directory.access import partners
from directory.access.partners import Partner
from directory.db import Database
from tests.conftest import MakeClient
from tests.web.test_privacy import rows_with

SCHOOL = "https://www.school.example"
CANARY = "umbrellazebra"


@pytest.fixture
async def school(county: Database) -> Partner:
    return await partners.add(county, "A school", [SCHOOL, "http://localhost:8080"], per_minute=6000)


async def asked(client: httpx.AsyncClient, origin: str, key: str, q: str = "food") -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return await client.post("/embed/v1/find", data={"q": q, "key": key}, headers=headers)


async def test_a_registered_origin_may_read_the_answer_and_no_other(
    client: httpx.AsyncClient, school: Partner
) -> None:
    for origin in school.origins:
        answer = await asked(client, origin, school.id)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "https://school.example", "http://www.school.example", "https://www.school.example:8443",
        "https://www.school.example.evil.example", "https://evilwww.school.example", "https://a.www.school.example",
        "https://www.school.example/", "https://WWW.school.example", "http://localhost", "http://localhost:8081",
        "https://www.school.example https://evil.example", "*",
    ],
)  # fmt: skip
async def test_no_suffix_port_or_scheme_gets_in(
    client: httpx.AsyncClient, school: Partner, origin: str
) -> None:
    for path, sent in (("find", {"q": "food"}), ("suggest", {"q": "food"})):
        answer = await client.post(
            f"/embed/v1/{path}", data={**sent, "key": school.id}, headers={"Origin": origin} if origin else {}
        )
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"], "no cache may keep the refusal for others"
    hello = await client.get(
        f"/embed/v1/partner?key={school.id}", headers={"Origin": origin} if origin else {}
    )
    assert hello.status_code == 403


async def test_a_key_is_needed_and_must_be_in_use(client: httpx.AsyncClient, county: Database) -> None:
    made = await partners.add(county, "Another", [SCHOOL])
    assert (await asked(client, SCHOOL, "")).status_code == 403
    assert (await asked(client, SCHOOL, "fdw_ffffffffffffffff")).status_code == 403
    assert (await asked(client, SCHOOL, made.id)).status_code == 200
    await partners.revoke(county, made.id)
    assert (await asked(client, SCHOOL, made.id)).status_code == 403, "at once"


async def test_our_own_pages_need_none(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/embed/v1/find", data={"q": "food"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    cross = await client.post("/embed/v1/find", data={"q": "food"}, headers={"Sec-Fetch-Site": "same-site"})
    assert cross.status_code == 403


async def test_the_script_and_its_words_are_for_everybody(client: httpx.AsyncClient) -> None:
    for path in ("widget.js", "manifest.json", "words/pl.json"):
        answer = await client.get(f"/embed/v1/{path}", headers={"Origin": "https://anywhere.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (await client.get("/embed/v1/words/tlh.json")).status_code == 404
    assert (await client.get("/embed/v1/words/..%2Fen.json")).status_code == 404


async def test_the_plain_search_of_the_api_stays_closed_to_foreign_scripts(
    client: httpx.AsyncClient, school: Partner
) -> None:
    """It is open to programs; a page of another site reads it through the widget's own addresses, or not at all."""
    for path in ("/api/search?q=food", "/api/suggest?q=food"):
        answer = await client.get(path, headers={"Origin": SCHOOL})
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers


async def test_beyond_its_limit_a_site_waits_as_long_as_it_is_told(
    make_client: MakeClient, county: Database
) -> None:
    client = await make_client(county)
    made = await partners.add(county, "A busy school", [SCHOOL], per_minute=10)
    answers = [await asked(client, SCHOOL, made.id) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 2 + [429] * 4
    last = answers[-1]
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert last.headers["access-control-allow-origin"] == SCHOOL, "its page may read how long"
    assert last.headers["access-control-expose-headers"] == "Retry-After"
    other = await partners.add(county, "A quiet school", [SCHOOL], per_minute=10)
    assert (await asked(client, SCHOOL, other.id)).status_code == 200


async def test_uses_are_counted_by_day_and_no_word_is_kept(
    make_client: MakeClient, county: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    client = await make_client(county, log_level="debug")
    made = await partners.add(county, "A counted school", [SCHOOL])
    headers = {"Origin": SCHOOL}
    await client.get(f"/embed/v1/partner?key={made.id}", headers=headers)
    await client.post("/embed/v1/suggest", data={"q": CANARY, "key": made.id}, headers=headers)
    await client.post("/embed/v1/suggest", data={"near": CANARY, "key": made.id}, headers=headers)
    assert (await asked(client, SCHOOL, made.id, f"{CANARY} food")).json()["total"]
    assert not (await asked(client, SCHOOL, made.id, CANARY)).json()["total"]
    assert (await asked(client, SCHOOL, made.id, CANARY * 400)).status_code == 400
    await client.app.state.uses.write(county)  # type: ignore[attr-defined]
    (day,) = await partners.used(county, made.id)
    assert day.counts == {"opened": 1, "completed": 2, "searched": 1, "nothing": 1}
    said = capfd.readouterr()
    own = [line for line in (said.err + said.out).splitlines() if " - httpx - " not in line]
    assert any("POST /embed/v1/find" in line for line in own), "the log is there to be looked at"
    assert not [line for line in own if CANARY in line]
    assert CANARY not in (await client.get("/metrics")).text
    assert await rows_with(county, CANARY) == []


async def test_what_is_wrong_is_named_and_not_repeated(client: httpx.AsyncClient, school: Partner) -> None:
    wrong = await client.post(
        "/embed/v1/find", data={"q": "x", "colour": CANARY, "key": school.id}, headers={"Origin": SCHOOL}
    )
    assert wrong.status_code == 400
    assert wrong.json()["errors"] == [{"field": "colour", "message": "unknown parameter"}]
    assert CANARY not in wrong.text
    huge = await client.post("/embed/v1/find", content=b"q=" + b"x" * 40_000, headers={"Origin": SCHOOL})
    assert huge.status_code == 413


async def test_a_frame_may_stand_on_the_key_s_pages_alone(client: httpx.AsyncClient, school: Partner) -> None:
    def ancestors(answer: httpx.Response) -> str:
        return answer.headers["content-security-policy"].partition("frame-ancestors ")[2].partition(";")[0]

    framed = await client.get(f"/embed/v1/frame?key={school.id}&near=%22%3E%3Cscript%3E")
    assert ancestors(framed) == f"'self' {SCHOOL} http://localhost:8080"
    assert "x-frame-options" not in framed.headers
    assert "<script>" not in framed.text
    assert 'near="&#34;&gt;&lt;script&gt;"' in framed.text
    for key in ("", "fdw_ffffffffffffffff"):
        assert ancestors(await client.get(f"/embed/v1/frame?key={key}")) == "'self'"
    assert (await client.get("/")).headers["x-frame-options"] == "DENY"
