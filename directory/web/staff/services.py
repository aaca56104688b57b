"""`/staff/services`: what has to be looked at again, and one press for how full, how long, paused, still correct.

Editors see all services; an account of a provider those of its own organization.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from directory import query as queries
from directory.access import Caller, caller
from directory.catalogue import upkeep
from directory.catalogue.doubt_store import doubts
from directory.catalogue.doubts import KINDS
from directory.errors import BadRequest, NotFound
from directory.query import query, reads
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.words import CAPACITIES

AnyRequest = Request[Any, Any, Any]
MAY = ("catalogue.write", "referrals.answer")
PER_PAGE = 30
_SHOWS = {
    "due": "s.status = 'active' and (s.assured_date is null or s.assured_date < current_date - interval '6 months')",
    "full": "s.status = 'active' and s.capacity in ('limited', 'waiting_list', 'full')",
    "paused": "s.status <> 'active' or s.capacity = 'paused'",
    "all": "true",
}


class Wanted(Struct, kw_only=True):
    """`show` is which services; `due` are those not checked for half a year, the oldest first."""

    show: Literal["due", "full", "paused", "all", "reported"] = "due"
    q: Annotated[str, Meta(max_length=100)] = ""
    page: Annotated[int, Meta(ge=1, le=10_000)] = 1
    did: Annotated[str, Meta(max_length=60)] = ""


@get("/staff/services", **reads(Wanted, access=MAY, page=True))
async def services(request: AnyRequest) -> Response[bytes]:
    """A page of services, the ones that need a look first."""
    frame, wanted, who = await framed(request), query(request, Wanted), caller(request)
    pool = request.app.state.database.pool
    own = _own(who)
    columns = ", ".join(
        f"count(*) filter (where {condition}) as {name}" for name, condition in _SHOWS.items()
    )
    counts = await pool.fetchrow(
        f"select {columns} from service s where $1::uuid is null or s.organization_id = $1",  # noqa: S608
        own,
    )
    reported = [] if own else await doubts(pool)
    rows: list[Any] = []
    if wanted.show != "reported":
        rows = await pool.fetch(
            f"""select s.id, s.name, o.name as organization, s.status, s.capacity, s.capacity_until, s.wait_time,
                  s.assured_date, case when f.url <> '' then f.label else '' end as source, count(*) over () as total
                from service s join organization o on o.id = s.organization_id join feed f on f.id = s.feed_id
                where ({_SHOWS[wanted.show]}) and ($1::uuid is null or s.organization_id = $1)
                  and ($2 = '' or position(lower($2) in lower(s.name || ' ' || o.name)) > 0)
                order by s.assured_date nulls first, s.name, s.id
                limit {PER_PAGE} offset {(wanted.page - 1) * PER_PAGE}""",  # noqa: S608
            own,
            wanted.q,
        )
    last = max(1, -(-(rows[0]["total"] if rows else 0) // PER_PAGE))
    return shown(
        frame, "staff/services.html", wanted=wanted, rows=rows, counts=dict(counts) | {"reported": len(reported)},
        reported=reported, kinds=KINDS, capacities=CAPACITIES, own=own is not None, last=last,
        back=queries.text(Wanted(show=wanted.show, q=wanted.q, page=wanted.page)),
        before=_page(wanted, wanted.page - 1, last), after=_page(wanted, wanted.page + 1, last),
    )  # fmt: skip


@post("/staff/services/{service_id:uuid}", opt={"access": MAY, "page": True}, status_code=303)
async def say(request: AnyRequest, service_id: FromPath[UUID]) -> Response[Any]:
    """One press. NotFound for a service that is not the caller's to speak for."""
    given, database, own = await form(request), request.app.state.database, _own(caller(request))
    name = await database.pool.fetchval(
        "select name from service where id = $1 and ($2::uuid is null or organization_id = $2)",
        service_id,
        own,
    )
    if name is None:
        raise NotFound
    if given.get("capacity"):
        await upkeep.say_capacity(database, service_id, given["capacity"])
        did = given["capacity"]
    elif "wait_time" in given:
        await upkeep.say_wait(database, service_id, given["wait_time"])
        did = "wait"
    elif given.get("still") == "correct":
        await upkeep.say_correct(database, service_id)
        did = "correct"
    else:
        raise BadRequest("say what is so")
    back = queries.parse(given.get("back", "").encode("ascii", "ignore"), Wanted)
    kept = Wanted(show=back.show, q=back.q, page=back.page, did=f"{did}:{service_id}")
    return gone_to(f"/staff/services?{queries.text(kept)}#did")


def _own(who: Caller) -> UUID | None:
    """The organization that somebody is held to; None for editors."""
    if who.may("catalogue.write"):
        return None
    if who.organization_id is None:
        raise NotFound
    return who.organization_id


def _page(wanted: Wanted, page: int, last: int) -> str:
    if not 1 <= page <= last:
        return ""
    text = queries.text(Wanted(show=wanted.show, q=wanted.q, page=page))
    return "/staff/services" + (f"?{text}" if text else "")


handlers: list[Any] = [services, say]
