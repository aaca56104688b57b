"""A request is taken: sealed, and written with its referrals, log and messages in one transaction.

The answer is given after the commit; the same key gives the same answer and writes nothing twice.
"""

import datetime as dt
from uuid import UUID, uuid4

import msgspec

from directory.access import passwords
from directory.access.roles import Caller
from directory.access.startup import noted
from directory.access.vault import DataKey, Vault
from directory.db import Connection, Database
from directory.errors import Conflict
from directory.referrals import admission, attempt, clocks, facts, likeness, plain, reference
from directory.referrals.judged import Judged
from directory.referrals.ledger import Ledger, Move, as_json, earlier, fingerprint, key_context, seal_details
from directory.referrals.shapes import Details, NewRequest, Receipt


class _TakenAlready(Exception):
    """Another transaction with the same key came first: this one is rolled back whole."""


async def submit(
    database: Database,
    vault: Vault,
    new: NewRequest,
    judged: Judged,
    caller: Caller,
    *,
    key: str | None = None,
    now: dt.datetime | None = None,
) -> Receipt:
    """Returns once it is committed. BadRequest for what is missing, Conflict for a key that was used otherwise.

    `caller` with kind "family" is somebody on a public page. `judged` comes from the router for the same words.
    """
    now = now or dt.datetime.now(dt.UTC)
    admission.check(new, caller, clocks.local_day(now))
    print_ = fingerprint(vault, "submit", new)
    if key and (found := await earlier(database.pool, caller, key, print_)):
        return msgspec.convert(found, Receipt)
    word_hash = await passwords.hashed(facts.plain("word", new.word)) if new.word else None
    try:
        async with database.transaction() as connection:
            ledger = await _opened(connection, vault, new, judged, caller, now, word_hash)
            receipt = await _filled(ledger, new, judged, caller)
            if key and not await _first(ledger, caller, key, print_, receipt):
                raise _TakenAlready
            return receipt
    except _TakenAlready:
        found = await earlier(database.pool, caller, key or "", print_)
        if found is None:
            raise Conflict("the same request is being taken right now; ask again") from None
        return msgspec.convert(found, Receipt)


async def taken(database: Database, caller: Caller, key: str) -> bool:
    """Whether a request of this caller was stored under this key."""
    return bool(
        await database.pool.fetchval(
            "select exists (select from idempotency_key where caller = $1 and key = $2)", caller.id, key
        )
    )


def details_of(new: NewRequest) -> Details:
    return Details(
        text=new.text.strip(),
        name=new.name.strip(),
        child_name=new.child_name.strip(),
        birth_date=new.birth_date,
        near=new.near.strip(),
        language=new.language,
        adjustments=new.adjustments,
        concern=new.concern.strip(),
        contact=new.contact,
        sender=new.sender,
        answers=new.answers,
    )


async def _opened(
    connection: Connection,
    vault: Vault,
    new: NewRequest,
    judged: Judged,
    caller: Caller,
    now: dt.datetime,
    word_hash: str | None,
) -> Ledger:
    """The request's own row, locked by being new."""
    request_id = uuid4()
    wrapped, key = vault.new_data_key(key_context(request_id))
    await noted(connection, vault)
    details = details_of(new)
    safeguarding = judged.safety_tier == 1 or bool(new.concern.strip())
    priority = "urgent" if safeguarding or judged.urgent else "routine"
    due = clocks.due("triage", now, priority)
    await connection.execute(
        """insert into request (id, reference, version, state, last_action, door, asker, priority, created_by, needs,
             outcomes, level, ages, areas, safety_tier, safety_kinds, safeguarding, lawful_basis, route, rules_version,
             due_at, created_at, changed_at, data_key, details, word_hash)
           values ($1, $2, 1, 'received', 'submit', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
             $18, $19, $19, $20, $21, $22)""",
        request_id, await _reference(connection), new.door, new.asker, priority, caller.id, judged.needs,
        judged.outcomes, judged.level, sorted({*new.ages, *judged.ages}), judged.areas, judged.safety_tier,
        judged.safety_kinds, safeguarding, new.lawful_basis, as_json(judged.stored()), judged.rules_version, due, now,
        wrapped, seal_details(key, request_id, details), word_hash,
    )  # fmt: skip
    await index(connection, vault, request_id, details)
    ledger = await Ledger.open(connection, vault, request_id, now)
    await _agreements(ledger, key, new)
    return ledger


