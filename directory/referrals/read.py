"""Requests and referrals as they may be shown to each caller; every look at personal data is written down."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from directory.access.roles import Caller
from directory.access.vault import DataKey, Vault
from directory.db import Database, Reader
from directory.errors import Gone, NotFound
from directory.referrals import call_sheet, lifecycle, looks, party, reference
from directory.referrals.ledger import key_context, note_context, open_details
from directory.referrals.lifecycle import Ask, Attempt
from directory.referrals.shapes import (
    AgreementView,
    Details,
    Event,
    Likely,
    ReferralView,
    RequestView,
)
from directory.referrals.submit import agreement_context
from directory.referrals.transitions import BY_NAME, REFERRAL_ENDED

_BEFORE_YES = {"draft", "requested"}
_OF_ATTEMPT = Attempt.__struct_fields__


async def request_view(
    database: Database, vault: Vault, request_id: UUID, caller: Caller, what: str = "request"
) -> RequestView:
    """NotFound where it is not the caller's to read; Gone once erased. The look is logged before it is answered."""
    async with database.reading() as reader:
        rows = await reader.fetch(looks.REQUEST, *looks.at_request(request_id, caller, what))
    row = rows[0] if rows else None
    who = party.to_request(caller, request_id, row["created_by"], row["areas"]) if row else frozenset()
    if row is None or not who & {"reader", "front_door", "sender"}:
        raise NotFound
    if row["data_key"] is None:
        raise Gone("this request was erased")
    if not row["looked"]:
        raise NotFound
    key = vault.data_key(row["data_key"], key_context(request_id))
    details = _for_sender(open_details(key, request_id, row["details"]), who)
    views = [_referral(each, row, caller, who, key, details) for each in looks.referrals_of(rows)]
    others = _likely(row) if "reader" in who else []
    return _request(row, who, details, views, _agreements(row, key), others)


async def referral_view(database: Database, vault: Vault, referral_id: UUID, caller: Caller) -> ReferralView:
    """One attempt, with as much of the family as its reader needs for the next step."""
    async with database.reading() as reader:
        row, request, _ = await _theirs(reader, referral_id, caller, "referral")
    key = vault.data_key(request["data_key"], key_context(request["id"]))
    details = open_details(key, request["id"], request["details"])
    return _referral(
        row,
        request,
        caller,
        party.to_request(caller, request["id"], request["created_by"], request["areas"]),
        key,
        details,
    )


async def request_events(database: Database, vault: Vault, request_id: UUID, caller: Caller) -> list[Event]:
    """The whole log of a request, for those who may read the request."""
    row = await database.pool.fetchrow("select * from request where id = $1", request_id)
    who = party.to_request(caller, request_id, row["created_by"], row["areas"]) if row else frozenset()
    if row is None or not who & {"reader", "front_door", "sender"}:
        raise NotFound
    await looked(database.pool, caller, request_id, "log")
    rows = await database.pool.fetch(
        "select * from referral_event where request_id = $1 order by id", request_id
    )
    return _events(rows, row, vault, who)


async def referral_events(database: Database, vault: Vault, referral_id: UUID, caller: Caller) -> list[Event]:
    """The log of one attempt."""
    _, request, who = await _theirs(database.pool, referral_id, caller, "log")
    rows = await database.pool.fetch(
        "select * from referral_event where referral_id = $1 order by id", referral_id
    )
    return _events(rows, request, vault, who)


async def looked(reader: Reader, caller: Caller, request_id: UUID, what: str) -> None:
    await reader.execute(
        "insert into record_read (request_id, actor, what) values ($1, $2, $3)", request_id, caller.id, what
    )


async def _theirs(
    reader: Reader, referral_id: UUID, caller: Caller, what: str
) -> tuple[Any, Any, frozenset[str]]:
    """(the referral, its request, what the caller is to it), with the look written down."""
    row = await reader.fetchrow(looks.REFERRAL, *looks.at_referral(referral_id, caller, what))
    if row is None:
        raise NotFound
    request = looks.request_of(row)
    to_request = party.to_request(caller, request["id"], request["created_by"], request["areas"])
    who = _parties(row, caller, to_request)
    if not who - {"family", "system"}:
        raise NotFound
    if request["data_key"] is None:
        raise Gone("this request was erased")
    if not row["looked"]:
        raise NotFound
    return row, request, who


def _parties(row: Any, caller: Caller, to_request: frozenset[str]) -> frozenset[str]:
    return party.to_referral(
        caller, row["id"], request=to_request, organization_id=row["organization_id"], kind=row["kind"],
        status=row["status"],
    )  # fmt: skip


