"""What is stored comes out whole for inside use, and published and prebuilt for everybody."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
import pytest

from directory.catalogue import hsds, read
from directory.catalogue.write import store
from directory.db import Database
from directory.errors import Gone, NotFound
from tests.catalogue.made import location, new, organization, schedule, service, tag

MOMENT = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


def whole() -> hsds.Service:
    hall, refuge = location(), location(confidential=True, name="Foxglove House")
    hall.accessibility.append(hsds.Accessibility(id=new(), description="Ramp"))
    hall.phones.append(hsds.Phone(id=new(), number="01632 960009"))
    charity = hsds.OrganizationIdentifier(id=new(), identifier_type="Charity", identifier="GB-CHC-1")
    owner = organization(
        website="https://example.org", phones=[hsds.Phone(id=new(), number="01632 960002")],
        contacts=[hsds.Contact(id=new(), name="Office", phones=[hsds.Phone(id=new(), number="01632 960003")])],
        organization_identifiers=[charity],
    )  # fmt: skip
    charity.organization_id = owner.id
    each = service(
        hall, refuge, organization=owner, tags={"kind": ["help_hub"], "level": ["early_help"], "needs": ["housing"]},
        phones=[
            hsds.Phone(id=new(), number="07700 900001", type="text"),
            hsds.Phone(id=new(), number="01632 960001", languages=[hsds.Language(id=new(), code="pt")]),
        ],
        schedules=[schedule(byday="MO,TU", term_time=True)], minimum_age=0.0, maximum_age=18.0,
        cost_options=[hsds.CostOption(id=new(), option="Each", amount=2.5, currency="GBP")],
        languages=[hsds.Language(id=new(), code="en")],
        service_areas=[hsds.ServiceArea(id=new(), area="county:E10000020")],
        contacts=[hsds.Contact(id=new(), name="Duty desk")], funding=[hsds.Funding(id=new(), source="Lottery")],
        remote=["phone"], assured_date="2026-10-01", last_modified="2026-10-01T10:11:12.123Z", extra={"odd": [1]},
    )  # fmt: skip
    each.attributes.append(tag(each.id, "flourish", "healthy", confidence=0.5))
    each.service_at_locations[0].schedules.append(schedule(byday="WE"))
    each.service_at_locations[1].schedules.append(schedule(byday="TH", notes="Foxglove House"))
    return each


async def keep(database: Database, *services: hsds.Service) -> None:
    async with database.transaction() as connection:
        await store(connection, "local", services)


def comparable(each: hsds.Service) -> object:
    """Ids that the directory gives itself, and the order of parts, are not what is compared."""

    def sort(value: object) -> object:
        if isinstance(value, dict):
            drop = {"taxonomy_term_id", "taxonomy_id", "link_id", "link_entity"}
            return {key: sort(item) for key, item in value.items() if key not in drop}
        if isinstance(value, list):
            return sorted((sort(item) for item in value), key=str)
        return value

    plain = msgspec.to_builtins(each)
    for attribute in plain["attributes"]:
        attribute.pop("id")
        attribute["taxonomy_term"].pop("id")
        attribute["taxonomy_term"].pop("description")
    return sort(plain)


async def test_a_service_comes_out_as_it_went_in(database: Database):
    each = whole()
    each.capacity_status = "open"
    await keep(database, each, service())
    found = await read.records(database.pool, [each.id, new()])
    assert list(found) == [UUID(each.id)]
    assert comparable(found[UUID(each.id)]) == comparable(each)


async def test_new_services_hide_no_change_to_those_that_are_there(database: Database):
    there, other = service(location(name="Old hall")), service()
    await keep(database, there, other)

    async def versions(reader: Any) -> list[int]:
        rows = await reader.fetch(
            "select id, version from service where id = any($1::uuid[])", [there.id, other.id]
        )
        found = {str(row["id"]): row["version"] for row in rows}
        return [found[there.id], found[other.id]]

    before = await versions(database.pool)
    moved = service(location(name="New hall"), id=there.id, organization=there.organization)
    async with database.transaction() as connection:
        await store(connection, "local", [service(location()), moved])
        assert await versions(connection) == [before[0] + 1, before[1]]
        await connection.execute(
            "insert into phone (id, service_id, number) values ($1, $2, '01632 960001')", new(), other.id
        )
        assert await versions(connection) == [before[0] + 1, before[1] + 1]


async def test_every_id_is_streamed_once_in_order(database: Database):
    await keep(database, *(service() for _ in range(7)))
    found = [id_ async for batch in read.ids(database.pool, batch=3) for id_ in batch]
    assert len(found) == 7
    assert found == sorted(found)


async def test_a_record_is_kept_until_any_part_changes(database: Database):
    each = whole()
    id_ = UUID(each.id)
    await keep(database, each)
    first = await read.record(database.pool, id_)
    kept = "select version from service_record where service_id = $1"
    assert await database.pool.fetchval(kept, id_) == 1
    assert await read.record(database.pool, id_) == first
    await database.pool.execute("update phone set number = '01632 960555' where number = '01632 960001'")
    second = await read.record(database.pool, id_)
    assert b"01632 960555" in second
    assert b"01632 960001" not in second
    assert await database.pool.fetchval(kept, id_) == 2


async def test_a_record_of_another_release_is_built_again(database: Database):
    each = service()
    await keep(database, each)
    first = await read.record(database.pool, UUID(each.id))
    await database.pool.execute("update service_record set form = 'older', body = 'stale'")
    assert await read.record(database.pool, UUID(each.id)) == first


async def test_many_readers_build_the_same_records_at_once(database: Database):
    made = [service() for _ in range(40)]
    await keep(database, *made)
    wanted = [UUID(each.id) for each in made]
    orders = [wanted, wanted[::-1], sorted(wanted), sorted(wanted, reverse=True)] * 2
    found = await asyncio.gather(*(read.built(database.pool, order) for order in orders))
    assert all(each == found[0] for each in found)
    assert len(found[0]) == 40


async def test_nothing_is_kept_inside_a_writers_transaction(database: Database):
    each = service()
    id_ = UUID(each.id)
    await keep(database, each)
    async with database.transaction() as connection:
        await connection.execute("update service set name = 'First' where id = $1", id_)
        assert b'"First"' in await read.record(connection, id_)
        await connection.execute("update service set name = 'Second' where id = $1", id_)
        assert b'"Second"' in await read.record(connection, id_)
    assert b'"Second"' in await read.record(database.pool, id_)


async def test_what_an_organization_a_venue_or_a_term_is_called_reaches_the_record(database: Database):
    each = whole()
    id_ = UUID(each.id)
    await keep(database, each)
    changes = {
        "update organization set name = 'Renamed team'": b"Renamed team",
        "update location set name = 'Renamed hall' where not confidential": b"Renamed hall",
        "update taxonomy_term set name = 'Renamed term' where code = 'housing'": b"Renamed term",
        "update taxonomy_term set name = 'Renamed kind' where code = 'help_hub'": b"Renamed kind",
        "update taxonomy set name = 'renamed' where name = 'needs'": b'"renamed"',
        "update language set name = 'Portuguese' where code = 'pt'": b"Portuguese",
        "update phone set description = 'Renamed office' where number = '01632 960003'": b"Renamed office",
    }
    for statement, expected in changes.items():
        assert expected not in await read.record(database.pool, id_)
        await database.pool.execute(statement)
        assert expected in await read.record(database.pool, id_), statement


async def test_a_location_that_becomes_confidential_is_gone_from_the_record_at_once(database: Database):
    each = service(location(name="Quiet house"))
    id_ = UUID(each.id)
    await keep(database, each)
    assert b"Quiet house" in await read.record(database.pool, id_)
    await database.pool.execute("update location set confidential = true")
    assert b"Quiet house" not in await read.record(database.pool, id_)
    assert b"NR27" not in await read.service_detail(database.pool, id_)
    (card,) = await read.cards(database.pool, [id_])
    assert card.venues == []


async def test_what_was_removed_is_gone_and_what_never_was_is_not_found(database: Database):
    each = service()
    await keep(database, each)
    await database.pool.execute("delete from service")
    with pytest.raises(Gone):
        await read.record(database.pool, UUID(each.id))
    with pytest.raises(NotFound, match="no service"):
        await read.record(database.pool, UUID(new()))


async def test_the_detail_joins_record_extras_and_hours(database: Database):
    each = whole()
    await keep(database, each)
    found = msgspec.json.decode(await read.service_detail(database.pool, UUID(each.id), MOMENT))
    assert found["name"] == each.name
    assert found["kind"]["label"] == "Help hub"
    assert found["needs"] == [{"code": "housing", "label": "Housing", "suggested": None}]
    assert found["outcomes"] == [{"code": "healthy", "label": "Healthy", "suggested": 0.5}]
    assert found["ages"] == "Up to age 18"
    assert found["cost"] == "£2.50"
    assert found["hours"]["words"] == "Open now, until 4pm"
    assert "Foxglove" not in str(found)


async def test_cards_come_in_order_with_hours_of_their_moment(database: Database):
    first, second = whole(), service(name="Second")
    await keep(database, first, second)
    wanted = [UUID(second.id), UUID(new()), UUID(first.id)]
    for _ in range(2):  # built, then kept
        found = await read.cards(database.pool, wanted, MOMENT)
        assert [each.id for each in found] == [second.id, first.id]
        assert (found[1].open, found[1].hours) == (True, "Open now, until 4pm")
        assert found[1].phone == "01632 960001"  # not the number for texts
        assert [each.name for each in found[1].venues] == ["Mill Hall"]
        assert (found[0].open, found[0].hours) == (None, None)
    (evening,) = await read.cards(database.pool, [UUID(first.id)], MOMENT + dt.timedelta(hours=8))
    assert evening.hours == "Opens tomorrow 9.30am"
    await database.pool.execute("update service set name = 'Changed' where id = $1", UUID(first.id))
    (changed,) = await read.cards(database.pool, [UUID(first.id)], MOMENT)
    assert changed.name == "Changed"


async def test_one_bad_row_costs_a_field_not_the_service(database: Database):
    each = service(email="us@example.org")
    await keep(database, each)
    await database.pool.execute("update service set email = 'ask inside'")
    found = msgspec.json.decode(await read.record(database.pool, UUID(each.id)))
    assert "email" not in found
    assert found["name"] == each.name


async def test_one_that_lacks_what_must_be_said_hides_only_itself(database: Database):
    nameless, fine = service(), service()
    await keep(database, nameless, fine)
    await database.pool.execute("update service set name = ' ' where id = $1", UUID(nameless.id))
    found = await read.built(database.pool, [UUID(nameless.id), UUID(fine.id)])
    assert list(found) == [UUID(fine.id)]
    assert len(await read.cards(database.pool, [UUID(nameless.id), UUID(fine.id)])) == 1
    with pytest.raises(NotFound):
        await read.record(database.pool, UUID(nameless.id))
