"""How fast places answer, in the process: postcodes, points, misspelt names, and loading all of Great Britain."""

import asyncio
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import asyncpg

from bench.rows import Bench, Figure, row
from directory.db import Database
from directory.migrations import migrate
from directory.places import onspd, understand
from directory.places.carried import carried
from directory.places.held import Held
from directory.places.write import replace_postcodes

T = TypeVar("T")
TIMES = 3_000


@row("places", house="seed")
def answers(bench: Bench) -> list[Figure]:
    """Each over distinct questions, one after another, on one core."""
    held, chance = carried().held(), random.Random(3)
    units = [held.units.unit(int(at)) for at in chance.sample(held.units.used.tolist(), TIMES)]
    names = [
        place.name.lower()
        for place in held.gazetteer.table.places
        if place.county == held.home and place.point
    ]
    slips = [_slip(name, chance) for name in chance.sample(names, 400)]
    return [
        _figure("postcode look-up, p50", 20, _p50(held.units.find, [unit.postcode for unit in units])),
        _figure(
            "postcode to the whole answer, p50", 150, _p50(_ask(held), [unit.postcode for unit in units])
        ),
        _figure(
            "areas of a point, p50",
            150,
            _p50(lambda unit: held.atlas.of_point(unit.lat + 0.001, unit.lon), units),
        ),
        _figure("misspelt name to the whole answer, p50", 3_000, _p50(_ask(held), slips)),
    ]


@row("postcodes", house="seed")
def all_of_britain(bench: Bench) -> list[Figure]:
    if bench.quick:
        return []
    count, took = asyncio.run(_loaded(bench.house.url))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    return [
        Figure(
            name="all postcodes of Great Britain loaded",
            value=took,
            unit="s",
            target="<= 90",
            met=took <= 90,
            detail={"postcodes": count, "most_memory_mb": used},
        )
    ]


async def _loaded(url: str) -> tuple[int, float]:
    name = "bench_postcodes"
    admin = await asyncpg.connect(url)
    try:
        await admin.execute(f"create database {name}")
    finally:
        await admin.close()
    mine = url.replace("/bench_seed?", f"/{name}?", 1)
    await migrate(mine)
    database = await Database(mine, size=2).open()
    try:
        started = time.perf_counter()
        count = await replace_postcodes(database, onspd.read_package(), onspd.vintage())
        return count, time.perf_counter() - started
    finally:
        await database.close()


def _ask(held: Held) -> Callable[[str], object]:
    return lambda text: understand.answer(held, text)


def _p50(function: Callable[[T], object], asked: Iterable[T]) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    taken = []
    for each in asked:
        started = time.perf_counter_ns()
        function(each)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


def _figure(name: str, target: float, found: tuple[float, float]) -> Figure:
    return Figure(
        name=name,
        value=found[0],
        unit="us",
        target=f"<= {target:,.0f}",
        met=found[0] <= target,
        detail={"p99_us": found[1]},
    )


def _slip(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + text[at + chance.randrange(2) :]
