"""The tools behind the protocol's own SDK: stateless, so that any process may answer any question."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import mcp_types as types
import msgspec
from mcp.server import Server, ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from directory import __version__
from directory.errors import DirectoryError
from directory.telemetry import log
from directory.web.assistants.tools import INSTRUCTIONS, TOOLS, Told, asked, schema

LONGEST_BODY = 65_536


@contextlib.asynccontextmanager
async def serving(state: Any) -> AsyncIterator[StreamableHTTPSessionManager]:
    """The ASGI side of the protocol, for as long as the block lasts."""

    async def tools(
        _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(name) for name in TOOLS])

    async def call(_: ServerRequestContext[Any], given: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            return _result(await asked(state, given.name, given.arguments or {}))
        except DirectoryError as error:
            return _failed(error.detail or error.title)
        except Exception as error:
            # Only its kind: an error may hold what somebody said.
            log.error("an assistant's question failed: %s", type(error).__name__)
            return _failed("that did not work; ring 999 in danger, or try again later")

    server: Server[Any] = Server(
        "flourish-directory",
        version=__version__,
        title="Flourish Directory",
        instructions=INSTRUCTIONS,
        on_list_tools=tools,
        on_call_tool=call,
    )
    manager = StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=LONGEST_BODY
    )
    async with manager.run():
        yield manager


class Running:
    """The server in a task of its own: it begins with the first question and ends with the application."""

    def __init__(self, state: Any) -> None:
        self._ready: asyncio.Future[StreamableHTTPSessionManager] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(state))

    async def _run(self, state: Any) -> None:
        async with serving(state) as manager:
            self._ready.set_result(manager)
            await asyncio.Event().wait()

    async def manager(self) -> StreamableHTTPSessionManager:
        return await asyncio.shield(self._ready)

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


def _tool(name: str) -> types.Tool:
    wanted, answer = TOOLS[name]
    return types.Tool(
        name=name,
        description=f"{answer.__doc__} {wanted.__doc__}",
        input_schema=schema(wanted),
        annotations=types.ToolAnnotations(
            title=name.capitalize(), read_only_hint=True, destructive_hint=False, idempotent_hint=True
        ),
    )


def _result(told: Told) -> types.CallToolResult:
    """Words of danger as the first block in plain text, then everything as JSON."""
    raw = msgspec.json.encode(told)
    first: list[str] = []
    if told.safety:
        numbers = "; ".join(f"{each.name}: {each.number}" for each in told.safety.contacts)
        first = [" ".join(part for part in (told.safety.ask, told.safety.message, numbers) if part)]
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text) for text in (*first, raw.decode())],
        structured_content=msgspec.json.decode(raw),
    )


def _failed(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=message)], is_error=True)
