"""`/mcp`, where assistants ask. It needs the extra `mcp`; without it the address says so."""

import contextlib
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any, cast

from litestar import Request, route
from litestar.types import ASGIApp

from directory.access import OPEN
from directory.errors import NotFound, TooMany

PER_MINUTE = 240  # questions of one computer


@contextlib.asynccontextmanager
async def assistants(state: Any) -> AsyncIterator[None]:
    """Nothing is loaded before somebody asks."""
    state.assistants = None
    try:
        yield
    finally:
        if state.assistants is not None:
            await state.assistants.stop()


@route("/mcp", http_method=["GET", "POST", "DELETE"], opt={**OPEN, "page": False})
async def ask(request: Request[Any, Any, Any]) -> ASGIApp:
    """The Model Context Protocol over HTTP: search, route, service and place, each only reading."""
    state = request.app.state
    if find_spec("mcp") is None:
        raise NotFound("assistants are not served here: the extra `mcp` is not installed")
    address = request.client.host if request.client else ""
    if wait := state.allowance.spend(f"mcp {address}", PER_MINUTE):
        raise TooMany("too many questions just now", retry_after=wait)
    if state.assistants is None:
        from directory.web.assistants.server import Running

        state.assistants = Running(state)
    manager = await state.assistants.manager()
    return cast("ASGIApp", manager.handle_request)


handlers: list[Any] = [ask]
