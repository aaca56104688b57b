"""A record as it is read back once it is stored, without asking the database. Pure.

Holds for a service that is new, whose parts all keep their ids; the terms of our own taxonomies must be named as
they are stored.
"""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from directory.catalogue import hsds
from directory.catalogue.publish import say_tags
from directory.catalogue.rows import term_key
from directory.words import KINDS, LEVELS

R = TypeVar("R", bound=hsds.Record)


def as_stored(service: hsds.Service) -> hsds.Service:
    """What an index looks at: the service's own words, tags, times, prices, areas and venues."""
    attributes, columns = _tags(service.attributes)
    found = replace(
        service,
        attributes=_in_order(attributes),
        schedules=_in_order(service.schedules),
        service_areas=_in_order(service.service_areas),
        languages=_in_order(service.languages),
        cost_options=_in_order(service.cost_options),
        service_at_locations=[_at_location(each) for each in _in_order(service.service_at_locations)],
    )
    kind, level = columns.get("kind"), columns.get("level")
    say_tags(found, kind if kind in KINDS else None, level if level in LEVELS else None, {})
    return found


def _tags(attributes: Iterable[hsds.Attribute]) -> tuple[list[hsds.Attribute], dict[str, str]]:
    """One tag a term; kind and level are columns, and said again as tags."""
    found: dict[tuple[str, str], hsds.Attribute] = {}
    columns: dict[str, str] = {}
    for each in attributes:
        key = term_key(each)
        if key is None:
            continue
        if each.confidence is None and key[0] in {"kind", "level"}:
            columns[key[0]] = key[1]
        else:
            found.setdefault(key, each)
    return list(found.values()), columns


def _at_location(place: hsds.ServiceAtLocation) -> hsds.ServiceAtLocation:
    location = place.location
    if location is not None:
        location = replace(location, addresses=_in_order(location.addresses))
    return replace(
        place,
        location=location,
        schedules=_in_order(place.schedules),
        service_areas=_in_order(place.service_areas),
    )


def _in_order(records: list[R]) -> list[R]:
    return records if len(records) < 2 else sorted(records, key=lambda each: each.id)
