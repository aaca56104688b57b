"""Pages about the directory itself: accessibility, privacy, where the facts come from."""

from typing import Any

from litestar import Request, Response, get

from directory.query import query, reads
from directory.web.render import Page, frame_of, page

_FEEDS = """
    select f.label, f.publisher, f.licence, f.last_complete, count(s.id) as services,
        count(s.id) filter (where s.assured_date > current_date - 365) as fresh
    from feed f join service s on s.feed_id = f.id and s.status <> 'defunct'
    group by f.id order by count(s.id) desc
"""


@get("/accessibility", **reads(Page, access="open", page=True), sync_to_thread=False)
def accessibility(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(frame_of(request, query(request, Page)), "accessibility.html", seconds=3600)


@get("/privacy", **reads(Page, access="open", page=True), sync_to_thread=False)
def privacy(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(frame_of(request, query(request, Page)), "privacy.html", seconds=3600)


@get("/about-this-data", **reads(Page, access="open", page=True))
async def data(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The sources, how many services each gives, and how many were checked within a year."""
    feeds = await request.app.state.database.pool.fetch(_FEEDS)
    return page(
        frame_of(request, query(request, Page)), "data.html", seconds=300, feeds=[dict(row) for row in feeds]
    )
