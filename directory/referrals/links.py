"""How a service without an account answers: a link in its mail, good for one answer, for three weeks.

Looking at it does nothing, so a mail scanner that opens it uses nothing up. An answer uses it, and where the referral
goes on, the next link is in the next mail.
"""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from directory.access.roles import Caller
from directory.access.vault import Vault
from directory.db import Database
from directory.errors import Gone, NotFound
from directory.referrals import read, reference, write
from directory.referrals.lifecycle import Allowed
from directory.referrals.shapes import Act, Details, Done

TWICE = dt.timedelta(minutes=15)  # a second press of the same answer within it is the same answer
CAPACITY_DAYS = 14  # a flag that nobody renews goes back to "open"


class LinkView(Struct, frozen=True, kw_only=True):
    """What the link shows: the need, until the service says yes; then whom to contact."""

    reference: str
    version: int
    status: str
    business: str
    service_name: str
    priority: str
    needs: list[str]
    ages: list[int]
    details: Details | None
    promised: dt.date | None
    due_at: dt.datetime | None
    actions: list[Allowed]
    capacity: str
    assured_date: dt.date | None


class ServiceSays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a service says about itself on the way: how full it is, or that its entry is still correct."""

    capacity: Literal["open", "limited", "waiting_list", "full", "paused"] | None = None
    still_correct: bool = False


async def view(database: Database, vault: Vault, token: str) -> LinkView:
    """NotFound for no link of ours, Gone for one that was used, ended or replaced."""
    row = await _link(database.pool, vault, token)
    caller = _caller(row["referral_id"])
    shown = await read.referral_view(database, vault, row["referral_id"], caller)
    service = await database.pool.fetchrow(
        "select capacity, assured_date from service where id = $1", shown.service_id
    )
    plain = {name: getattr(shown, name) for name in LinkView.__struct_fields__ if hasattr(shown, name)}
    return LinkView(
        **plain,
        capacity=service["capacity"] if service else "open",
        assured_date=service["assured_date"] if service else None,
    )


async def answer(
    database: Database, vault: Vault, token: str, act: Act, now: dt.datetime | None = None
) -> Done:
    """The link's one answer. What is refused uses nothing up; what is done cannot be done again."""
    now = now or dt.datetime.now(dt.UTC)
    async with database.transaction() as connection:
        link = await _link(connection, vault, token)
        ledger, row, who = await write.opened(
            connection, vault, link["referral_id"], _caller(link["referral_id"]), now
        )
        await _link(connection, vault, token, lock=True)  # after the request: everybody locks in that order
        ledger.check_version(act.version, row["version"])
        await connection.execute(
            "update action_link set used_at = $2, used_for = $3 where id = $1",
            link["id"],
            now,
            act.action[:40],
        )
        return await write.move_referral(ledger, row, act, _caller(row["id"]), who)


async def service_says(database: Database, vault: Vault, token: str, says: ServiceSays) -> None:
    """Capacity (for two weeks) and freshness, straight into the directory: the index follows by itself."""
    row = await _link(database.pool, vault, token)
    service_id = await database.pool.fetchval(
        "select service_id from referral where id = $1", row["referral_id"]
    )
    async with database.transaction() as connection:
        if says.capacity:
            until = (
                None
                if says.capacity == "open"
                else dt.datetime.now(dt.UTC) + dt.timedelta(days=CAPACITY_DAYS)
            )
            await connection.execute(
                "update service set capacity = $2, capacity_until = $3 where id = $1",
                service_id,
                says.capacity,
                until,
            )
        if says.still_correct:
            await connection.execute(
                "update service set assured_date = current_date where id = $1", service_id
            )


async def _link(connection: Any, vault: Vault, token: str, *, lock: bool = False) -> Any:
    row = await connection.fetchrow(
        f"""select id, referral_id, used_at is not null or revoked_at is not null or expires_at <= now() as over
            from action_link where digest = any($1::bytea[]) {"for update" if lock else ""}""",  # noqa: S608
        vault.digests("link", token[:100]),
    )
    if row is None:
        raise NotFound("this is no link of ours")
    if row["over"]:
        raise Gone("this link was used already or has ended; a newer mail has a newer one")
    return row


def _caller(referral_id: UUID) -> Caller:
    return Caller(kind="link", id=f"link:{referral_id}", name="the service")


class Ended(Struct, frozen=True, kw_only=True):
    """What became of a link that answers no more. `renewable`: the referral still waits for the service."""

    reference: str
    used_for: str
    just_now: bool
    renewable: bool


async def ended(database: Database, vault: Vault, token: str) -> Ended:
    """NotFound for no link of ours."""
    row = await database.pool.fetchrow(
        """select r.reference, coalesce(l.used_for, '') as used_for, l.used_at > now() - $2::interval as just_now,
             f.ended_at is null and r.data_key is not null as renewable
           from action_link l join referral f on f.id = l.referral_id join request r on r.id = f.request_id
           where l.digest = any($1::bytea[])""",
        vault.digests("link", token[:100]),
        TWICE,
    )
    if row is None:
        raise NotFound("this is no link of ours")
    return Ended(
        reference=reference.grouped(row["reference"]), used_for=row["used_for"], just_now=bool(row["just_now"]),
        renewable=row["renewable"],
    )  # fmt: skip


async def renew(database: Database, vault: Vault, token: str, now: dt.datetime | None = None) -> None:
    """A new link by mail to the address that the directory holds for the service, once a day; Gone at its end."""
    now = now or dt.datetime.now(dt.UTC)
    referral_id = await database.pool.fetchval(
        "select referral_id from action_link where digest = any($1::bytea[])",
        vault.digests("link", token[:100]),
    )
    if referral_id is None:
        raise NotFound("this is no link of ours")
    async with database.transaction() as connection:
        ledger, row, _ = await write.opened(connection, vault, referral_id, _caller(referral_id), now)
        if row["ended_at"] is not None:
            raise Gone("this referral has ended")
        await ledger.post("receiver_reminder", "receiver", f"again:{referral_id}:{now.date()}", referral=row)
