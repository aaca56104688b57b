"""The OpenAPI 3.1 description of `/api`, made from the routes themselves: what each declares that it reads, takes,
answers and asks of its caller. A route that is new is in it at once."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_type_hints

import msgspec
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from directory import __version__
from directory.access import api as access
from directory.catalogue import hsds, validity
from directory.catalogue.oruk.openapi import parameters
from directory.catalogue.shapes import Extras, Opening
from directory.errors import Problem
from directory.importing import api as importing
from directory.importing import review, twins
from directory.importing import write as feeds
from directory.insight.shapes import Offer
from directory.referrals import (
    delivery,
    handover,
    links,
    read,
    shapes,
    submit,
    track,
    webhooks,
    worklist,
    write,
)
from directory.routing import shapes as routing
from directory.search.request import SearchPage

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
_PATH = re.compile(r"\{(\w+):(\w+)\}")


class Suggestions(Struct):
    suggestions: list[str]


class Entered(Struct):
    """A family's way in: the token goes into `Authorization: Bearer`."""

    token: str
    request: track.Mine


class Secret(Struct):
    secret: str
    uri: str


def of(function: Any) -> Any:
    """What a function says that it returns."""
    return get_type_hints(function)["return"]


# By module and name of the handler. Handlers that encode their answers themselves cannot say it in their signature.
TAKES: dict[str, Any] = {
    "access.api.sign_in": access.SignIn,
    "access.api.password": access.NewPassword,
    "access.api.confirm": access.SecondFactor,
    "importing.api.decide": importing.Decision,
    "importing.api.answer": importing.Answer,
    "routing.api.routes": routing.Ask,
    "referrals.api.send": shapes.NewRequest,
    "referrals.api.act_on_request": shapes.Act,
    "referrals.api.act_on_referral": shapes.Act,
    "referrals.api.act_as_family": shapes.Act,
    "referrals.api.answer_link": shapes.Act,
    "referrals.api.add_referral": shapes.NewReferral,
    "referrals.api.re_route": shapes.NewReferral,
    "referrals.api.new_code": handover.NewCode,
    "referrals.api.by_code": track.Enter,
    "referrals.api.enter": track.Enter,
    "referrals.api.service_says": links.ServiceSays,
    "referrals.api.add_webhook": webhooks.NewWebhook,
}
SAYS: dict[str, Any] = {
    "access.api.sign_in": access.Me,
    "access.api.whoami": access.Me,
    "access.api.second_factor": Secret,
    "importing.api.sources": of(feeds.list_feeds),
    "importing.api.runs": of(feeds.list_runs),
    "importing.api.duplicates": list[twins.Candidate],
    "importing.api.suggestions": list[review.SuggestedTag],
    "insight.api.offered": Offer,
    "search.api.search": SearchPage,
    "search.api.suggest": Suggestions,
    "routing.api.routes": routing.Route,
    "referrals.api.send": of(submit.submit),
    "referrals.api.requests": of(worklist.requests),
    "referrals.api.one_request": of(read.request_view),
    "referrals.api.log_of_request": of(read.request_events),
    "referrals.api.act_on_request": of(write.act_on_request),
    "referrals.api.add_referral": of(write.add_referral),
    "referrals.api.suggestions": list[routing.Suggested],
    "referrals.api.new_code": of(handover.issue),
    "referrals.api.by_code": of(handover.story),
    "referrals.api.referrals": of(worklist.referrals),
    "referrals.api.one_referral": of(read.referral_view),
    "referrals.api.log_of_referral": of(read.referral_events),
    "referrals.api.act_on_referral": of(write.act_on_referral),
    "referrals.api.re_route": of(write.add_referral),
    "referrals.api.enter": Entered,
    "referrals.api.mine": of(track.mine),
    "referrals.api.act_as_family": of(track.act),
    "referrals.api.see_link": of(links.view),
    "referrals.api.answer_link": of(links.answer),
    "referrals.api.sent_messages": of(delivery.listed),
    "referrals.api.add_webhook": of(webhooks.add),
    "referrals.api.list_webhooks": of(webhooks.listed),
}
BEARER = {"mine", "act_as_family", "see_link", "answer_link", "service_says"}
VERSIONED = {"act_on_request", "act_on_referral", "add_referral", "re_route"}
ONCE = {"send", "act_on_request", "act_on_referral", "add_referral", "act_as_family"}
MEDIA = {"as_fhir": "application/fhir+json"}
PROBLEMS = {
    400: "Something in it is unknown or malformed, and named",
    401: "Nobody is signed in and no key was sent, or it is not known",
    403: "Not with these permissions",
    404: "There is none",
    409: "It is in the wrong state, or was done already",
    410: "It was here and has gone",
    412: "Somebody else changed it since it was read",
    413: "The body is too large",
    428: "A change must say which version it read (If-Match)",
    429: "Too many; Retry-After says when to come back",
    503: "The database or the search engine is away for a moment",
}


