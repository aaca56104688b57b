"""Actions on requests and referrals: decided by the pure table, written with their log line and messages, committed.

Each write locks its request, checks the version that was read, and answers a repeated Idempotency-Key with what it
answered before.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec

from directory.access.roles import FAMILY, SYSTEM, Caller
from directory.access.vault import Vault
from directory.db import Connection, Database
from directory.errors import BadRequest, FieldError, NotFound
from directory.referrals import attempt, effects, lifecycle, party
from directory.referrals.ledger import Ledger, Move, fingerprint, seal_details
from directory.referrals.lifecycle import Ask, Attempt, Given
from directory.referrals.messages import notices
from directory.referrals.shapes import Act, Correction, Details, Done, NewReferral
from directory.referrals.submit import index
from directory.referrals.transitions import REFERRAL_ENDED


async def act_on_request(
    database: Database,
    vault: Vault,
    request_id: UUID,
    act: Act,
    caller: Caller,
    *,
    key: str | None = None,
    now: dt.datetime | None = None,
    first: Act | None = None,
) -> Done:
    """NotFound for what is not the caller's, Stale for another version, Conflict for a move that cannot be made now.

    `first` is what the system itself does before it, in the same transaction, where the request is open.
    """
    async with database.transaction() as connection:
        ledger = await Ledger.open(connection, vault, request_id, now or dt.datetime.now(dt.UTC))
        who = _to_request(ledger.row, caller)
        print_ = fingerprint(vault, "request", str(request_id), act)
        if found := await ledger.once(caller, key, print_):
            return msgspec.convert(found, Done)
        ledger.check_version(act.version, ledger.row["version"])
        if act.action in {"submit", "route", "hand_over"}:
            raise BadRequest(errors=[FieldError("action", "say which service: add a referral")])
        if first is not None and ledger.row["closed_at"] is None:
            await move_request(ledger, first, SYSTEM, frozenset({"system"}))
        done = await move_request(ledger, act, caller, who)
        await ledger.remember(caller, key, print_, done)
        return done


async def act_on_referral(
    database: Database,
    vault: Vault,
    referral_id: UUID,
    act: Act,
    caller: Caller,
    *,
    key: str | None = None,
    now: dt.datetime | None = None,
) -> Done:
    """As `act_on_request`, for one attempt."""
    async with database.transaction() as connection:
        ledger, row, who = await opened(
            connection, vault, referral_id, caller, now or dt.datetime.now(dt.UTC)
        )
        print_ = fingerprint(vault, "referral", str(referral_id), act)
        if found := await ledger.once(caller, key, print_):
            return msgspec.convert(found, Done)
        if act.action == "re_route":
            raise BadRequest(errors=[FieldError("action", "say which service to try: use re-route")])
        ledger.check_version(act.version, row["version"])
        done = await move_referral(ledger, row, act, caller, who)
        await ledger.remember(caller, key, print_, done)
        return done


async def add_referral(
    database: Database,
    vault: Vault,
    request_id: UUID,
    new: NewReferral,
    caller: Caller,
    *,
    why: dict[str, Any] | None = None,
    replaces: UUID | None = None,
    key: str | None = None,
    now: dt.datetime | None = None,
) -> Done:
    """A new attempt; with `replaces`, in place of one that ended or that nobody answered. `version` is the request's,
    or the replaced referral's."""
    async with database.transaction() as connection:
        ledger = await Ledger.open(connection, vault, request_id, now or dt.datetime.now(dt.UTC))
        who = _to_request(ledger.row, caller)
        print_ = fingerprint(vault, "attempt", str(request_id), str(replaces), new)
        if found := await ledger.once(caller, key, print_):
            return msgspec.convert(found, Done)
        reasons = dict(why or {})
        if replaces is None:
            ledger.check_version(new.version, ledger.row["version"])
        else:
            reasons |= await _replaced(ledger, replaces, new, caller, who)
        await _agreed(ledger, new)
        action = "hand_over" if new.by_phone else "route"
        service = await connection.fetchval("select kind from service where id = $1", new.service_id)
        action = "hand_over" if service == "statutory" else action
        await move_request(ledger, Act(action=action, note=new.note), caller, who)
        made = await attempt.begin(
            ledger,
            caller,
            party.acting(who),
            new.service_id,
            why=reasons,
            by_phone=new.by_phone,
            replaces=replaces,
            sender_ref=new.sender_ref,
        )
        done = Done(
            id=made, version=1, state="requested", request_version=ledger.row["version"], referral=made
        )
        await ledger.remember(caller, key, print_, done)
        return done


