"""`/shortlist`: what somebody saved. It is in the address and nowhere else: to keep it is to keep the address."""

from typing import Any

from litestar import Request, Response, get

from directory.catalogue.read import cards
from directory.query import query, reads
from directory.web.listed import hit
from directory.web.render import Page, frame_of, page


@get("/shortlist", **reads(Page, access="open", page=True))
async def shortlist(request: Request[Any, Any, Any]) -> Response[bytes]:
    frame = frame_of(request, query(request, Page))
    found = await cards(request.app.state.database.pool, list(frame.saved.ids))
    listed = [(card, hit(card), frame.saved.minus(card.id).text) for card in found]
    gone = len(frame.saved.ids) - len(found)
    address = f"{frame.public_url}/shortlist?saved={frame.saved.text}"
    return page(frame, "shortlist.html", seconds=0, listed=listed, gone=gone, address=address)
