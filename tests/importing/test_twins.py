from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.access import keys
from directory.catalogue import twins as catalogue_twins
from directory.db import Database
from directory.errors import BadRequest, NotFound
from directory.importing.review import decide_twins, find_twins
from directory.importing.twins import LEAST, Facts, candidates, compare
from directory.search.sync import drain
from tests.conftest import MakeClient
from tests.importing.conftest import Bring, service, uid


def facts(**over: object) -> Facts:
    given = {
        "id": uid("a"),
        "feed": "one",
        "name": "Holt Toddler Group",
        "organization": "Holt Families",
        "identifiers": frozenset(),
        "postcodes": frozenset(),
        "points": (),
        "hosts": frozenset(),
        "phones": frozenset(),
    }
    return Facts(**(given | over))  # type: ignore[arg-type]


def test_a_pair_is_explained_by_what_it_shares() -> None:
    shared = {
        "postcodes": frozenset({"NR256AA"}),
        "phones": frozenset({"01632960001"}),
        "identifiers": frozenset({"GB-CHC 1234567"}),
    }
    one = facts(**shared)
    other = facts(id=uid("b"), feed="two", name="Holt toddlers group", **shared)
    found = compare(one, other)
    assert found.score > 0.9
    assert "same postcode NR256AA" in found.reasons
    assert "both are run by GB-CHC 1234567" in found.reasons
    assert "same telephone 01632960001" in found.reasons
    assert candidates([one, other]) == [found]


def test_many_services_of_one_charity_are_not_duplicates() -> None:
    shared = {
        "postcodes": frozenset({"NR256AA"}),
        "phones": frozenset({"01632960001"}),
        "hosts": frozenset({"a.example.org"}),
        "identifiers": frozenset({"GB-CHC 1"}),
    }
    one, other = facts(**shared), facts(id=uid("b"), feed="two", name="Debt advice line", **shared)
    assert compare(one, other).score < LEAST


def test_services_of_one_source_are_never_compared() -> None:
    assert candidates([facts(), facts(id=uid("b"))]) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_order_of_two_services_makes_no_difference(one: str, other: str) -> None:
    a, b = facts(name=one), facts(id=uid("b"), feed="two", name=other)
    assert compare(a, b) == compare(b, a)
    assert 0 <= compare(a, b).score <= 1


async def both(database: Database, bring: Bring) -> tuple[str, str]:
    await bring([service(1)], feed="one")
    await bring([service(1, name="Service one", id=uid("other"))], feed="two")
    return uid("s1"), uid("other")


async def test_candidates_are_found_across_sources_until_somebody_decides(
    database: Database, bring: Bring
) -> None:
    one, other = await both(database, bring)
    found = await find_twins(database, LEAST, 10)
    assert [{each.service_id, each.other_id} for each in found] == [{one, other}]
    assert {found[0].feed, found[0].other_feed} == {"one", "two"}
    await decide_twins(database, (UUID(one), UUID(other)), "apart", None, by="staff:x")
    assert await find_twins(database, LEAST, 10) == []
    await decide_twins(database, (UUID(other), UUID(one)), "undecided", None, by="staff:x")
    assert len(await find_twins(database, LEAST, 10)) == 1


async def test_of_linked_services_only_the_preferred_one_is_shown_while_it_runs(
    database: Database, bring: Bring
) -> None:
    one, other = (UUID(each) for each in await both(database, bring))
    await database.pool.execute("delete from search_change")
    await decide_twins(database, (one, other), "same", other, by="staff:x")
    assert await catalogue_twins.shown(database.pool, [one, other]) == [other]
    assert await catalogue_twins.with_twins(database.pool, [other]) == [other, one]
    assert await database.pool.fetchval("select count(*) from search_change") == 2
    await database.pool.execute("update service set status = 'inactive' where id = $1", other)
    assert await catalogue_twins.shown(database.pool, [one, other]) == [one, other]
    await database.pool.execute("delete from search_change")
    await database.pool.execute("delete from service where id = $1", other)
    assert await database.pool.fetchval("select count(*) from search_change where service_id = $1", one) == 1


async def test_nonsense_is_refused(database: Database, bring: Bring) -> None:
    one, other = (UUID(each) for each in await both(database, bring))
    with pytest.raises(BadRequest):
        await decide_twins(database, (one, one), "same", one, by="x")
    with pytest.raises(BadRequest):
        await decide_twins(database, (one, other), "same", None, by="x")
    with pytest.raises(BadRequest):
        await decide_twins(database, (one, other), "same", UUID(uid("third")), by="x")
    with pytest.raises(NotFound):
        await decide_twins(database, (one, UUID(uid("third"))), "apart", None, by="x")


async def test_a_search_shows_one_of_two_linked_services_and_both_again_when_that_is_taken_back(
    database: Database, bring: Bring, make_client: MakeClient
) -> None:
    """From two sources, over the API, to what a family finds."""
    one, other = await both(database, bring)
    client = await make_client(database)
    _, key = await keys.issue(database, "editor", ["catalogue.write"])
    headers = {"Authorization": f"Bearer {key}"}

    async def found() -> set[str]:
        while await drain(database, client.app.state.index):  # type: ignore[attr-defined]
            pass
        hits = (await client.get("/api/search", params={"q": "parents toddlers"})).json()["hits"]
        return {hit["id"] for hit in hits}

    async def decide(decision: str, **more: str) -> None:
        body = {"service_id": one, "other_id": other, "decision": decision, **more}
        assert (await client.post("/api/duplicates", json=body, headers=headers)).status_code == 204

    assert await found() == {one, other}
    (pair,) = (await client.get("/api/duplicates", headers=headers)).json()
    assert {pair["service_id"], pair["other_id"]} == {one, other}
    await decide("same", preferred_id=other)
    assert await found() == {other}
    assert (await client.get(f"/api/services/{one}")).status_code == 200  # kept, only not listed twice
    assert (await client.get("/api/duplicates", headers=headers)).json() == []
    await decide("same", preferred_id=one)
    assert await found() == {one}
    await decide("undecided")
    assert await found() == {one, other}
