"""A new attempt at a service, written in the transaction that decides on it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from directory.access.roles import Caller
from directory.db import Reader
from directory.errors import BadRequest, Conflict, FieldError
from directory.referrals import call_sheet, clocks
from directory.referrals.ledger import Ledger, Move, as_json
from directory.referrals.lifecycle import Attempt
from directory.referrals.messages import notices

MOST_OPEN = 6  # attempts of one request at the same time


async def begin(
    ledger: Ledger,
    caller: Caller,
    party: str,
    service_id: UUID,
    *,
    why: Mapping[str, Any],
    note: str = "",
    by_phone: bool = False,
    replaces: UUID | None = None,
    sender_ref: str = "",
) -> UUID:
    """The referral's id. A statutory door takes no written referral: it becomes a phone hand-over with a call sheet.

    BadRequest for a service that is not listed or takes no referrals now; Conflict where an attempt there is open.
    """
    service = await ledger.connection.fetchrow(
        "select id, name, organization_id, status, kind, level, referral from service where id = $1",
        service_id,
    )
    if service is None or service["status"] != "active":
        raise BadRequest(errors=[FieldError("service_id", "this service is not listed, or not running now")])
    statutory = service["kind"] == "statutory"
    if party == "family" and (statutory or service["referral"] == "professional"):
        raise BadRequest(
            errors=[FieldError("services", f"{service['name']}: a professional has to ask, or you ring")]
        )
    await _room(ledger, service_id)
    kind = "phone_handover" if statutory or by_phone else "referral"
    row = ledger.row
    referral_id = uuid4()
    sheet = None
    if kind == "phone_handover":
        sheet = ledger.key.seal(
            call_sheet.written(
                call_sheet.made(ledger.details(), row["safety_kinds"], row["ages"], row["needs"])
            ),
            call_sheet.context(referral_id),
        )
    due = clocks.due("statutory" if kind == "phone_handover" else "answer", ledger.now, row["priority"])
    await ledger.connection.execute(
        """insert into referral (id, request_id, kind, status, last_action, service_id, service_name, organization_id,
             level, priority, flagged, replaces, reasons, sender, sender_ref, due_at, created_at, changed_at,
             call_sheet)
           values ($1, $2, $3, 'requested', 'send', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)""",
        referral_id, ledger.id, kind, service_id, service["name"], service["organization_id"], service["level"],
        row["priority"], row["safeguarding"], replaces, as_json(dict(why)), caller.id, sender_ref, due, ledger.now,
        sheet,
    )  # fmt: skip
    await ledger.log(
        Move(
            actor=caller.id,
            party=party,
            action="send",
            from_state="",
            to_state="requested",
            version=1,
            note=note,
            data={"service": str(service_id), "kind": kind}
            | ({"replaces": str(replaces)} if replaces else {}),
        ),
        referral_id,
    )
    fresh = await ledger.connection.fetchrow("select * from referral where id = $1", referral_id)
    if kind == "referral":
        for template, audience in notices("send", Attempt(status="draft"), Attempt(status="requested")):
            await ledger.post(template, audience, str(referral_id), referral=fresh)
    return referral_id


async def _room(ledger: Ledger, service_id: UUID) -> None:
    opened = await ledger.connection.fetch(
        "select service_id from referral where request_id = $1 and ended_at is null", ledger.id
    )
    if any(row["service_id"] == service_id for row in opened):
        raise Conflict("there is an open referral to this service already")
    if len(opened) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} referrals are open: let one end first")


def late(due_at: dt.datetime | None, now: dt.datetime) -> bool:
    return due_at is not None and due_at < now


async def askable(reader: Reader, services: list[UUID]) -> dict[UUID, str]:
    """The names of those that a family may ask by itself, in the order given: what `begin` would take from it."""
    rows = await reader.fetch(
        """select id, name from service where id = any($1) and status = 'active' and kind is distinct from 'statutory'
           and referral is distinct from 'professional'""",
        services,
    )
    names = {row["id"]: row["name"] for row in rows}
    return {each: names[each] for each in services if each in names}
