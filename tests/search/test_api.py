"""`/api/search` and `/api/suggest` over the demonstration county."""

import httpx
import pytest


async def test_a_search_is_placed_explained_and_counted(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/search", params={"q": "speech therapy", "near": "NR3 1FH"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["place"]["text"] == "NR3 1FH"
    first = found["hits"][0]
    assert "speech" in first["name"].lower()
    assert first["distance_miles"] is not None
    assert any("miles from NR3 1FH" in reason for reason in first["reasons"])
    assert {"code", "label", "count"} == set(found["facets"]["outcome"][0])
    assert found["facets"]["zone"]
    assert found["facets"]["district"]


async def test_words_that_name_a_place_and_a_day_become_filters(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/search", params={"q": "baby group in Cromer on Tuesday"})).json()
    assert found["applied"]["day"] == ["tuesday"]
    assert found["place"]["text"] == "Cromer"
    assert {each["kind"] for each in found["corrections"]} == {"place", "day"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("per_page=51", "per_page"),
        ("kind=castle", "kind"),
        ("within=-1", "within"),
        ("day=moonday", "day"),
    ],
)
async def test_a_bad_parameter_is_named(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/search?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_ten_thousand_characters_are_refused_politely(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/search", params={"q": "a" * 10_000})
    assert answer.status_code in (400, 414)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_suggestions_begin_as_the_text_does(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/suggest", params={"q": "spee"})).json()["suggestions"]
    assert "speech" in found
    assert len(found) <= 8
    assert (await client.get("/api/suggest")).json() == {"suggestions": []}
