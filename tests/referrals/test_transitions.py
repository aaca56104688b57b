"""The table of moves in code, in the database, and what the database refuses whatever the code does."""

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from directory.db import Database
from directory.referrals.transitions import BY_NAME, MOVES, REFERRAL_STATES, REQUEST_STATES, edges
from directory.tables import ALL

REQUEST = """insert into request (id, reference, door, asker, created_by, version, state, last_action, safety_tier,
    safety_kinds, safeguarding, lawful_basis, priority, data_key)
    values (gen_random_uuid(), $1, 'web', 'self', 'family', 1, 'received', 'submit', 0, '{}', $2, 'agreement',
      'routine', 'x')
    returning id"""
EVENT = """insert into referral_event (request_id, referral_id, at, actor, party, action, from_state, to_state, version)
    values ($1, $2, now(), 'x', 'front_door', $3, '', $4, $5)"""


async def made(connection: asyncpg.Connection, reference: str = "A", safeguarding: bool = False) -> str:
    found = await connection.fetchval(REQUEST, reference, safeguarding)
    await connection.execute(EVENT, found, None, "submit", "received", 1)
    return str(found)


def test_every_state_can_be_reached_and_named_once() -> None:
    assert len(BY_NAME) == len(MOVES)
    for entity, states in (("request", REQUEST_STATES), ("referral", REFERRAL_STATES)):
        reached = {to for e, _, _, to in edges() if e == entity}
        assert reached == set(states)


async def test_the_database_holds_the_same_moves_as_the_code(database: Database) -> None:
    rows = await database.pool.fetch("select entity, from_state, action, to_state from transition")
    assert {tuple(row) for row in rows} == set(edges())


async def test_the_tables_are_what_the_migrations_make(database: Database) -> None:
    ours = {t.name for t in SQLModel.metadata.tables.values() if t.name in OWN}
    assert ALL
    assert ours == OWN

    def compare(sync: object) -> list[object]:
        context = MigrationContext.configure(
            sync,
            opts={
                "compare_type": True,
                "include_object": lambda thing, name, kind, *_: kind != "table" or name in OWN,
            },
        )
        return list(compare_metadata(context, SQLModel.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(compare) == []


OWN = {
    "staff", "staff_session", "api_key", "attempt", "encryption_key", "request", "request_index", "agreement",
    "referral", "referral_event", "transition", "outbox_message", "handover_code", "action_link", "record_read",
    "erasure", "idempotency_key", "webhook",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'routed', last_action = 'give_info', version = 2", "request_transition"),
        ("state = 'closed', last_action = 'close', version = 2, closed_at = now()", "closed_with_outcome"),
        ("state = 'in_triage', last_action = 'triage'", "request_version"),
        ("state = 'in_triage', last_action = 'triage', version = 3", "request_version"),
        ("state = 'in_triage', last_action = 'triage', version = 2", "move_logged"),
        ("data_key = null, details = null, erased_at = now()", "erased_when_ended"),
    ],
)
async def test_the_database_refuses(database: Database, change: str, constraint: str) -> None:
    async with database.transaction() as connection:
        request = await made(connection)
    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await database.pool.execute(f"update request set {change} where id = $1", request)
    assert caught.value.constraint_name == constraint


async def test_a_request_with_an_unread_concern_or_an_open_referral_cannot_close(database: Database) -> None:
    close = """update request set state = 'closed', outcome = 'info_only', last_action = 'close', version = 2,
                      closed_at = now()"""
    async with database.transaction() as connection:
        flagged = await made(connection, "A", True)
        plain = await made(connection, "B")
        referral = await connection.fetchval(
            """insert into referral
                 (id, request_id, kind, status, last_action, service_id, service_name, sender, priority)
               values (gen_random_uuid(), $1, 'referral', 'requested', 'send', gen_random_uuid(),
                 'S', 'x', 'routine')
               returning id""",
            plain,
        )
        await connection.execute(EVENT, plain, referral, "send", "requested", 1)
    for request, constraint in ((flagged, "safeguarding_read"), (plain, "request_referrals_ended")):
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await database.pool.execute(f"{close} where id = $1", request)
        assert caught.value.constraint_name == constraint


@pytest.mark.parametrize("statement", ["update referral_event set actor = 'y'", "delete from referral_event"])
async def test_the_log_is_only_added_to(database: Database, statement: str) -> None:
    async with database.transaction() as connection:
        await made(connection)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute(statement)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute("delete from request")


async def test_a_concern_is_not_logged_as_read_without_a_word(database: Database) -> None:
    async with database.transaction() as connection:
        request = await made(connection, "CONCERN", True)
        with pytest.raises(asyncpg.CheckViolationError) as found:
            async with connection.transaction():
                await connection.execute(EVENT, request, None, "read_safeguarding", "received", 2)
        assert found.value.constraint_name == "read_with_a_word"
