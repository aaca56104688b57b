"""Handlers: parse, call, return. Nothing that is asked is logged or stored."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from directory.access import OPEN
from directory.errors import NotFound
from directory.places.shapes import Answer, Zone, ZoneSummary
from directory.query import query, reads


class Where(Struct, frozen=True):
    """`q` is whatever a person types for a place: a postcode or part of one, a name, an address, a point."""

    q: Annotated[str, Meta(max_length=2_000)] = ""


@get("/api/places", **reads(Where, access="open"))
async def place(request: Request[Any, Any, Any]) -> Answer:
    """Where a text is: always an answer, with a sentence for people."""
    answer: Answer = await request.app.state.places.resolve(query(request, Where).q)
    return answer


@get("/api/zones", opt=OPEN)
async def zones(request: Request[Any, Any, Any]) -> list[ZoneSummary]:
    """The School and Community Zones, with the team of each."""
    found: list[ZoneSummary] = await request.app.state.places.zones()
    return found


@get("/api/zones/{code:str}", opt=OPEN)
async def zone(request: Request[Any, Any, Any], code: FromPath[str]) -> Zone:
    """A zone whole: team, outline, hubs, settings and the services in it."""
    found: Zone | None = await request.app.state.places.zone(code)
    if found is None:
        raise NotFound(f"there is no zone {code[:40]}")
    return found


handlers: list[Any] = [place, zones, zone]
