"""Hand-over codes: with its code and one fact, a family's story is open at any front door, and is told once.

A code is nine characters without vowels, with a check; it expires, can be revoked, ends after five wrong facts, and
tries are counted for each caller. Code and fact are stored as keyed fingerprints only.
"""

import datetime as dt
from uuid import UUID

from msgspec import Struct

from directory.access import limits
from directory.access.roles import Caller
from directory.access.vault import Vault
from directory.db import Database
from directory.errors import BadRequest, FieldError, NotFound
from directory.referrals import facts, party, plain, read, reference
from directory.referrals.ledger import Ledger, key_context, open_details
from directory.referrals.plain import ENGLISH, Tongue
from directory.referrals.shapes import Details

DAYS = 90
WRONG_FACTS = 5
TRIES = 10
WINDOW = dt.timedelta(minutes=15)
REFUSED = "that code and that fact do not go together, or the code has ended"


class NewCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that asks for a code. `word` is the fact where `fact` is "word": the family chooses it."""

    fact: str = "birth_date"
    word: str = ""
    agreed: bool = False
    days: int = DAYS


class Code(Struct, frozen=True, kw_only=True):
    """A code, shown once. `fact` says which fact goes with it."""

    code: str
    fact: str
    expires_at: dt.datetime


class Story(Struct, frozen=True, kw_only=True):
    """What any front door sees with a family's code: the need, the route and the progress."""

    id: UUID
    reference: str
    state: str
    details: Details
    needs: list[str]
    ages: list[int]
    level: str | None
    safety_tier: int
    safeguarding: bool
    created_at: dt.datetime
    progress: list[str]


async def issue(
    database: Database,
    vault: Vault,
    request_id: UUID,
    new: NewCode,
    caller: Caller,
    now: dt.datetime | None = None,
    *,
    key: str = "",
) -> Code:
    """A new code in place of any older one. BadRequest without the family's agreement, or a fact the request holds.

    The same `key` gives the same code again and writes nothing: a page that is sent twice shows one code.
    """
    now = now or dt.datetime.now(dt.UTC)
    async with database.transaction() as connection:
        ledger = await Ledger.open(connection, vault, request_id, now)
        who = party.to_request(caller, request_id, ledger.row["created_by"], ledger.row["areas"])
        if not who & {"front_door", "sender", "family"}:
            raise NotFound
        if not new.agreed:
            raise BadRequest(errors=[FieldError("agreed", "the family agrees to be shown by code first")])
        if not 1 <= new.days <= 365:
            raise BadRequest(errors=[FieldError("days", "1 to 365")])
        if new.fact == "word":
            fact = facts.plain("word", new.word)
            if len(fact) < facts.SHORTEST_WORD:
                raise BadRequest(
                    errors=[FieldError("word", "a word of at least four letters that only you know")]
                )
        else:
            fact = dict(facts.known(ledger.details())).get(new.fact, "")
            if not fact:
                raise BadRequest(
                    errors=[FieldError("fact", "the request does not hold that; choose another, or a word")]
                )
        code = reference.new_code(reference.HANDOVER_LENGTH)
        if key:
            seed = vault.digest("handover-code", f"{request_id}:{key}")
            code = reference.code_of(seed, reference.HANDOVER_LENGTH)
        until = now + dt.timedelta(days=new.days)
        made = await connection.fetchval(
            "select expires_at from handover_code where digest = $1 and request_id = $2",
            vault.digest("handover", code), request_id,
        )  # fmt: skip
        if made is not None:
            return Code(code=reference.grouped(code, 3), fact=new.fact, expires_at=made)
        await connection.execute(
            "update handover_code set revoked_at = $2 where request_id = $1 and revoked_at is null",
            request_id,
            now,
        )
        await connection.execute(
            """insert into handover_code (id, request_id, digest, fact_kind, fact, created_at, expires_at)
               values (gen_random_uuid(), $1, $2, $3, $4, $5, $6)""",
            request_id, vault.digest("handover", code), new.fact, vault.digest(f"fact:{request_id}", fact), now, until,
        )  # fmt: skip
        await connection.execute(
            """insert into agreement (id, request_id, kind, given, given_by, how, given_at, expires_at)
               values (gen_random_uuid(), $1, 'to_hand_over', true, 'self', $2, $3, $4)""",
            request_id, "online" if caller.kind == "family" else "phone", now, until,
        )  # fmt: skip
        return Code(code=reference.grouped(code, 3), fact=new.fact, expires_at=until)


