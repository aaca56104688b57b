"""`/staff/messages`: what went out, what waits, what could not be delivered; and a family's hand-over code."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from directory import query as queries
from directory.access import caller
from directory.errors import NotFound, TooMany
from directory.query import query, reads
from directory.referrals import delivery, handover
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.web.staff.names import names

AnyRequest = Request[Any, Any, Any]


@get("/staff/messages", **reads(delivery.Wanted, access=("messages.read",), page=True))
async def messages(request: AnyRequest) -> Response[bytes]:
    """The outbox, newest first: never to which address."""
    state, wanted = request.app.state, query(request, delivery.Wanted)
    found = await delivery.listed(state.database, state.vault, state.settings, wanted)
    last = max(1, -(-found.total // found.per_page))
    links = {}
    for name, page in (("before", wanted.page - 1), ("after", wanted.page + 1)):
        text = queries.text(delivery.Wanted(state=wanted.state, page=page)) if 1 <= page <= last else ""
        links[name] = f"/staff/messages?{text}" if text else "/staff/messages" if page == 1 else ""
    return shown(
        await framed(request), "staff/messages.html", found=found, wanted=wanted, links=links, last=last
    )


@post(
    "/staff/messages/{message_id:uuid}/retry",
    opt={"access": ("requests.write",), "page": True},
    status_code=303,
)
async def retry(request: AnyRequest, message_id: FromPath[UUID]) -> Response[Any]:
    await delivery.retry(request.app.state.database, message_id)
    return gone_to("/staff/messages")


@get("/staff/code", opt={"access": ("handover.read",), "page": True})
async def code(request: AnyRequest) -> Response[bytes]:
    """Where a family's code is typed."""
    return shown(
        await framed(request), "staff/code.html", story=None, problem="", names=await names(request.app.state)
    )


@post("/staff/code", opt={"access": ("handover.read",), "page": True}, status_code=200)
async def story(request: AnyRequest) -> Response[bytes]:
    """The same story at this front door, so that nobody tells it twice."""
    given, state = await form(request), request.app.state
    found, problem, status = None, "", 200
    try:
        found = await handover.story(
            state.database, state.vault, given.get("code", ""), given.get("fact", ""), caller(request)
        )
    except (NotFound, TooMany) as error:
        problem, status = error.detail, error.status
    return shown(
        await framed(request), "staff/code.html", status=status, story=found, problem=problem,
        names=await names(state),
    )  # fmt: skip


handlers: list[Any] = [messages, retry, code, story]