def document(routes: Iterable[Any], home: str) -> Json:
    """`routes` are Litestar's; `home` is the public address of this directory."""
    found = [
        (path, method, handler)
        for route in routes
        if (path := str(route.path)).startswith("/api/")
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
        if handler.fn.__module__.startswith("directory.")
    ]
    schemas, definitions = _schemas(handler for _, _, handler in found)
    paths: dict[str, Json] = {}
    for path, method, handler in sorted(found, key=lambda each: each[:2]):
        plain = _PATH.sub(r"{\1}", path)
        paths.setdefault(plain, {})[method.lower()] = _operation(path, method, handler, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Flourish Directory",
            "version": __version__,
            "description": "Search, routing, requests and referrals. The open data is described at"
            " /oruk/v3/openapi.json.",
        },
        "servers": [{"url": home.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key of a partner"},
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "session",
                    "description": "A signed-in person; changes also send X-CSRF-Token",
                },
                "token": {"type": "http", "scheme": "bearer", "description": "A family's or a link's token"},
            },
        },
    }  # fmt: skip


def name_of(handler: HTTPRouteHandler) -> str:
    return f"{handler.fn.__module__.removeprefix('directory.')}.{handler.fn.__name__}"


def _operation(path: str, method: str, handler: HTTPRouteHandler, schemas: dict[str, Json]) -> Json:
    name, short = name_of(handler), handler.fn.__name__
    summary, _, rest = " ".join((handler.fn.__doc__ or short).split()).partition(". ")
    found: Json = {"operationId": name.replace(".api.", "."), "summary": summary.rstrip(".")}
    if rest:
        found["description"] = rest
    found["tags"] = [path.split("/")[2]]
    given = [_path_parameter(*each) for each in _PATH.findall(path)]
    if "query" in handler.opt:
        given += parameters(handler.opt["query"])
    if short in VERSIONED:
        given.append(_header("If-Match", "The version that was read, in quotes", required=True))
    if short in ONCE:
        given.append(_header("Idempotency-Key", "The same key, the same answer: nothing is done twice"))
    if given:
        found["parameters"] = given
    if name in TAKES:
        body = schemas[f"takes {name}"]
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    found["responses"] = {
        str(handler.status_code): _answer(handler, schemas.get(f"says {name}")),
        **{str(status): _problem(PROBLEMS[status]) for status in sorted(_statuses(path, method, handler))},
    }
    access_ = handler.opt.get("access")
    if short in BEARER:
        found["security"] = [{"token": []}]
    elif access_ != "open":
        needs = [access_] if isinstance(access_, str) else list(access_ or ())
        found["security"] = [{"session": []}] if access_ == "staff" else [{"key": []}, {"session": []}]
        found["x-permissions"] = needs
    return found


