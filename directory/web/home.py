"""The first page: one question, and ways in by outcome, age, kind and zone."""

from typing import Any

from litestar import Request, Response, get

from directory.db import AWAY
from directory.query import query, reads
from directory.web.render import Page, frame_of, page


@get("/", **reads(Page, access="open", page=True))
async def home(request: Request[Any, Any, Any]) -> Response[bytes]:
    frame = frame_of(request, query(request, Page))
    try:
        zones = await request.app.state.places.zones()
    except AWAY:
        zones = []  # the numbers to ring matter more than the list
    return page(frame, "home.html", seconds=300, zones=zones)