def _request(
    row: Any,
    who: frozenset[str],
    details: Details,
    referrals: list[ReferralView],
    agreements: list[AgreementView],
    others: list[Likely],
) -> RequestView:
    ask = Ask(
        state=row["state"],
        open_attempts=sum(each.status not in REFERRAL_ENDED for each in referrals),
        unread_alerts=sum(each.alert == "unread" for each in referrals),
        safeguarding=row["safeguarding"],
        safeguarding_read=row["safeguarding_read_at"] is not None,
    )
    plain = {name: row[name] for name in looks.OF_REQUEST}
    plain |= {"reference": reference.grouped(row["reference"]), "route": msgspec.json.decode(row["route"])}
    plain["details"] = details
    return RequestView(
        **plain,
        agreements=agreements,
        referrals=referrals,
        likely=others,
        actions=lifecycle.request_actions(ask, who),
    )


def _referral(
    row: Any, request: Any, caller: Caller, to_request: frozenset[str], key: DataKey, details: Details
) -> ReferralView:
    who = _parties(row, caller, to_request)
    plain = {name: row[name] for name in looks.OF_REFERRAL}
    for_receiver = not to_request & {"reader", "front_door", "sender"}
    sheet = None
    if row["call_sheet"] is not None and not for_receiver:
        sheet = call_sheet.read(key.open(row["call_sheet"], call_sheet.context(row["id"])))
    plain |= {
        "reference": reference.grouped(request["reference"]),
        "reasons": msgspec.json.decode(row["reasons"]),
        "details": _for_receiver(details, row) if for_receiver else None,
        "needs": request["needs"],
        "ages": request["ages"],
        "call_sheet": sheet,
    }
    attempt = Attempt(**{name: row[name] for name in _OF_ATTEMPT})
    return ReferralView(**plain, actions=lifecycle.referral_actions(attempt, who))


def _for_receiver(details: Details, row: Any) -> Details | None:
    """Before it says yes a service sees the need and not the family; once it has ended, nothing any more."""
    if row["status"] in REFERRAL_ENDED:
        return None
    if row["status"] in _BEFORE_YES or row["resume"] == "requested":
        return Details(
            text=details.text, added=details.added, language=details.language, adjustments=details.adjustments
        )
    return details


def _for_sender(details: Details, who: frozenset[str]) -> Details:
    """What the family added since is between them and the front door."""
    return details if "reader" in who else msgspec.structs.replace(details, added=[])


def _agreements(row: Any, key: DataKey) -> list[AgreementView]:
    found = []
    for values in zip(*(row[f"agreed_{name}"] or () for name in looks.AGREED), strict=True):
        plain = dict(zip(looks.AGREED, values, strict=True))
        reason = plain["override_reason"]
        plain["override_reason"] = key.open(reason, agreement_context(row["id"])) if reason else ""
        found.append(AgreementView(**plain))
    return found


def _likely(row: Any) -> list[Likely]:
    columns = (row[f"likely_{name}"] or () for name in looks.ALIKE)
    return [
        Likely(id=id_, reference=reference.grouped(code), state=state, created_at=at, shares=shares.split())
        for id_, code, state, at, shares in zip(*columns, strict=True)
    ]


def _events(rows: Sequence[Any], request: Any, vault: Vault, who: frozenset[str]) -> list[Event]:
    key = vault.data_key(request["data_key"], key_context(request["id"])) if request["data_key"] else None
    found = []
    for row in rows:
        entity = "referral" if row["referral_id"] else "request"
        note = None
        if row["note"] is not None and key is not None and _may_read_note(row, who):
            note = key.open(row["note"], note_context(request["id"]))
        found.append(
            Event(
                id=row["id"],
                at=row["at"],
                referral=row["referral_id"],
                actor=row["actor"],
                party=row["party"],
                action=row["action"],
                label=BY_NAME[entity, row["action"]].label,
                from_state=row["from_state"],
                to_state=row["to_state"],
                business=row["business"],
                reason=row["reason"],
                outcome=row["outcome"],
                note=note,
                data=msgspec.json.decode(row["data"]),
            )
        )
    return found


def _may_read_note(row: Any, who: frozenset[str]) -> bool:
    """The front door reads all; the others what they wrote, and what was asked of or answered to them."""
    author = str(row["party"])
    if "reader" in who or author in who:
        return True
    if "sender" in who:
        return author == "receiver"
    return "receiver" in who and str(row["action"]) in {"send", "give_info", "request_cancel"}
