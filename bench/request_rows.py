"""The row of requests: 10,000 with 30,000 referrals; worklists and single reads against one service."""

import asyncio
import itertools
from collections.abc import Iterator
from uuid import UUID

from bench.history import make_history
from bench.load import Measured, measure
from bench.rows import TURNS, Bench, Figure, row
from directory.access import keys
from directory.access.vault import open_vault
from directory.db import Database

QUEUES = ("open", "new", "safety", "due", "decide", "waiting", "closed", "all")
CLIENTS = 4  # a front door is some people at once, not a crowd


@row("requests")
def requests(bench: Bench) -> list[Figure]:
    token, made, referrals = asyncio.run(_made(bench))
    service = f"/api/services/{bench.house.service}"
    every = {
        "worklist of requests": _worklists(),
        "worklist of referrals": (
            f"/api/referrals?queue={q}&page={p}" for p, q in _pages(("open", "due", "new"))
        ),
        "one request": (f"/api/requests/{each}" for each in itertools.cycle(made)),
        "one referral": (f"/api/referrals/{each}" for each in itertools.cycle(referrals)),
    }
    figures = []
    for name, paths in every.items():
        turns: list[tuple[float, Measured, Measured]] = []
        for _ in range(TURNS):  # turn by turn, so that a busy moment of the machine is everybody's
            plain = _ask(bench, itertools.repeat(service))
            found = _ask(bench, paths, token)
            turns.append((found.p95 / plain.p95, found, plain))
        ratio, found, plain = sorted(turns, key=lambda each: each[0])[TURNS // 2]
        bad = sum(each.bad for _, each, _ in turns)
        figures.append(
            Figure(
                name=f"{name} / one service, p95, {CLIENTS} clients",
                value=ratio,
                unit="x",
                target="<= 3",
                met=ratio <= 3 and not bad,
                detail={
                    "p95_ms": found.p95, "p50_ms": found.p50, "service_p95_ms": plain.p95,
                    "per_second": found.rate, "bad": bad,
                    "least": min(each[0] for each in turns), "most": max(each[0] for each in turns),
                },
            )
        )  # fmt: skip
    return figures


def _ask(bench: Bench, paths: Iterator[str], key: str = "") -> Measured:
    return measure(bench.port, paths, clients=CLIENTS, seconds=bench.seconds / 2, key=key)


def _pages(queues: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return itertools.cycle(itertools.product(range(1, 9), queues))


def _worklists() -> Iterator[str]:
    """Each queue, its pages, and the searches that people type."""
    for number, (page, queue) in enumerate(_pages(QUEUES)):
        yield f"/api/requests?queue={queue}&page={page}"
        if number % 4 == 0:
            yield f"/api/requests?queue=all&q=07700%209{number % 10_000:05d}"


async def _made(bench: Bench) -> tuple[str, list[UUID], list[UUID]]:
    database = await Database(bench.house.url, size=2).open()
    try:
        made = await make_history(database, open_vault("", bench.house.folder))
        _, token = await keys.issue(database, "bench", ["requests.read", "requests.write", "messages.read"])
        return token, made.requests, made.referrals
    finally:
        await database.close()
