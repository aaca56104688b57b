"""Seed files -> Open Referral records. Pure: the same files, points and day give the same records."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from directory.catalogue import hsds
from directory.catalogue.ids import derived, stable
from directory.words import AUDIENCE_LABELS, KIND_LABELS, LEVEL_LABELS, OUTCOME_LABELS
from seed import shapes

FEED = "local"
COUNTY = ("E10000020", "Norfolk")
DISTRICTS = {
    "E07000143": "Breckland",
    "E07000144": "Broadland",
    "E07000145": "Great Yarmouth",
    "E07000146": "King's Lynn and West Norfolk",
    "E07000147": "North Norfolk",
    "E07000148": "Norwich",
    "E07000149": "South Norfolk",
}
LANGUAGES = {
    "ar": "Arabic", "bfi": "British Sign Language", "bg": "Bulgarian", "bn": "Bengali", "el": "Greek",
    "en": "English", "es": "Spanish", "fa": "Persian", "ku": "Kurdish", "lt": "Lithuanian", "lv": "Latvian",
    "ml": "Malayalam", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "so": "Somali", "sw": "Swahili", "tet": "Tetum", "ti": "Tigrinya", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
}  # fmt: skip
_AREA_URI = "http://statistics.data.gov.uk/id/statistical-geography/"


class Point(NamedTuple):
    """Where a postcode is: WGS84 degrees and the ONS code of its district."""

    latitude: float
    longitude: float
    district: str


class Facts(NamedTuple):
    """What the files do not say themselves: needs by code (label, definition), points by postcode, the day."""

    needs: Mapping[str, tuple[str, str]]
    points: Mapping[str, Point]
    today: dt.date


def services(organization: shapes.Organization, facts: Facts) -> list[hsds.Service]:
    """The services of one organization; raises KeyError for a postcode or need that is not in `facts`."""
    who = _organization(organization)
    venues = {
        venue.key: _location(organization.key, venue, facts.points[venue.postcode])
        for venue in organization.venues
    }
    return [_service(each, who, venues, facts) for each in organization.service]


def sources(records: list[hsds.Service], organization: shapes.Organization) -> dict[str, str]:
    """Our id -> the seed's own key, for every record that has one."""
    found = {_id("organization", organization.key): organization.key}
    found |= {_id("service", each.key): each.key for each in organization.service}
    for venue in organization.venues:
        key = f"{organization.key}/{venue.key}"
        found[_id("location", key)] = key
    return found


def _organization(seed: shapes.Organization) -> hsds.Organization:
    id_ = _id("organization", seed.key)
    return hsds.Organization(
        id=id_,
        name=seed.name,
        description=seed.description,
        email=seed.email,
        website=seed.website,
        phones=[hsds.Phone(id=derived(id_, "phone"), number=seed.phone, type="voice")],
    )


def _location(owner: str, venue: shapes.Venue, point: Point) -> hsds.Location:
    id_ = _id("location", f"{owner}/{venue.key}")
    return hsds.Location(
        id=id_,
        location_type="physical",
        name=venue.name,
        transportation=venue.transport or None,
        latitude=point.latitude,
        longitude=point.longitude,
        confidential=venue.confidential,
        addresses=[
            hsds.Address(
                id=derived(id_, "address"),
                address_1=venue.address_1,
                city=venue.city,
                state_province="Norfolk" if point.district in DISTRICTS else "Over the border",
                postal_code=venue.postcode,
            )
        ],
        accessibility=[
            hsds.Accessibility(id=derived(id_, "accessibility", text), description=text)
            for text in venue.accessibility
        ],
    )


