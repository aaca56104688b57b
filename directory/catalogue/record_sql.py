"""The statements that read whole services: PostgreSQL writes each as JSON in the shape of hsds.py. Pure text.

Fields come from the Structs themselves, so that a field added there and in the tables is read without a word here.
"""

from typing import Any, get_args, get_type_hints

import msgspec

from directory.catalogue import hsds

MOMENT = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
CLOCK = "to_char({}, 'HH24:MI')"
ODD = {  # fields that are not simply the column of that name
    ("service", "capacity_status"): "service.capacity",
    ("service", "last_modified"): MOMENT.format("service.last_modified"),
    ("schedule", "opens_at"): CLOCK.format("schedule.opens_at"),
    ("schedule", "closes_at"): CLOCK.format("schedule.closes_at"),
    ("taxonomy_term", "taxonomy"): "taxonomy.name",
}
TABLES: dict[type[hsds.Record], str] = {
    hsds.Service: "service",
    hsds.Organization: "organization",
    hsds.OrganizationIdentifier: "organization_identifier",
    hsds.ServiceAtLocation: "service_at_location",
    hsds.Location: "location",
    hsds.Address: "address",
    hsds.Accessibility: "accessibility",
    hsds.Contact: "contact",
    hsds.Phone: "phone",
    hsds.Language: "language",
    hsds.Schedule: "schedule",
    hsds.CostOption: "cost_option",
    hsds.Funding: "funding",
    hsds.ServiceArea: "service_area",
    hsds.Attribute: "attribute",
    hsds.TaxonomyTerm: "taxonomy_term",
}


def scalars(struct: type[hsds.Record]) -> list[str]:
    """The fields of a Struct that hold neither a Struct nor a list of them, in their order."""
    hints = get_type_hints(struct)
    return [each.name for each in msgspec.structs.fields(struct) if not _nested(hints[each.name])]


def _nested(hint: Any) -> bool:
    return any(_nested(each) for each in get_args(hint)) or (
        isinstance(hint, type) and issubclass(hint, hsds.Record)
    )


def obj(struct: type[hsds.Record], /, **nested: str) -> str:
    """`json_build_object(...)` of a Struct's own fields, the `nested` expressions after them."""
    table = TABLES[struct]
    names = [name for name in scalars(struct) if name not in nested]
    pairs = [f"'{name}', {ODD.get((table, name), f'{table}.{name}')}" for name in names]
    pairs += [f"'{name}', {expression}" for name, expression in nested.items()]
    return f"json_build_object({', '.join(pairs)})"


def many(struct: type[hsds.Record], parent: str, /, **nested: str) -> str:
    """The children of `parent` (a table in reach) as a JSON array, in a stable order."""
    table = TABLES[struct]
    return (
        f"coalesce((select json_agg({obj(struct, **nested)} order by {table}.id) from {table}"  # noqa: S608
        f" where {table}.{parent}_id = {parent}.id), '[]'::json)"
    )


def phones(parent: str) -> str:
    return many(hsds.Phone, parent, languages=many(hsds.Language, "phone"))


def contacts(parent: str) -> str:
    return many(hsds.Contact, parent, phones=phones("contact"))


def attributes(parent: str) -> str:
    """Tags without their terms: there are few terms and many tags, so terms are read once (TERMS)."""
    return many(hsds.Attribute, parent, link_id=f"attribute.{parent}_id", link_entity=f"'{parent}'")


def location() -> str:
    return obj(
        hsds.Location,
        addresses=many(hsds.Address, "location"),
        accessibility=many(hsds.Accessibility, "location"),
        contacts=contacts("location"),
        phones=phones("location"),
        languages=many(hsds.Language, "location"),
        schedules=many(hsds.Schedule, "location"),
        attributes=attributes("location"),
    )


def service_at_location() -> str:
    return obj(
        hsds.ServiceAtLocation,
        contacts=contacts("service_at_location"),
        phones=phones("service_at_location"),
        schedules=many(hsds.Schedule, "service_at_location"),
        service_areas=many(hsds.ServiceArea, "service_at_location"),
    )


def organization() -> str:
    return obj(
        hsds.Organization,
        organization_identifiers=many(hsds.OrganizationIdentifier, "organization"),
        contacts=contacts("organization"),
        phones=phones("organization"),
        funding=many(hsds.Funding, "organization"),
        attributes=attributes("organization"),
    )


def service() -> str:
    places = (
        f"coalesce((select json_agg({service_at_location()} order by service_at_location.id)"  # noqa: S608
        " from service_at_location where service_at_location.service_id = service.id), '[]'::json)"
    )
    return obj(
        hsds.Service,
        phones=phones("service"),
        schedules=many(hsds.Schedule, "service"),
        service_areas=many(hsds.ServiceArea, "service"),
        service_at_locations=places,
        languages=many(hsds.Language, "service"),
        funding=many(hsds.Funding, "service"),
        cost_options=many(hsds.CostOption, "service"),
        contacts=contacts("service"),
        attributes=attributes("service"),
    )


# Organizations and locations are shared by many services: each is read once.
SERVICES = f"select id, version, kind, level, {service()}::text from service where id = any($1::uuid[])"  # noqa: S608
ORGANIZATIONS = f"select {organization()}::text from organization where id = any($1::uuid[])"  # noqa: S608
LOCATIONS = f"select {location()}::text from location where id = any($1::uuid[])"  # noqa: S608
TERMS = (
    f"select taxonomy_term.id::text, {obj(hsds.TaxonomyTerm)}::text from taxonomy_term"  # noqa: S608
    " join taxonomy on taxonomy.id = taxonomy_term.taxonomy_id"
    " where taxonomy.name = any($1) or taxonomy_term.id = any($2::uuid[])"
)
