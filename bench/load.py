"""A small client that asks over kept-alive connections as fast as it is answered; one process, no third party."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from typing import cast

import uvloop
from msgspec import Struct


class Measured(Struct, frozen=True, kw_only=True):
    """Requests a second, and latencies in milliseconds. `bad` counts answers other than 200."""

    rate: float
    p50: float
    p95: float
    p99: float
    requests: int
    bad: int
    size: float  # mean bytes of a body


def _asked(path: str, more: str = "") -> bytes:
    """A GET of a path; "path body" with a space between posts the body as JSON."""
    path, _, body = path.partition(" ")
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n{more}"
    if not body:
        return f"{head}\r\n".encode()
    sent = body.encode()
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent


class _Connection(asyncio.Protocol):
    def __init__(
        self, paths: Iterator[str], until: float, done: asyncio.Future[None], more: str = ""
    ) -> None:
        self.paths, self.until, self.done, self.more = paths, until, done, more
        self.times: list[float] = []
        self.bad = 0
        self.bytes = 0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own class is no subclass
        self.ask()

    def ask(self) -> None:
        if time.perf_counter() >= self.until:
            self.finish()
            return
        path = next(self.paths, None)
        if path is None:
            self.finish()
            return
        self.started = time.perf_counter()
        self.transport.write(_asked(path, self.more))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        lower = self.buffer[:head].lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.buffer) < head + 4 + length:
            return
        self.times.append(time.perf_counter() - self.started)
        self.bad += self.buffer[9:12] != b"200"
        self.bytes += length
        self.buffer = b""
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self.finish()

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


def measure(
    port: int,
    paths: Iterable[str],
    *,
    clients: int = 16,
    seconds: float = 3.0,
    key: str = "",
    cookie: str = "",
) -> Measured:
    """Ask for `paths` (shared by all clients, each taken once) until they or the time run out.

    As a system with its `key`, or as a person with a session's `cookie`.
    """
    more = f"Authorization: Bearer {key}\r\n" if key else f"Cookie: {cookie}\r\n" if cookie else ""
    return uvloop.run(_measure(port, iter(paths), clients, seconds, more))


async def _measure(port: int, paths: Iterator[str], clients: int, seconds: float, more: str) -> Measured:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    made = []
    for _ in range(clients):
        done: asyncio.Future[None] = loop.create_future()
        made.append(_Connection(paths, started + seconds, done, more))
    await asyncio.gather(
        *(loop.create_connection(lambda each=each: each, "127.0.0.1", port) for each in made)  # type: ignore[misc]
    )
    await asyncio.gather(*(each.done for each in made))
    took = time.perf_counter() - started
    times = sorted(one for each in made for one in each.times)
    count = len(times)
    if not count:
        raise RuntimeError("the server gave no answer")
    return Measured(
        rate=count / took,
        p50=times[count // 2] * 1000,
        p95=times[min(count - 1, count * 95 // 100)] * 1000,
        p99=times[min(count - 1, count * 99 // 100)] * 1000,
        requests=count,
        bad=sum(each.bad for each in made),
        size=sum(each.bytes for each in made) / count,
    )
