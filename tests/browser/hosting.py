"""Somebody else's site: pages served from another origin, with the search of ours on them."""

import http.server
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from directory.access import partners
from directory.access.partners import Partner
from directory.db import Database
from directory.web.embed import script

EXAMPLES = Path(__file__).parents[2] / "docs" / "embed"
ELEMENT = '<flourish-directory key="{key}" {more}>{inside}</flourish-directory>'
FORM = '<form action="{site}/search"><label>Help <input name="q"></label><button>Go</button></form>'
PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>A school</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>
<body><main><h1>Our school</h1><p id="before">Words of our own.</p>{body}</main></body></html>"""


class Host:
    """A second server. `pages` maps a path to (content type, headers, body); `asked` is what browsers asked it for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, bytes]] = []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.path, b""))
                kind, headers, body = host.pages.get(self.path, ("text/plain", {}, b""))
                self.send_response(200 if self.path in host.pages else 404)
                for name, value in {
                    "Content-Type": kind,
                    "Content-Length": str(len(body)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # By this name it is another site, not only another port.
        self.origin = f"http://localhost:{self.server.server_port}"

    def page(self, path: str, html: str, **headers: str) -> str:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = ("text/html; charset=utf-8", found, html.encode())
        return self.origin + path


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    made = Host()
    made.page("/favicon.ico", "")
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="session")
async def partner(county: Database, host: Host) -> Partner:
    """The school: registered for the host's origin."""
    return await partners.add(county, "Marsh Lane Primary", [host.origin], per_minute=6000)


class Guest:
    """A tab on somebody else's page. It may speak to that page's server and to ours, and to nobody else."""

    def __init__(self, page: Any, site: str, host: Host, key: str) -> None:
        self.page, self.site, self.host, self.key = page, site, host, key
        self.requests: list[Any] = []
        self.wrong: list[str] = []
        self.expected: tuple[str, ...] = ()  # what the console is meant to say in this test
        self.cookies = 0
        self.lang = "en"
        self.widget = page.locator("flourish-directory")
        self.q = page.locator("flourish-directory #q")
        self.near = page.locator("flourish-directory #near")
        self.button = page.locator("flourish-directory .form > button")
        self.results = page.locator("flourish-directory .result")
        self.status = page.locator("flourish-directory .status")
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        page.on("console", self._console)

    def _asked(self, request: Any) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.site, self.host.origin, "data:", "about:")):
            self.wrong.append(f"a third party: {request.url}")

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not any(each in message.text for each in self.expected):
            self.wrong.append(f"console: {message.text}")

    def ours(self, part: str = "") -> list[Any]:
        return [each for each in self.requests if each.url.startswith(self.site + part)]

    async def show(
        self, body: str = "", *, path: str = "/page", head: str = "", lang: str = "en", src: str = "",
        wait: bool = True, **headers: str,
    ) -> None:  # fmt: skip
        """A page of the school with `body`, or with one widget, and the script."""
        body = body or ELEMENT.format(key=self.key, more="", inside=FORM.format(site=self.site))
        body = body.replace("{key}", self.key).replace("{site}", self.site)
        src = src or f'<script async src="{self.site}/embed/v1/widget.js"></script>'
        html = PAGE.format(lang=lang, dir="rtl" if lang == "ar" else "ltr", head=head, body=body + src)
        await self.page.goto(self.host.page(path, html, **headers))
        if wait:
            await self.ready()

    async def example(self, name: str, *, wait: bool = True) -> None:
        """One of the living examples, with this server's address, key and hash in it."""
        html = (EXAMPLES / name).read_text("utf-8")
        pinned = script.releases()["1.0.0"].integrity
        html = html.replace("https://directory.example", self.site).replace("YOUR-KEY", self.key)
        await self.page.goto(self.host.page(f"/{name}", html.replace("THE-HASH", pinned)))
        if wait:
            await self.ready()

    async def ready(self) -> None:
        await self.page.wait_for_function(
            "() => [...document.querySelectorAll('flourish-directory')].every(e => e.ready)"
            " && document.querySelector('flourish-directory') !== null"
        )
        await self.page.wait_for_load_state("networkidle")

    async def answered(self, times: int) -> None:
        """Wait until so many searches were answered on this page."""
        await self.page.wait_for_function(
            f"() => heard.filter(([name]) => name == 'results').length == {times}"
        )

    async def search(self, q: str, near: str = "") -> None:
        await self.q.fill(q)
        await self.near.fill(near)
        await self.near.press("Tab")  # as people do: a list that opens late would lie over the button
        await self.button.click()


OpenGuest = Callable[..., Awaitable[Guest]]
WATCH = """
    window.violations = []; window.heard = [];
    addEventListener("securitypolicyviolation",
        event => violations.push(event.violatedDirective + " " + event.blockedURI));
    for (const name of ["ready", "search", "results", "select", "error"])
        addEventListener("flourish:" + name, event => heard.push([name, event.detail]));
"""


@pytest.fixture
async def open_guest(browser: Any, site: str, host: Host, partner: Partner) -> AsyncIterator[OpenGuest]:
    """`await open_guest(width=320, ...)`; in the end nothing may be stored, refused or asked of a third party."""
    async with AsyncExitStack() as stack:
        guests: list[tuple[Any, Guest]] = []

        async def open_(
            *, width: int = 1000, height: int = 900, key: str = partner.id, **options: Any
        ) -> Guest:
            context = await browser.new_context(viewport={"width": width, "height": height}, **options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(15_000)
            page = await context.new_page()
            await page.add_init_script(WATCH)
            guest = Guest(page, site, host, key)
            guests.append((context, guest))
            return guest

        yield open_
        for context, guest in guests:
            assert not guest.wrong, guest.wrong
            assert len(await context.cookies()) == guest.cookies
            if guest.page.url.startswith(host.origin):
                assert await guest.page.evaluate("violations") == []
                stored = "localStorage.length + sessionStorage.length + document.cookie.length"
                assert await guest.page.evaluate(stored) == 0


@pytest.fixture
async def guest(open_guest: OpenGuest) -> Guest:
    return await open_guest()
