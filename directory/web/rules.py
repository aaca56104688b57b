"""The rule book of the router as a page: what is looked for, what is said, whom it names, and what changed."""

from typing import Any

from litestar import Request, Response, get

from directory.query import query, reads
from directory.routing.api import in_words
from directory.web.render import Page, frame_of, page


@get("/rules", **reads(Page, access="open", page=True))
async def rules(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The whole rule book in words; staff and families see the same."""
    book = await in_words(request.app.state)
    labels = {need.code: need.plain for need in book.needs}
    levels = {level.code: level.label for level in book.levels}
    return page(
        frame_of(request, query(request, Page)),
        "rules.html",
        seconds=300,
        book=book,
        labels=labels,
        levels=levels,
    )
