"""What editors do with what came in: the rule book's gaps, imports and quarantine, duplicates, suggested tags."""

import datetime as dt
import time
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from msgspec import Meta, Struct

from directory.access import caller
from directory.catalogue import hsds
from directory.catalogue.hours import LONDON
from directory.catalogue.read import records
from directory.errors import BadRequest
from directory.importing.review import answer_suggestion, decide_twins, find_twins, list_suggestions
from directory.importing.shapes import Report
from directory.importing.twins import LEAST, Candidate
from directory.importing.write import list_feeds, list_runs
from directory.query import query, reads
from directory.routing.checks import findings
from directory.routing.coverage import gaps
from directory.routing.handbook import handbook
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.web.staff.names import names
from directory.web.wording import N_

AnyRequest = Request[Any, Any, Any]
MAY = {"access": ("catalogue.write",), "page": True}
SEES = {"access": ("catalogue.write", "requests.read"), "page": True}
KEPT = 300.0  # seconds that the list of possible duplicates is kept: it takes a look at every service
SIDE_BY_SIDE, TAGS = 10, 60


class Wanted(Struct):
    source: Annotated[str, Meta(max_length=80)] = ""
    did: Annotated[str, Meta(max_length=40)] = ""


@get("/staff/rules", opt=SEES)
async def rules(request: AnyRequest) -> Response[bytes]:
    """What the rule book says in short, which contacts are due for review, and where it leads to nothing."""
    state, today = request.app.state, dt.datetime.now(LONDON).date()
    unmet = await gaps(state.database.pool, state.router.book)
    found = findings(state.router.book, state.router.danger, today)
    book = handbook(state.router.book, state.router.danger)
    return shown(
        await framed(request), "staff/rules.html", book=book, today=today.isoformat(), unmet=unmet,
        soon=(today + dt.timedelta(days=60)).isoformat(), names=await names(state),
        findings=[each for each in found if not each.where.startswith("contacts.toml")],
        contacts=sorted(book.contacts, key=lambda each: each.review_by),
    )  # fmt: skip


@get("/staff/imports", **reads(Wanted, **MAY))
async def imports(request: AnyRequest) -> Response[bytes]:
    """The sources, and what each of the last imports said, with every record that was left out and why."""
    wanted, database = query(request, Wanted), request.app.state.database
    runs = await list_runs(database, wanted.source or None, 20)
    return shown(
        await framed(request), "staff/imports.html", sources=await list_feeds(database), wanted=wanted,
        runs=[(run, msgspec.json.decode(bytes(run.report), type=Report)) for run in runs],
    )  # fmt: skip


@get("/staff/duplicates", **reads(Wanted, **MAY))
async def duplicates(request: AnyRequest) -> Response[bytes]:
    """Pairs that may be one service, side by side, the likeliest first."""
    state = request.app.state
    pairs = await _twins(state)
    top = pairs[:SIDE_BY_SIDE]
    ids = [UUID(each) for pair in top for each in (pair.service_id, pair.other_id)]
    whole = await records(state.database.pool, ids)
    return shown(
        await framed(request), "staff/duplicates.html", total=len(pairs), did=query(request, Wanted).did,
        pairs=[(pair, [_facts(whole[UUID(each)]) for each in (pair.service_id, pair.other_id)]) for pair in top],
    )  # fmt: skip


@post("/staff/duplicates", opt=MAY, status_code=303)
async def decide(request: AnyRequest) -> Response[Any]:
    """One word on a pair: the same, with the one that is shown, or not the same."""
    given = await form(request)
    try:
        pair = (UUID(given.get("one", "")), UUID(given.get("other", "")))
        preferred = UUID(given["preferred"]) if given.get("preferred") else None
    except ValueError:
        raise BadRequest("choose one of the buttons") from None
    decision = "same" if preferred else "apart"
    await decide_twins(
        request.app.state.database, pair, "same" if preferred else "apart", preferred, by=caller(request).id
    )
    return gone_to("/staff/duplicates", did=decision)


@get("/staff/tags", **reads(Wanted, **MAY))
async def tags(request: AnyRequest) -> Response[bytes]:
    """Suggested tags that nobody has confirmed, by service, the surest first."""
    wanted, state = query(request, Wanted), request.app.state
    found = await list_suggestions(state.database, wanted.source or None, 0.0, TAGS)
    by_service: dict[UUID, list[Any]] = {}
    for each in found:
        by_service.setdefault(each.service_id, []).append(each)
    return shown(
        await framed(request), "staff/tags.html", groups=list(by_service.values()), did=wanted.did,
        names=await names(state),
    )  # fmt: skip


@post("/staff/tags", opt=MAY, status_code=303)
async def answer(request: AnyRequest) -> Response[Any]:
    """Keep a suggested tag or drop it; `keep` and `drop` may also name several, by comma."""
    given = await form(request)
    name = "keep" if given.get("keep") else "drop"
    try:
        ids = [UUID(each) for each in given.get(name, "").split(",")]
    except ValueError:
        raise BadRequest("choose one of the buttons") from None
    for each in ids[:40]:
        await answer_suggestion(request.app.state.database, each, keep=name == "keep")
    return gone_to("/staff/tags", did=name)


async def _twins(state: Any) -> Sequence[Candidate]:
    kept: tuple[float, list[Candidate]] | None = getattr(state, "twins", None)
    if kept is None or time.monotonic() - kept[0] > KEPT:
        kept = (time.monotonic(), await find_twins(state.database, LEAST, 500))
        state.twins = kept
    rows = await state.database.pool.fetch("select service_id::text, other_id::text from service_twin")
    decided = {(row["service_id"], row["other_id"]) for row in rows}
    known = await state.database.pool.fetch(
        "select id::text from service where id = any($1::uuid[])",
        [UUID(each) for pair in kept[1] for each in (pair.service_id, pair.other_id)],
    )
    there = {row["id"] for row in known}
    return [
        pair
        for pair in kept[1]
        if tuple(sorted((pair.service_id, pair.other_id))) not in decided
        and {pair.service_id, pair.other_id} <= there
    ]


def _facts(service: hsds.Service) -> dict[str, str]:
    """What is laid side by side; a confidential place shows nothing of itself."""
    places = [
        each.location
        for each in service.service_at_locations
        if each.location and not each.location.confidential
    ]
    addresses = [
        ", ".join(filter(None, (a.address_1, a.city, a.postal_code)))
        for place in places
        for a in place.addresses
    ]
    return {
        N_("Name"): service.name,
        N_("Organisation"): service.organization.name if service.organization else "",
        N_("What it does"): (service.description or "")[:400],
        N_("Where"): "; ".join(addresses[:3]),
        N_("Phone"): ", ".join(phone.number for phone in service.phones),
        N_("Web"): service.url or "",
        N_("E-mail"): service.email or "",
        N_("Checked"): service.assured_date or "",
    }


handlers: list[Any] = [rules, imports, duplicates, decide, tags, answer]
