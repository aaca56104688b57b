"""`/staff/phone`: somebody rings, and the answer grows while they talk. Nothing is stored until it is saved.

The whole conversation is one form. A script sends it as it stands and puts the new answer beside it; without scripts a
button does the same. One press saves it as a request with the services that were ticked, or as a hand-over by phone.
"""

import datetime as dt
import re
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request, Response, get, post

from directory.access import Caller, caller
from directory.errors import BadRequest, Conflict, DirectoryError, FieldError
from directory.referrals import write
from directory.referrals.judge import judge
from directory.referrals.shapes import Act, Agreed, Contact, NewRequest, Person, Receipt
from directory.referrals.submit import submit
from directory.routing import shapes
from directory.routing.route import route
from directory.web import tell
from directory.web.staff.acts import contact_fields
from directory.web.staff.frame import form, framed, gone_to, shown, ticked
from directory.web.staff.names import names

AnyRequest = Request[Any, Any, Any]
TAKES = {"access": ("requests.write",), "page": True}
ANSWER = "answer."
MOST = 6  # services offered at once: more is no help to somebody on the phone


@get("/staff/phone", opt=TAKES)
async def empty(request: AnyRequest) -> Response[bytes]:
    """An empty desk, ready to type."""
    return await _page(request, {}, [], None)


@post("/staff/phone", opt=TAKES, status_code=200)
async def talk(request: AnyRequest) -> Response[Any]:
    """The answer so far; or, where a button says so, the request that is made of it."""
    given, chosen = await form(request), await ticked(request, "service")
    does = given.get("do", "look")
    if does not in {"save", "sheet"}:
        return await _page(request, given, chosen, None)
    try:
        if does == "sheet":
            chosen = await _statutory(request, given)
        receipt = await _saved(request, given, chosen)
    except (BadRequest, Conflict) as error:
        return await _page(request, given, chosen, error)
    return gone_to(f"/staff/requests/{receipt.id}", did="taken")


async def _page(
    request: AnyRequest, given: dict[str, str], chosen: list[str], error: DirectoryError | None
) -> Response[bytes]:
    state = request.app.state
    ask = asked(given)
    found = None
    if ask.text.strip() or ask.answers:
        found = await route(state.database.pool, state.index, state.places, state.router, ask)
    steps = found.pathway if found else []
    picks = list({each.id: each for step in steps for each in step.services}.values())[:MOST]
    shown_here = {each.id for each in picks}
    lost = await _names_of(request, [each for each in chosen if each not in shown_here])
    return shown(
        await framed(request), "staff/phone.html", status=error.status if error else 200, given=given, chosen=chosen,
        found=found, picks=picks, lost=lost, error=error, names=await names(state), key=given.get("key") or uuid4().hex,
        statutory=_statutory_in(found), contact=Contact(), answers=ask.answers,
    )  # fmt: skip


def asked(given: dict[str, str]) -> shapes.Ask:
    """The conversation as the router takes it. BadRequest for what is too long."""
    values = {
        "text": given.get("text", ""),
        "near": given.get("near") or None,
        "ages": tell.ages(given.get("ages", "")),
        "answers": {
            name.removeprefix(ANSWER)[:40]: value[:80]
            for name, value in given.items()
            if name.startswith(ANSWER) and value
        },
        "door": "phone",
    }
    try:
        return msgspec.convert(values, shapes.Ask)
    except msgspec.ValidationError:
        raise BadRequest(errors=[FieldError("text", "this is too long")]) from None


def _statutory_in(found: shapes.Route | None) -> shapes.Suggested | None:
    """The first service of the route that takes hand-overs by phone only."""
    services = (each for step in found.pathway for each in step.services) if found else iter(())
    return next((each for each in services if each.kind == "statutory"), None)


async def _statutory(request: AnyRequest, given: dict[str, str]) -> list[str]:
    state = request.app.state
    found = await route(state.database.pool, state.index, state.places, state.router, asked(given))
    service = _statutory_in(found)
    if service is None:
        raise BadRequest(
            errors=[FieldError("service", "the route names no statutory service: save it, then choose")]
        )
    return [service.id]


