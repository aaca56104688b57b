"""`/staff/shortcuts`: which keys do what, and a switch for single keys."""

from typing import Any

from litestar import Request, Response, get, post

from directory.access import caller
from directory.web.staff.frame import form, framed, gone_to, shown

AnyRequest = Request[Any, Any, Any]


@get("/staff/shortcuts", opt={"access": "staff", "page": True})
async def shortcuts(request: AnyRequest) -> Response[bytes]:
    return shown(await framed(request), "staff/shortcuts.html")


@post("/staff/shortcuts", opt={"access": "staff", "page": True}, status_code=303)
async def switch(request: AnyRequest) -> Response[Any]:
    """Single keys on or off (WCAG 2.1.4), for this account wherever it signs in."""
    await request.app.state.database.pool.execute(
        "update staff set single_keys = $2 where id = $1",
        caller(request).staff_id,
        (await form(request)).get("single_keys") == "on",
    )
    return gone_to("/staff/shortcuts")


handlers: list[Any] = [shortcuts, switch]