def _service(
    seed: shapes.Service, who: hsds.Organization, venues: Mapping[str, hsds.Location], facts: Facts
) -> hsds.Service:
    id_ = _id("service", seed.key)
    at: dict[str, list[hsds.Schedule]] = {key: [] for key in seed.venues}
    anywhere: list[hsds.Schedule] = []
    for number, session in enumerate(seed.sessions):
        schedule = _schedule(derived(id_, "schedule", str(number)), session)
        (anywhere if session.venue is None else at.setdefault(session.venue, [])).append(schedule)
    return hsds.Service(
        id=id_,
        organization_id=who.id,
        organization=who,
        name=seed.name,
        alternate_name=seed.alternate_name or None,
        description=seed.description,
        url=seed.url,
        email=seed.email,
        status=seed.status,
        capacity_status=seed.capacity,
        wait_time=seed.wait or None,
        referral=seed.referral,
        remote=list(seed.remote),
        interpretation_services=seed.interpretation or None,
        application_process=seed.how_to_join or None,
        eligibility_description=seed.eligibility or None,
        minimum_age=seed.minimum_age,
        maximum_age=seed.maximum_age,
        assured_date=(facts.today - dt.timedelta(days=seed.checked_days_ago)).isoformat(),
        alert=seed.alert or None,
        phones=[
            hsds.Phone(id=derived(id_, "phone", kind), number=number, type=kind)
            for kind, number in (("voice", seed.phone), ("text", seed.text))
            if number
        ],
        schedules=anywhere,
        service_areas=[_area(id_, text) for text in seed.coverage],
        service_at_locations=[
            hsds.ServiceAtLocation(
                id=derived(id_, venues[key].id),
                service_id=id_,
                location_id=venues[key].id,
                location=venues[key],
                schedules=schedules,
            )
            for key, schedules in at.items()
        ],
        languages=[
            hsds.Language(id=derived(id_, "language", code), code=code, name=LANGUAGES.get(code))
            for code in seed.languages
        ],
        cost_options=_costs(id_, seed.cost),
        attributes=_attributes(id_, seed, facts.needs),
    )


def _schedule(id_: str, session: shapes.Session) -> hsds.Schedule:
    monthly = any(character.isdigit() for character in session.days)
    return hsds.Schedule(
        id=id_,
        freq="MONTHLY" if monthly else "WEEKLY",
        byday=session.days,
        opens_at=session.opens,
        closes_at=session.closes,
        term_time=session.term_time,
        description=session.note or None,
    )


def _area(service: str, coverage: str) -> hsds.ServiceArea:
    id_ = derived(service, "service_area", coverage)
    kind, _, code = coverage.partition(":")
    if kind == "county":
        code, name = COUNTY
        return hsds.ServiceArea(id=id_, name=name, area=f"county:{code}", uri=_AREA_URI + code)
    if kind == "district":
        return hsds.ServiceArea(id=id_, name=DISTRICTS[code], area=coverage, uri=_AREA_URI + code)
    return hsds.ServiceArea(id=id_, name=f"Zone {int(code.rpartition('-')[2])}", area=coverage)


def _costs(service: str, costs: list[shapes.Cost]) -> list[hsds.CostOption]:
    if not costs:
        return [
            hsds.CostOption(id=derived(service, "cost", "free"), option="Free", amount=0.0, currency="GBP")
        ]
    return [
        hsds.CostOption(
            id=derived(service, "cost", str(number)),
            option=cost.option,
            amount=cost.amount,
            currency="GBP",
            amount_description=cost.detail or None,
        )
        for number, cost in enumerate(costs)
    ]


def _attributes(
    service: str, seed: shapes.Service, needs: Mapping[str, tuple[str, str]]
) -> list[hsds.Attribute]:
    tags: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    tags["kind"].append((seed.kind, KIND_LABELS[seed.kind], KIND_LABELS[seed.kind]))
    tags["level"].append((seed.level, LEVEL_LABELS[seed.level], LEVEL_LABELS[seed.level]))
    tags["flourish"] += [(code, OUTCOME_LABELS[code], OUTCOME_LABELS[code]) for code in seed.outcomes]
    tags["needs"] += [(code, *needs[code]) for code in seed.needs]
    if seed.audience:
        tags["audience"].append(
            (seed.audience, AUDIENCE_LABELS[seed.audience], AUDIENCE_LABELS[seed.audience])
        )
    return [
        hsds.Attribute(
            id=derived(service, "attribute", taxonomy, code),
            link_type=taxonomy,
            taxonomy_term=hsds.TaxonomyTerm(
                id=stable("taxonomies", taxonomy, code),
                code=code,
                name=name,
                description=description,
                taxonomy=taxonomy,
            ),
        )
        for taxonomy, terms in tags.items()
        for code, name, description in terms
    ]


def _id(kind: str, key: str) -> str:
    return stable(FEED, kind, key)
