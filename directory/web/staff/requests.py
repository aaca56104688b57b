"""`/staff/requests/{id}`: a whole request, and everything that may be done with it now.

A form carries the version and the last line of the log that its reader saw. Where somebody else was quicker, the page
comes back with what was typed still in its box, and says what has changed since; pressing again then counts.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from directory.access import caller
from directory.errors import BadRequest, Conflict, DirectoryError, FieldError, NotFound
from directory.query import query, reads
from directory.referrals import facts, handover, read, write
from directory.referrals.judge import judged
from directory.referrals.shapes import NewReferral, RequestView
from directory.routing import shapes
from directory.routing.safety import check
from directory.search.find import find
from directory.search.request import SearchRequest
from directory.web.staff import acts, say
from directory.web.staff.acts import Draft
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.web.staff.names import names

AnyRequest = Request[Any, Any, Any]
READ = ("requests.read",)
WRITE = {"access": ("requests.write",), "page": True}


class Wanted(Struct):
    """`did` names what was just done; `again` asks the router anew."""

    did: str = ""
    again: bool = False


@get("/staff/requests/{request_id:uuid}", **reads(Wanted, access=READ, page=True))
async def one(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """The request, for those in whose areas it is; for everybody else there is none."""
    wanted = query(request, Wanted)
    return await page(request, request_id, did=wanted.did, again=wanted.again)


@post("/staff/requests/{request_id:uuid}/actions", opt=WRITE, status_code=200)
async def act_on_request(request: AnyRequest, request_id: FromPath[UUID]) -> Response[Any]:
    """Do one of the offered actions; what cannot be done brings the page back with everything that was typed."""
    given, state = await form(request), request.app.state
    try:
        act = acts.act("request", given)
        if act.action == "assign" and not act.owner:
            act = msgspec.structs.replace(act, owner=caller(request).id)
        done = await write.act_on_request(
            state.database, state.vault, request_id, act, caller(request), key=given.get("key") or None
        )
    except (BadRequest, Conflict) as error:
        draft = Draft(of="request", action=given.get("action", ""), fields=given)
        return await page(request, request_id, draft=draft, error=error)
    return gone_to(f"/staff/requests/{done.id}", did=act.action)


@post("/staff/requests/{request_id:uuid}/referrals", opt=WRITE, status_code=200)
async def add_referral(request: AnyRequest, request_id: FromPath[UUID]) -> Response[Any]:
    """Ask one more service, in place of another where `replaces` says so. One that was not suggested needs a reason."""
    given, state = await form(request), request.app.state
    draft = Draft(of="route", action=given.get("service_id", ""), fields=given)
    try:
        new = _new_referral(given)
        why = await _why(request, request_id, given)
        if not why and not new.note.strip():
            raise BadRequest(
                errors=[FieldError("note", "say why this service and not one of those suggested")]
            )
        done = await write.add_referral(
            state.database, state.vault, request_id, new, caller(request), why=why,
            replaces=replaced(given), key=given.get("key") or None,
        )  # fmt: skip
    except (BadRequest, Conflict) as error:
        return await page(request, request_id, draft=draft, error=error)
    return gone_to(f"/staff/requests/{request_id}", did=f"sent-{done.referral}")


@post("/staff/requests/{request_id:uuid}/find", opt=WRITE, status_code=200)
async def find_service(request: AnyRequest, request_id: FromPath[UUID]) -> Response[Any]:
    """Any service of the directory, for an answer other than the suggested ones. The words stay out of addresses."""
    given, state = await form(request), request.app.state
    text = given.get("q", "")[:200]
    found: list[Any] = []
    if text:
        wanted = SearchRequest(q=text, near=given.get("near", "")[:200], per_page=8)
        found = list((await find(state.index, state.places, wanted)).hits)
    return await page(request, request_id, found=found, looked_for=text)


@post("/staff/requests/{request_id:uuid}/code", opt=WRITE, status_code=200)
async def new_code(request: AnyRequest, request_id: FromPath[UUID]) -> Response[Any]:
    """A hand-over code, shown this once."""
    given, state = await form(request), request.app.state
    new = handover.NewCode(
        fact=given.get("fact", "birth_date"), word=given.get("word", ""), agreed="agreed" in given
    )
    try:
        code = await handover.issue(state.database, state.vault, request_id, new, caller(request))
    except BadRequest as error:
        draft = Draft(of="code", action="code", fields=given)
        return await page(request, request_id, draft=draft, error=error)
    return await page(request, request_id, code=code)


@post("/staff/requests/{request_id:uuid}/code/end", opt=WRITE, status_code=303)
async def end_code(request: AnyRequest, request_id: FromPath[UUID]) -> Response[Any]:
    state = request.app.state
    await handover.revoke(state.database, state.vault, request_id, caller(request))
    return gone_to(f"/staff/requests/{request_id}", did="code-ended")


async def page(
    request: AnyRequest,
    request_id: UUID,
    *,
    draft: Draft | None = None,
    error: DirectoryError | None = None,
    did: str = "",
    again: bool = False,
    code: handover.Code | None = None,
    found: Sequence[Any] | None = None,
    looked_for: str = "",
) -> Response[bytes]:
    """The page of a request as it is now, with what somebody typed before. NotFound where it is not theirs."""
    state, who = request.app.state, caller(request)
    frame = await framed(request)
    view = await read.request_view(state.database, state.vault, request_id, who)
    events = await read.request_events(state.database, state.vault, request_id, who)
    details = view.details
    if details is None:
        raise NotFound
    safety = check("\n".join((details.text, *details.added)), state.router.danger)
    suggestions = await _suggestions(state, view, again=again)
    named = await names(state, [view.owner, view.created_by, *(event.actor for event in events)])
    return shown(
        frame, "staff/request.html", status=error.status if error else 200, view=view, details=details, events=events,
        safety=safety, parts=acts.marked(details.text, [flag.span for flag in safety.flags]), names=named,
        kinds={kind.id: kind.label for kind in state.router.danger.kinds.values()}, suggestions=suggestions,
        again=again, forms=acts.forms("request", view.actions), draft=draft, error=error, code=code,
        done=acts.done(did),
        attempts=[(each, acts.forms("referral", each.actions, each.kind)) for each in view.referrals], found=found,
        changed=acts.since(events, draft.fields.get("seen", "")) if draft and error else [], looked_for=looked_for,
        seen=events[-1].id if events else 0, key=uuid4().hex, me=who.id, acts=acts,
        allowed={each.action for each in view.actions},
        services={each.id: each.service_name for each in view.referrals},
        level_options=[(each.code, say.level(each.code)) for each in state.router.book.levels.level],
        first_fact=next((kind for kind, _ in facts.known(details)), "word"),
    )  # fmt: skip


async def _suggestions(state: Any, view: RequestView, *, again: bool) -> list[dict[str, Any]]:
    """What the route offered when the request came in, or offers now, without what was asked already."""
    asked = {str(each.service_id) for each in view.referrals}
    if again and view.details is not None:
        ask = shapes.Ask(
            text=view.details.text, near=view.details.near or None, ages=[float(age) for age in view.ages]
        )
        fresh = await judged(state, ask)
        offered = [msgspec.to_builtins(each) for each in fresh.suggestions]
    else:
        offered = list(view.route.get("suggestions", []))
    offered = [each for each in offered if each["service_id"] not in asked]
    rows = await state.database.pool.fetch(
        """select s.id::text, s.status, s.kind, s.capacity, s.wait_time, o.name as organization,
                  (select p.number from phone p where p.service_id = s.id limit 1) as phone
           from service s join organization o on o.id = s.organization_id where s.id = any($1::uuid[])""",
        [UUID(each["service_id"]) for each in offered],
    )
    facts = {row["id"]: dict(row) for row in rows}
    return [each | facts[each["service_id"]] for each in offered if each["service_id"] in facts]


def _new_referral(given: dict[str, str]) -> NewReferral:
    if not given.get("version", "").isdecimal():
        raise BadRequest(errors=[FieldError("version", "open the page again")])
    try:
        return NewReferral(
            service_id=UUID(given.get("service_id", "")),
            note=given.get("note", "")[:4000],
            by_phone="by_phone" in given,
            override_reason=given.get("override_reason", "")[:4000],
            version=int(given["version"]),
        )
    except ValueError:
        raise BadRequest(errors=[FieldError("service_id", "choose a service")]) from None


def replaced(given: dict[str, str]) -> UUID | None:
    """The attempt in whose place a new one is made. NotFound for what is no id."""
    try:
        return UUID(given["replaces"]) if given.get("replaces") else None
    except ValueError:
        raise NotFound from None


async def _why(request: AnyRequest, request_id: UUID, given: dict[str, str]) -> dict[str, Any]:
    """What the route says of the chosen service, kept with the attempt: looked up here, never believed from a form."""
    state = request.app.state
    view = await read.request_view(state.database, state.vault, request_id, caller(request))
    offered = await _suggestions(state, view, again=given.get("again") == "true")
    found = next((each for each in offered if each["service_id"] == given.get("service_id")), None)
    return {name: found[name] for name in ("step", "level", "reasons")} if found else {}


handlers: list[Any] = [one, act_on_request, add_referral, find_service, new_code, end_code]