async def opened(
    connection: Connection, vault: Vault, referral_id: UUID, caller: Caller, now: dt.datetime
) -> tuple[Ledger, Any, frozenset[str]]:
    """The referral's request, locked; its row; and what the caller is to it. NotFound where that is nothing."""
    request_id = await connection.fetchval("select request_id from referral where id = $1", referral_id)
    if request_id is None:
        raise NotFound
    ledger = await Ledger.open(connection, vault, request_id, now)
    row = await connection.fetchrow("select * from referral where id = $1 for update", referral_id)
    who = party.to_referral(
        caller,
        referral_id,
        request=party.to_request(caller, ledger.id, ledger.row["created_by"], ledger.row["areas"]),
        organization_id=row["organization_id"],
        kind=row["kind"],
        status=row["status"],
    )
    if not who:
        raise NotFound
    return ledger, row, who


async def move_request(ledger: Ledger, act: Act, caller: Caller, who: frozenset[str]) -> Done:
    row = ledger.row
    counts = await ledger.connection.fetchrow(
        """select count(*) filter (where ended_at is null) as open, count(*) filter (where alert = 'unread') as alerts
           from referral where request_id = $1""",
        ledger.id,
    )
    before = Ask(
        state=row["state"], open_attempts=counts["open"], unread_alerts=counts["alerts"],
        safeguarding=row["safeguarding"], safeguarding_read=row["safeguarding_read_at"] is not None,
    )  # fmt: skip
    given = _given(act)
    after = lifecycle.move_request(before, act.action, who, given)
    await _details(ledger, act)
    changes = effects.on_request(row, before, after, act, caller.id, ledger.now)
    await _update(ledger.connection, "request", ledger.id, changes)
    move = Move(
        actor=caller.id, party=party.acting(who), action=act.action, from_state=before.state, to_state=after.state,
        version=changes["version"], outcome=act.outcome or None, note=act.note, data=effects.for_log(act),
    )  # fmt: skip
    await ledger.log(move)
    ledger.row = await ledger.connection.fetchrow("select * from request where id = $1", ledger.id)
    if act.action == "ask_info":
        await ledger.post("family_question", "family", f"{ledger.id}:{changes['version']}")
    if act.action in {"give_info", "add", "correct", "withdraw"} and "front_door" not in who:
        await ledger.post("desk_changed", "desk", f"{ledger.id}:{changes['version']}")
    if act.action == "flag_safeguarding":
        await ledger.post("desk_safety", "desk", f"{ledger.id}:{changes['version']}")
    if act.action == "withdraw_agreement":
        await ledger.connection.execute(
            "update agreement set withdrawn_at = $2 where request_id = $1 and given and withdrawn_at is null",
            ledger.id,
            ledger.now,
        )
    if act.action in {"withdraw", "withdraw_agreement"}:
        await _stop_attempts(ledger)
        await close_if_withdrawn(ledger)
    return Done(
        id=ledger.id,
        version=ledger.row["version"],
        state=ledger.row["state"],
        request_version=ledger.row["version"],
    )


async def move_referral(ledger: Ledger, row: Any, act: Act, caller: Caller, who: frozenset[str]) -> Done:
    before = _attempt(row)
    after = lifecycle.move_referral(before, act.action, who, _given(act))
    changes = effects.on_referral(row, before, after, act, ledger.now)
    await effects_on_sheet(ledger, row, act, caller)
    await _update(ledger.connection, "referral", row["id"], changes)
    await ledger.log(
        Move(
            actor=caller.id,
            party=party.acting(who),
            action=act.action,
            from_state=before.status,
            to_state=after.status,
            business=after.business,
            version=changes["version"],
            reason=act.reason or None,
            outcome=act.outcome or None,
            note=act.note,
            data=effects.for_log(act),
        ),
        row["id"],
    )
    fresh = await ledger.connection.fetchrow("select * from referral where id = $1", row["id"])
    for template, audience in notices(act.action, before, after):
        await ledger.post(template, audience, f"{row['id']}:{changes['version']}", referral=fresh)
    if caller.kind == "link" and after.status not in REFERRAL_ENDED:
        await ledger.post("receiver_next", "receiver", f"{row['id']}:{changes['version']}", referral=fresh)
    if quiet := effects.on_request_of(ledger.row, after, act, ledger.now):
        await _update(ledger.connection, "request", ledger.id, quiet)
    if after.status in REFERRAL_ENDED:
        await close_if_withdrawn(ledger)
    version = await ledger.connection.fetchval("select version from request where id = $1", ledger.id)
    return Done(
        id=row["id"],
        version=changes["version"],
        state=after.status,
        business=after.business,
        request_version=version,
    )


