"""The dialect Open Referral UK 1.0 -> the shape of 3.0. Pure; nothing is cleaned here, only put where it belongs."""

import re
from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]
_RENAMED = (
    (r"^/organization/website", "/organization/url"),
    (r"^/attributes/(\d+)", r"/service_taxonomys/\1"),
    (r"^(/service_at_locations/\d+/location)/addresses/(\d+)", r"\1/physical_addresses/\2"),
    (r"^(/service_at_locations/\d+/location)/accessibility/(\d+)", r"\1/accessibility_for_disabilities/\2"),
    (r"^/service_at_locations/(\d+)/schedules/(\d+)", r"/service_at_locations/\1/regular_schedule/\2"),
    (r"^/schedules/(\d+)", r"/regular_schedules/\1"),
    (r"^/(minimum|maximum)_age", r"/eligibilitys/0/\1_age"),
    (r"^/eligibility_description", "/eligibilitys/0/eligibility"),
)  # fmt: skip


def speaks(record: Raw) -> bool:
    """Whether a service record is in this dialect."""
    marks = ("service_taxonomys", "eligibilitys", "regular_schedules", "holiday_schedules", "fundings", "reviews",
             "deliverable_type")  # fmt: skip
    return isinstance(record.get("organization"), Mapping) and any(mark in record for mark in marks)


def pointer(path: str) -> str:
    for pattern, new in _RENAMED:
        path, count = re.subn(pattern, new, path)
        if count:
            break
    return path


def to_v3(raw: Raw) -> dict[str, Any]:
    found = dict(raw)
    organization = raw.get("organization")
    if isinstance(organization, Mapping):
        found["organization"] = {
            **organization,
            "website": organization.get("website") or organization.get("url"),
        }
    ages = _maps(raw, "eligibilitys", "eligibility")
    found["minimum_age"] = _first(ages, "minimum_age", raw.get("minimum_age"))
    found["maximum_age"] = _first(ages, "maximum_age", raw.get("maximum_age"))
    found["eligibility_description"] = "; ".join(
        str(each["eligibility"]) for each in ages if each.get("eligibility")
    ) or raw.get("eligibility_description")
    found["fees_description"] = raw.get("fees_description") or raw.get("fees")
    found["application_process"] = raw.get("application_process") or _access(raw)
    found["funding"] = _maps(raw, "funding", "fundings")
    found["languages"] = [
        {**each, "name": each.get("name") or each.get("language")} for each in _maps(raw, "languages")
    ]
    found["attributes"] = [
        tag
        for each in _maps(raw, "attributes", "service_taxonomys", "service_taxonomies")
        if (tag := _tag(each))
    ]
    found["service_areas"] = [
        {**each, "name": each.get("name") or each.get("service_area")} for each in _maps(raw, "service_areas")
    ]
    found["schedules"] = schedules(raw)
    found["service_at_locations"] = [_at_location(each) for each in _maps(raw, "service_at_locations")]
    found["last_modified"] = raw.get("last_modified") or raw.get("modified_date") or raw.get("updated_at")
    return found


def schedules(raw: Raw) -> list[dict[str, Any]]:
    """Regular hours, and holidays as times when it is shut (or open other hours) from one date to another."""
    found = [
        {**each, "byday": each.get("byday") or each.get("weekday")}
        for each in _maps(raw, "schedules", "regular_schedules", "regular_schedule")
    ]
    for each in _maps(raw, "holiday_schedules", "holiday_schedule"):
        holiday = {
            "id": each.get("id"),
            "valid_from": each.get("start_date"),
            "valid_to": each.get("end_date"),
            "closed": each.get("closed"),
        }
        if str(each.get("closed")).lower() != "true":
            holiday |= {
                "byday": "MO,TU,WE,TH,FR,SA,SU",
                "opens_at": each.get("opens_at") or each.get("open_at"),
                "closes_at": each.get("closes_at"),
            }
        found.append(holiday)
    return found


def _at_location(raw: Raw) -> dict[str, Any]:
    found = {**raw, "schedules": schedules(raw)}
    place = raw.get("location")
    if isinstance(place, Mapping):
        found["location"] = {
            **place,
            "location_type": place.get("location_type") or "physical",
            "addresses": [
                {**each, "state_province": each.get("state_province") or each.get("region")}
                for each in _maps(place, "addresses", "physical_addresses")
            ],
            "accessibility": [
                {**each, "description": each.get("description") or each.get("accessibility")}
                for each in _maps(place, "accessibility", "accessibility_for_disabilities")
            ],
        }
    return found


def _tag(raw: Raw) -> dict[str, Any] | None:
    term = raw.get("taxonomy_term") or raw.get("taxonomy")
    if not isinstance(term, Mapping):
        return dict(raw) if raw.get("taxonomy_term_id") else None
    address = term.get("id") if str(term.get("id")).startswith("http") else None
    return {
        "id": raw.get("id"),
        "taxonomy_term": {
            **term,
            "taxonomy": term.get("taxonomy") or term.get("vocabulary"),
            "term_uri": term.get("term_uri") or address,
        },
    }


def _access(raw: Raw) -> str | None:
    """ "referral" and the like, which 3.0 has no field for."""
    said = {"referral": "By referral.", "appointment": "By appointment.", "drop-in": "Drop in.",
            "drop_in": "Drop in.", "membership": "For members."}  # fmt: skip
    return said.get(str(raw.get("attending_access") or "").lower())


def _maps(raw: Raw, *names: str) -> list[Raw]:
    """The records of the first of these lists that holds any."""
    for name in names:
        found = raw.get(name)
        if isinstance(found, list) and found:
            return [each for each in found if isinstance(each, Mapping)]
    return []


def _first(records: list[Raw], field: str, otherwise: Any) -> Any:
    return next((each[field] for each in records if each.get(field) is not None), otherwise)
