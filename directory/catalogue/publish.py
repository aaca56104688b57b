"""What leaves the house of a service: the record without anything that is not for everybody. Pure.

A confidential location (a refuge) keeps its id and its type; nothing else of it or of the service there is said.
What a feed said that no field of the standard holds (`extra`) stays inside.
"""

import datetime as dt
import re
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from directory.catalogue import hsds
from directory.catalogue.ids import stable
from directory.catalogue.rows import term_id
from directory.words import KIND_LABELS, LEVEL_LABELS

R = TypeVar("R", bound=hsds.Record)
Json = dict[str, Any]
WITHHELD = "(address withheld)"


def published(service: hsds.Service) -> hsds.Service:
    """The service as everybody may see it. Every output that is public starts from this, not from the whole."""
    found = replace(
        service,
        extra={},
        capacity_status=None if service.capacity_status == "open" else service.capacity_status,
        organization=replace(service.organization, extra={}) if service.organization else None,
        service_at_locations=[at_location(each) for each in service.service_at_locations],
    )
    hidden = _hidden(service)
    return msgspec.convert(_withheld(msgspec.to_builtins(found), hidden), hsds.Service) if hidden else found


def _hidden(service: hsds.Service) -> re.Pattern[str] | None:
    """What would find a confidential address: its postcode however it is spaced, its first line, its point."""
    found: set[str] = set()
    for place in service.service_at_locations:
        location = place.location
        if location is None or not location.confidential:
            continue
        for address in location.addresses:
            found.add(r"\s*".join(map(re.escape, re.sub(r"\W", "", address.postal_code))))
            found.add(r"\W+".join(map(re.escape, re.findall(r"\w+", address.address_1))))
        for degrees in (location.latitude, location.longitude):
            if degrees is not None:
                found.add(re.escape(f"{degrees:.3f}") + r"\d*")
    parts = sorted((each for each in found if len(each) > 5), key=len, reverse=True)
    return re.compile("|".join(rf"\b(?:{each})\b" for each in parts), re.IGNORECASE) if parts else None


def _withheld(value: Any, hidden: re.Pattern[str]) -> Any:
    """A confidential address that somebody wrote into a description, an alert or a note is no less confidential."""
    if isinstance(value, dict):
        return {name: _withheld(each, hidden) for name, each in value.items()}
    if isinstance(value, list):
        return [_withheld(each, hidden) for each in value]
    return hidden.sub(WITHHELD, value) if isinstance(value, str) else value


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
                id=stable("taxonomies", taxonomy, f"{service.id}:{code}"),
                link_id=service.id,
                link_entity="service",
                taxonomy_term_id=term.id,
                taxonomy_term=term,
            )
        )
