"""`/staff`: the work queues, with counts, filters, views that people keep, and a search that leaves no trace.

What is searched for (a name, a number) travels in a body and never in an address.
"""

from typing import Annotated, Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from directory import query as queries
from directory.access import caller
from directory.errors import BadRequest, Conflict, NotFound
from directory.query import query, reads
from directory.referrals import worklist, write
from directory.referrals.shapes import Act, Page
from directory.web.staff import say
from directory.web.staff.frame import StaffFrame, form, framed, gone_to, shown
from directory.web.staff.names import names

AnyRequest = Request[Any, Any, Any]
LOOK = {"access": ("requests.read",), "page": True}
PER_PAGE = 40
MOST_VIEWS = 12


class Wanted(Struct, kw_only=True):
    """The query of the page. `queue` counts for requests and for a service's referrals alike."""

    queue: Annotated[str, Meta(max_length=20)] = "open"
    need: Annotated[list[str], Meta(max_length=6)] = []
    area: Annotated[list[str], Meta(max_length=6)] = []
    state: Annotated[list[str], Meta(max_length=6)] = []
    sort: Annotated[str, Meta(max_length=20)] = "due"
    page: Annotated[int, Meta(ge=1, le=10_000)] = 1


@get("/staff", **reads(Wanted, access="staff", page=True))
async def queue(request: AnyRequest) -> Response[Any]:
    """The first page of whoever is signed in: their queue, or where their work is."""
    frame, wanted = await framed(request), query(request, Wanted)
    if frame.may("requests.read"):
        return await _requests(request, frame, wanted, "")
    if frame.may("referrals.answer"):
        return await _referrals(request, frame, wanted)
    return gone_to("/staff/services" if frame.may("catalogue.write") else "/staff/insight")


@post("/staff/search", opt=LOOK, status_code=200)
async def search(request: AnyRequest) -> Response[Any]:
    """Requests by reference, name, phone number, e-mail or postcode. A single one opens at once."""
    given = await form(request)
    frame, text = await framed(request), given.get("q", "")[:100]
    if not text:
        return gone_to("/staff")
    page = int(given["page"]) if given.get("page", "").isdecimal() else 1
    wanted = Wanted(queue="all", page=min(max(page, 1), 10_000), sort="new")
    return await _requests(request, frame, wanted, text)


@post("/staff/next", opt={"access": ("requests.write",), "page": True}, status_code=303)
async def take_next(request: AnyRequest) -> Response[Any]:
    """Take on what nobody has yet: safety first, then what is due first. Two people never get the same one."""
    state, who = request.app.state, caller(request)
    skipped = 0
    wanted = worklist.Wanted(queue="new", sort="due", per_page=50)
    for row in (await worklist.requests(state.database, state.vault, wanted, who)).items:
        if row.owner:
            continue
        try:
            act = Act(action="triage", version=row.version)
            await write.act_on_request(state.database, state.vault, row.id, act, who)
            return gone_to(f"/staff/requests/{row.id}")
        except Conflict:  # somebody else was quicker
            skipped += 1
    return gone_to("/staff", queue="new")


@post("/staff/views", opt={"access": "staff", "page": True}, status_code=303)
async def keep_view(request: AnyRequest) -> Response[Any]:
    """Keep the present filters under a name; a name that is taken is put anew."""
    given, pool = await form(request), request.app.state.database.pool
    name, me = given.get("name", "")[:60], caller(request).staff_id
    wanted = queries.parse(given.get("query", "").encode("ascii", "ignore"), Wanted)
    kept = queries.text(Wanted(**{**_fields(wanted), "page": 1}))
    if not name:
        raise BadRequest("give the view a name")
    if await pool.fetchval("select count(*) from staff_view where staff_id = $1", me) >= MOST_VIEWS:
        raise BadRequest(f"you have {MOST_VIEWS} views: take one away first")
    await pool.execute(
        """insert into staff_view (id, staff_id, name, query) values ($1, $2, $3, $4)
           on conflict (staff_id, name) do update set query = excluded.query""",
        uuid4(), me, name, kept[:600],
    )  # fmt: skip
    return gone_to("/staff" + ("?" + kept if kept else ""))


@post("/staff/views/{view:uuid}/remove", opt={"access": "staff", "page": True}, status_code=303)
async def drop_view(request: AnyRequest, view: FromPath[UUID]) -> Response[Any]:
    done = await request.app.state.database.pool.fetchval(
        "delete from staff_view where id = $1 and staff_id = $2 returning id", view, caller(request).staff_id
    )
    if done is None:
        raise NotFound
    return gone_to("/staff")


async def _requests(request: AnyRequest, frame: StaffFrame, wanted: Wanted, text: str) -> Response[Any]:
    state, who = request.app.state, caller(request)
    asked = worklist.Wanted(
        q=text, per_page=PER_PAGE, **_known(wanted, worklist.QUEUES, {"due", "new", "changed"})
    )
    found = await worklist.requests(state.database, state.vault, asked, who)
    if text and found.total == 1:
        return gone_to(f"/staff/requests/{found.items[0].id}")
    named = await names(state, [each.owner for each in found.items])
    return shown(
        frame, "staff/queue.html", wanted=wanted, found=found, names=named, text=text, views=await _views(request),
        query=queries.text(wanted), pages=_pages(wanted, found), queues=say.QUEUES, me=who.id,
        filtered=bool(wanted.need or wanted.area or wanted.state),
    )  # fmt: skip


async def _referrals(request: AnyRequest, frame: StaffFrame, wanted: Wanted) -> Response[Any]:
    fields = _known(wanted, say.REFERRAL_QUEUES, {"due"})
    asked = worklist.WantedReferrals(queue=fields["queue"], page=wanted.page, per_page=PER_PAGE)
    found = await worklist.referrals(request.app.state.database, asked, caller(request))
    return shown(
        frame, "staff/referrals.html", wanted=wanted, found=found, names=await names(request.app.state),
        pages=_pages(wanted, found), queues=say.REFERRAL_QUEUES,
    )  # fmt: skip


def _known(wanted: Wanted, queues: Any, sorts: set[str]) -> dict[str, Any]:
    if wanted.queue not in queues:
        raise BadRequest(f"there is no queue {wanted.queue!r}")
    if wanted.sort not in sorts:
        raise BadRequest(f"there is no order {wanted.sort!r}")
    return _fields(wanted)


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Wanted.__struct_fields__}


def _pages(wanted: Wanted, found: Page) -> dict[str, str]:
    """Addresses of the pages before and after."""
    last = max(1, -(-found.total // found.per_page))
    links = {"before": "", "after": ""}
    for name, page in (("before", wanted.page - 1), ("after", wanted.page + 1)):
        if 1 <= page <= last:
            text = queries.text(Wanted(**{**_fields(wanted), "page": page}))
            links[name] = "/staff" + ("?" + text if text else "")
    return links | {"last": str(last)}


async def _views(request: AnyRequest) -> list[Any]:
    who = caller(request)
    if who.kind != "staff":
        return []
    found: list[Any] = await request.app.state.database.pool.fetch(
        "select id, name, query from staff_view where staff_id = $1 order by name", who.staff_id
    )
    return found


handlers: list[Any] = [queue, search, take_next, keep_view, drop_view]
