import asyncpg
import pytest

from directory.catalogue import read
from directory.db import Database
from directory.errors import Conflict, SourceError
from tests.importing.conftest import Bring, everything, page, service, tag, uid


async def versions(database: Database) -> dict[str, int]:
    return {str(row[0]): row[1] for row in await database.pool.fetch("select id, version from service")}


async def test_a_feed_is_stored_whole(database: Database, bring: Bring) -> None:
    report = await bring([service(1)])
    assert (report.read, report.added, report.quarantined_count) == (1, 1, 0)
    stored = next(iter((await read.records(database.pool, [uid("s1")])).values()))
    assert stored.name == "Service 1"
    assert stored.phones[0].languages[0].code == "pl"
    assert stored.contacts[0].phones[0].number == "01632 960003"
    assert stored.service_at_locations[0].schedules[0].byday == "MO"
    assert stored.service_at_locations[0].location is not None
    assert stored.service_at_locations[0].location.addresses[0].postal_code == "NR1 3AA"
    row = await database.pool.fetchrow("select kind, feed_id, source_id from service")
    assert tuple(row) == ("voluntary_group", "feed", uid("s1"))


async def test_the_same_feed_again_changes_nothing(database: Database, bring: Bring) -> None:
    services = [service(number) for number in range(1, 8)]
    await bring(services)
    before = await everything(database)
    report = await bring(services)
    assert (report.added, report.changed, report.same) == (0, 0, 7)
    assert await everything(database) == before


async def test_a_dry_run_says_the_same_and_changes_nothing(database: Database, bring: Bring) -> None:
    before = await everything(database)
    report = await bring([service(1), service(2), {"id": "x"}], dry_run=True)
    assert (report.added, report.quarantined_count) == (2, 1)
    assert await everything(database) == before
    assert await database.pool.fetchval("select count(*) from feed") == await database.pool.fetchval(
        "select count(*) from feed where id <> 'feed'"
    )


async def test_only_what_differs_gets_a_new_version(database: Database, bring: Bring) -> None:
    await bring([service(1), service(2)])
    await database.pool.execute("delete from search_change")
    report = await bring([service(1), service(2, name="Another name")])
    assert (report.changed, report.same) == (1, 1)
    assert await versions(database) == {uid("s1"): 1, uid("s2"): 2}
    changed = await database.pool.fetch("select service_id from search_change")
    assert [str(row[0]) for row in changed] == [uid("s2")]


async def test_a_part_that_is_no_longer_said_goes(database: Database, bring: Bring) -> None:
    await bring([service(1)])
    await bring(
        [service(1, phones=[], cost_options=[], attributes=[tag("s1", "needs", "food_and_essentials")])]
    )
    assert await database.pool.fetchval("select count(*) from phone where service_id is not null") == 0
    assert await database.pool.fetchval("select count(*) from cost_option") == 0
    codes = await database.pool.fetch(
        "select t.code from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
    )
    assert [row[0] for row in codes] == ["food_and_essentials"]
    assert await database.pool.fetchval("select kind from service") is None


async def test_a_change_to_a_shared_hall_is_told_to_every_service_there(
    database: Database, bring: Bring
) -> None:
    await bring([service(1), service(2), service(3)])
    moved = service(1)
    moved["service_at_locations"][0]["location"]["name"] = "The new hall"
    await bring([moved, service(2), service(3)])
    assert set((await versions(database)).values()) == {2}


async def test_ids_that_are_used_twice_for_different_parts_lose_nothing(
    database: Database, bring: Bring
) -> None:
    same = uid("the same id everywhere")
    services = [
        service(number, phones=[{"id": same, "number": f"01632 96010{number}"}]) for number in range(1, 4)
    ]
    await bring(services)
    await bring(services)
    numbers = await database.pool.fetch(
        "select number from phone where service_id is not null order by number"
    )
    assert [row[0] for row in numbers] == ["01632 960101", "01632 960102", "01632 960103"]


async def test_a_second_feed_with_the_same_ids_gets_ids_of_its_own(database: Database, bring: Bring) -> None:
    await bring([service(1)], feed="first")
    before = await versions(database)
    report = await bring([service(1, name="Theirs")], feed="second")
    assert report.added == 1
    rows = await database.pool.fetch("select feed_id, name, source_id from service order by feed_id")
    assert [tuple(row) for row in rows] == [
        ("first", "Service 1", uid("s1")),
        ("second", "Theirs", uid("s1")),
    ]
    assert before.items() <= (await versions(database)).items()
    again = await bring([service(1, name="Theirs")], feed="second")
    assert again.same == 1


