"""The OpenAPI description of `/oruk/v3`, made from the same Structs and schema that its handlers use."""

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from directory.catalogue import hsds, validity
from directory.catalogue.oruk.changes import Feed
from directory.catalogue.oruk.query import (
    Changes,
    OneOrganization,
    Organizations,
    Services,
    ServicesAtLocations,
    Taxonomies,
    TaxonomyTerms,
)
from directory.errors import Problem

Json = dict[str, Any]
LISTS: dict[str, tuple[type[Struct], type[hsds.Record], type[Struct] | None]] = {
    # name: what its list takes, the record, what one record takes
    "services": (Services, hsds.Service, None),
    "service_at_locations": (ServicesAtLocations, hsds.ServiceAtLocation, None),
    "organizations": (Organizations, hsds.Organization, OneOrganization),
    "taxonomies": (Taxonomies, hsds.Taxonomy, None),
    "taxonomy_terms": (TaxonomyTerms, hsds.TaxonomyTerm, None),
}
ENVELOPE = (
    "total_items",
    "total_pages",
    "page_number",
    "size",
    "first_page",
    "last_page",
    "empty",
    "contents",
)


@cache
def document(home: str) -> Json:
    """OpenAPI 3.1; `home` is the public address of this directory, without a slash at its end."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Flourish Directory: Open Referral UK",
            "version": "3.0",
            "description": "HSDS-UK-3.0, with the fields of HSDS 3.1. Empty fields are left out.",
        },
        "servers": [{"url": f"{home}/oruk/v3"}],
        "paths": dict(_paths()),
        "components": {"schemas": _schemas()},
    }


def _paths() -> list[tuple[str, Json]]:
    detail = {"type": "object", "required": ["version", "profile", "openapi_url"]}
    found = [
        ("/", _get("What this interface is", {}, detail)),
        ("/openapi.json", _get("This description", {}, {"type": "object"})),
        ("/changes", _get("Changes and removals since a cursor", Changes, _ref("Feed"))),
    ]
    for name, (wanted, record, one) in LISTS.items():
        found.append(
            (f"/{name}", _get(f"A page of {name}", wanted, _page(_ref(f"{record.__name__}Listed")), True))
        )
        whole = _get(f"One of the {name}", one or {}, _ref(record.__name__))
        whole["get"]["parameters"].append(
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        )
        whole["get"]["responses"] |= {"404": _problem("There is none")}
        if name == "services":
            whole["get"]["responses"] |= {"410": _problem("It was removed")}
        found.append((f"/{name}/{{id}}", whole))
    return found


def _get(summary: str, wanted: Any, answer: Json, lines: bool = False) -> Json:
    content: Json = {"application/json": {"schema": answer}}
    if lines:
        content["application/x-ndjson"] = {"schema": {"type": "string"}}
    return {
        "get": {
            "summary": summary,
            "parameters": parameters(wanted) if wanted else [],
            "responses": {
                "200": {"description": "Found", "content": content},
                "400": _problem("An unknown or malformed parameter, named"),
                "503": _problem("The database is away for a moment"),
            },
        }
    }


def parameters(wanted: type[Struct]) -> list[Json]:
    """The parameters of a query string that is read as a `wanted`."""
    properties = msgspec.json.schema_components([wanted])[1][wanted.__name__]["properties"]
    found = []
    for name, schema in properties.items():
        kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
        plain = {key: value for key, value in kinds[0].items() if key != "default"}
        found.append({"name": name, "in": "query", "required": False, "schema": plain})
    return found


def _page(item: Json) -> Json:
    kinds = {"first_page": "boolean", "last_page": "boolean", "empty": "boolean", "contents": "array"}
    properties: Json = {name: {"type": kinds.get(name, "integer")} for name in ENVELOPE}
    properties["contents"]["items"] = item
    return {"type": "object", "properties": properties, "required": list(ENVELOPE)}


def _schemas() -> Json:
    found: Json = {}
    for _, record, _ in LISTS.values():
        found |= validity.schema(record)["$defs"]
    found = _moved(found)
    for _, record, _ in LISTS.values():
        # What a list shows of a record is some of its fields; `minimal` is not even its name.
        properties = found[record.__name__]["properties"]
        scalars = {name: part for name, part in properties.items() if "$ref" not in str(part)}
        found[f"{record.__name__}Listed"] = {"type": "object", "properties": scalars, "required": ["id"]}
    found |= msgspec.json.schema_components([Problem, Feed], ref_template="#/components/schemas/{name}")[1]
    return found


def _moved(schema: Any) -> Any:
    """References from the place of definitions in a schema to theirs in this document."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _moved(value)
            for key, value in schema.items()
        }
    return [_moved(each) for each in schema] if isinstance(schema, list) else schema


def _problem(description: str) -> Json:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
