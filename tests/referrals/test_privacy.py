"""What is held can be had, goes when it should, and nobody reads it unseen."""

import datetime as dt
import io
import logging
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.access import accounts
from directory.access.roles import SYSTEM
from directory.access.startup import KeysMissing, check, noted
from directory.access.vault import SealBroken, Vault
from directory.errors import Conflict, Gone, NotFound
from directory.referrals import codes, privacy, read, retention
from directory.telemetry import log
from tests.conftest import SECRET_KEY
from tests.referrals.conftest import World, soon

PERSONAL = ("Ann Example", "Bob Example", "sleeping", "900123", "ann@example.org")


async def ended(world: World) -> tuple[str, str]:
    """(id, reference) of a request that has had help and is closed."""
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    for action, fields in (
        ("accept", {"date": soon()}),
        ("outcome", {"outcome": "need_met", "note": "he sleeps"}),
    ):
        assert (await world.act("hub", "referrals", referral, action, **fields)).status_code == 200
    assert (await world.act("desk", "requests", made["id"], "close", outcome="need_met")).status_code == 200
    return made["id"], made["reference"]


async def test_every_look_at_a_record_is_written_down(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    await world.call("desk", "GET", f"/api/requests/{made['id']}")
    await world.call("hub", "GET", f"/api/referrals/{made['referrals'][0]}")
    await world.call("group", "GET", f"/api/referrals/{made['referrals'][0]}")
    rows = await world.database.pool.fetch(
        "select actor, what from record_read where request_id = $1 order by id", UUID(made["id"])
    )
    desk, hub = (f"key:{world.tokens[name].split('_')[1]}" for name in ("desk", "hub"))
    assert [tuple(row) for row in rows] == [(desk, "request"), (hub, "referral")]


async def test_an_export_holds_everything_and_is_itself_logged(world: World) -> None:
    request, reference = await ended(world)
    found = await privacy.export(world.database, world.vault, reference.lower(), SYSTEM)
    text = str(found)
    assert all(word in text for word in (*PERSONAL, "he sleeps"))
    assert {each["action"] for each in found["log"]} >= {"submit", "send", "accept", "outcome", "close"}
    assert "subject access export" in {each["what"] for each in found["who_looked"]}
    assert found["messages"]
    assert request == str(found["request"]["id"])


async def test_erasing_leaves_a_skeleton_without_a_person(world: World) -> None:
    request, reference = await ended(world)
    key_before = await world.database.pool.fetchval(
        "select data_key from request where id = $1", UUID(request)
    )
    await privacy.erase(world.database, reference, SYSTEM)
    for path in (f"/api/requests/{request}",):
        assert (await world.call("desk", "GET", path)).status_code == 410
    with pytest.raises(Gone):
        await privacy.export(world.database, world.vault, reference, SYSTEM)
    pool = world.database.pool
    assert (await world.search("desk", reference)).json()["items"] == []
    kept = await pool.fetchrow("select * from request where id = $1", UUID(request))
    assert (kept["data_key"], kept["details"], kept["outcome"]) == (None, None, "need_met")
    assert (
        await pool.fetchval("select count(*) from referral_event where request_id = $1", UUID(request)) == 6
    )
    for table in ("request_index", "handover_code", "idempotency_key"):
        assert not await pool.fetchval(
            f"select count(*) from {table} where request_id = $1", UUID(request)
        ), table
    sealed = [
        row["note"] for row in await pool.fetch("select note from referral_event where note is not null")
    ]
    assert key_before is not None
    assert sealed  # still there, and nobody has the key
    done = await pool.fetchrow(
        "select reference, rule, actor from erasure where request_id = $1", UUID(request)
    )
    assert tuple(done) == (reference.replace("-", ""), "asked for", "system")
    with pytest.raises(NotFound):
        await privacy.erase(world.database, reference, SYSTEM)


async def test_an_open_or_flagged_request_is_not_erased_by_request_alone(world: World) -> None:
    made = await world.send()
    with pytest.raises(Conflict):
        await privacy.erase(world.database, made["reference"], SYSTEM)
    await world.act("desk", "requests", made["id"], "flag_safeguarding", note="seen bruises")
    await world.act("desk", "requests", made["id"], "read_safeguarding", note="rang the duty line")
    await world.act("desk", "requests", made["id"], "close", outcome="info_only")
    with pytest.raises(Conflict):
        await privacy.erase(world.database, made["reference"], SYSTEM)
    await privacy.erase(world.database, made["reference"], SYSTEM, force=True)


async def test_time_erases_by_rule_and_not_a_day_before(world: World) -> None:
    request, _ = await ended(world)
    day = await world.database.pool.fetchval("select erase_on from request where id = $1", UUID(request))
    assert day > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1000)

    async def gone() -> bool:
        found = "select erased_at is not null from request where id = $1"
        return bool(await world.database.pool.fetchval(found, UUID(request)))

    await privacy.erase_due(world.database, day - dt.timedelta(days=1))
    assert not await gone()
    await privacy.erase_due(world.database, day)
    assert await gone()


