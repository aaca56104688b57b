"""Our search beside PostgreSQL's full-text search, and beside a raw Meilisearch (DIRECTORY_SEARCH_URL)."""

import asyncio
import itertools
import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import asyncpg

from bench import rivals
from bench.house import resident
from bench.load import Measured, measure
from bench.queries import searches
from bench.rows import Bench, Figure, row
from bench.search_rows import WARM

SERVER = os.environ.get("DIRECTORY_SEARCH_URL", "")


@row("rivals")
def against(bench: Bench) -> list[Figure]:
    return _against(bench, "10k")


@row("rivals-100k", house="100k")
def against_at_100k(bench: Bench) -> list[Figure]:
    return _against(bench, "100k")


def _against(bench: Bench, size: str) -> list[Figure]:
    paths = searches(bench.house.words, bench.house.postcodes, seed=11)
    megabytes = asyncio.run(rivals.prepare_postgres(bench.house.url))
    measure(bench.port, itertools.islice(paths, WARM), clients=4, seconds=30)
    figures = []
    for clients in (1, 16):
        ours = measure(bench.port, paths, clients=clients, seconds=bench.seconds)
        theirs = measure(bench.port, rivals.for_postgres(paths), clients=clients, seconds=bench.seconds)
        said = _said(ours, theirs) | {"our_mb": resident(bench.pid), "their_table_mb": megabytes}
        figures.append(
            _figure(f"search / PostgreSQL full text, {size}, {clients} clients", ours, theirs, said)
        )
    if SERVER:
        figures += _meilisearch(bench, size, paths)
    return figures


def _meilisearch(bench: Bench, size: str, paths: Iterator[str]) -> list[Figure]:
    megabytes = asyncio.run(rivals.fill_meilisearch(SERVER, bench.house.url))
    points = asyncio.run(_points(bench.house.url))
    port = urlsplit(SERVER).port or 7700
    raw: Callable[[], Iterator[str]] = lambda: rivals.for_meilisearch(paths, points)  # noqa: E731
    measure(port, itertools.islice(raw(), WARM), clients=4, seconds=30)
    figures = []
    for clients in (1, 16):
        ours = measure(bench.port, paths, clients=clients, seconds=bench.seconds)
        theirs = measure(port, raw(), clients=clients, seconds=bench.seconds)
        said = _said(ours, theirs) | {"our_mb": resident(bench.pid), "their_database_mb": megabytes}
        figures.append(_figure(f"search / raw Meilisearch, {size}, {clients} clients", ours, theirs, said))
    return figures


async def _points(url: str) -> dict[str, tuple[float, float]]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select postcode, latitude, longitude from postcode where live")
        return {row["postcode"]: (row["latitude"], row["longitude"]) for row in rows}
    finally:
        await connection.close()


def _figure(name: str, ours: Measured, theirs: Measured, detail: dict[str, float]) -> Figure:
    return Figure(
        name=name,
        value=ours.rate / theirs.rate,
        unit="x",
        target="stated",
        met=not ours.bad and not theirs.bad,
        detail=detail,
    )


def _said(ours: Measured, theirs: Measured) -> dict[str, float]:
    return {
        "ours_per_second": ours.rate,
        "theirs_per_second": theirs.rate,
        "our_p50_ms": ours.p50,
        "their_p50_ms": theirs.p50,
        "our_p95_ms": ours.p95,
        "their_p95_ms": theirs.p95,
        "their_bad": theirs.bad,
    }
