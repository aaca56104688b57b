"""`find()`: words that mean filters, sentences, ways out of an empty list."""

import pytest

from directory.db import Database
from directory.places.shapes import Answer
from directory.search import find as finding
from directory.search.find import find, is_sentence
from directory.search.index import SearchIndex
from directory.search.places import Names
from directory.search.request import SearchPage, SearchRequest
from tests.search.made import NORWICH, Atlas, Search, at, doc, names

TALKING = doc("Chatterbox", tags={"needs": ["speech_language_communication"]}, minimum_age=2, maximum_age=4)
BABIES = doc("Baby group", tags={"needs": ["social_isolation"]}, service_at_locations=[at(*NORWICH)])


@pytest.fixture(autouse=True)
def towns(monkeypatch: pytest.MonkeyPatch) -> None:
    async def near_home(places: object) -> Names:
        return Names(["norwich", "cromer"])

    monkeypatch.setattr(finding, "names_near_home", near_home)


class Anywhere(Atlas):
    async def resolve(self, text: str, near: object = None) -> Answer:
        return await super().resolve(text.capitalize())


async def run(engine: SearchIndex, q: str, **asked: object) -> SearchPage:
    def hear(text: str) -> list[tuple[str, float]]:
        return [("speech_language_communication", 0.9)] if "talking" in text else []

    return await find(engine, Anywhere(), SearchRequest(q=q, **asked), hear=hear)  # type: ignore[arg-type]


async def test_words_become_filters_that_can_be_removed(engine: SearchIndex) -> None:
    await engine.change([TALKING, BABIES], [])
    found = await run(engine, "baby group in Norwich")
    assert found.applied["near"] == "norwich"
    assert names(found) == ["Baby group"]
    assert found.hits[0].distance_miles == 0.0
    kept = await run(engine, "baby group in Norwich", keep=["place"])
    assert "near" not in kept.applied


async def test_a_sentence_finds_what_its_need_asks_for_and_offers_the_router(engine: SearchIndex) -> None:
    await engine.change([TALKING, BABIES], [])
    found = await run(engine, "my little boy is not talking yet and I am worried")
    assert names(found)[0] == "Chatterbox"
    assert "Matches speech language communication" in found.hits[0].reasons
    assert [way.kind for way in found.help] == ["router"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("speech therapy", False),
        ("help with my child's behaviour", True),
        ("baby group norwich tuesday free", False),
    ],
)
def test_a_sentence_is_told_from_keywords(text: str, sentence: bool) -> None:
    assert is_sentence(text) is sentence


async def test_an_empty_list_says_what_would_help(engine: SearchIndex) -> None:
    await engine.change([TALKING, BABIES], [])
    found = await run(engine, "chatterbox", age=9, near="Norwich", within=2)
    assert found.total == 0
    kinds = [way.kind for way in found.help]
    assert kinds[-2:] == ["router", "person"]
    assert any(way.text.startswith("For any age") or way.text.startswith("Without any") for way in found.help)
    for way in found.help[:-2]:
        assert way.count
        assert way.url.startswith("/search?")


async def test_a_filter_read_from_the_words_can_be_dropped(engine: SearchIndex) -> None:
    await engine.change([TALKING, BABIES], [])
    found = await run(engine, "free baby group")
    assert found.total == 0
    assert any("keep=free" in way.url for way in found.help)


async def test_nothing_at_all_still_offers_the_router_and_a_person(search: Search) -> None:
    found = await search([doc("Only this")], q="zzzzzz")
    assert [way.kind for way in found.help] == ["router", "person"]


async def test_a_miss_is_counted_by_need_and_area_and_nothing_else(
    engine: SearchIndex, database: Database
) -> None:
    await engine.change([doc("Only this")], [])
    await run(engine, "nothing holds these words", near="Norwich", need=["bullying"])
    await run(engine, "nothing holds these words", near="Norwich", need=["bullying"])
    await engine.misses.write(database)
    rows = await database.pool.fetch("select need, area, count from search_miss")
    assert [tuple(row) for row in rows] == [("bullying", "zone:zone-01", 2)]
    assert not engine.misses.counts


async def test_the_matter_of_a_sentence_orders_what_is_found_and_fills_up_a_short_list(
    engine: SearchIndex,
) -> None:
    fussy = doc("Full plate", description="For fussy eaters", tags={"needs": ["child_health"]})
    teeth = doc("Bright teeth", description="Dentist for first teeth", tags={"needs": ["child_health"]})
    other = doc("Fussy cats", description="A film", tags={"needs": ["activities_leisure"]})
    await engine.change([teeth, fussy, other], [])

    async def found(q: str) -> list[str]:
        wanted = SearchRequest(q=q)
        return names(await find(engine, Anywhere(), wanted, hear=lambda text: [("child_health", 0.9)]))  # type: ignore[arg-type]

    # Few hold what was said, so that whatever else speaks of the matter comes last.
    assert (await found("he gags on anything that is not beige"))[:2] == ["Full plate", "Bright teeth"]
    assert await found("she has holes in her molars and screams when we brush") == [
        "Bright teeth",
        "Full plate",
    ]
