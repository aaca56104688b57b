from uuid import UUID

import pytest

from directory.db import Database
from directory.errors import NotFound
from directory.importing.review import answer_suggestion, list_suggestions
from directory.importing.suggest import LEAST, Suggester
from directory.importing.tagging import suggest_tags, untagged
from directory.routing.rulebook import load_rulebook
from tests.importing.conftest import Bring, service, tag


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return Suggester(load_rulebook(None))


FOOD = {
    "name": "Community fridge",
    "description": "Free food parcels and a food bank for families who have run out of food.",
    "attributes": [],
}


def test_plain_words_give_needs_their_outcomes_and_a_kind(suggester: Suggester) -> None:
    found = suggester.suggest(FOOD["name"], FOOD["description"], "Market Town Church")  # type: ignore[arg-type]
    assert found[0][:2] == ("needs", "food_and_essentials")
    assert all(LEAST <= each.confidence < 1 for each in found if each.taxonomy == "needs")
    assert {each.taxonomy for each in found} == {"needs", "flourish", "kind"}
    assert not any(each.taxonomy == "level" for each in found)


def test_words_that_say_nothing_give_no_need(suggester: Suggester) -> None:
    assert [
        each for each in suggester.suggest("Info", "Please contact us.", "Acme") if each.taxonomy == "needs"
    ] == []


async def test_untagged_services_get_suggestions_that_no_import_takes_away(
    database: Database, bring: Bring, suggester: Suggester
) -> None:
    services = [service(1, **FOOD), service(2)]
    await bring(services)
    assert await untagged(database, "feed")
    assert await suggest_tags(database, "feed", suggester) == 1
    assert not await untagged(database, "feed")
    found = await list_suggestions(database, "feed", 0.0, 50)
    assert {each.service for each in found} == {"Community fridge"}
    await bring([service(1, **FOOD, email="new@example.org"), service(2)])
    assert await list_suggestions(database, "feed", 0.0, 50) == found


async def test_a_confirmed_tag_stays_and_a_refused_one_goes(
    database: Database, bring: Bring, suggester: Suggester
) -> None:
    await bring([service(1, **FOOD)])
    await suggest_tags(database, "feed", suggester)
    found = {(each.taxonomy, each.code): each.id for each in await list_suggestions(database, None, 0.0, 50)}
    need = found.pop(("needs", "food_and_essentials"))
    kind = found.pop(next(key for key in found if key[0] == "kind"))
    await answer_suggestion(database, need, keep=True)
    await answer_suggestion(database, kind, keep=True)
    for each in found.values():
        await answer_suggestion(database, each, keep=False)
    with pytest.raises(NotFound):
        await answer_suggestion(database, kind, keep=True)
    await bring([service(1, **FOOD, email="new@example.org")])
    assert await list_suggestions(database, None, 0.0, 50) == []
    row = await database.pool.fetchrow("select kind, (select count(*) from attribute) as tags from service")
    assert tuple(row) == ("voluntary_group", 1)


async def test_what_the_feed_says_itself_takes_the_place_of_a_suggestion(
    database: Database, bring: Bring, suggester: Suggester
) -> None:
    await bring([service(1, **FOOD)])
    await suggest_tags(database, "feed", suggester)
    report = await bring([service(1, **(FOOD | {"attributes": [tag("s1", "needs", "food_and_essentials")]}))])
    assert report.changed == 1
    confidence = await database.pool.fetchval(
        "select confidence from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
        " where t.code = 'food_and_essentials' and service_id = $1",
        UUID(service(1)["id"]),
    )
    assert confidence is None
