"""What may be published, as one JSON Schema made from the Structs of hsds.py; nothing else reaches the wire. Pure.

It is at least as strict as Open Referral UK 3.0, HSDS 3.0 and HSDS 3.1 where they speak of the same field; the
tests hold it against their schemas.
"""

import copy
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from directory.catalogue import hsds, publish
from directory.words import CAPACITIES, REFERRALS, REMOTES, STATUSES

if TYPE_CHECKING:
    import jsonschema_rs

Json = dict[str, Any]

UUID: Json = {"format": "uuid", "pattern": "^[0-9a-f-]{36}$"}
EMAIL: Json = {"format": "email", "pattern": r"^[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"}
URI: Json = {"format": "uri", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$"}
LINK: Json = {"format": "uri", "pattern": r"^https?://[!-~]+$"}  # people will press it
DATE: Json = {"format": "date"}
CLOCK: Json = {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
DAY = "(MO|TU|WE|TH|FR|SA|SU)"
AGE: Json = {"minimum": 0}
EVERYWHERE: dict[str, Json] = {
    "id": UUID,
    "email": EMAIL,
    "assurer_email": EMAIL,
    "url": LINK,
    "website": LINK,
    "logo": LINK,
    "schedule_link": LINK,
    "uri": URI,
    "term_uri": URI,
    "valid_from": DATE,
    "valid_to": DATE,
    "dtstart": DATE,
    "until": DATE,
    "assured_date": DATE,
    "opens_at": CLOCK,
    "closes_at": CLOCK,
    "last_modified": {"format": "date-time", "pattern": r"^\S+T\S+\.\d{3}Z$"},
    "status": {"enum": list(STATUSES)},
    "location_type": {"enum": ["physical", "postal", "virtual"]},
    "address_type": {"enum": ["physical", "postal", "virtual"]},
    "country": {"pattern": "^[A-Z]{2}$"},
    "freq": {"enum": ["WEEKLY", "MONTHLY"]},
    "wkst": {"pattern": f"^{DAY}$"},
    "byday": {"pattern": f"^([+-]?[1-5])?{DAY}(,([+-]?[1-5])?{DAY})*$"},
    "interval": {"minimum": 1},
    "count": {"minimum": 1},
    "minimum_age": AGE,
    "maximum_age": AGE,
    "amount": {"minimum": 0},
    "latitude": {"minimum": -90, "maximum": 90},
    "longitude": {"minimum": -180, "maximum": 180},
    "confidence": {"exclusiveMinimum": 0, "maximum": 1},
    "currency": {"pattern": "^[A-Z]{3}$"},
    "capacity_status": {"enum": list(CAPACITIES)},
    "referral": {"enum": list(REFERRALS)},
}


@cache
def schema(record: type[hsds.Record] = hsds.Service) -> Json:
    """The JSON Schema (2020-12) of a published record; each Struct is a definition of its own name."""
    (made,), definitions = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        for name, field in definition["properties"].items():
            _tighten(name, field)
    if "Service" in definitions:
        definitions["Service"]["properties"]["remote"]["items"] = {"enum": list(REMOTES)}
        definitions["Service"]["required"].append("organization_id")
        definitions["Address"]["required"] += ["country", "address_type"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "$defs": definitions}


def _tighten(name: str, field: Json) -> None:
    """Optional means left out, never null; text is never empty; the formats above."""
    kinds = [each for each in field.pop("anyOf", []) if each.get("type") != "null"]
    field.pop("default", None)
    if kinds:
        field.update(copy.deepcopy(kinds[0]))
    rule = EVERYWHERE.get(name, UUID if name.endswith("_id") else None)
    if rule is not None:
        field.update(rule)
    if field.get("type") == "string" and "format" not in field and "pattern" not in field:
        field["minLength"] = 1
    if field.get("type") == "array":
        field["minItems"] = 1


@cache
def _validator(kind: type[hsds.Record] = hsds.Service) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs  # late: only what writes needs it

    return jsonschema_rs.Draft202012Validator(schema(kind), validate_formats=True)


def problems(service: hsds.Service) -> list[str]:
    """What forbids publishing the service, each as `path: reason`; a confidential location is looked at whole."""
    found = publish.plain(service)
    return [*_said(found), *_unlinked(service)]


def valid(record: Json, kind: type[hsds.Record] = hsds.Service) -> bool:
    return _validator(kind).is_valid(record)


def mended(record: Json, kind: type[hsds.Record] = hsds.Service) -> Json:
    """The record without the optional values that are not valid; raises ValueError where a required one is not.

    The last gate before the wire: what was stored by a hand that asked nobody costs a field, not the service.
    """
    if valid(record, kind):
        return record
    record = copy.deepcopy(record)
    for _ in range(20):
        errors = list(_validator(kind).iter_errors(record))
        if not errors:
            return record
        for error in sorted(
            errors, key=lambda each: [str(step) for step in each.instance_path], reverse=True
        ):
            _drop(record, list(error.instance_path))
    raise ValueError("; ".join(_said(record, kind)[:3]))


def _drop(record: Any, path: list[str | int]) -> None:
    """Take out the value at `path`; an item that lacks something it must have goes whole."""
    if not path:
        return
    for step in path[:-1]:
        record = record[step] if _has(record, step) else {}
    if _has(record, path[-1]):
        del record[path[-1]]


def _has(record: Any, step: str | int) -> bool:
    return step in record if isinstance(record, dict) else isinstance(step, int) and step < len(record)


def _said(record: Json, kind: type[hsds.Record] = hsds.Service) -> list[str]:
    return [_words(error) for error in _validator(kind).iter_errors(record)]


def _words(error: Any) -> str:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    message = re.sub(r"\s+", " ", str(error.message))
    return f"{where.lstrip('.') or 'record'}: {message[:200]}"


def _unlinked(service: hsds.Service) -> list[str]:
    """What no schema says: parts that point elsewhere, ages the wrong way round."""
    found = []
    if service.organization is None:
        found.append("organization: is missing")
    elif service.organization_id not in (None, service.organization.id):
        found.append("organization_id: is not the id of the organization given")
    low, high = service.minimum_age, service.maximum_age
    if low is not None and high is not None and low > high:
        found.append(f"minimum_age: {low:g} is more than maximum_age, {high:g}")
    for index, place in enumerate(service.service_at_locations):
        where = f"service_at_locations[{index}]"
        if place.location is None:
            found.append(f"{where}.location: is missing")
        elif place.location_id not in (None, place.location.id):
            found.append(f"{where}.location_id: is not the id of the location given")
        elif (place.location.latitude is None) != (place.location.longitude is None):
            found.append(f"{where}.location: has half a point")
        if place.service_id not in (None, service.id):
            found.append(f"{where}.service_id: is another service's")
    return found
