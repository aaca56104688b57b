"""What the law lets a family ask for, and what time does by itself: export, erasure, retention, new keys.

Erasing a request forgets its data key, its sealed words, what it can be found by, its addresses and codes. What stays
is the skeleton without a person in it: codes, dates and moves, for the figures and for the record that it was erased.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec

from directory.access.roles import SYSTEM, Caller
from directory.access.vault import Vault
from directory.db import Connection, Database
from directory.errors import Conflict, NotFound
from directory.referrals import read, reference, retention
from directory.referrals.transitions import REQUEST_ENDED

BATCH = 200


async def export(database: Database, vault: Vault, given: str, caller: Caller) -> dict[str, Any]:
    """Everything that is held about one request, in the clear, for the person it is about; the export is logged.

    `given` is a reference. NotFound where there is none, Gone where it was erased.
    """
    request_id = await by_reference(database, given)
    everyone = msgspec.structs.replace(
        caller, kind="staff", permissions=caller.permissions | {"requests.read", "requests.write"}, areas=()
    )
    await read.looked(database.pool, caller, request_id, "subject access export")
    request = await read.request_view(database, vault, request_id, everyone, "subject access export")
    events = await read.request_events(database, vault, request_id, everyone)
    reads = await database.pool.fetch(
        "select at, actor, what from record_read where request_id = $1 order by id", request_id
    )
    sent = await database.pool.fetch(
        """select template, channel, audience, state, created_at, sent_at from outbox_message where request_id = $1
           order by created_at, id""",
        request_id,
    )
    return {
        "request": msgspec.to_builtins(request),
        "log": msgspec.to_builtins(events),
        "who_looked": [msgspec.to_builtins(dict(row)) for row in reads],
        "messages": [msgspec.to_builtins(dict(row)) for row in sent],
    }


async def erase(
    database: Database, given: str, caller: Caller, *, rule: str = "asked for", force: bool = False
) -> UUID:
    """Erase one request now. Conflict while it is open, or held for safeguarding, unless `force` (a person decided)."""
    request_id = await by_reference(database, given)
    async with database.transaction() as connection:
        row = await connection.fetchrow("select * from request where id = $1 for update", request_id)
        if row["erased_at"] is not None:
            raise NotFound("it was erased already")
        if row["state"] not in REQUEST_ENDED:
            raise Conflict("the request is open: close it first")
        if row["safeguarding"] and not force:
            raise Conflict("it has a safeguarding concern: whoever is responsible decides, then use --force")
        await _erase(connection, row, caller, rule)
    return request_id


async def erase_due(database: Database, today: dt.date | None = None) -> int:
    """Erase what its rule says is over; how many."""
    today = today or dt.datetime.now(dt.UTC).date()
    async with database.transaction() as connection:
        rows = await connection.fetch(
            """select * from request where erase_on <= $1 and erased_at is null order by erase_on
               limit $2 for update skip locked""",
            today,
            BATCH,
        )
        for row in rows:
            name = retention.rule(row["state"], row["outcome"], safeguarding=row["safeguarding"])
            await _erase(connection, row, SYSTEM, name)
    return len(rows)


async def _erase(connection: Connection, row: Any, caller: Caller, rule: str) -> None:
    request_id = row["id"]
    for statement in (
        "update referral set call_sheet = null, sender_ref = '', receiver_ref = '' where request_id = $1",
        "update agreement set override_reason = case when given then null else ''::bytea end where request_id = $1",
        "update outbox_message set address = null, secret = null where request_id = $1",
        "delete from request_index where request_id = $1",
        "delete from handover_code where request_id = $1",
        "delete from idempotency_key where request_id = $1",
        "delete from action_link where referral_id in (select id from referral where request_id = $1)",
        "update outbox_message set state = 'dead', last_error = 'erased' where request_id = $1 and state <> 'sent'",
        "update request set data_key = null, details = null, word_hash = null, erased_at = now() where id = $1",
    ):
        await connection.execute(statement, request_id)
    await connection.execute(
        "insert into erasure (request_id, reference, actor, rule) values ($1, $2, $3, $4)",
        request_id, row["reference"], caller.id, rule,
    )  # fmt: skip


async def rotate(database: Database, vault: Vault) -> int:
    """Bring every data key and secret under the first master key, and every fingerprint with it; how many requests.

    Run it with the new key first and the old one after a comma. Hand-over codes and links that are out keep to the old
    key: it can go once they have run out. It can be stopped and run again.
    """
    from directory.referrals.ledger import key_context, open_details
    from directory.referrals.submit import index

    done = 0
    rows = await database.pool.fetch("select id from request where data_key is not null")
    for row in rows:
        async with database.transaction() as connection:
            request = await connection.fetchrow("select * from request where id = $1 for update", row["id"])
            context = key_context(row["id"])
            if request["data_key"] is None or vault.current(request["data_key"]):
                continue
            key = vault.data_key(request["data_key"], context)
            await connection.execute(
                "update request set data_key = $2 where id = $1",
                row["id"],
                vault.rewrap(request["data_key"], context),
            )
            await index(connection, vault, row["id"], open_details(key, row["id"], request["details"]))
            done += 1
    async with database.transaction() as connection:
        for table, column, name in (
            ("webhook", "secret", "webhook:secret"),
            ("staff", "totp_secret", "staff:totp"),
        ):
            sealed = await connection.fetch(
                f"select id, {column} as sealed from {table} where {column} is not null for update"  # noqa: S608
            )
            for each in sealed:
                await connection.execute(
                    f"update {table} set {column} = $2 where id = $1",  # noqa: S608
                    each["id"],
                    vault.rewrap(each["sealed"], f"{name}:{each['id']}"),
                )
        await connection.execute("delete from encryption_key")
        await connection.execute("insert into encryption_key (id) values ($1)", vault.ids[0])
    return done


async def by_reference(database: Database, given: str) -> UUID:
    found = await database.pool.fetchval(
        "select id from request where reference = $1", reference.read_reference(given) or ""
    )
    if found is None:
        raise NotFound("there is no request of that reference")
    request_id: UUID = found
    return request_id
