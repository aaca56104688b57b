"""A real Chromium on a real server over the seeded county.

A tab fails its test on any console error, page error, request to another host, cookie or stored item. Without a browser
these tests are skipped with a reason, unless CI is set: there they fail. `CHROMIUM` names another browser.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from directory.app import create_app
from directory.db import Database
from tests.browser.hosting import guest, host, open_guest, partner  # noqa: F401 - fixtures
from tests.conftest import settings_for

playwright_api = pytest.importorskip("playwright.async_api")
Browser, Page, Request, Route = (
    getattr(playwright_api, name) for name in ("Browser", "Page", "Request", "Route")
)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)


# The rules are compiled first, once for all tests of a process, on a machine that does much else at the time.
STARTED = 240


@pytest.fixture(scope="session")
def chromium() -> str:
    wanted = os.environ.get("CHROMIUM")
    found = wanted or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium here (Debian: apt-get install chromium-headless-shell)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def served(database: Database, folder: Path, **over: Any) -> Iterator[str]:
    """The address of a server in a thread of its own, over a database."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = settings_for(database, folder, **({"public_url": address, "demo": True} | over))
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), log_level="warning", access_log=False, ws="none", lifespan="on")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + STARTED
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, f"the server took more than {STARTED} s to start"
        time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()


@pytest.fixture(scope="session")
def site(county: Database, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the county, to be looked at."""
    with served(county, tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with playwright_api.async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield made
        await made.close()


class Tab:
    """One page of its own context, and what went wrong in it. `asked` are the addresses it requested, in order."""

    def __init__(self, page: Any, site: str) -> None:
        self.page = page
        self.site = site
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.cookies: set[str] = set()  # the names that this test means to have: a signed-in person's alone
        self.leaving = ""  # the one other address that this test means to go to
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def _console(self, message: Any) -> None:
        # A page that is an error on purpose is reported by the browser too; what it loads is not excused.
        own = "Failed to load resource" in message.text and message.location["url"] == self.page.url
        if message.type in {"error", "warning"} and not own:
            self.wrong.append(f"console: {message.text}")

    async def route(self, route: Any, request: Any) -> None:
        if request.url.startswith(self.site):
            await route.continue_()
        elif self.leaving and request.url.startswith(self.leaving):
            await route.fulfill(
                status=200, content_type="text/html", body="<!doctype html><title>Weather</title>"
            )
        else:
            self.wrong.append(f"another host: {request.url}")
            await route.abort()

    async def go(self, path: str) -> Any:
        return await self.page.goto(self.site + path)

    async def stored(self) -> int:
        count: int = await self.page.evaluate(
            "async () => localStorage.length + sessionStorage.length + (await indexedDB.databases()).length"
            " + (await caches.keys()).length"
        )
        return count


OpenTab = Callable[..., Awaitable[Tab]]


@pytest.fixture
async def open_tab(browser: Any, site: str) -> AsyncIterator[OpenTab]:
    """`await open_tab(width=320, scripts=False, at=another_site, ...)`; every tab is checked when the test ends."""
    async with AsyncExitStack() as stack:
        tabs: list[tuple[Any, Tab, bool]] = []

        async def open_(
            *, width: int = 1280, height: int = 900, scripts: bool = True, at: str = "", **options: Any
        ) -> Tab:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, java_script_enabled=scripts, **options
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(15_000)
            page = await context.new_page()
            tab = Tab(page, at or site)
            await page.route("**/*", tab.route)
            tabs.append((context, tab, scripts))
            return tab

        yield open_
        for context, tab, scripts in tabs:
            assert not tab.wrong
            assert {cookie["name"] for cookie in await context.cookies()} <= tab.cookies
            if scripts and tab.page.url.startswith(tab.site):
                assert await tab.stored() == 0


@pytest.fixture
async def tab(open_tab: OpenTab) -> Tab:
    return await open_tab()


@pytest.fixture(scope="session")
async def known(county: Database) -> dict[str, str]:
    """Ids of services that pages are tried with."""
    rows = await county.pool.fetch(
        "select id::text, name from service where name = any($1)",
        ["No Voucher Food Bank", "Village Food Parcels"],
    )
    private = await county.pool.fetchval(
        "select s.service_id::text from location l join service_at_location s on s.location_id = l.id"
        " where l.confidential limit 1"
    )
    return {row["name"]: row["id"] for row in rows} | {"private": private}
