"""`/staff/referrals/{id}`: one attempt, for the service that was asked; the front door acts on it from its request."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from directory.access import caller
from directory.errors import BadRequest, Conflict, DirectoryError
from directory.query import query, reads
from directory.referrals import read, write
from directory.web.staff import acts
from directory.web.staff import requests as of_request
from directory.web.staff.acts import Draft
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.web.staff.names import names

AnyRequest = Request[Any, Any, Any]
READ = ("requests.read", "referrals.answer")
WRITE = {"access": ("requests.write", "referrals.answer"), "page": True}


class Wanted(Struct):
    did: str = ""


@get("/staff/referrals/{referral_id:uuid}", **reads(Wanted, access=READ, page=True))
async def one(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[Any]:
    """The referral as its own service sees it. The front door is led to the whole request."""
    state, who = request.app.state, caller(request)
    if who.may("requests.read"):
        view = await read.referral_view(state.database, state.vault, referral_id, who)
        return gone_to(f"/staff/requests/{view.request_id}#referral-{referral_id}")
    return await page(request, referral_id, did=query(request, Wanted).did)


@post("/staff/referrals/{referral_id:uuid}/actions", opt=WRITE, status_code=200)
async def act_on_referral(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[Any]:
    """Do one of the offered actions; what cannot be done brings the page back with everything that was typed."""
    given, state, who = await form(request), request.app.state, caller(request)
    whole = who.may("requests.read")
    view = await read.referral_view(state.database, state.vault, referral_id, who)
    try:
        act = acts.act("referral", given)
        await write.act_on_referral(
            state.database, state.vault, referral_id, act, who, key=given.get("key") or None
        )
    except (BadRequest, Conflict) as error:
        draft = Draft(of=str(referral_id), action=given.get("action", ""), fields=given)
        if whole:
            return await of_request.page(request, view.request_id, draft=draft, error=error)
        return await page(request, referral_id, draft=draft, error=error)
    if whole:
        return gone_to(f"/staff/requests/{view.request_id}", did=act.action)
    return gone_to(f"/staff/referrals/{referral_id}", did=act.action)


async def page(
    request: AnyRequest,
    referral_id: UUID,
    *,
    draft: Draft | None = None,
    error: DirectoryError | None = None,
    did: str = "",
) -> Response[bytes]:
    state, who = request.app.state, caller(request)
    frame = await framed(request)
    view = await read.referral_view(state.database, state.vault, referral_id, who)
    events = await read.referral_events(state.database, state.vault, referral_id, who)
    return shown(
        frame, "staff/referral.html", status=error.status if error else 200, view=view, events=events,
        done=acts.done(did),
        forms=acts.forms("referral", view.actions, view.kind), draft=draft, error=error, acts=acts, key=uuid4().hex,
        names=await names(state, [event.actor for event in events]), seen=events[-1].id if events else 0,
        changed=acts.since(events, draft.fields.get("seen", "")) if draft and error else [], me=who.id,
    )  # fmt: skip


handlers: list[Any] = [one, act_on_referral]
