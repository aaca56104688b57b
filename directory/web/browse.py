"""Ways in without words: `/outcomes/{code}`, `/kinds/{code}`, `/zones` and `/zones/{code}`."""

from typing import Annotated, Any

import msgspec
import shapely
from litestar import Request, Response, get
from litestar.params import FromPath
from msgspec import Meta

from directory.errors import NotFound
from directory.places.shapes import Zone
from directory.query import query, reads
from directory.search.find import find
from directory.search.request import SearchRequest
from directory.web import maps
from directory.web.ground import ground
from directory.web.render import Page, frame_of, page, wording
from directory.web.search import drawn
from directory.web.wording import KINDS, OUTCOMES


class Browsed(Page, frozen=True, kw_only=True):
    """A list's place and page."""

    near: Annotated[str, Meta(max_length=200)] = ""
    page: Annotated[int, Meta(ge=1, le=500)] = 1


@get("/outcomes/{code:str}", **reads(Browsed, access="open", page=True))
async def outcome(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """The services that help with one of the eight outcomes."""
    found = next((each for each in OUTCOMES if each.code == code), None)
    if found is None:
        raise NotFound(f"there is no outcome {code[:40]}")
    return await _listed(request, SearchRequest(outcome=[code]), found.says, found.name, "outcome", code)  # type: ignore[list-item]


@get("/kinds/{code:str}", **reads(Browsed, access="open", page=True))
async def kind(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """The services of one kind."""
    if code not in KINDS:
        raise NotFound(f"there is no kind {code[:40]}")
    name, says = KINDS[code]
    return await _listed(request, SearchRequest(kind=[code]), name, says, "kind", code)  # type: ignore[list-item]


async def _listed(
    request: Request[Any, Any, Any], asked: SearchRequest, title: str, lead: str, name: str, code: str
) -> Response[bytes]:
    state = request.app.state
    wanted = query(request, Browsed)
    frame = frame_of(request, wanted)
    words = wording(frame.language.code)
    asked = msgspec.structs.replace(
        asked, near=wanted.near, page=wanted.page, sort="best" if wanted.near else "name"
    )
    found = await find(state.index, state.places, asked)
    return page(
        frame,
        "listing.html",
        title=words.say(title),
        lead=words.say(lead),
        wanted=wanted,
        found=found,
        filter=(name, code),
        feed=f"/feeds/changes.atom?outcome={code}" if name == "outcome" else None,
        pages=-(-found.total // found.per_page),
        map=await drawn(state, found),
    )


@get("/zones", **reads(Page, access="open", page=True))
async def zones(request: Request[Any, Any, Any]) -> Response[bytes]:
    """All zones, on a map and in a list."""
    state = request.app.state
    found = await state.places.zones()
    pins = [
        maps.Pin(number=number, lat=zone.centre.lat, lon=zone.centre.lon, name=zone.name, id=zone.code)
        for number, zone in enumerate(found, 1)
        if zone.centre
    ]
    land = await ground(state, state.database.pool)
    return page(
        frame_of(request, query(request, Page)),
        "zones.html",
        seconds=300,
        zones=found,
        map=maps.draw(pins, None, land, whole=True) if pins else None,
    )


@get("/zones/{code:str}", **reads(Page, access="open", page=True))
async def zone(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
    """A School and Community Zone: its team, its places, its hubs, and the services in it."""
    state = request.app.state
    found: Zone | None = await state.places.zone(code)
    if found is None:
        raise NotFound(f"there is no zone {code[:40]}")
    listed = await find(state.index, state.places, SearchRequest(zone=[code], sort="name"))
    return page(
        frame_of(request, query(request, Page)),
        "zone.html",
        zone=found,
        found=listed,
        map=await _zone_map(state, found),
    )


async def _zone_map(state: Any, zone: Zone) -> maps.Map | None:
    outline = bytes(zone.outline)
    if outline in (b"null", b""):
        return None
    shape = shapely.from_geojson(outline.decode())
    land = await ground(state, state.database.pool)
    return maps.draw([], None, land, around_shape=shape)
