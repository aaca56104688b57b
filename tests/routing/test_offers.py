"""Facts of services are kept for as long as a service does not change, and never longer."""

import datetime as dt
from uuid import UUID

from directory.db import Database
from directory.routing import offers as kept
from directory.routing.offers import offers

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


async def some(database: Database, many: int = 5) -> list[str]:
    rows = await database.pool.fetch(
        "select id from service where status = 'active' order by id limit $1", many
    )
    return [str(row[0]) for row in rows]


async def test_facts_come_in_the_order_asked_for_and_unknown_ones_are_left_out(county: Database) -> None:
    wanted = await some(county)
    listed = [*reversed(wanted), str(UUID(int=7))]
    for _ in range(2):  # once read, once kept
        assert [each.id for each in await offers(county.pool, listed, NOW)] == list(reversed(wanted))
    assert await offers(county.pool, [], NOW) == []


async def test_what_is_known_already_is_not_read_again(county: Database) -> None:
    wanted = await some(county)
    first = await offers(county.pool, wanted, NOW)
    again = await offers(county.pool, wanted, NOW)
    assert all(one is other for one, other in zip(first, again, strict=True))


async def test_a_change_of_one_service_is_seen_at_once(county_copy: Database) -> None:
    wanted = await some(county_copy)
    await offers(county_copy.pool, wanted, NOW)
    await county_copy.pool.execute("update service set capacity = 'paused' where id = $1", UUID(wanted[2]))
    found = await offers(county_copy.pool, wanted, NOW)
    assert [each.capacity == "paused" for each in found] == [False, False, True, False, False]


async def test_a_service_that_is_gone_is_not_offered_from_memory(county_copy: Database) -> None:
    wanted = await some(county_copy)
    await offers(county_copy.pool, wanted, NOW)
    await county_copy.pool.execute("delete from service where id = $1", UUID(wanted[0]))
    assert [each.id for each in await offers(county_copy.pool, wanted, NOW)] == wanted[1:]


async def test_a_new_day_counts_anew_how_long_ago_a_service_was_checked(county: Database) -> None:
    wanted = await some(county, 40)
    today = await offers(county.pool, wanted, NOW)
    later = await offers(county.pool, wanted, NOW + dt.timedelta(days=3))
    checked = [
        (one.checked_days, other.checked_days)
        for one, other in zip(today, later, strict=True)
        if one.checked_days
    ]
    assert checked
    assert all(other is not None and other - one == 3 for one, other in checked)


async def test_no_more_is_kept_than_a_county_has(county: Database) -> None:
    await offers(county.pool, await some(county, 50), NOW)
    assert len(kept._kept) <= kept.MOST + 50