async def close_if_withdrawn(ledger: Ledger) -> None:
    """A request that its family withdrew closes once its last attempt has ended and every concern was read."""
    row = await ledger.connection.fetchrow("select * from request where id = $1", ledger.id)
    if row["state"] != "withdrawal_asked":
        return
    blocked = await ledger.connection.fetchval(
        "select exists (select from referral where request_id = $1 and (ended_at is null or alert = 'unread'))",
        ledger.id,
    )
    if blocked or (row["safeguarding"] and row["safeguarding_read_at"] is None):
        return
    ledger.row = row
    await move_request(ledger, Act(action="close", outcome="family_declined"), SYSTEM, frozenset({"system"}))


async def _stop_attempts(ledger: Ledger) -> None:
    act = Act(action="request_cancel", reason="family_withdrew")
    rows = await ledger.connection.fetch(
        """select * from referral where request_id = $1 and ended_at is null and business <> 'cancel_requested'
           and status <> 'draft' order by created_at, id for update""",
        ledger.id,
    )
    for row in rows:
        await move_referral(ledger, row, act, FAMILY, frozenset({"family"}))


async def _replaced(
    ledger: Ledger, replaces: UUID, new: NewReferral, caller: Caller, who: frozenset[str]
) -> dict[str, Any]:
    """End or mark the attempt that is replaced; what the next service is told of it: which service, which reason."""
    row = await ledger.connection.fetchrow(
        "select * from referral where id = $1 and request_id = $2 for update", replaces, ledger.id
    )
    if row is None:
        raise NotFound
    ledger.check_version(new.version, row["version"])
    if row["status"] == "requested" and attempt.late(row["due_at"], ledger.now):
        await move_referral(ledger, row, Act(action="lapse"), caller, who)
        row = await ledger.connection.fetchrow("select * from referral where id = $1", replaces)
    await move_referral(ledger, row, Act(action="re_route"), caller, who)
    told = msgspec.json.decode(row["reasons"]).get("earlier", [])
    return {"earlier": [*told, {"service": row["service_name"], "reason": row["reason"]}]}


async def _agreed(ledger: Ledger, new: NewReferral) -> None:
    """BadRequest where the family has not agreed to share, or withdrew, and nobody says why it goes on all the same."""
    if new.override_reason.strip():
        if ledger.row["lawful_basis"] == "agreement":
            raise BadRequest(
                errors=[
                    FieldError("override_reason", "this request rests on agreement: ask the family first")
                ]
            )
        return
    agreed = await ledger.connection.fetchval(
        """select exists (select from agreement where request_id = $1 and kind = 'to_share' and withdrawn_at is null
             and (override_reason is not null or (given and expires_at > $2)))""",
        ledger.id,
        ledger.now,
    )
    if not agreed:
        raise BadRequest(
            errors=[FieldError("agreement", "the family has not agreed, or has withdrawn: ask them first")]
        )


async def _details(ledger: Ledger, act: Act) -> None:
    """What an action changes in the sealed part."""
    old = ledger.details()
    new = corrected(old, act.correction) if act.action == "correct" and act.correction else old
    if act.action in {"add", "give_info"}:
        new = msgspec.structs.replace(new, added=[*new.added, act.note.strip()])
    if act.action == "correct" and act.correction is None:
        raise BadRequest(errors=[FieldError("correction", "say what to put right")])
    if new is not old:
        sealed = seal_details(ledger.key, ledger.id, new)
        await ledger.connection.execute("update request set details = $2 where id = $1", ledger.id, sealed)
        await index(ledger.connection, ledger.vault, ledger.id, new)


def corrected(details: Details, correction: Correction) -> Details:
    given = {
        name: value
        for name in correction.__struct_fields__
        if (value := getattr(correction, name)) is not None
    }
    return msgspec.structs.replace(details, **given)


async def effects_on_sheet(ledger: Ledger, row: Any, act: Act, caller: Caller) -> None:
    if act.action in {"call_made", "letter_received"} and row["kind"] != "phone_handover":
        raise BadRequest(errors=[FieldError("action", "only a hand-over by phone has a call")])


async def _update(connection: Connection, table: str, row_id: UUID, changes: dict[str, Any]) -> None:
    names = list(changes)
    sets = ", ".join(f"{name} = ${at}" for at, name in enumerate(names, 2))
    await connection.execute(f"update {table} set {sets} where id = $1", row_id, *changes.values())  # noqa: S608


def _to_request(row: Any, caller: Caller) -> frozenset[str]:
    who = party.to_request(caller, row["id"], row["created_by"], row["areas"])
    if not who:
        raise NotFound
    return who


def _attempt(row: Any) -> Attempt:
    return Attempt(**{name: row[name] for name in Attempt.__struct_fields__})


def _given(act: Act) -> Given:
    return Given(**{name: getattr(act, name) for name in Given.__struct_fields__})
