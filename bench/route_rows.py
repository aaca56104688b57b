"""The rows of the router and of one service's page: throughput against the empty route and a bare SELECT."""

import csv
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from bench.load import measure
from bench.rows import Bench, Figure, row

TEXTS = Path(__file__).parents[1] / "tests" / "routing" / "safety_dev2.csv"


@row("route")
def route(bench: Bench) -> list[Figure]:
    asks = _asks(bench)
    measure(bench.port, itertools.islice(asks, 100), clients=4, seconds=20)
    ratio, found, empty = bench.over_empty(lambda: asks)
    _, one, _ = bench.over_empty(lambda: asks, clients=1)
    return [
        Figure(
            name="route / empty route, 16 clients",
            value=ratio,
            unit="x",
            target=">= 0.06 (aim 0.15)",
            met=ratio >= 0.06 and not found.bad,
            detail={
                "per_second": found.rate,
                "empty_per_second": empty.rate,
                "p95_ms": found.p95,
                "bad": found.bad,
            },
        ),
        Figure(
            name="route, 1 client, p95",
            value=one.p95,
            unit="ms",
            target="<= 25",
            met=one.p95 <= 25 and not one.bad,
            detail={"p50_ms": one.p50},
        ),
    ]


@row("service")
def service(bench: Bench) -> list[Figure]:
    path = f"/api/services/{bench.house.service}"
    bare = measure(bench.port, itertools.repeat("/bench/session"), clients=16, seconds=bench.seconds)
    found = measure(bench.port, itertools.repeat(path), clients=16, seconds=bench.seconds)
    plain = measure(bench.port, itertools.repeat("/bench/select"), clients=16, seconds=bench.seconds)
    return [
        Figure(
            name="one service / a bare route with one SELECT",
            value=found.rate / bare.rate,
            unit="x",
            target=">= 0.90 (aim 1.0)",
            met=found.rate >= 0.90 * bare.rate and not found.bad,
            detail={"per_second": found.rate, "bare_per_second": bare.rate, "bare_without_orm": plain.rate},
        )
    ]


def _asks(bench: Bench) -> Iterator[str]:
    """Distinct texts at distinct places: nothing can be answered from a cache of answers."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        texts = [line["text"] for line in csv.DictReader(file)]
    for number in itertools.count():
        text = f"{texts[number % len(texts)]} ({number})"
        near = bench.house.postcodes[number % len(bench.house.postcodes)]
        yield "/api/routes " + json.dumps({"text": text, "near": near})
