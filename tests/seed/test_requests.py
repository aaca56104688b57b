"""The demonstration's people and requests: legal by the database's own rules, and only in a demonstration."""

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from directory.access import accounts, keys
from directory.access.demonstration import ACCOUNTS, DESK, PASSWORD
from directory.access.passwords import weakness
from directory.access.vault import Vault
from directory.db import Database
from directory.postgres import Server
from directory.referrals import delivery
from directory.referrals.ledger import key_context, note_context, open_details
from directory.referrals.transitions import REQUEST_STATES, edges
from seed.requests.bulk import store
from seed.requests.demonstrate import demonstrate
from seed.requests.plots import year
from seed.requests.queue import QUEUE
from seed.requests.world import look
from tests.conftest import SECRET_KEY, MakeClient, clone, settings_for

NOW = dt.datetime(2026, 3, 12, 11, 30, tzinfo=dt.UTC)
EDGES = set(edges())


@pytest.fixture(scope="module")
async def shown(postgres: Server, seeded: str) -> AsyncIterator[Database]:
    """The demonstration as a newcomer finds it, with a smaller year behind it."""
    opened = await Database(await clone(postgres, seeded, "demonstrated"), size=4).open()
    made = await demonstrate(opened, Vault(SECRET_KEY), now=NOW, closed=120)
    assert made is not None
    yield opened
    await opened.close()


async def test_every_state_and_every_hold_is_there_to_be_seen(shown: Database) -> None:
    counts = Counter(row[0] for row in await shown.pool.fetch("select state from request"))
    assert set(counts) == set(REQUEST_STATES)
    still = sum(counts.values()) - counts["closed"] - counts["entered_in_error"]
    assert 55 <= still <= sum(many for _, many, _ in QUEUE)
    open_ones = await shown.pool.fetch("select status, business, alert from referral where ended_at is null")
    assert {row[0] for row in open_ones} == {"requested", "accepted", "in_progress", "on_hold"}
    assert {row[1] for row in open_ones} >= {
        "opened",
        "needs_info",
        "waitlist",
        "scheduled",
        "cancel_requested",
    }
    assert "unread" in {row[2] for row in open_ones}


async def test_the_log_replays_to_the_rows(shown: Database) -> None:
    state: dict[object, str] = {}
    version: dict[object, int] = {}
    for event in await shown.pool.fetch("select * from referral_event order by id"):
        thing = event["referral_id"] or event["request_id"]
        assert event["from_state"] == state.get(thing, "")
        entity = "referral" if event["referral_id"] else "request"
        assert (entity, event["from_state"], event["action"], event["to_state"]) in EDGES
        assert event["version"] == version.get(thing, 0) + 1
        state[thing], version[thing] = event["to_state"], event["version"]
    rows = await shown.pool.fetch(
        "select id, state, version from request union all select id, status, version from referral"
    )
    assert {row[0]: (row[1], row[2]) for row in rows} == {
        each: (state[each], version[each]) for each in state
    }


async def test_what_is_personal_is_sealed_and_opens_with_the_vault(shown: Database) -> None:
    vault = Vault(SECRET_KEY)
    rows = await shown.pool.fetch("select id, data_key, details from request limit 40")
    for row in rows:
        details = open_details(
            vault.data_key(row["data_key"], key_context(row["id"])), row["id"], row["details"]
        )
        assert details.contact.email.endswith("@example.org")
        assert details.contact.phone.startswith(("07700 900", "01632 960"))
        assert details.name.encode() not in row["details"]
    event = await shown.pool.fetchrow(
        "select e.note, r.data_key, r.id from referral_event e join request r on r.id = e.request_id"
        " where e.note is not null limit 1"
    )
    assert vault.data_key(event["data_key"], key_context(event["id"])).open(
        event["note"], note_context(event["id"])
    )


