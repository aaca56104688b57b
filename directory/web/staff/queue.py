"""`/staff`: the work queues."""

from typing import Any

from litestar import Request, Response, get

from directory.web.staff.frame import framed, shown


@get("/staff", opt={"access": "staff", "page": True})
async def queue(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The queues of whoever is signed in."""
    return shown(await framed(request), "staff/queue.html")


handlers: list[Any] = [queue]
