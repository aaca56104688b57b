"""An assistant asks through the protocol's own client, over HTTP: the same answers as everywhere, danger first."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from directory.app import create_app
from directory.db import Database
from tests.conftest import settings_for
from tests.web.test_privacy import rows_with

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed: assistants are not tried")
CANARY = "lanternzebra"


@pytest.fixture(scope="module")
def address(county: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a thread of its own, as the SDK's client finds one."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    settings = settings_for(county, tmp_path_factory.mktemp("mcp"), log_level="debug")
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), log_level="warning", access_log=False, ws="none")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 240  # the rules are compiled first
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive(), "it ends with the application"
    listening.close()


class Assistant:
    """The SDK's client; each question in a session of its own, as its cancel scopes want one task."""

    def __init__(self, address: str) -> None:
        self.address = f"{address}/mcp"

    async def list_tools(self) -> Any:
        async with mcp.Client(self.address) as client:
            return await client.list_tools()

    async def call_tool(self, name: str, given: dict[str, Any]) -> Any:
        async with mcp.Client(self.address) as client:
            return await client.call_tool(name, given)


@pytest.fixture
def assistant(address: str) -> Assistant:
    return Assistant(address)


async def ask(assistant: Assistant, tool: str, **given: Any) -> tuple[str, Any]:
    """(the first block, the whole answer)."""
    found = await assistant.call_tool(tool, given)
    assert not found.is_error, found.content[0].text
    assert json.loads(found.content[-1].text) == found.structured_content
    return found.content[0].text, found.structured_content


async def test_there_are_four_tools_and_all_of_them_only_read(assistant: Assistant) -> None:
    tools = {each.name: each for each in (await assistant.list_tools()).tools}
    assert set(tools) == {"route", "search", "service", "place"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert tool.input_schema["type"] == "object"
        assert tool.description
    assert "near" in tools["search"].input_schema["properties"]
    assert "door" not in tools["route"].input_schema["properties"]


async def test_danger_comes_first_whatever_is_asked(assistant: Assistant) -> None:
    for tool, given in (("route", {"text": "my husband hits me"}), ("search", {"q": "my husband hits me"})):
        first, answer = await ask(assistant, tool, **given)
        assert list(answer) == ["safety", "answer"]
        assert answer["safety"]["tier"] == 1
        assert answer["safety"]["message"] in first
        assert "999" in first
        assert all(each["number"] in first for each in answer["safety"]["contacts"])
    _, calm = await ask(assistant, "search", q="toddler group")
    assert calm["safety"] is None


async def test_a_route_is_the_same_as_at_any_other_door(assistant: Assistant, address: str) -> None:
    said = {
        "text": "my son is 9 and will not go to school, he is so anxious in the mornings",
        "near": "Dereham",
    }
    _, found = await ask(assistant, "route", **said)
    async with httpx.AsyncClient() as client:
        other = (await client.post(f"{address}/api/routes", json=said)).json()
    for part in ("needs", "level", "pathway", "questions", "person", "safety"):
        assert found["answer"][part] == other[part], part
    assert found["answer"]["wording"]["door"] == "assistant"


async def test_from_a_search_to_all_about_a_service(assistant: Assistant, address: str) -> None:
    _, found = await ask(assistant, "search", q="food bank", near="Great Yarmouth", per_page=3)
    hits = found["answer"]["hits"]
    assert len(hits) == 3
    assert hits[0]["reasons"]
    _, service = await ask(assistant, "service", id=hits[0]["id"])
    assert service["answer"]["name"] == hits[0]["name"]
    _, place = await ask(assistant, "place", q="NR3 1FH")
    assert place["answer"]["kind"] == "postcode"


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("search", {"q": "food", "colour": "red"}), ("search", {"q": 7}), ("search", {"per_page": 500}),
        ("route", {"text": ""}), ("route", {"text": "x" * 20_000}), ("route", {"text": "hello", "door": "staff"}),
        ("service", {"id": "nothing"}), ("service", {"id": "00000000-0000-4000-8000-000000000000"}), ("place", {}),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_in_the_answer(
    assistant: Assistant, tool: str, given: dict[str, Any]
) -> None:
    found = await assistant.call_tool(tool, given)
    assert found.is_error
    assert found.content[0].text


async def test_nothing_that_was_asked_is_kept(
    assistant: Assistant, address: str, county: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("directory")
    log.addHandler(caplog.handler)
    try:
        await ask(assistant, "search", q=f"{CANARY} food", near=CANARY)
        await ask(assistant, "route", text=f"{CANARY} will not go to school")
        await assistant.call_tool("search", {CANARY: CANARY})
    finally:
        log.removeHandler(caplog.handler)
    # What a log shows: ours whole, and what a library would say aloud.
    lines = [
        each.getMessage()
        for each in caplog.records
        if each.name == "directory" or each.levelno >= logging.WARNING
    ]
    assert any("POST /mcp" in line for line in lines), "the log is there to be looked at"
    assert not [line for line in lines if CANARY in line]
    async with httpx.AsyncClient() as client:
        assert CANARY not in (await client.get(f"{address}/metrics")).text
    assert await rows_with(county, CANARY) == []


async def test_without_the_extra_the_address_says_so(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.web.assistants.api.find_spec", lambda _: None)
    answer = await client.post("/mcp", json={})
    assert answer.status_code == 404
    assert "extra" in answer.json()["detail"]
