"""What leaves the house of a service: the record without anything that is not for everybody. Pure.

A confidential location (a refuge) keeps its id and its type; nothing else of it or of the service there is said.
What a feed said that no field of the standard holds (`extra`) stays inside.
"""

import datetime as dt
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from directory.catalogue import hsds
from directory.catalogue.rows import term_id
from directory.words import KIND_LABELS, LEVEL_LABELS

R = TypeVar("R", bound=hsds.Record)
Json = dict[str, Any]


def published(service: hsds.Service) -> hsds.Service:
    """The service as everybody may see it. Every output that is public starts from this, not from the whole."""
    return replace(
        service,
        extra={},
        capacity_status=None if service.capacity_status == "open" else service.capacity_status,
        organization=replace(service.organization, extra={}) if service.organization else None,
        service_at_locations=[at_location(each) for each in service.service_at_locations],
    )


def at_location(place: hsds.ServiceAtLocation) -> hsds.ServiceAtLocation:
    if place.location is None or not place.location.confidential:
        return place
    return hsds.ServiceAtLocation(
        id=place.id,
        service_id=place.service_id,
        location_id=place.location_id,
        location=hsds.Location(id=place.location.id, location_type=place.location.location_type),
    )


def moment_text(moment: dt.datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(record: hsds.Record) -> Json:
    """A record as JSON values: nothing empty, whole numbers without a fraction, no `address` without a value."""
    found: Json = _pruned(msgspec.to_builtins(record))
    return found


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        items = ((key, _pruned(each)) for key, each in value.items())
        return {key: each for key, each in items if each not in (None, "", [], {})}
    if isinstance(value, list):
        return [_pruned(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.strip()
    return value


def say_tags(
    service: hsds.Service,
    kind: str | None,
    level: str | None,
    terms: dict[tuple[str, str], hsds.TaxonomyTerm],
) -> None:
    """Say the columns kind and level as attributes, the way every feed says its tags."""
    said = (("kind", kind, KIND_LABELS), ("level", level, LEVEL_LABELS))
    for taxonomy, code, labels in said:
        if code is None:
            continue
        term = terms.get((taxonomy, code)) or hsds.TaxonomyTerm(
            id=term_id((taxonomy, code)),
            code=code,
            name=labels[code],
            description=labels[code],
            taxonomy=taxonomy,
        )
        service.attributes.append(
            hsds.Attribute(
                id=term_id((taxonomy, f"{service.id}:{code}")),
                link_id=service.id,
                link_entity="service",
                taxonomy_term_id=term.id,
                taxonomy_term=term,
            )
        )
