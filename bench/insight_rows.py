"""The row of figures: their pages and API over 10,000 requests with 30,000 referrals, beside the page of a service."""

import asyncio
import itertools
import time

from bench.desk_rows import CLIENTS, MOST
from bench.history import make_history
from bench.load import Measured, measure
from bench.rows import Bench, Figure, row
from directory.access import accounts
from directory.access.vault import open_vault
from directory.db import Database

REQUESTS = 10_000


@row("insight")
def insight(bench: Bench) -> list[Figure]:
    started = time.perf_counter()
    token = asyncio.run(_filled(bench, 1_000 if bench.quick else REQUESTS))
    filled = time.perf_counter() - started
    cookie = f"staff={token}"
    first = measure(bench.port, ["/staff/insight"], clients=1, seconds=60, cookie=cookie)
    areas = ["", *(f"zone:zone-{number:02}" for number in range(1, 16))]
    needs = ["", "need:neurodiversity", "need:bullying", "outcome:healthy", "outcome:learning"]
    every = [f"area={area}&topic={topic}" for area, topic in itertools.product(areas, needs)]
    figures = []
    for name, paths in (
        ("figures", [f"/staff/insight?{each}" for each in every]),
        ("what is missing", [f"/staff/insight/unmet?{each}" for each in every]),
        (
            "what there is",
            [f"/staff/insight/coverage?age={each}" for each in ("", "0-4", "5-10", "11-15", "16-25")],
        ),
        ("figures as JSON", [f"/api/insight/figures?area={area}" for area in areas]),
    ):
        turns: list[tuple[float, Measured, Measured]] = []
        for _ in range(3):
            plain = measure(
                bench.port, itertools.repeat(f"/services/{bench.house.service}"), clients=CLIENTS,
                seconds=bench.seconds / 2,
            )  # fmt: skip
            shown = measure(
                bench.port, itertools.cycle(paths), clients=CLIENTS, seconds=bench.seconds / 2, cookie=cookie
            )
            turns.append((shown.p95 / plain.p95, shown, plain))
        ratio, shown, plain = sorted(turns, key=lambda each: each[0])[1]
        figures.append(
            Figure(
                name=f"{name} / the page of a service, p95, {CLIENTS} clients",
                value=ratio,
                unit="x",
                target=f"<= {MOST:g}",
                met=ratio <= MOST and not any(each.bad for _, each, _ in turns),
                detail={
                    "page_p95_ms": shown.p95, "service_p95_ms": plain.p95, "page_bytes": shown.size,
                    "first_of_the_day_ms": first.p50, "filled_s": filled,
                },
            )
        )  # fmt: skip
    return figures


async def _filled(bench: Bench, number: int) -> str:
    """A session token, once the requests are there."""
    database = await Database(bench.house.url, size=4).open()
    try:
        vault = open_vault("", bench.house.folder)
        await make_history(database, vault, requests=number, seed=2)
        made, _ = await accounts.add(database, "figures@example.org", "Bench", "manager", must_change=False)
        return await accounts.start(database, made)
    finally:
        await database.close()
