"""What Open Referral UK 3.0 asks of a feed, said once and briefly, as JSON Schemas to judge anybody's feed by. Pure.

Only what the standard's own schemas check is here: fields that it does not know are ignored, dates and times are
plain text to it. What we publish ourselves is held to more (validity.py).
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema_rs

Json = dict[str, Any]

_ORGANIZATION = (
    "id! uuid, name! text, description! text, email email, website uri, logo text, uri uri,"
    " parent_organization_id uuid"
)
_SERVICE = (
    "id! uuid, organization_id uuid, name! text, description text, url uri, email email,"
    " status! active|inactive|defunct|temporarily closed, fees text, accreditations text, minimum_age number,"
    " maximum_age number, assured_date text, assurer_email email, alert text, last_modified moment"
)
_LOCATION = (
    "id! uuid, location_type! physical|postal|virtual, name text, description text, latitude number,"
    " longitude number, external_identifier text, external_identifier_type text"
)
_TERM = (
    "id! uuid, name! text, description! text, parent_id uuid, taxonomy text, taxonomy_id uuid, term_uri uri,"
    " term text"
)
_TAXONOMY = "id! uuid, name! text, description! text, uri uri, version text, taxonomy_terms [term]"
_PAGE = (
    "total_items integer, total_pages integer, page_number integer, size integer, first_page boolean,"
    " last_page boolean, empty boolean"
)

# "!": must be there; [x]: a list of x; a word of this table: one of those.
OBJECTS = {
    "api_details": "version! text, profile! uri, openapi_url! uri",
    "service": f"{_SERVICE}, schedules [schedule], service_areas [service_area], service_at_locations [place],"
    " languages [language], organization organization, funding [funding], cost_options [cost_option],"
    " contacts [contact], attributes [attribute]",
    "organization": f"{_ORGANIZATION}, organization_identifiers [organization_identifier], attributes [attribute]",
    "organization_identifier": "id! uuid, organization_id uuid, identifier_scheme text, identifier_type! text,"
    " identifier! text, attributes [attribute]",
    "place": "id! uuid, service_id uuid, location_id uuid, location location",
    "location": f"{_LOCATION}, addresses [address], accessibility [accessibility], attributes [attribute]",
    "address": "id! uuid, location_id uuid, attention text, address_1! text, city! text, region text,"
    " state_province! text, postal_code! text, country! text, address_type! physical|postal|virtual,"
    " attributes [attribute]",
    "accessibility": "id! uuid, location_id uuid, description text, details text, url uri, attributes [attribute]",
    "schedule": "id! uuid, service_id uuid, service_at_location_id uuid, valid_from text, valid_to text, dtstart text,"
    " freq WEEKLY|MONTHLY, interval number, byday text, bymonthday text, description text, opens_at text,"
    " closes_at text, schedule_link uri, attending_type text, notes text",
    "taxonomy": _TAXONOMY,
    "term": _TERM,
    "attribute": "id! uuid, link_id uuid, taxonomy_term_id uuid, link_type text, taxonomy_term term",
    "contact": "id! uuid, service_id uuid, name text, title text, attributes [attribute]",
    "cost_option": "id! uuid, service_id uuid, valid_from text, valid_to text, option text, amount number,"
    " amount_description text",
    "funding": "id! uuid, service_id uuid, source text",
    "service_area": "id! uuid, service_id uuid, name text, extent text, extent_type text, uri text, service_area text",
    "language": "id! uuid, service_id uuid, phone_id uuid",
    "listed_organization": _ORGANIZATION,
    "listed_service": f"{_SERVICE}, organization listed_organization",
    "listed_location": _LOCATION,
    "listed_place": "id! uuid, service_id uuid, location_id uuid, location listed_location, service listed_service",
    "service_list": f"{_PAGE}, contents [listed_service]",
    "place_list": f"{_PAGE}, contents [listed_place]",
    "organization_list": f"{_PAGE}, contents [listed_organization]",
    "taxonomy_list": f"{_PAGE}, contents [taxonomy]",
    "term_list": f"{_PAGE}, contents [term]",
}
VALUES: dict[str, Json] = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "uri": {"type": "string", "format": "uri"},
    "email": {"type": "string", "format": "email"},
    "moment": {"type": "string", "format": "date-time"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
}


@cache
def schemas() -> dict[str, Json]:
    """Each object's schema; they refer to one another as `#/$defs/...`."""
    return {name: _object(said) for name, said in OBJECTS.items()}


def _object(said: str) -> Json:
    properties: Json = {}
    required = []
    for field in said.split(", "):
        name, _, kind = field.partition(" ")
        properties[name.rstrip("!")] = _value(kind)
        if name.endswith("!"):
            required.append(name.rstrip("!"))
    return {"type": "object", "properties": properties, "required": required}


def _value(kind: str) -> Json:
    if kind in VALUES:
        return VALUES[kind]
    if kind.startswith("["):
        return {"type": "array", "items": {"$ref": f"#/$defs/{kind[1:-1]}"}}
    if "|" in kind:
        return {"type": "string", "enum": kind.split("|")}
    return {"$ref": f"#/$defs/{kind}"}


@cache
def validator(name: str) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs  # late: only what writes needs it

    schema = {"$ref": f"#/$defs/{name}", "$defs": schemas()}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