async def test_one_bad_record_is_quarantined_with_a_reason_and_stops_nothing(
    database: Database, bring: Bring
) -> None:
    orphan = service(2)
    del orphan["organization"]
    report = await bring([service(1), orphan, {"name": "No id"}, 7, service(1, name="Twice"), service(3)])
    assert (report.read, report.added) == (6, 2)
    reasons = {each.where: each.reasons[0] for each in report.quarantined}
    assert reasons == {
        "feed.json, record 2": "has no organization: who runs it is not said",
        "feed.json, record 3": "has no id",
        "feed.json, record 4": "is not a record (a JSON object was expected)",
        "feed.json, record 5": "has the id of an earlier record of this source; that one is kept",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("<!doctype html><html>", "is an HTML page"),
        (page(service(1), service(2))[:-400], "breaks off"),
        ('{"contents": [{"id": 1} {"id": 2}]}', "is not valid JSON at character"),
        ("[" * 100_000, "nested too deeply"),
        ("hello", "is not JSON"),
        ('{"contents": []} and more', "there is more after the end"),
    ],
)
async def test_what_is_no_feed_is_refused_in_one_line(
    database: Database, bring: Bring, text: str, words: str
) -> None:
    before = await everything(database)
    with pytest.raises(SourceError, match=words) as refused:
        await bring(text)
    assert "\n" not in str(refused.value)
    assert await everything(database) == before


async def test_a_feed_that_breaks_off_late_leaves_nothing_half_done(database: Database, bring: Bring) -> None:
    services = [service(number) for number in range(1, 1300)]
    await bring(services[:2])
    before = await everything(database)
    with pytest.raises(SourceError, match="breaks off"):
        await bring(page(*services)[:-50])
    assert await everything(database) == before


async def test_a_missing_service_is_kept_until_three_complete_runs_have_missed_it(
    database: Database, bring: Bring
) -> None:
    everyone = [service(number) for number in range(1, 11)]
    await bring(everyone)
    assert (await bring(everyone[1:])).missing == 1
    assert (await bring(everyone[1:])).missing == 1
    assert (await bring(everyone[1:], complete=False)).withdrawn == 0
    assert (await bring(everyone[1:])).withdrawn == 1
    assert uid("s1") not in await versions(database)
    assert await database.pool.fetchval("select count(*) from removed where id = $1", uid("s1")) == 1


async def test_one_that_comes_back_starts_over(database: Database, bring: Bring) -> None:
    everyone = [service(number) for number in range(1, 11)]
    for services in (everyone, everyone[1:], everyone[1:], everyone):
        await bring(services)
    assert (await bring(everyone[1:])).missing == 1


async def test_more_than_a_fifth_is_not_withdrawn_unless_told(database: Database, bring: Bring) -> None:
    everyone = [service(number) for number in range(1, 11)]
    await bring(everyone)
    before = await everything(database)
    with pytest.raises(SourceError, match=r"3 of 10 services \(30 %\)"):
        await bring(everyone[3:], crawls=1)
    assert await everything(database) == before
    assert (await bring(everyone[3:], crawls=1, allow_withdrawals=True)).withdrawn == 3


async def test_an_empty_feed_never_empties_a_directory(database: Database, bring: Bring) -> None:
    await bring([service(1)])
    with pytest.raises(SourceError, match="holds no record"):
        await bring([], crawls=1, allow_withdrawals=True)
    assert await versions(database)


async def test_two_imports_of_one_feed_do_not_run_at_once(database: Database, bring: Bring) -> None:
    from directory.db import lock_key

    holder = await asyncpg.connect(database.url)
    try:
        await holder.execute("select pg_advisory_lock($1)", lock_key("import feed"))
        with pytest.raises(Conflict, match="another import of feed"):
            await bring([service(1)])
    finally:
        await holder.close()


async def test_a_second_feed_with_the_same_ids_takes_nothing_from_the_first(
    database: Database, bring: Bring
) -> None:
    await bring([service(1)], feed="first")
    before = await read.records(database.pool, [uid("s1")])
    poorer = service(1, phones=[])
    poorer["contacts"][0]["phones"] = []
    poorer["service_at_locations"][0]["schedules"] = []
    for services in ([service(1)], [poorer], [service(1)]):
        await bring(services, feed="second")
        assert await read.records(database.pool, [uid("s1")]) == before
    counts = await database.pool.fetch("select count(*) from phone union all select count(*) from schedule")
    assert [row[0] for row in counts] == [6, 2]
