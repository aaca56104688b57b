"""Any number of varied services, made from the demonstration county's words: the same ones for the same number."""

import random
import re
from collections.abc import Iterator

from msgspec.structs import replace

from directory.catalogue import hsds
from directory.catalogue.ids import derived, stable

FEED = "bench"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def made(
    count: int, real: list[hsds.Service], towns: list[tuple[str, float, float]]
) -> Iterator[hsds.Service]:
    """`count` services; each takes its tags, hours and prices from one real service, its words from several."""
    chance = random.Random(20_26)
    sentences = [part for each in real for part in _SENTENCE.split(each.description or "") if len(part) > 20]
    names = [each.name.split() for each in real]
    owners = [_owner(number, chance, towns) for number in range(max(1, count // 4))]
    for number in range(count):
        base, owner = chance.choice(real), chance.choice(owners)
        town, lat, lon = chance.choice(towns)
        first, second = chance.choice(names), base.name.split()
        id_ = stable(FEED, "service", str(number))
        yield replace(
            base,
            id=id_,
            name=" ".join([*first[: 1 + len(first) // 2], *second[len(second) // 2 :], town]),
            alternate_name=None,
            description=" ".join(chance.sample(sentences, 4)),
            organization=owner,
            organization_id=owner.id,
            phones=[hsds.Phone(id=derived(id_, "phone"), number=f"01632 960{number % 1000:03}")],
            contacts=[],
            schedules=[replace(each, id=derived(id_, "schedule", each.id)) for each in base.schedules],
            service_areas=[replace(each, id=derived(id_, "area", each.id)) for each in base.service_areas],
            languages=[replace(each, id=derived(id_, "language", each.id)) for each in base.languages],
            cost_options=[replace(each, id=derived(id_, "cost", each.id)) for each in base.cost_options],
            attributes=[replace(each, id=derived(id_, "attribute", each.id)) for each in base.attributes],
            service_at_locations=[
                _moved(each, id_, town, lat + chance.gauss(0, 0.02), lon + chance.gauss(0, 0.03))
                for each in base.service_at_locations
            ],
        )


def _owner(number: int, chance: random.Random, towns: list[tuple[str, float, float]]) -> hsds.Organization:
    what = chance.choice(
        ("Trust", "Families", "Project", "Centre", "Network", "Together", "Community", "Rooms")
    )
    return hsds.Organization(
        id=stable(FEED, "organization", str(number)),
        name=f"{chance.choice(towns)[0]} {what} {number}",
        description="An organization made up to measure with.",
    )


def _moved(
    place: hsds.ServiceAtLocation, service: str, town: str, lat: float, lon: float
) -> hsds.ServiceAtLocation:
    id_ = derived(service, "place", place.id)
    location = place.location
    if location is not None:
        location = replace(
            location,
            id=derived(id_, "location"),
            latitude=lat,
            longitude=lon,
            addresses=[replace(each, id=derived(id_, "address"), city=town) for each in location.addresses],
            accessibility=[
                replace(each, id=derived(id_, "accessibility", each.id)) for each in location.accessibility
            ],
        )
    schedules = [replace(each, id=derived(id_, "schedule", each.id)) for each in place.schedules]
    return replace(place, id=id_, service_id=service, location=location, schedules=schedules)
