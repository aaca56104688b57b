"""What every request and answer goes through: limits, security headers, conditional GET, HEAD, CORS, metrics.

`Front` stands around the Litestar application, so that answers made before routing (a 404, a URL that is too long)
are treated like all others.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from directory.db import give_back
from directory.errors import AddressTooLong, DirectoryError, Problem
from directory.telemetry import Metrics, log

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Header = tuple[bytes, bytes]

LONGEST_ADDRESS = 8_192
PROBLEM = b"application/problem+json"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # a search's words never leave with a click
    (b"content-security-policy", CSP.encode()),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
OPEN_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"link, etag, retry-after"),
)
PREFLIGHT: tuple[Header, ...] = (
    *OPEN_CORS,
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"if-none-match, content-type"),
    (b"access-control-max-age", b"86400"),
)
OPEN_DATA = "/oruk/"  # Open Referral UK: every answer is for every origin


class Front:
    """The ASGI application of the house: `app` is Litestar, `litestar` the same for whoever needs its routes."""

    def __init__(self, litestar: Any, metrics: Metrics) -> None:
        self.litestar = litestar
        self.metrics = metrics

    @property
    def state(self) -> Any:
        return self.litestar.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.litestar(scope, receive, send)
            return
        started = time.perf_counter()
        answer = _Answer(scope, send)
        if answer.head:
            scope = {**scope, "method": "GET"}  # a copy: the server looks at its own to leave the body out
        try:
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
                await refuse(
                    answer.send, AddressTooLong(f"addresses are at most {LONGEST_ADDRESS} bytes long")
                )
            elif answer.open_data and scope["method"] == "OPTIONS":
                await _empty(answer.send, 204, PREFLIGHT)
            else:
                await self.litestar(scope, receive, answer.send)
        finally:
            await give_back()
            seconds = time.perf_counter() - started
            route = pattern(scope)
            self.metrics.saw(scope["method"], route, answer.status, seconds)
            log.debug("%s %s %s %.1f ms", scope["method"], route, answer.status, seconds * 1000)


class _Answer:
    """Sees an answer's messages go by: adds headers, turns a known ETag into 304, drops the body of a HEAD."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.forward = send
        self.head = scope["method"] == "HEAD"
        self.conditional = scope["method"] in {"GET", "HEAD"}
        self.known = _header(scope["headers"], b"if-none-match")
        self.open_data = str(scope["path"]).startswith(OPEN_DATA)
        self.status = 500
        self.start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.start = message
            return
        if message["type"] != "http.response.body":
            await self.forward(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.start is not None:
            start, self.start = self.start, None
            headers = self._headers(start, None if more else body)
            if self.status == 304:
                headers = [
                    (k, v) for k, v in headers if k.lower() not in {b"content-length", b"content-type"}
                ]
                body = b""
            await self.forward({"type": "http.response.start", "status": self.status, "headers": headers})
        if self.head or self.status == 304:
            body = b""
        await self.forward({"type": "http.response.body", "body": body, "more_body": more})

    def _headers(self, start: Message, whole: bytes | None) -> list[Header]:
        headers: list[Header] = list(start["headers"])
        present = {name.lower() for name, _ in headers}
        if b"content-security-policy" in present:
            present.add(b"x-frame-options")  # an answer with a policy of its own says there who may frame it
        headers += [(name, value) for name, value in SECURITY if name not in present]
        if self.open_data:
            headers += [pair for pair in OPEN_CORS if pair[0] not in present]
        if self.status == 200 and self.conditional:
            tag = _header(headers, b"etag")
            if not tag and whole is not None and b"no-store" not in _header(headers, b"cache-control"):
                tag = b'"' + hashlib.sha256(whole).hexdigest()[:24].encode() + b'"'
                headers.append((b"etag", tag))
            if tag and self.known and _matches(self.known, tag):
                self.status = 304
        return headers


async def refuse(send: Send, error: DirectoryError) -> None:
    """Answer with the error's problem+json."""
    body = encode_problem(error.problem())
    headers = [(b"content-type", PROBLEM), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _empty(send: Send, status: int, headers: tuple[Header, ...]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": b""})


def encode_problem(problem: Problem) -> bytes:
    return msgspec.json.encode(problem)


def pattern(scope: Scope) -> str:
    """The route as it was written in code, or "(none)": never what a person typed."""
    return str(scope.get("path_template") or "(none)")


def _header(headers: Any, name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")


def _matches(known: bytes, tag: bytes) -> bool:
    """RFC 9110 weak comparison of If-None-Match."""
    plain = tag.removeprefix(b"W/")
    return known.strip() == b"*" or any(
        each.strip().removeprefix(b"W/") == plain for each in known.split(b",")
    )
