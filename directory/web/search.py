"""`/search`: the list first, filters as a plain form, reasons on each result, a map, and what to try when empty."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from msgspec import Meta

from directory.catalogue.read import points
from directory.query import query, reads
from directory.search.find import find
from directory.search.request import SearchPage, SearchRequest
from directory.web import maps
from directory.web.chosen import FLAGS, SORTS, Bare, groups, tags
from directory.web.danger import danger, sensitive
from directory.web.ground import ground
from directory.web.render import frame_of, page


class Searched(SearchRequest, frozen=True, kw_only=True):
    """A search and what travels with every page. A page holds ten: it is there sooner, and few look further. The map
    comes when it is asked for: few do, and it would be a third of the page."""

    per_page: Annotated[int, Meta(ge=1, le=50)] = 10
    saved: str = ""
    lang: str = ""
    quiet: bool = False
    map: bool = False


@get("/search", **reads(Searched, access="open", page=True))
async def search(request: Request[Any, Any, Any]) -> Response[bytes]:
    state = request.app.state
    wanted = query(request, Searched)
    found = await find(state.index, state.places, wanted, hear=state.router.hear)
    safety = danger(state, wanted.q)
    heard = [code for code, _ in state.router.hear(wanted.q)[:1]] if wanted.q else []
    quiet = safety.quick_exit or sensitive(state, (*heard, *wanted.need))
    bare = Bare(wanted)
    frame = frame_of(request, wanted, quiet=quiet, query=bare(page=wanted.page))
    return page(
        frame,
        "search.html",
        wanted=wanted,
        found=found,
        safety=safety,
        tags=tags(wanted, found.facets, frame.words, bare),
        groups=groups(wanted, found.facets, frame.words),
        flags=FLAGS,
        sorts=SORTS if wanted.near else [each for each in SORTS if each[0] != "nearest"],
        bare=bare,
        pages=-(-found.total // found.per_page),
        map=await drawn(state, found) if wanted.map else None,
    )


async def drawn(state: Any, found: SearchPage) -> maps.Map | None:
    """The pins of this page's hits, numbered as in the list; None where no hit has a place."""
    venues = await points(state.database.pool, [UUID(each.id) for each in found.hits])
    first = (found.page - 1) * found.per_page + 1
    pins = []
    for number, hit in enumerate(found.hits, first):
        # The list names the venue that is nearest; the pin stands where the list says.
        placed = sorted(
            venues.get(hit.id, ()), key=lambda each: not (hit.venue or "").startswith(each[0] or "-")
        )
        pins += [
            maps.Pin(number=number, lat=lat, lon=lon, name=hit.name, id=hit.id) for _, lat, lon in placed[:1]
        ]
    here = found.place
    you = (here.lat, here.lon) if here and here.lat is not None and here.lon is not None else None
    return maps.draw(pins, you, await ground(state, state.database.pool)) if pins else None
