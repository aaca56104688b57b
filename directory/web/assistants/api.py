"""`/mcp`, where assistants ask. It needs the extra `mcp`; without it the address says so."""

import contextlib
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any, cast

from litestar import asgi
from litestar.types import Receive, Scope, Send

from directory import http
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


@asgi("/mcp", opt=OPEN, copy_scope=True)
async def ask(scope: Scope, receive: Receive, send: Send) -> None:
    """The Model Context Protocol over HTTP: search, route, service and place, each only reading."""
    state, answer = scope["litestar_app"].state, cast("http.Send", send)
    client = scope.get("client")
    if find_spec("mcp") is None:
        await http.refuse(
            answer, NotFound("assistants are not served here: the extra `mcp` is not installed")
        )
        return
    if wait := state.allowance.spend(f"mcp {client[0] if client else ''}", PER_MINUTE):
        await http.refuse(answer, TooMany("too many questions just now", retry_after=wait))
        return
    if state.assistants is None:
        from directory.web.assistants.server import Running

        state.assistants = Running(state)
    manager = await state.assistants.manager()
    await manager.handle_request(scope, receive, send)


handlers: list[Any] = [ask]
