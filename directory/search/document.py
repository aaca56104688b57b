"""A service as the engines hold it: what is searched, filtered, ranked and shown, and nothing confidential. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from directory.catalogue import hours, hsds
from directory.catalogue.built import ages_words, cost_words, summary
from directory.catalogue.recurrence import CLOSED, UNCERTAIN, Rule
from directory.search.request import DAYS
from directory.search.weights import accessible
from directory.words import KIND_LABELS, OUTCOME_LABELS

VERSION = 5  # raised when a document's shape changes: an index of another version is built anew
LISTED = frozenset({"active", "temporarily closed"})
AreasOf = Callable[[float, float], Sequence[str]]
_BYDAY = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), DAYS, strict=True))
_FACET_OF = {"flourish": "outcome", "needs": "need", "kind": "kind"}
HORIZON = 35  # days of opening hours that a document carries


class Venue(Struct, frozen=True, array_like=True):
    """A place that people go to; a confidential one never becomes one. `areas` are references, "zone:zone-03"."""

    name: str
    lat: float
    lon: float
    areas: list[str] = []


class Card(Struct, frozen=True, array_like=True):
    """What a hit shows, whoever asks."""

    name: str
    organization: str
    summary: str
    kind: str | None
    outcomes: list[str]
    needs: list[str]
    remote: list[str]
    ages: str
    cost: str
    assured_date: str | None


class Document(Struct, frozen=True, kw_only=True):
    """`text` is by field of `weights.toml`. `covers` are areas that the service is for, `[]` where it does not say.

    `hours` are (start, end) in minutes since 1970 (UTC), in order, up to `hours_until`; `[]` with `timed` false where
    no hours are known.
    """

    id: str
    text: dict[str, str]
    card: Card
    suggested: dict[str, float] = {}  # tags that nobody has confirmed, "need:young_carer" -> how sure
    labels: dict[str, str] = {}  # what it calls its needs and areas: "need:young_carer", "zone:zone-03"
    venues: list[Venue] = []
    covers: list[str] = []
    days: list[str] = []
    languages: list[str] = []
    accessible: list[str] = []
    minimum_age: float | None = None
    maximum_age: float | None = None
    free: bool = False
    audience: list[str] = []  # whom it is for alone: "people_who_harm"
    assured: int | None = None  # ordinal of the day
    capacity: str = "open"
    timed: bool = False
    hours: list[tuple[int, int]] = []
    hours_until: int = 0


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Document).decode


def listed(service: hsds.Service) -> bool:
    """Whether people may find it at all."""
    return service.status in LISTED


def document(
    service: hsds.Service, areas: AreasOf = lambda lat, lon: (), today: dt.date | None = None
) -> Document:
    """The document of a listed service; `areas` says which areas a point lies in, hours begin yesterday."""
    kind, outcomes, needs, labels = _tags(service)
    places = _open_places(service)
    venues = [_venue(place, areas) for place in places if place.latitude is not None]
    free, cost = cost_words(service)
    timed, spans, until = _hours(service, today or dt.datetime.now(hours.LONDON).date())
    return Document(
        id=service.id,
        text={
            "name": service.name,
            "alternate": service.alternate_name or "",
            "organization": service.organization.name if service.organization else "",
            "tags": " . ".join(
                [
                    *labels.values(),
                    *(OUTCOME_LABELS.get(each, "") for each in outcomes),
                    KIND_LABELS.get(kind or "", ""),
                ]
            ),
            "places": " . ".join(_place_words(service, places)),
            "body": " . ".join(_body(service)),
            "about": (service.organization.description or "") if service.organization else "",
        },
        card=Card(
            service.name,
            service.organization.name if service.organization else "",
            summary(service.description or ""),
            kind,
            outcomes,
            needs,
            service.remote,
            ages_words(service.minimum_age, service.maximum_age),
            cost,
            service.assured_date,
        ),
        labels={f"need:{code}": label for code, label in labels.items()}
        | _area_names(service)
        | _suggested_labels(service),
        suggested=_suggested(service),
        venues=venues,
        covers=sorted({each.area for each in _service_areas(service) if each.area}),
        days=_days(_schedules(service)),
        languages=sorted({(each.code or each.name or "").lower() for each in service.languages} - {""}),
        accessible=_accessible(places),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        free=free is True,
        audience=_audience(service),
        assured=dt.date.fromisoformat(service.assured_date).toordinal() if service.assured_date else None,
        capacity="closed" if service.status != "active" else service.capacity_status or "open",
        timed=timed,
        hours=spans,
        hours_until=until,
    )


def points_of(service: hsds.Service) -> list[tuple[float, float]]:
    """(lat, lon) of each venue that has a point and may be known."""
    return [
        (float(place.latitude or 0), float(place.longitude or 0))
        for place in _open_places(service)
        if place.latitude is not None
    ]


def _open_places(service: hsds.Service) -> list[hsds.Location]:
    found = (each.location for each in service.service_at_locations)
    return [place for place in found if place is not None and not place.confidential]


def _tags(service: hsds.Service) -> tuple[str | None, list[str], list[str], dict[str, str]]:
    """(kind, outcomes, needs, labels of needs). A tag that is only suggested is none: it never passes a filter."""
    found: dict[str, dict[str, str]] = {"kind": {}, "flourish": {}, "needs": {}}
    for each in service.attributes:
        term = each.taxonomy_term
        if term is None or term.code is None or each.confidence is not None:
            continue
        if term.taxonomy in found:
            found[term.taxonomy][term.code] = term.name
    outcomes = [code for code in found["flourish"] if code in OUTCOME_LABELS]
    kind = next((code for code in found["kind"] if code in KIND_LABELS), None)
    return kind, outcomes, list(found["needs"]), found["needs"]


def _audience(service: hsds.Service) -> list[str]:
    terms = (each.taxonomy_term for each in service.attributes)
    return sorted({term.code for term in terms if term and term.code and term.taxonomy == "audience"})


def _suggested(service: hsds.Service) -> dict[str, float]:
    """Outcomes, needs and kinds that are only suggested, and how sure that is."""
    return {
        f"{_FACET_OF[term.taxonomy]}:{term.code}": each.confidence
        for each in service.attributes
        if each.confidence is not None
        and (term := each.taxonomy_term) is not None
        and term.code
        and term.taxonomy in _FACET_OF
    }


def _suggested_labels(service: hsds.Service) -> dict[str, str]:
    return {
        f"need:{term.code}": term.name
        for each in service.attributes
        if each.confidence is not None and (term := each.taxonomy_term) and term.taxonomy == "needs"
    }


def _venue(place: hsds.Location, areas: AreasOf) -> Venue:
    lat, lon = float(place.latitude or 0), float(place.longitude or 0)
    city = place.addresses[0].city if place.addresses else ""
    name = place.name or city
    if city and city.lower() not in name.lower():
        name = f"{name}, {city}"
    return Venue(name, lat, lon, list(areas(lat, lon)))


def _place_words(service: hsds.Service, places: Iterable[hsds.Location]) -> Iterable[str]:
    for place in places:
        yield place.name or ""
        for address in place.addresses:
            yield f"{address.city} {address.postal_code}"
    for area in _service_areas(service):
        yield area.name or ""


def _body(service: hsds.Service) -> Iterable[str]:
    yield service.description or ""
    yield service.eligibility_description or ""
    yield service.fees_description or ""
    yield service.interpretation_services or ""


def _area_names(service: hsds.Service) -> dict[str, str]:
    return {each.area: each.name for each in _service_areas(service) if each.area and each.name}


def _service_areas(service: hsds.Service) -> Iterable[hsds.ServiceArea]:
    yield from service.service_areas
    for each in service.service_at_locations:
        yield from each.service_areas


def _schedules(service: hsds.Service) -> Iterable[hsds.Schedule]:
    yield from service.schedules
    for each in service.service_at_locations:
        yield from each.schedules


def _days(schedules: Iterable[hsds.Schedule]) -> list[str]:
    found = set()
    for each in schedules:
        if each.closed:
            continue
        for code in (each.byday or "").split(","):
            found.add(_BYDAY.get(code.strip()[-2:].upper(), ""))
    return [day for day in DAYS if day in found]


def _hours(service: hsds.Service, today: dt.date) -> tuple[bool, list[tuple[int, int]], int]:
    """(whether any hours are known, spans of real time from yesterday on, the minute that they reach to)."""
    found = hours.of_service(service)
    until = _minute(today + dt.timedelta(days=HORIZON - 1), 0)
    if service.status != "active" or not any(not rule.flags & (CLOSED | UNCERTAIN) for rule in found):
        return False, [], until
    return True, _spans(tuple(found), today), until


@lru_cache(maxsize=4096)  # "weekdays nine to five" is said by many
def _spans(found: tuple[Rule, ...], today: dt.date) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for day, midnight, plain in _days_ahead(today):
        for start, end in hours.sessions(found, day):
            span = (midnight + start, midnight + end) if plain else (_minute(day, start), _minute(day, end))
            if spans and span[0] <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(span[1], spans[-1][1]))
            else:
                spans.append(span)
    return spans


@lru_cache(maxsize=4)
def _days_ahead(today: dt.date) -> list[tuple[dt.date, int, bool]]:
    """(day, its midnight in minutes since 1970, whether no clock is changed on it or the next), from yesterday on."""
    days = [today + dt.timedelta(days=ahead) for ahead in range(-1, HORIZON)]
    return [
        (day, _minute(day, 0), _minute(day + dt.timedelta(days=2), 0) - _minute(day, 0) == 2 * hours.DAY)
        for day in days
    ]


@lru_cache(maxsize=4096)
def _minute(day: dt.date, minutes: int) -> int:
    """London wall clock as minutes since 1970 (UTC)."""
    wall = dt.datetime.combine(day, dt.time(), hours.LONDON) + dt.timedelta(minutes=minutes)
    return int(wall.timestamp()) // 60


def _accessible(places: Iterable[hsds.Location]) -> list[str]:
    found: set[str] = set()
    for place in places:
        for each in place.accessibility:
            found |= _access(f"{each.description or ''} {each.details or ''}".lower())
    return sorted(found)


@lru_cache(maxsize=4096)
def _access(said: str) -> frozenset[str]:
    return frozenset(pattern.code for pattern in accessible() if pattern.matches(said))
