"""`find()`: the one search behind the API, the pages, the widget and the command line."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from directory.catalogue.hours import LONDON
from directory.places.distance import miles
from directory.search.index import SearchIndex
from directory.search.rank import METRES_PER_MILE, checked, reasons
from directory.search.request import Correction, Found, Hit, SearchPage, SearchRequest
from directory.search.shapes import Answer, Ask, Ranked
from directory.search.stop import asked_words

Hear = Callable[[str], list[tuple[str, float]]]
"""The router's classifier: text -> (need, how sure from 0 to 1), surest first. Search may not import routing."""


_COVERAGE = {
    "zone": "For families in this School and Community Zone",
    "district": "For families all over this district",
    "county": "For families all over the county",
}


class PlaceFinder(Protocol):
    async def resolve(self, text: str, near: Any = None) -> Any: ...


async def find(
    index: SearchIndex,
    places: PlaceFinder,
    request: SearchRequest,
    *,
    hear: Hear | None = None,
    moment: dt.datetime | None = None,
) -> SearchPage:
    """What `request` asks for, as of `moment` (now). Raises Unavailable while the engine is away."""
    now = moment or dt.datetime.now(dt.UTC)
    place = await where(places, request.near) if request.near else None
    ask = asked(request, place, now)
    answer = await index.search(ask)
    return page(request, ask, place, answer, now)


async def where(places: PlaceFinder, text: str) -> Found:
    answer = await places.resolve(text)
    areas = [f"{each.kind}:{each.code}" for each in answer.areas if not each.near_edge]
    point = answer.point
    return Found(
        text=answer.match or text.strip(),
        kind=answer.kind,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        areas=areas,
        candidates=[each.text for each in answer.candidates],
        sentence=answer.sentence,
    )


def asked(request: SearchRequest, place: Found | None, now: dt.datetime) -> Ask:
    filters: dict[str, list[str]] = {
        "outcome": list(request.outcome),
        "need": request.need,
        "kind": list(request.kind),
        "day": list(request.day),
        "language": [each.lower() for each in request.language],
        "accessible": request.accessible,
        "zone": request.zone,
        "district": request.district,
        "free": ["true"] if request.free else [],
        "remote": ["true"] if request.remote else [],
    }
    point = (place.lat, place.lon) if place and place.lat is not None and place.lon is not None else None
    return Ask(
        words=asked_words(request.q),
        spelling="spelling" not in request.keep,
        filters={name: codes for name, codes in filters.items() if codes},
        age=request.age,
        open_now=request.open_now,
        point=point,
        areas=place.areas if place else [],
        within=request.within * METRES_PER_MILE if request.within else None,
        sort=request.sort,
        offset=(request.page - 1) * request.per_page,
        limit=request.per_page,
        minute=int(now.timestamp()) // 60,
        today=now.astimezone(LONDON).date().toordinal(),
    )


def page(
    request: SearchRequest, ask: Ask, place: Found | None, answer: Answer, now: dt.datetime
) -> SearchPage:
    today = dt.date.fromordinal(ask.today)
    near = place.text if place else ""
    return SearchPage(
        applied=applied(request),
        place=place,
        total=answer.total,
        page=request.page,
        per_page=request.per_page,
        hits=[hit(each, near, today) for each in answer.hits],
        facets=answer.facets,
        corrections=[
            Correction(kind="spelling", text=typed, read_as=read, keep="spelling")
            for typed, read in answer.spelled.items()
        ],
    )


def applied(request: SearchRequest) -> dict[str, Any]:
    plain = msgspec.to_builtins(request)
    return {
        name: value
        for name, value in plain.items()
        if value not in (None, [], "", False)
        and name not in ("page", "per_page", "keep")
        and (name, value) != ("sort", "best")
    }


def hit(each: Ranked, near: str, today: dt.date) -> Hit:
    card = each.card
    return Hit(
        id=each.id,
        name=card.name,
        organization=card.organization,
        summary=card.summary,
        kind=card.kind,
        outcomes=card.outcomes,
        needs=card.needs,
        distance_miles=None if each.metres is None else round(miles(each.metres), 1),
        venue=each.venue,
        remote=card.remote,
        ages=card.ages,
        cost=card.cost,
        open=each.open,
        next_open=None if each.next_open is None or each.open else _moment(each.next_open),
        assured_date=card.assured_date,
        reasons=reasons(
            matched=_matched(each),
            metres=each.metres,
            place=near,
            coverage=_coverage(each.covers),
            checked=checked(card.assured_date, today),
            capacity=each.capacity,
        ),
        url=f"/services/{each.id}",
    )


def _matched(each: Ranked) -> list[str]:
    """The needs whose names hold a matched word, else the words themselves."""
    return [label.lower() for label in each.needs[:2]] or [f"“{word}”" for word in each.matched[:4]]


def _coverage(ref: str) -> str:
    return _COVERAGE.get(ref.partition(":")[0], "")


@lru_cache(maxsize=10_000)
def _moment(minute: int) -> str:
    return dt.datetime.fromtimestamp(minute * 60, LONDON).isoformat()