async def _filled(ledger: Ledger, new: NewRequest, judged: Judged, caller: Caller) -> Receipt:
    """The log's first lines, the referrals that were chosen, and who is told."""
    party = (
        "family" if caller.kind == "family" else "front_door" if caller.may("requests.write") else "sender"
    )
    await ledger.log(
        Move(
            actor=caller.id,
            party=party,
            action="submit",
            from_state="",
            to_state="received",
            version=1,
            data={"door": new.door, "safety": judged.safety_tier},
        )
    )
    reference_ = str(ledger.row["reference"])
    await ledger.post("family_received", "family", str(ledger.id))
    safety = ledger.row["safeguarding"] or judged.safety_tier
    await ledger.post("desk_safety" if safety else "desk_new", "desk", str(ledger.id))
    state, version, due, referrals = "received", 1, ledger.row["due_at"], list[UUID]()
    for service_id in new.services:
        why = judged.why(str(service_id))
        referrals.append(await attempt.begin(ledger, caller, party, service_id, why=why))
    names: list[str] = []
    if referrals:
        state, version, due = "routed", 2, ledger.row["due_at"] if safety else None
        await ledger.connection.execute(
            """update request set state = 'routed', last_action = 'route', version = 2, due_at = $2, changed_at = $3
               where id = $1""",
            ledger.id,
            due,
            ledger.now,
        )
        await ledger.log(
            Move(
                actor=caller.id,
                party=party,
                action="route",
                from_state="received",
                to_state="routed",
                version=2,
            )
        )
        names = [
            row["service_name"]
            for row in await ledger.connection.fetch(
                "select service_name from referral where request_id = $1 order by service_name", ledger.id
            )
        ]
    reachable = new.contact.channel != "none"
    return Receipt(
        id=ledger.id, reference=reference.grouped(reference_), version=version, state=state, due_at=due,
        referrals=referrals, next=plain.what_next(reference.grouped(reference_), due, names, reachable=reachable),
    )  # fmt: skip


async def _agreements(ledger: Ledger, key: DataKey, new: NewRequest) -> None:
    agreed = new.agreement
    until = dt.datetime.combine(
        clocks.add_months(clocks.local_day(ledger.now), agreed.months), clocks.END_OF_DAY, clocks.LONDON
    )
    scope = [str(each) for each in new.services]
    for kind, given in (
        ("to_share", agreed.to_share),
        ("to_service", agreed.to_service),
        ("to_contact", agreed.to_contact),
    ):
        reason = None
        if not given:
            if kind == "to_contact":
                why = "the family asked for no messages"
            elif kind == "to_share" and new.override_reason.strip():
                why = new.override_reason.strip()
            else:
                continue
            reason = key.seal(why, agreement_context(ledger.id))
        await ledger.connection.execute(
            """insert into agreement (id, request_id, kind, given, given_by, how, scope, override_reason, given_at,
                 expires_at) values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            ledger.id,
            kind,
            given,
            agreed.by,
            agreed.how,
            scope if kind == "to_service" else [],
            reason,
            ledger.now,
            until if given else None,
        )


async def index(connection: Connection, vault: Vault, request_id: UUID, details: Details) -> None:
    """Make a request findable by what is in its details, and by nothing else any more."""
    await connection.execute("delete from request_index where request_id = $1", request_id)
    rows = sorted(likeness.fingerprints(details, vault.digest))
    await connection.executemany(
        "insert into request_index (request_id, kind, digest) values ($1, $2, $3)",
        [(request_id, *row) for row in rows],
    )


async def _reference(connection: Connection) -> str:
    while True:
        made = reference.new_reference()
        if not await connection.fetchval("select exists (select from request where reference = $1)", made):
            return made


async def _first(ledger: Ledger, caller: Caller, key: str, print_: bytes, receipt: Receipt) -> bool:
    """Whether this transaction is the one that keeps the key; it waits for another that holds it."""
    done = await ledger.connection.fetchval(
        """insert into idempotency_key (caller, key, fingerprint, request_id, answer, created_at)
           values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning key""",
        caller.id, key, print_, receipt.id, as_json(receipt), ledger.now,
    )  # fmt: skip
    return done is not None


def agreement_context(request_id: UUID) -> str:
    return f"agreement:override:{request_id}"
