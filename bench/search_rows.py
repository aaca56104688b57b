"""The rows of the search: throughput against the empty route, memory, growth, rebuild."""

import asyncio
import itertools
import tempfile
import time
from pathlib import Path

from bench.house import resident
from bench.load import Measured, measure
from bench.queries import searches
from bench.rows import Bench, Figure, row
from directory.db import Database
from directory.search.embedded import Embedded
from directory.search.sync import rebuild

WARM = 300  # searches before the clock starts, none of which is asked again


@row("search")
def search(bench: Bench) -> list[Figure]:
    paths = searches(bench.house.words, bench.house.postcodes)
    measure(bench.port, itertools.islice(paths, WARM), clients=4, seconds=20)
    ratio, found, empty = bench.over_empty(lambda: paths)
    alone, one, _ = bench.over_empty(lambda: paths, clients=1)
    bench.notes["search_p50_10k"] = one.p50
    return [
        Figure(
            name="search / empty route, 16 clients",
            value=ratio,
            unit="x",
            target=">= 0.10 (good 0.20, aim 0.30)",
            met=ratio >= 0.10 and not found.bad,
            detail=_said(found, empty),
        ),
        Figure(
            name="search / empty route, 1 client",
            value=alone,
            unit="x",
            target="stated",
            met=not one.bad,
            detail={"p50_ms": one.p50, "p95_ms": one.p95},
        ),
        Figure(
            name="memory of the app, 10k services",
            value=resident(bench.pid),
            unit="MB",
            target="<= 300",
            met=resident(bench.pid) <= 300,
        ),
    ]


@row("growth", house="100k")
def growth(bench: Bench) -> list[Figure]:
    paths = searches(bench.house.words, bench.house.postcodes)
    measure(bench.port, itertools.islice(paths, WARM), clients=4, seconds=30)
    ratio, found, empty = bench.over_empty(lambda: paths)
    one = measure(bench.port, paths, clients=1, seconds=bench.seconds)
    before = bench.notes.get("search_p50_10k")
    figures = [
        Figure(
            name="search / empty route, 16 clients, 100k services",
            value=ratio,
            unit="x",
            target="stated",
            met=not found.bad,
            detail=_said(found, empty) | {"memory_mb": resident(bench.pid)},
        )
    ]
    if before:
        figures.append(
            Figure(
                name="search p50, 100k / 10k services",
                value=one.p50 / before,
                unit="x",
                target="<= 4",
                met=one.p50 / before <= 4,
                detail={"p50_ms": one.p50, "p95_ms": one.p95},
            )
        )
    return figures


@row("rebuild", house="100k")
def rebuilt(bench: Bench) -> list[Figure]:
    done, took = asyncio.run(_rebuilt(bench.house.url))
    return [
        Figure(
            name="index rebuild, 100k services",
            value=took,
            unit="s",
            target="<= 60",
            met=took <= 60,
            detail={"services": done},
        )
    ]


async def _rebuilt(url: str) -> tuple[int, float]:
    database = await Database(url, size=4).open()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with Embedded(Path(folder)).opened() as index:
                started = time.perf_counter()
                done = await rebuild(database, index)
                return done, time.perf_counter() - started
    finally:
        await database.close()


def _said(found: Measured, empty: Measured) -> dict[str, float]:
    return {
        "per_second": found.rate,
        "empty_per_second": empty.rate,
        "p50_ms": found.p50,
        "p95_ms": found.p95,
        "p99_ms": found.p99,
        "bad": found.bad,
        "bytes": found.size,
    }