@given(
    st.sampled_from(list(codes.OUTCOMES)), st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), st.booleans()
)
def test_every_outcome_has_a_rule_and_a_concern_never_shortens_it(
    outcome: str, day: dt.date, flagged: bool
) -> None:
    plain = retention.erase_on("closed", outcome, day, safeguarding=False)
    assert plain > day
    assert retention.erase_on("closed", outcome, day, safeguarding=flagged) >= plain


async def test_new_keys_open_everything_and_the_old_ones_are_missed_until_then(world: World) -> None:
    made = await world.send()
    new = "the-new-key-the-new-key-the-new-key-1"
    alone, both = Vault(new), Vault(f"{new},{SECRET_KEY}")
    with pytest.raises(KeysMissing):
        await check(world.database, alone)
    await check(world.database, both)
    assert await privacy.rotate(world.database, both) > 0
    assert await privacy.rotate(world.database, both) == 0
    try:
        await check(world.database, alone)
        everyone = SYSTEM
        caller = everyone.__class__(kind="staff", id="staff:x", permissions=frozenset({"requests.read"}))
        shown = await read.request_view(world.database, alone, UUID(made["id"]), caller)
        assert shown.details is not None
        assert shown.details.name == "Ann Example"
        with pytest.raises(SealBroken):
            await read.request_view(world.database, world.vault, UUID(made["id"]), caller)
    finally:  # back to the key that the other tests use
        back = Vault(f"{SECRET_KEY},{new}")
        await privacy.rotate(world.database, back)


async def test_starting_with_other_keys_than_the_data_was_sealed_with_is_refused(world: World) -> None:
    async with world.database.transaction() as connection:
        await noted(connection, world.vault)
    with pytest.raises(KeysMissing):
        await check(world.database, Vault("quite-another-key-quite-another-key"))


async def test_nothing_personal_is_logged_or_counted(world: World) -> None:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        made = await world.send(services=[str(world.services["hub"])])
        await world.act(
            "hub", "referrals", made["referrals"][0], "decline", reason="other", note="Ann Example was rude"
        )
        await world.search("desk", "Ann Example")
        await world.call("", "POST", "/api/track", {"code": made["reference"], "fact": "ann@example.org"})
        broken = await world.call(
            "desk", "POST", "/api/requests", {"text": "sleeping", "name": 5, "bad": "Ann Example"}
        )
        assert broken.status_code == 400
        assert "Ann Example" not in broken.text
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    metrics = (await world.client.get("/metrics")).text
    said = heard.getvalue() + metrics
    assert "/api/requests" in said
    assert not [word for word in (*PERSONAL, made["id"], made["reference"]) if word in said]


async def test_nothing_personal_is_stored_in_the_clear(world: World) -> None:
    made = await world.send(
        services=[str(world.services["hub"])], concern="bruises on Bob Example", asker="professional",
        sender={"name": "Ann Example", "phone": "07700 900123"},
    )  # fmt: skip
    await world.act("desk", "requests", made["id"], "note", note="Ann Example rang")
    await world.call("desk", "POST", f"/api/requests/{made['id']}/code", {"fact": "phone", "agreed": True})
    tables = await world.database.pool.fetch(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    for table in tables:
        rows = await world.database.pool.fetch(f'select t::text as t from "{table[0]}" t limit 5000')
        held = "\n".join(row["t"] for row in rows)
        hexed = [word.encode().hex() for word in PERSONAL]
        assert not [word for word in (*PERSONAL, "bruises", *hexed) if word in held], table[0]


async def test_the_first_password_is_strong_and_must_be_changed(world: World) -> None:
    _, password = await accounts.add(world.database, "new@example.org", "New", "editor")
    found = await accounts.sign_in(world.database, world.vault, "new@example.org", password)
    assert found.must_change
    assert len(password) >= 20