def _statuses(path: str, method: str, handler: HTTPRouteHandler) -> set[int]:
    found = {400, 503}
    if handler.opt.get("access") != "open" or handler.fn.__name__ in BEARER | {"enter", "sign_in"}:
        found |= {401, 403}
    if "{" in path or name_of(handler) in TAKES or handler.fn.__name__ in BEARER:
        found |= {404, 410}
    if method != "GET":
        found |= {409, 413, 429}
    if handler.fn.__name__ in VERSIONED:
        found |= {412, 428}
    return found


def _answer(handler: HTTPRouteHandler, schema: Json | None) -> Json:
    if handler.status_code == 204:
        return {"description": "Done"}
    media = MEDIA.get(handler.fn.__name__, "application/json")
    words = "Taken" if handler.status_code == 201 else "Found"
    return {"description": words, "content": {media: {"schema": {} if schema is None else schema}}}


def _path_parameter(name: str, kind: str) -> Json:
    schema = {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _header(name: str, words: str, *, required: bool = False) -> Json:
    schema: Json = {"type": "string", "maxLength": 200}
    if required:
        schema = {"type": "string", "pattern": '^"[0-9]{1,15}"$'}
    return {"name": name, "in": "header", "required": required, "description": words, "schema": schema}


def _schemas(handlers: Iterable[HTTPRouteHandler]) -> tuple[dict[str, Json], Json]:
    """The schema of each body and answer by handler, and the definitions that they refer to."""
    kinds: dict[str, Any] = {}
    for handler in handlers:
        name = name_of(handler)
        if name in TAKES:
            kinds[f"takes {name}"] = TAKES[name]
        said = SAYS.get(name, handler.parsed_fn_signature.return_type.annotation)
        if name in SAYS or _told(said):
            kinds[f"says {name}"] = said
    kinds |= {"Problem": Problem, "Extras": Extras, "Opening": Opening}
    made, definitions = msgspec.json.schema_components(list(kinds.values()), ref_template=REF)
    schemas = dict(zip(kinds, made, strict=True))
    record, parts = _record()
    schemas["says catalogue.api.service"] = {
        "allOf": [
            record,
            schemas["Extras"],
            {"type": "object", "required": ["hours"], "properties": {"hours": schemas["Opening"]}},
        ]
    }
    return schemas, definitions | parts


def _told(kind: Any) -> bool:
    """Whether a signature says more than "some answer"."""
    inner = getattr(kind, "__args__", (kind,))
    return any(isinstance(each, type) and issubclass(each, Struct) for each in inner)


@cache
def _record() -> tuple[Json, Json]:
    """The published Open Referral UK record, under names of its own."""
    schema = validity.schema(hsds.Service)
    names = {f"#/$defs/{name}": REF.format(name=f"Record{name}") for name in schema["$defs"]}
    definitions = {f"Record{name}": _renamed(part, names) for name, part in schema["$defs"].items()}
    return {"$ref": REF.format(name="RecordService")}, definitions


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, dict):
        return {
            key: names[value] if key == "$ref" else _renamed(value, names) for key, value in schema.items()
        }
    return [_renamed(each, names) for each in schema] if isinstance(schema, list) else schema


def _problem(description: str) -> Json:
    schema = {"$ref": REF.format(name="Problem")}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def fields(schema: Json, definitions: Json) -> Iterator[tuple[str, str, str]]:
    """(name, kind, whether it must be there) of an object's fields, one level deep, for people."""
    schema = definitions.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    for name, part in schema.get("properties", {}).items():
        yield name, kind_of(part), ("yes" if name in schema.get("required", ()) else "no")


def kind_of(part: Json) -> str:
    """A schema in a few words: "text", "list of whole numbers", "learning or safe_and_secure"."""
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2].rpartition(".")[2]
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(kind_of(each) for each in part["anyOf"] if each != {"type": "null"}))
    if "enum" in part:
        return " or ".join(str(each) for each in part["enum"])
    if part.get("type") == "array":
        return f"list of {kind_of(part.get('items', {}))}"
    return {
        "string": {"uuid": "id", "date-time": "moment", "date": "date"}.get(part.get("format", ""), "text"),
        "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object",
    }.get(str(part.get("type")), "anything")  # fmt: skip
