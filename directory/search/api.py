"""Handlers: parse, call, return."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from msgspec import Meta, Struct

from directory.query import query, reads
from directory.search.find import outcome
from directory.search.request import SearchRequest

_encode = msgspec.json.Encoder().encode


class Suggesting(Struct, frozen=True):
    q: Annotated[str, Meta(max_length=200)] = ""


@get("/api/search", **reads(SearchRequest, access="open"))
async def search(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Services for what somebody asks, best first, with facets, reasons and ways out of an empty list."""
    state = request.app.state
    wanted = query(request, SearchRequest)
    found = await outcome(state.index, state.places, wanted, hear=state.router.hear)
    return Response(found.json(), media_type="application/json")


@get("/api/suggest", **reads(Suggesting, access="open"))
async def suggest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """At most eight texts that somebody may be about to type."""
    wanted = query(request, Suggesting)
    found = await request.app.state.index.suggest(wanted.q, 8)
    return Response(_encode({"suggestions": found}), media_type="application/json")


handlers: list[Any] = [search, suggest]
