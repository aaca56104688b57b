"""Anybody may say that a fact is wrong: counted, with no words and no name, until the service is checked again."""

import datetime as dt
from uuid import UUID, uuid4

from directory.catalogue.doubt_store import doubts
from directory.catalogue.write import store
from directory.db import Database
from tests.catalogue.made import location, organization, service
from tests.conftest import MakeClient


async def first(database: Database) -> UUID:
    """A service, stored."""
    made = service(location(), organization=organization())
    async with database.transaction() as connection:
        await store(connection, "local", [made])
    return UUID(made.id)


async def test_a_report_is_counted_thanked_for_and_settled_by_the_next_check(
    database: Database, make_client: MakeClient
) -> None:
    client = await make_client(database)
    id_ = await first(database)
    before = dt.date.today() - dt.timedelta(days=2)  # noqa: DTZ011 - a day is enough
    await database.pool.execute("update service set assured_date = $2 where id = $1", id_, before)
    for _ in range(2):
        answer = await client.post(f"/services/{id_}/report?lang=pl", data={"what": "contact"})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/services/{id_}?thanks=true&lang=pl#checked"
    await client.post(f"/services/{id_}/report", data={"what": "unsafe"})
    found = await doubts(database.pool)
    assert [(each.kind, each.count) for each in found] == [("unsafe", 1), ("contact", 2)]
    thanked = await client.get(answer.headers["location"].partition("#")[0])
    assert 'role="status"' in thanked.text
    after = dt.date.today() + dt.timedelta(days=1)  # noqa: DTZ011
    await database.pool.execute("update service set assured_date = $2 where id = $1", id_, after)
    assert await doubts(database.pool) == []


async def test_what_is_no_report_is_refused_and_nothing_is_stored(
    database: Database, make_client: MakeClient
) -> None:
    client = await make_client(database)
    id_ = await first(database)
    assert (await client.post(f"/services/{id_}/report", data={"what": "quixotic"})).status_code == 400
    assert (await client.post(f"/services/{id_}/report", data={})).status_code == 400
    assert (await client.post(f"/services/{uuid4()}/report", data={"what": "closed"})).status_code == 404
    assert await database.pool.fetchval("select count(*) from service_doubt") == 0


async def test_one_address_can_report_ten_times_an_hour(database: Database, make_client: MakeClient) -> None:
    client = await make_client(database)
    id_ = await first(database)
    answers = [await client.post(f"/services/{id_}/report", data={"what": "times"}) for _ in range(11)]
    assert [each.status_code for each in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
