import datetime as dt

import pytest

from directory.catalogue import hsds, read, validity
from directory.db import Database
from directory.importing.vocabulary import needs
from directory.words import KINDS, OUTCOMES
from seed import shapes
from seed.load import load


@pytest.fixture(scope="module")
async def services(county: Database) -> dict[str, hsds.Service]:
    ids = [row[0] for row in await county.pool.fetch("select id from service")]
    return {str(key): value for key, value in (await read.records(county.pool, ids)).items()}


async def test_the_county_is_as_large_and_as_varied_as_it_says(county: Database) -> None:
    seeded = [organization for _, organization in shapes.read()]
    counts = await county.pool.fetchrow("select count(*), count(distinct organization_id) from service")
    assert tuple(counts) == (sum(len(each.service) for each in seeded), len(seeded))
    assert counts[0] >= 420
    assert counts[1] >= 160
    kinds = {row[0] for row in await county.pool.fetch("select distinct kind from service")}
    assert kinds >= set(KINDS) - {"other"}
    tags = await county.pool.fetch(
        "select distinct x.name, t.code from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
        " join taxonomy x on x.id = t.taxonomy_id"
    )
    found = {(row[0], row[1]) for row in tags}
    assert {code for taxonomy, code in found if taxonomy == "flourish"} == set(OUTCOMES)
    assert {code for taxonomy, code in found if taxonomy == "needs"} >= {
        need.code for need in needs() if need.code not in {"out_of_scope", "unclear"}
    }
    statuses = await county.pool.fetch("select distinct status from service")
    assert {"active", "inactive", "temporarily closed"} <= {row[0] for row in statuses}


async def test_every_seeded_service_may_be_published(services: dict[str, hsds.Service]) -> None:
    assert [problem for each in services.values() for problem in validity.problems(each)] == []


async def test_every_open_venue_has_a_point_in_or_near_the_county(county: Database) -> None:
    astray = await county.pool.fetchval(
        "select count(*) from location where latitude is null or latitude not between 52.2 and 53.1"
        " or longitude not between -0.1 and 1.9"
    )
    assert astray == 0
    assert await county.pool.fetchval("select count(*) from location where confidential") >= 1


async def test_sessions_keep_their_times_their_terms_and_their_nights(county: Database) -> None:
    assert await county.pool.fetchval("select count(*) from schedule where term_time") > 20
    assert (
        await county.pool.fetchval("select count(*) from schedule where freq = 'MONTHLY' and byday ~ '[0-9]'")
        > 20
    )
    assert (
        await county.pool.fetchval("select count(*) from schedule where byday is null or freq is null") == 0
    )


async def test_a_second_load_weeks_later_changes_nothing(database: Database) -> None:
    await load(database)
    before = await database.pool.fetch(
        "select id, version, assured_date, changed_at from service order by id"
    )
    await database.pool.execute("delete from search_change")
    # The first load was five weeks ago: dates must still count from that day.
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=35)
    moved = "update feed set state = state || jsonb_build_object('seeded_on', $1::text) where id = 'local'"
    done = await load(database)
    assert (done.stored.added, done.stored.changed, done.stored.same) == (0, 0, len(before))
    after = await database.pool.fetch("select id, version, assured_date, changed_at from service order by id")
    assert after == before
    assert await database.pool.fetchval("select count(*) from search_change") == 0
    await database.pool.execute(moved, day.isoformat())
    assert (await load(database)).stored.changed == len(before)


async def test_a_service_that_left_the_seed_is_withdrawn_by_the_next_load(database: Database) -> None:
    await load(database)
    await database.pool.execute(
        "insert into service (id, feed_id, source_id, organization_id, name, status, capacity)"
        " select gen_random_uuid(), 'local', 'old-key', organization_id, 'Old', 'active', 'open' from service limit 1"
    )
    assert (await load(database)).withdrawn == 1
