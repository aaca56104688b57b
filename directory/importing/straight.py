"""The quick way for records that are right already: they need no cleaning, only our words for our tags. Pure.

A record takes it only if it is valid as it stands and cleaning would have left it alone; any doubt, and it goes the
long way through clean.py, which says what was wrong.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from directory.catalogue import hsds, validity
from directory.importing.plan import encoded, mark
from directory.importing.tags import Tags
from directory.words import TAXONOMIES

# In compact JSON: markup, entities, control characters, space at either end of a text, words that mean nothing. Each
# is only looked for where a plain search finds its first characters: most records hold none of them.
_ENTITY = re.compile(rb"&#?\w+;")
_ESCAPED = re.compile(rb'\\u00[01]|\\u007f|\\[bfrt]|"\\n|\\n"')
_NOTHING = re.compile(rb':"(?:[Nn]ull|NULL|[Nn]one|[Nn]/[Aa]|undefined|NaN)"')
_ASIDE = ("additional_urls", "required_documents", "program", "schedule", "regular_schedules", "fees")
COUNTIES = {"E06": "district", "E07": "district", "E08": "district", "E10": "county"}


def straight(raw: Mapping[str, Any], tags: Tags) -> tuple[hsds.Service, bytes] | None:
    """The record as it will be stored and its fingerprint, or None where it is not right as it stands."""
    if any(raw.get(name) for name in _ASIDE) or not isinstance(raw, dict) or not validity.valid(raw):
        return None
    try:
        service = msgspec.convert(raw, hsds.Service)
    except (msgspec.ValidationError, RecursionError):
        return None
    organization = service.organization
    if organization is None or (raw["organization"].get("url") and not organization.website):
        return None
    if (
        not _linked(service, organization)
        or not _tagged(service, organization, tags)
        or not _regular(service)
    ):
        return None
    text = encoded(service)
    return None if _unclean(text) else (service, mark(text))


def _unclean(text: bytes) -> bool:
    return (
        b"<" in text
        or b' "' in text
        or b'" ' in text
        or (b"&" in text and _ENTITY.search(text) is not None)
        or (b"\\" in text and _ESCAPED.search(text) is not None)
        or _NOTHING.search(text) is not None
    )


def roots(service: hsds.Service) -> dict[str, str]:
    """The ids of the record, its organization and its locations, each standing for itself."""
    found = {service.id: service.id}
    if service.organization is not None:
        found[service.organization.id] = service.organization.id
    for each in service.service_at_locations:
        if each.location is not None:
            found[each.location.id] = each.location.id
    return found


def area_of(uri: str | None) -> str | None:
    """ "county:E10000020" from an address that ends in an ONS code of a county or a district."""
    code = (uri or "").rstrip("/").rpartition("/")[2]
    kind = COUNTIES.get(code[:3]) if len(code) == 9 and code[1:].isdigit() else None
    return f"{kind}:{code}" if kind else None


def _linked(service: hsds.Service, organization: hsds.Organization) -> bool:
    service.organization_id = organization.id
    for each in service.service_at_locations:
        if each.location is None:
            return False
        each.service_id, each.location_id = service.id, each.location.id
    low, high = service.minimum_age, service.maximum_age
    return (high or 0) <= 150 and (low is None or high is None or low <= high)


def _tagged(service: hsds.Service, organization: hsds.Organization, tags: Tags) -> bool:
    lists = [service.attributes, organization.attributes]
    lists += [each.location.attributes for each in service.service_at_locations if each.location]
    for attributes in lists:
        for each in attributes:
            term = each.taxonomy_term
            if term is None or not term.taxonomy or not term.code:
                return False
            ours = tags.ours.get((term.taxonomy, term.code))
            if ours is not None:
                each.taxonomy_term, each.taxonomy_term_id = ours, ours.id
            elif term.taxonomy.lower() in TAXONOMIES:
                return False
    return True


def _regular(service: hsds.Service) -> bool:
    if "\n" in service.name or not _steady(service.schedules):
        return False
    for each in service.service_areas:
        each.area = each.area or area_of(each.uri)
    for place in service.service_at_locations:
        location = place.location
        if location is None or not _steady(place.schedules) or not _steady(location.schedules):
            return False
        if (location.latitude is None) != (location.longitude is None):
            return False
        if location.latitude == 0 and location.longitude == 0:
            return False
    return True


def _steady(schedules: Iterable[hsds.Schedule]) -> bool:
    return all(
        (each.opens_at is None or each.opens_at != each.closes_at)
        and (not each.byday or each.freq is not None)
        and not (each.valid_from and each.valid_to and each.valid_from > each.valid_to)
        for each in schedules
    )
