"""`/services/{id}`: everything that is known of one service, in the order in which a family asks."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from directory.access import limits
from directory.catalogue import hours, hsds
from directory.catalogue.doubt_store import doubt
from directory.catalogue.doubts import KINDS
from directory.catalogue.read import one
from directory.catalogue.recurrence import Rule
from directory.catalogue.shapes import Extras, Opening
from directory.db import Reader
from directory.errors import NotFound
from directory.query import query, reads
from directory.search.find import find
from directory.search.request import Hit, SearchRequest
from directory.web import maps
from directory.web.danger import sensitive
from directory.web.ground import ground
from directory.web.linked import linked
from directory.web.render import Page, frame_of, page
from directory.web.wording import STALE_AFTER

_record = msgspec.json.Decoder(hsds.Service)
_extras = msgspec.json.Decoder(Extras)
_rules = msgspec.msgpack.Decoder(list[Rule])
# The silent kinds of number: read, not rung.
TEXTS = {"text", "sms", "textphone"}


class Shown(Struct, frozen=True, kw_only=True):
    """A service as its page needs it. `private` says that it has a place whose address is not given out."""

    record: hsds.Service
    extras: Extras
    opening: Opening
    places: list[hsds.ServiceAtLocation]
    private: bool
    phones: list[hsds.Phone]
    texts: list[hsds.Phone]
    emails: list[str]
    website: str | None
    stale: bool


async def shown(reader: Reader, service_id: UUID, moment: dt.datetime | None = None) -> Shown:
    """Raises NotFound or Gone."""
    built = await one(reader, service_id)
    record, extras = _record.decode(built.body), _extras.decode(built.extras)
    at = [place for place in record.service_at_locations if place.location is not None]
    known = [place for place in at if place.location and (place.location.addresses or place.location.name)]
    physical = {place.id for place in at if place.location and place.location.location_type == "physical"}
    numbers = list(_numbers(record))
    organization = record.organization
    emails = [
        record.email,
        *(each.email for each in record.contacts),
        organization.email if organization else None,
    ]
    checked = dt.date.fromisoformat(record.assured_date) if record.assured_date else None
    return Shown(
        record=record,
        extras=extras,
        opening=hours.at(_rules.decode(built.rules), moment),
        places=known,
        private=bool(physical - {place.id for place in known}),
        phones=[each for each in numbers if (each.type or "").lower() not in TEXTS],
        texts=[each for each in numbers if (each.type or "").lower() in TEXTS],
        emails=list(dict.fromkeys(each for each in emails if each))[:1],
        website=_web(record.url) or _web(organization.website if organization else None),
        stale=checked is None or dt.date.today() - checked > STALE_AFTER,  # noqa: DTZ011 - a day is enough
    )


def _numbers(record: hsds.Service) -> list[hsds.Phone]:
    """The numbers of the service, else of its contacts and venues, else of its organization; each once, no fax."""
    organization = record.organization
    for lists in (
        [record.phones, *(each.phones for each in record.contacts)],
        [each.phones for each in record.service_at_locations],
        [organization.phones if organization else []],
    ):
        found = {
            "".join(filter(str.isdigit, each.number)): each
            for phones in reversed(lists)
            for each in reversed(phones)
            if (each.type or "").lower() not in {"fax", "pager"}
        }
        if found:
            return list(reversed(found.values()))
    return []


def _web(address: str | None) -> str | None:
    """Only an address that a browser may open: a feed can hold anything."""
    return address if address and address.startswith(("https://", "http://")) else None


class Seen(Page, frozen=True, kw_only=True):
    """`thanks` is set after somebody reported a fault."""

    thanks: bool = False


@get("/services/{service_id:str}", **reads(Seen, access="open", page=True))
async def service(request: Request[Any, Any, Any], service_id: FromPath[str]) -> Response[bytes]:
    state = request.app.state
    pool: Reader = state.database.pool
    found = await shown(pool, identified(service_id))
    wanted = query(request, Seen)
    frame = frame_of(request, wanted, quiet=sensitive(state, [each.code for each in found.extras.needs]))
    return page(
        frame,
        "service.html",
        shown=found,
        map=await _map(state, found),
        similar=await similar(state, found),
        linked=linked(found, frame.public_url),
        faults=KINDS,
        thanks=wanted.thanks,
    )


@post("/services/{service_id:str}/report", **reads(Page, access="open", page=True), status_code=303)
async def report(request: Request[Any, Any, Any], service_id: FromPath[str]) -> Response[None]:
    """Somebody says that a fact is wrong: counted by kind, with no words and no name. Ten an hour from one address."""
    wanted = query(request, Page)
    found = identified(service_id)
    state = request.app.state
    pairs = dict(parse_qsl((await request.body())[:2_000].decode("latin-1")))
    await limits.spend(state.database, state.vault, "report", address(request), 10, dt.timedelta(hours=1))
    await doubt(state.database, found, pairs.get("what", ""))
    back = frame_of(request, wanted).link(f"/services/{found}?thanks=true#checked")
    return Response(None, status_code=303, headers={"Location": back, "Cache-Control": "no-store"})


def address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


def identified(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no service has this id") from None


async def _map(state: Any, found: Shown) -> maps.Map | None:
    pins = [
        maps.Pin(
            number=number,
            lat=venue.latitude,
            lon=venue.longitude,
            name=venue.name or "",
            id=venue.location_id,
        )
        for number, venue in enumerate(found.extras.venues, 1)
        if venue.latitude is not None and venue.longitude is not None
    ]
    return maps.draw(pins, None, await ground(state, state.database.pool)) if pins else None


async def similar(state: Any, found: Shown) -> list[Hit]:
    """At most four others for the same needs, near the first venue where it has one."""
    needs = [each.code for each in found.extras.needs][:2]
    if not needs:
        return []
    near = next((venue.postcode for venue in found.extras.venues if venue.postcode), "") or ""
    asked = SearchRequest(need=needs, near=near, per_page=5)
    hits = (await find(state.index, state.places, asked)).hits
    return [each for each in hits if each.id != found.record.id][:4]