async def test_the_outbox_of_the_last_weeks_can_be_read_and_names_nobody(
    shown: Database, tmp_path: Path
) -> None:
    vault, wanted = Vault(SECRET_KEY), delivery.Wanted(per_page=100)
    page = await delivery.listed(shown, vault, settings_for(shown, tmp_path), wanted)
    assert page.total > 100
    assert {each.audience for each in page.items} >= {"family", "receiver", "desk"}
    assert {each.state for each in page.items} == {"sent"}
    private: set[str] = set()
    for row in await shown.pool.fetch("select id, data_key, details from request"):
        told = open_details(
            vault.data_key(row["data_key"], key_context(row["id"])), row["id"], row["details"]
        )
        private |= {told.name, told.child_name, told.text, told.contact.phone, told.contact.email, told.near}
    said = " ".join(f"{each.subject} {each.body} {each.address}" for each in page.items)
    assert not {each for each in private if each and each in said}
    oldest = await shown.pool.fetchval("select min(created_at) from outbox_message")
    assert oldest >= NOW - dt.timedelta(days=30)
    # Where a mail server carries them, a link is for its reader alone.
    assert re.search(r"/answer/[\w-]{30,}", said)
    mailed = await delivery.listed(
        shown, vault, settings_for(shown, tmp_path, mail_url="smtp://127.0.0.1:25"), wanted
    )
    assert not [each for each in mailed.items if re.search(r"/answer/[\w-]", each.body)]
    # A service's newest link works while its referral runs, and the older ones do not.
    links = await shown.pool.fetch(
        """select f.ended_at is null as runs, count(*) filter (where l.revoked_at is null) as work from action_link l
           join referral f on f.id = l.referral_id group by f.id"""
    )
    assert {(row["runs"], row["work"]) for row in links} == {(True, 1), (False, 0)}


async def test_it_is_made_once(shown: Database) -> None:
    before = await shown.pool.fetchval("select count(*) from request")
    assert await demonstrate(shown, Vault(SECRET_KEY), now=NOW) is None
    assert await shown.pool.fetchval("select count(*) from request") == before


@pytest.mark.parametrize("begun", ["an account", "a key", "another source", "no county"])
async def test_a_database_that_somebody_works_in_is_left_alone(
    postgres: Server, seeded: str, begun: str
) -> None:
    database = await Database(await clone(postgres, seeded, f"begun {begun}"), size=4).open()
    if begun == "an account":
        await accounts.add(database, "real@example.org", "Somebody", "admin")
    elif begun == "a key":
        await keys.issue(database, "a partner", ["insight.read"])
    elif begun == "another source":
        await database.pool.execute(
            "insert into feed (id, label, url, dialect, publisher, licence, state)"
            " values ('council', 'x', '', '', '', '', '{}');"
            "update service set feed_id = 'council' where id = (select min(id::text)::uuid from service)"
        )
    elif begun == "no county":
        await database.pool.execute("update feed set state = '{}' where id = 'local'")
    assert await demonstrate(database, Vault(SECRET_KEY)) is None
    assert await database.pool.fetchval("select count(*) from request") == 0
    assert not {each.id for each in ACCOUNTS} & {each.id for each in await accounts.listed(database)}
    await database.close()


async def signed_in(client: httpx.AsyncClient, email: str) -> httpx.Response:
    return await client.post("/api/session", json={"email": email, "password": PASSWORD})


async def test_each_account_opens_its_part_of_the_demonstration_and_nothing_without_it(
    shown: Database, make_client: MakeClient
) -> None:
    inside = await make_client(shown, demo=True)
    outside = await make_client(shown)
    for account in ACCOUNTS:
        assert not weakness(PASSWORD, account.email, account.name)
        answer = await signed_in(inside, account.email)
        assert answer.status_code in {200, 201}, answer.text
        path = "/api/referrals" if account.role == "provider" else "/api/session"
        assert (await inside.get(path)).status_code == 200
        await signed_in(outside, account.email)
        assert (await outside.get(path)).status_code == 401
        outside.cookies.update(inside.cookies)
        assert (await outside.get(path)).status_code == 401
        inside.cookies.clear()
        outside.cookies.clear()


async def test_a_busier_county_has_three_referrals_a_request(county: Database) -> None:
    world = await look(county.pool, DESK)
    stories = list(year(world, random.Random(3), 80, NOW, full=0.75))
    assert 2.5 <= sum(len(each.referrals) for each in stories) / len(stories) <= 3.6
    again = list(year(world, random.Random(3), 80, NOW, full=0.75))
    assert [each.id for each in again] == [each.id for each in stories]


async def test_an_illegal_story_is_refused_whole(county: Database, postgres: Server) -> None:
    world = await look(county.pool, DESK)
    stories = list(year(world, random.Random(4), 5, NOW))
    wrong = stories[2]
    wrong.log.pop()
    async with county.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        with pytest.raises(asyncpg.CheckViolationError, match="missing from the log"):
            await store(connection, Vault(SECRET_KEY), stories)
        await transaction.rollback()
