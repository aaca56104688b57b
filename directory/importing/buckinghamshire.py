"""The dialect of Buckinghamshire's and other Outpost feeds -> the shape of Open Referral UK 3.0. Pure.

Whole-number ids, `organisation`, places in `locations` with a GeoJSON point, `min_age`, days by name, amounts as
text, lists of labels for accessibility, suitability and SEND needs, nulls everywhere.
"""

import re
from collections.abc import Mapping
from typing import Any

from directory.importing.oruk_v1 import _maps

Raw = Mapping[str, Any]
_RENAMED = (
    (r"^/organization\b", "/organisation"),
    (r"^/organisation/website", "/organisation/url"),
    (r"^/minimum_age", "/min_age"),
    (r"^/maximum_age", "/max_age"),
    (r"^/last_modified", "/updated_at"),
    (r"^/schedules/(\d+)/byday", r"/regular_schedules/\1/weekday"),
    (r"^/schedules/(\d+)", r"/regular_schedules/\1"),
    (r"^/service_at_locations/(\d+)/location/addresses/\d+", r"/locations/\1"),
    (r"^/service_at_locations/(\d+)/location/(latitude|longitude)", r"/locations/\1/geometry"),
    (r"^/service_at_locations/(\d+)/location", r"/locations/\1"),
    (r"^/service_at_locations/(\d+)", r"/locations/\1"),
    (r"^/contacts/(\d+)/phones/0/number", r"/contacts/\1/phone"),
    (r"^/contacts/(\d+)/phones/0", r"/contacts/\1/phone"),
    (r"^/organisation/url", "/organisation/url"),
)
_LABELS = {"suitabilities": "suitability", "send_needs": "SEND needs"}


def speaks(record: Raw) -> bool:
    """Whether a service record is in this dialect."""
    return isinstance(record.get("organisation"), Mapping) or (
        "min_age" in record and "taxonomies" in record and "locations" in record
    )


def pointer(path: str) -> str:
    for pattern, new in _RENAMED:
        path = re.sub(pattern, new, path)
    return path


def to_v3(raw: Raw, feed: str = "outpost") -> dict[str, Any]:
    organisation = raw.get("organisation")
    if isinstance(organisation, Mapping):
        organisation = {**organisation, "website": organisation.get("url")}
    offer = raw.get("local_offer") if isinstance(raw.get("local_offer"), Mapping) else None
    return {
        "id": raw.get("id"),
        "name": raw.get("name"),
        "description": raw.get("description"),
        "url": raw.get("url"),
        "status": raw.get("status"),
        "minimum_age": raw.get("min_age"),
        "maximum_age": raw.get("max_age"),
        "assured_date": raw.get("assured_date") or raw.get("last_assured"),
        "last_modified": raw.get("updated_at"),
        "application_process": "A referral is needed." if raw.get("needs_referral") is True else None,
        "referral": "professional" if raw.get("needs_referral") is True else None,
        "organization": organisation,
        "contacts": [_contact(each) for each in _maps(raw, "contacts")],
        "schedules": [{**each, "byday": each.get("weekday")} for each in _maps(raw, "regular_schedules")],
        "service_at_locations": [_place(each) for each in _maps(raw, "locations")],
        "cost_options": [_cost(each) for each in _maps(raw, "cost_options")] or _free(raw),
        "attributes": list(_attributes(raw, feed)),
        "extra": {
            key: value
            for key, value in (
                ("links", raw.get("links")),
                ("local_offer", offer),
                ("age_bands", [key for key in raw if key.startswith("age_band_") and raw[key] is True]),
                ("meta", [each for each in _maps(raw, "meta") if each.get("value")]),
            )
            if value
        },
    }


def _contact(raw: Raw) -> dict[str, Any]:
    phone = raw.get("phone")
    return {**raw, "phones": [{"number": phone}] if phone else []}


def _place(raw: Raw) -> dict[str, Any]:
    geometry = raw.get("geometry")
    point = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    longitude, latitude = point[:2] if isinstance(point, list) and len(point) >= 2 else (None, None)
    address = {key: raw.get(key) for key in ("address_1", "city", "state_province", "postal_code", "country")}
    said = any(address[key] for key in ("address_1", "city", "postal_code"))
    return {
        "location": {
            "id": raw.get("id"),
            "name": raw.get("name"),
            "location_type": "physical" if said or point else "virtual",
            "latitude": latitude,
            "longitude": longitude,
            "mask_exact_address": raw.get("mask_exact_address"),
            "addresses": [address] if said else [],
            "accessibility": [{"description": each.get("name")} for each in _maps(raw, "accessibilities")],
        }
    }


def _cost(raw: Raw) -> dict[str, Any]:
    return {
        "id": raw.get("id"),
        "option": raw.get("option"),
        "amount": raw.get("amount"),
        "currency": "GBP" if raw.get("amount") else None,
        "amount_description": raw.get("cost_type"),
    }


def _free(raw: Raw) -> list[dict[str, Any]]:
    return [{"option": "Free", "amount": 0, "currency": "GBP"}] if raw.get("free") is True else []


def _attributes(raw: Raw, feed: str) -> list[dict[str, Any]]:
    """Categories, suitability and SEND needs as tags of the feed's own taxonomies."""
    lists = [("taxonomies", "categories"), *_LABELS.items()]
    return [
        {
            "taxonomy_term": {
                "code": each.get("slug") or each.get("id"),
                "name": each.get("name"),
                "taxonomy": f"{feed}: {label}",
            }
        }
        for field, label in lists
        for each in _maps(raw, field)
        if each.get("name")
    ]