async def revoke(database: Database, vault: Vault, request_id: UUID, caller: Caller) -> None:
    """No code opens the request any more. NotFound where it is not the caller's."""
    async with database.transaction() as connection:
        ledger = await Ledger.open(connection, vault, request_id, dt.datetime.now(dt.UTC))
        who = party.to_request(caller, request_id, ledger.row["created_by"], ledger.row["areas"])
        if not who & {"front_door", "sender", "family"}:
            raise NotFound
        await connection.execute(
            "update handover_code set revoked_at = now() where request_id = $1 and revoked_at is null",
            request_id,
        )
        await connection.execute(
            """update agreement set withdrawn_at = now() where request_id = $1 and kind = 'to_hand_over'
               and withdrawn_at is null""",
            request_id,
        )


async def until(database: Database, request_id: UUID) -> dt.datetime | None:
    """When the code of a request ends; None where it has none that works."""
    found: dt.datetime | None = await database.pool.fetchval(
        """select max(expires_at) from handover_code where request_id = $1 and revoked_at is null
           and expires_at > now() and failures < $2""",
        request_id,
        WRONG_FACTS,
    )
    return found


async def find(database: Database, vault: Vault, code: str, fact: str, who: str) -> UUID:
    """The request behind a code and its fact. The same NotFound for a wrong code, a wrong fact and an ended code."""
    await limits.spend(database, vault, "handover", who, TRIES, WINDOW)
    plain_code = reference.read_back(code, reference.HANDOVER_LENGTH)
    if plain_code is None:
        raise NotFound(REFUSED)
    row = await database.pool.fetchrow(
        """select c.id, c.request_id, c.fact_kind, c.fact from handover_code c join request r on r.id = c.request_id
           where c.digest = any($1::bytea[]) and c.expires_at > now() and c.revoked_at is null and c.failures < $2
             and r.data_key is not null""",
        vault.digests("handover", plain_code),
        WRONG_FACTS,
    )
    if row is None:
        raise NotFound(REFUSED)
    given = facts.plain(row["fact_kind"], fact)
    if not given or bytes(row["fact"]) not in vault.digests(f"fact:{row['request_id']}", given):
        await database.pool.execute(
            "update handover_code set failures = failures + 1 where id = $1", row["id"]
        )
        raise NotFound(REFUSED)
    found: UUID = row["request_id"]
    return found


async def story(database: Database, vault: Vault, code: str, fact: str, caller: Caller) -> Story:
    """What a front door is shown; the look is written down, in the request's log too."""
    request_id = await find(database, vault, code, fact, caller.id)
    await read.looked(database.pool, caller, request_id, "hand-over code")
    row = await database.pool.fetchrow("select * from request where id = $1", request_id)
    key = vault.data_key(row["data_key"], key_context(request_id))
    return Story(
        id=request_id,
        reference=reference.grouped(row["reference"]),
        state=row["state"],
        details=open_details(key, request_id, row["details"]),
        needs=row["needs"],
        ages=row["ages"],
        level=row["level"],
        safety_tier=row["safety_tier"],
        safeguarding=row["safeguarding"],
        created_at=row["created_at"],
        progress=[plain.state_words(row["state"]), *await progress(database, request_id)],
    )


async def progress(database: Database, request_id: UUID, tongue: Tongue = ENGLISH) -> list[str]:
    """A line for each attempt, in plain words."""
    rows = await database.pool.fetch(
        """select service_name as service, status, business, reason, outcome, promised from referral
           where request_id = $1 and status <> 'draft' order by created_at, id""",
        request_id,
    )
    return [plain.attempt_words(**dict(row), tongue=tongue) for row in rows]
