"""Services of two sources that may be one and the same: candidates with a score and reasons. Pure.

Nothing is ever merged here: a person decides, and says which record is preferred.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct
from rapidfuzz import fuzz, utils

from directory.catalogue import hsds

LEAST = 0.6
"""Score from which a pair is worth a person's look."""
NEAR = 250.0
"""Metres within which two venues may be one building."""
CROWD = 60
"""A postcode, telephone or web address that more services share tells nothing: a council's switchboard."""
SHARED_HOSTS = {"facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "eventbrite.co.uk",
                "nhs.uk", "gov.uk", "google.com", "linktr.ee", "meetup.com", "wordpress.com"}  # fmt: skip


class Facts(NamedTuple):
    """What of a service tells it from others; a confidential place is not among it."""

    id: str
    feed: str
    name: str
    organization: str
    identifiers: frozenset[str]
    postcodes: frozenset[str]
    points: tuple[tuple[float, float], ...]
    hosts: frozenset[str]
    phones: frozenset[str]


class Candidate(Struct, frozen=True, kw_only=True):
    """Two services that may be one. `score` is 0 to 1; `reasons` are what a person would look at."""

    service_id: str
    other_id: str
    name: str
    other_name: str
    feed: str
    other_feed: str
    score: float
    reasons: list[str]


def facts(service: hsds.Service, feed: str) -> Facts:
    organization = service.organization
    places = [
        each.location
        for each in service.service_at_locations
        if each.location is not None and not each.location.confidential
    ]
    numbers = [*service.phones, *(phone for each in service.contacts for phone in each.phones)]
    numbers += organization.phones if organization else []
    links = [service.url, organization.website if organization else None]
    return Facts(
        id=service.id,
        feed=feed,
        name=service.name,
        organization=organization.name if organization else "",
        identifiers=frozenset(
            f"{each.identifier_scheme or each.identifier_type} {_digits(each.identifier)}"
            for each in (organization.organization_identifiers if organization else [])
            if _digits(each.identifier)
        ),
        postcodes=frozenset(
            each.postal_code.replace(" ", "").upper() for place in places for each in place.addresses
        ),
        points=tuple(
            (place.latitude, place.longitude)
            for place in places
            if place.latitude is not None and place.longitude is not None
        ),
        hosts=frozenset(host for link in links if link and (host := _host(link))),
        phones=frozenset(number for each in numbers if (number := _phone(each.number))),
    )


def candidates(services: Sequence[Facts], least: float = LEAST) -> list[Candidate]:
    """Every pair of different sources that scores `least` or more, the likeliest first."""
    found = [made for one, other in _pairs(services) if (made := compare(one, other)).score >= least]
    return sorted(found, key=lambda each: (-each.score, each.service_id, each.other_id))


def compare(one: Facts, other: Facts) -> Candidate:
    """How alike two services are, and in what. The order of the two makes no difference."""
    if one.id > other.id:
        one, other = other, one
    alike = fuzz.token_sort_ratio(one.name, other.name, processor=utils.default_process) / 100
    owners = (
        fuzz.token_sort_ratio(one.organization, other.organization, processor=utils.default_process) / 100
    )
    score, reasons = 0.45 * alike + 0.1 * owners, []
    if alike >= 0.7:
        reasons.append(f"the names are {round(100 * alike)} % alike")
    if owners >= 0.85:
        reasons.append("the organizations have nearly the same name")
    for weight, shared, words in (
        (0.2, one.identifiers & other.identifiers, "both are run by"),
        (0.2, one.phones & other.phones, "same telephone"),
        (0.1, one.hosts & other.hosts, "same web address"),
    ):
        if shared:
            score += weight
            reasons.append(f"{words} {min(shared)}")
    if postcodes := one.postcodes & other.postcodes:
        score += 0.2
        reasons.append(f"same postcode {min(postcodes)}")
    elif (apart := _apart(one, other)) is not None and apart <= NEAR:
        score += 0.15
        reasons.append(f"{round(apart)} metres apart")
    if alike < 0.5:
        score = min(score, LEAST - 0.05)  # one charity at one address runs many services
    return Candidate(
        service_id=one.id, other_id=other.id, name=one.name, other_name=other.name, feed=one.feed,
        other_feed=other.feed, score=round(min(score, 1.0), 3), reasons=reasons,
    )  # fmt: skip


def _pairs(services: Sequence[Facts]) -> Iterator[tuple[Facts, Facts]]:
    """Pairs that have anything telling in common; comparing all with all would not end."""
    blocks: defaultdict[str, list[Facts]] = defaultdict(list)
    for each in services:
        for key in _keys(each):
            blocks[key].append(each)
    done: set[tuple[str, str]] = set()
    for block in blocks.values():
        if len(block) > CROWD:
            continue
        for one, other in combinations(block, 2):
            pair = (min(one.id, other.id), max(one.id, other.id))
            if one.feed != other.feed and pair not in done:
                done.add(pair)
                yield one, other


def _keys(service: Facts) -> Iterable[str]:
    yield from service.identifiers
    yield from (f"postcode {each}" for each in service.postcodes)
    yield from (f"host {each}" for each in service.hosts)
    yield from (f"phone {each}" for each in service.phones)
    yield "name " + " ".join(sorted(utils.default_process(service.name).split()))


def _apart(one: Facts, other: Facts) -> float | None:
    """Metres between the nearest venues of the two; flat Earth, good to a percent at this size."""
    distances = [
        math.hypot((a - c) * 111_320, (b - d) * 111_320 * math.cos(math.radians(a)))
        for a, b in one.points
        for c, d in other.points
    ]
    return min(distances, default=None)


def _digits(text: str) -> str:
    return re.sub(r"\W", "", text).upper().lstrip("0")


def _phone(text: str) -> str:
    number = re.sub(r"\D", "", text.replace("(0)", ""))
    number = "0" + number[2:] if number.startswith("44") and len(number) > 10 else number
    return number if len(number) >= 9 else ""


def _host(link: str) -> str:
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    known = any(host == each or host.endswith("." + each) for each in SHARED_HOSTS)
    return "" if known else host
