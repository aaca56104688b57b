"""The HSDS data package: which table holds which record, and a service as rows of them. Pure.

Columns that HSDS does not know (our extensions) come last and are declared in datapackage.json, as the standard
allows; an import of our own package reads them back.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from directory.catalogue import hsds
from directory.catalogue.record_sql import scalars

Row = dict[str, Any]


class Table(NamedTuple):
    """One resource of the package. `parents` are its links, the most particular one first."""

    file: str
    kind: type[hsds.Record]
    parents: tuple[str, ...] = ()


TABLES: dict[str, Table] = {
    "organization": Table("organizations.csv", hsds.Organization),
    "organization_identifier": Table(
        "organization_identifiers.csv", hsds.OrganizationIdentifier, ("organization_id",)
    ),
    "service": Table("services.csv", hsds.Service),
    "location": Table("locations.csv", hsds.Location),
    "service_at_location": Table("service_at_location.csv", hsds.ServiceAtLocation, ("service_id",)),
    "address": Table("addresses.csv", hsds.Address, ("location_id",)),
    "accessibility": Table("accessibility.csv", hsds.Accessibility, ("location_id",)),
    "contact": Table(
        "contacts.csv",
        hsds.Contact,
        ("service_at_location_id", "service_id", "location_id", "organization_id"),
    ),
    "phone": Table(
        "phones.csv",
        hsds.Phone,
        ("contact_id", "service_at_location_id", "service_id", "location_id", "organization_id"),
    ),
    "schedule": Table(
        "schedules.csv", hsds.Schedule, ("service_at_location_id", "service_id", "location_id")
    ),
    "service_area": Table("service_areas.csv", hsds.ServiceArea, ("service_at_location_id", "service_id")),
    "language": Table("languages.csv", hsds.Language, ("phone_id", "service_id", "location_id")),
    "funding": Table("funding.csv", hsds.Funding, ("service_id", "organization_id")),
    "cost_option": Table("cost_options.csv", hsds.CostOption, ("service_id",)),
    "taxonomy": Table("taxonomies.csv", hsds.Taxonomy),
    "taxonomy_term": Table("taxonomy_terms.csv", hsds.TaxonomyTerm),
    "attribute": Table("attributes.csv", hsds.Attribute),
}
# Where a record keeps its parts.
FIELDS = {
    "organization_identifier": "organization_identifiers", "service_at_location": "service_at_locations",
    "address": "addresses", "accessibility": "accessibility", "contact": "contacts", "phone": "phones",
    "schedule": "schedules", "service_area": "service_areas", "language": "languages", "funding": "funding",
    "cost_option": "cost_options", "attribute": "attributes",
}  # fmt: skip
EXTENSIONS = {
    ("service", "capacity_status"), ("service", "referral"), ("service", "remote"), ("schedule", "closed"),
    ("schedule", "term_time"), ("service_area", "area"), ("attribute", "confidence"),
}  # fmt: skip
_NAMES = {table.kind: name for name, table in TABLES.items()}
_INSIDE = ("extra", "confidential")


def columns(name: str) -> list[str]:
    """The columns of a table: id, links, the standard's fields, then our extensions."""
    table = TABLES[name]
    own = [each for each in scalars(table.kind) if each not in _INSIDE]
    found = list(dict.fromkeys(["id", *table.parents, *own]))
    return sorted(found, key=lambda each: (name, each) in EXTENSIONS)


def rows(service: hsds.Service, done: set[str]) -> Iterator[tuple[str, Row]]:
    """The service, its organization, locations and terms as (table, row); what `done` holds already is left out."""
    if service.organization is not None:
        yield from _record(service.organization, "", "", done)
    yield from _record(service, "", "", done)


def _record(record: hsds.Record, parent: str, link: str, done: set[str]) -> Iterator[tuple[str, Row]]:
    name = _NAMES[type(record)]
    if name in {"organization", "location", "taxonomy_term"}:
        if record.id in done:
            return
        done.add(record.id)
    row = {each: getattr(record, each) for each in scalars(type(record)) if each not in _INSIDE}
    if link:
        row[link] = parent
    yield name, {key: cell(value) for key, value in row.items()}
    if isinstance(record, hsds.ServiceAtLocation) and record.location is not None:
        yield from _record(record.location, "", "", done)
    for part, field in FIELDS.items():
        for each in getattr(record, field, ()):
            if part == "attribute":
                yield from _attribute(each, record.id, name, done)
            else:
                yield from _record(each, record.id, f"{name}_id", done)


def _attribute(tag: hsds.Attribute, link: str, entity: str, done: set[str]) -> Iterator[tuple[str, Row]]:
    term = tag.taxonomy_term
    if term is None:
        return
    if term.taxonomy_id and term.taxonomy_id not in done:
        done.add(term.taxonomy_id)
        taxonomy = term.taxonomy or term.taxonomy_id
        yield "taxonomy", {"id": term.taxonomy_id, "name": taxonomy, "description": taxonomy}
    yield from _record(term, "", "", done)
    row = {each: cell(getattr(tag, each)) for each in scalars(hsds.Attribute)}
    yield "attribute", row | {"link_id": link, "link_entity": entity, "taxonomy_term_id": term.id}


def cell(value: Any) -> Any:
    """A value as a CSV cell: nothing is an empty cell, whole numbers have no fraction, lists go by comma."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return value


def datapackage(title: str, used: Iterable[str]) -> bytes:
    """datapackage.json of the tables `used`: fields with their types, keys and links."""
    resources = []
    for name in used:
        table = TABLES[name]
        hints = msgspec.structs.fields(table.kind)
        types = {each.name: _type(each.type) for each in hints}
        keys = [
            {"fields": link, "reference": {"resource": link.removesuffix("_id"), "fields": "id"}}
            for link in columns(name)
            if link.endswith("_id")
            and link.removesuffix("_id") in TABLES
            and link != "parent_organization_id"
        ]
        resources.append(
            {
                "name": name,
                "path": table.file,
                "format": "csv",
                "mediatype": "text/csv",
                "profile": "tabular-data-resource",
                "schema": {
                    "primaryKey": "id",
                    "fields": [
                        {"name": each, "type": types.get(each, "string")}
                        | ({"description": "extension"} if (name, each) in EXTENSIONS else {})
                        for each in columns(name)
                    ],
                    "foreignKeys": keys,
                },
            }
        )
    package = {
        "name": "human_services_data",
        "title": title,
        "profile": "tabular-data-package",
        "version": "3.1.0",
        "homepage": "https://docs.openreferral.org",
        "resources": resources,
    }
    return msgspec.json.format(msgspec.json.encode(package), indent=2)


def _type(hint: Any) -> str:
    text = str(hint)
    for mark, name in (("float", "number"), ("int", "integer"), ("bool", "boolean")):
        if mark in text:
            return name
    return "string"
