"""The row of the pages: the page of a search beside the same search as JSON, under the same load."""

import itertools

from bench.load import measure
from bench.queries import searches
from bench.rows import Bench, Figure, row

MOST = 3.0


@row("pages")
def pages(bench: Bench) -> list[Figure]:
    paths = searches(bench.house.words, bench.house.postcodes)
    measure(bench.port, itertools.islice(map(page, paths), 100), clients=4, seconds=20)
    turns = []
    for _ in range(3):  # turn by turn, so that a busy minute of the machine is everybody's
        plain = measure(bench.port, paths, seconds=bench.seconds / 2)
        shown = measure(bench.port, map(page, paths), seconds=bench.seconds / 2)
        turns.append((shown.p95 / plain.p95, shown, plain))
    ratio, shown, plain = sorted(turns, key=lambda each: each[0])[1]
    return [
        Figure(
            name="first byte of /search / of /api/search, p95, 16 clients",
            value=ratio,
            unit="x",
            target="<= 3",
            met=ratio <= MOST and not any(each.bad for _, each, _ in turns),
            detail={
                "page_p95_ms": shown.p95,
                "api_p95_ms": plain.p95,
                "page_per_second": shown.rate,
                "page_bytes": shown.size,
            },
        )
    ]


def page(path: str) -> str:
    """The address of the page for a search of the API."""
    return path.replace("/api/search", "/search", 1)
