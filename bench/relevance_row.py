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
from directory.catalogue import hsds
from directory.catalogue.read import ids, records
from directory.db import Database
from directory.places.distance import haversine, metres
from directory.places.resolve import Places
from directory.routing.route import open_router
from directory.search.document import listed, points_of
from directory.search.embedded import Embedded
from directory.search.find import find
from directory.search.request import SearchRequest
from directory.search.sync import rebuild
from directory.settings import Settings

SETS = (
    "judged",
    "second",
    "unseen",
    "fourth",
    "held",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "taught",
)
JUDGED = Path(__file__).parent / "relevance.toml"
TARGETS = {"nDCG@10": 0.85, "success@1": 0.85, "success@5": 0.97, "recall@20": 0.95}


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """One search and what is right for it: `best` (3), `right` (1), and whoever has one of `need` (1), as far as
    `kind`, `age` and `miles` of `near` (or of `at`, where the place stands in the words) let it."""

    q: str
    how: str
    near: str = ""
    need: list[str] = []
    best: list[str] = []
    right: list[str] = []
    kind: list[str] = []
    age: float | None = None
    miles: float | None = None
    at: str = ""


class Offer(Struct, frozen=True):
    """What a judge looks at of one service."""

    key: str
    needs: set[str]
    kind: str
    low: float
    high: float
    points: list[tuple[float, float]]
    areas: set[str]
    comes: bool  # nobody has to travel


class Scored(Struct, frozen=True):
    query: Query
    figures: dict[str, float]
    keys: list[str]
    judged: dict[str, int]


def queries(name: str = "judged") -> list[Query]:
    """The judged queries of one set of `SETS`."""
    return msgspec.convert(tomllib.loads(JUDGED.read_text("utf-8"))[name], list[Query])


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


async def scored(database: Database, folder: Path, sets: tuple[str, ...] = SETS) -> dict[str, list[Scored]]:
    offers = await _offers(database)
    places = Places(database)
    router = open_router(Settings())
    found: dict[str, list[Scored]] = {}
    async with Embedded(folder).opened() as index:
        await rebuild(database, index, places)
        for name in sets:
            found[name] = []
            for query in queries(name):
                wanted = SearchRequest(q=query.q, near=query.near, per_page=20)
                page = await find(index, places, wanted, hear=router.hear)
                judged = await _judged(query, offers, places)
                grades = [judged[hit.id] for hit in page.hits]
                figures = score(grades, [grade for grade in judged.values() if grade])
                found[name].append(Scored(query, figures, [offers[hit.id].key for hit in page.hits], judged))
    return found


async def _offers(database: Database) -> dict[str, Offer]:
    keys: dict[str, str] = {
        str(each["id"]): each["source_id"]
        for each in await database.pool.fetch("select id, source_id from service")
    }
    found: dict[str, Offer] = {}
    async for batch in ids(database.pool):
        for service in (await records(database.pool, batch)).values():
            if listed(service):
                found[service.id] = _offer(keys[service.id], service)
    return found


def _offer(key: str, service: hsds.Service) -> Offer:
    terms = [each.taxonomy_term for each in service.attributes if each.taxonomy_term]
    return Offer(
        key=key,
        needs={term.code or "" for term in terms if term.taxonomy == "needs"},
        kind=next((term.code or "" for term in terms if term.taxonomy == "kind"), ""),
        low=service.minimum_age or 0.0,
        high=99.0 if service.maximum_age is None else service.maximum_age,
        points=points_of(service),
        areas={each.area for each in service.service_areas if each.area},
        comes=bool(service.remote),
    )


async def _judged(query: Query, offers: dict[str, Offer], places: Places) -> dict[str, int]:
    """How right each service is, by what it says of itself and never by what the search made of it."""
    place = await places.resolve(query.at or query.near) if query.miles else None
    areas = {f"{each.kind}:{each.code}" for each in place.areas} if place else set()

    def fits(offer: Offer) -> bool:
        if offer.needs.isdisjoint(query.need) or (query.kind and offer.kind not in query.kind):
            return False
        if query.age is not None and not offer.low <= query.age <= offer.high:
            return False
        if query.miles is None or place is None or place.point is None:
            return True
        near = any(
            haversine(place.point.lat, place.point.lon, *point) <= metres(query.miles)
            for point in offer.points
        )
        return near or ((offer.comes or not offer.points) and not offer.areas.isdisjoint(areas))

    return {
        id_: 3 if offer.key in query.best else int(offer.key in query.right or fits(offer))
        for id_, offer in offers.items()
    }


def means(found: list[Scored]) -> dict[str, float]:
    return {name: sum(each.figures[name] for each in found) / len(found) for name in TARGETS}


@row("relevance", house="seed")
def relevance(bench: Bench) -> list[Figure]:
    sets = asyncio.run(_over(bench.house.url))
    figures = []
    every = [each for listed in sets.values() for each in listed]
    for chosen, found in [*sets.items(), ("all", every)]:
        kinds: dict[str, list[Scored]] = defaultdict(list)
        for each in found:
            kinds[each.query.how].append(each)
        detail: dict[str, Any] = {"queries": len(found)}
        figures += [
            Figure(
                name=f"relevance, {chosen}: {name}",
                value=value,
                unit="",
                target=f">= {TARGETS[name]}",
                met=value >= TARGETS[name],
                detail=detail | {how: means(listed)[name] for how, listed in kinds.items()},
            )
            for name, value in means(found).items()
        ]
    return figures


async def _over(url: str) -> dict[str, list[Scored]]:
    database = await Database(url, size=4).open()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return await scored(database, Path(folder))
    finally:
        await database.close()
