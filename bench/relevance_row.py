"""How well the search finds what people mean: nDCG@10, success@1, success@5 and recall@20 over judged queries."""

import asyncio
import math
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from bench.rows import Bench, Figure, row
from directory.catalogue.read import ids, records
from directory.db import Database
from directory.places.resolve import Places
from directory.routing.route import open_router
from directory.search.embedded import Embedded
from directory.search.find import find
from directory.search.request import SearchRequest
from directory.search.sync import rebuild
from directory.settings import Settings

JUDGED = Path(__file__).parent / "relevance.toml"
TARGETS = {"nDCG@10": 0.85, "success@1": 0.85, "success@5": 0.97, "recall@20": 0.95}


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    q: str
    how: str
    near: str = ""
    need: list[str] = []
    best: list[str] = []


class Scored(Struct, frozen=True):
    query: Query
    figures: dict[str, float]
    names: list[str]


def queries() -> list[Query]:
    return msgspec.convert(tomllib.loads(JUDGED.read_text("utf-8"))["judged"], list[Query])


def score(grades: list[int], all_grades: list[int]) -> dict[str, float]:
    """The four figures of one query. `grades` of the hits in order; `all_grades` of every service that is right.

    Recall@20 is of the best, where some are, and out of as many as a list of 20 can hold.
    """
    ideal = sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(sorted(all_grades)[::-1][:10]))
    gained = sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades[:10]))
    least = max(all_grades, default=1)
    right = sum(1 for grade in grades[:20] if grade >= least)
    wanted = sum(1 for grade in all_grades if grade >= least)
    return {
        "nDCG@10": gained / ideal if ideal else 1.0,
        "success@1": float(any(grades[:1])),
        "success@5": float(any(grades[:5])),
        "recall@20": right / min(20, wanted) if wanted else 1.0,
    }


async def scored(database: Database, folder: Path) -> list[Scored]:
    keys: dict[str, str] = {
        str(each["id"]): each["source_id"]
        for each in await database.pool.fetch("select id, source_id from service")
    }
    needs: dict[str, set[str]] = defaultdict(set)
    async for batch in ids(database.pool):
        for service in (await records(database.pool, batch)).values():
            if service.status in ("active", "temporarily closed"):
                needs[service.id] = {
                    each.taxonomy_term.code or ""
                    for each in service.attributes
                    if each.taxonomy_term and each.taxonomy_term.taxonomy == "needs"
                }
    places = Places(database)
    router = open_router(Settings())
    found = []
    async with Embedded(folder).opened() as index:
        await rebuild(database, index, places)
        for query in queries():
            wanted = SearchRequest(q=query.q, near=query.near, per_page=20)
            page = await find(index, places, wanted, hear=router.hear)
            judged = {
                each: 3 if keys[each] in query.best else int(not held.isdisjoint(query.need))
                for each, held in needs.items()
            }
            grades = [judged[hit.id] for hit in page.hits]
            figures = score(grades, [grade for grade in judged.values() if grade])
            found.append(Scored(query, figures, [hit.name for hit in page.hits]))
    return found


def means(found: list[Scored]) -> dict[str, float]:
    return {name: sum(each.figures[name] for each in found) / len(found) for name in TARGETS}


@row("relevance", house="seed")
def relevance(bench: Bench) -> list[Figure]:
    found = asyncio.run(_over(bench.house.url))
    kinds: dict[str, list[Scored]] = defaultdict(list)
    for each in found:
        kinds[each.query.how].append(each)
    detail: dict[str, Any] = {"queries": len(found)}
    return [
        Figure(
            name=f"relevance: {name}",
            value=value,
            unit="",
            target=f">= {TARGETS[name]}",
            met=value >= TARGETS[name],
            detail=detail | {how: means(listed)[name] for how, listed in kinds.items()},
        )
        for name, value in means(found).items()
    ]


async def _over(url: str) -> list[Scored]:
    database = await Database(url, size=4).open()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return await scored(database, Path(folder))
    finally:
        await database.close()