async def _saved(request: AnyRequest, given: dict[str, str], chosen: list[str]) -> Receipt:
    """One transaction for the request, its referrals, log and messages; then it is theirs who took the call."""
    state, who = request.app.state, caller(request)
    new = new_request(given, chosen, who)
    receipt = await submit(
        state.database, state.vault, new, await judge(state, new), who, key=given.get("key") or None
    )
    act = Act(action="assign", owner=who.id, version=receipt.version)
    await write.act_on_request(state.database, state.vault, receipt.id, act, who, key=f"{receipt.id}:taken")
    return receipt


def new_request(given: dict[str, str], chosen: list[str], who: Caller) -> NewRequest:
    """The form as a request. BadRequest names every box that cannot be read."""
    wrong: list[FieldError] = []
    basis = given.get("basis") or "agreement"
    agreed = "agreed" in given
    asker, sender = given.get("asker") or "self", _sender(given)
    if basis != "agreement" and asker != "professional":  # whoever takes the call answers for it
        asker, sender = (
            "professional",
            Person(name=who.name, role="front door", phone=given.get("phone", "") or "-"),
        )
    born: dt.date | None = None
    if text := given.get("birth_date"):
        try:
            born = dt.date.fromisoformat(text)
        except ValueError:
            wrong.append(FieldError("birth_date", "a date, as 2019-03-14"))
    contact = contact_fields(given, "")
    if "channel" not in given:
        contact["channel"] = "phone" if contact["phone"] else "none"
    values: dict[str, Any] = {
        "text": given.get("text", ""),
        "door": "phone",
        "asker": asker,
        "name": given.get("name", ""),
        "child_name": given.get("child_name", ""),
        "near": given.get("near", ""),
        "ages": [int(age) for age in tell.ages(given.get("ages", ""))],
        "language": given.get("language", ""),
        "adjustments": given.get("adjustments", ""),
        "concern": given.get("concern", ""),
        "contact": contact,
        "lawful_basis": basis,
        "override_reason": given.get("override_reason", "") if basis != "agreement" and not agreed else "",
        "answers": asked(given).answers,
    }
    try:
        services = [UUID(each) for each in dict.fromkeys(chosen)]
        new = msgspec.convert(values, NewRequest)
    except (msgspec.ValidationError, ValueError) as error:
        field = re.sub(r"\[.*|`", "", str(error).partition("$.")[2]) or "service"
        raise BadRequest(
            errors=[*wrong, FieldError(field, f"{field}: too long, or not one of the choices")]
        ) from None
    if len(services) > 3:
        wrong.append(FieldError("service", "three services at most: begin with those that matter most"))
    if wrong:
        raise BadRequest(errors=wrong)
    agreement = Agreed(
        to_share=agreed, to_service=agreed, to_contact=contact["channel"] != "none", how="phone",
        by="parent" if asker == "self" else "self",
    )  # fmt: skip
    return msgspec.structs.replace(
        new, services=services, sender=sender, agreement=agreement, birth_date=born
    )


def _sender(given: dict[str, str]) -> Person:
    return Person(
        name=given.get("sender.name", "")[:200],
        role=given.get("sender.role", "")[:200],
        organization=given.get("sender.organization", "")[:200],
        phone=given.get("sender.phone", "")[:200],
    )


async def _names_of(request: AnyRequest, ids: list[str]) -> list[tuple[str, str]]:
    """(id, name) of services that were ticked before and are not in the present answer."""
    known = [each for each in ids if re.fullmatch(r"[0-9a-f-]{36}", each)]
    rows = await request.app.state.database.pool.fetch(
        "select id::text, name from service where id::text = any($1::text[])", known
    )
    return [(row["id"], row["name"]) for row in rows] if known else []


handlers: list[Any] = [empty, talk]
