"""`/docs`: what programs may ask of `/api`, for people, and the same as OpenAPI; both from the routes themselves."""

from typing import Any

import msgspec
from litestar import Request, Response, get

from directory.access import OPEN
from directory.query import query, reads
from directory.web.described import document, fields, kind_of
from directory.web.render import Page, frame_of, page

Json = dict[str, Any]


def _document(request: Request[Any, Any, Any]) -> Json:
    state = request.app.state
    if getattr(state, "described", None) is None:
        state.described = document(request.app.routes, state.settings.public_url)
    found: Json = state.described
    return found


@get("/docs/openapi.json", opt=OPEN, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description as OpenAPI 3.1."""
    body = msgspec.json.encode(_document(request))
    return Response(body, media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@get("/docs", **reads(Page, access="open", page=True), sync_to_thread=False)
def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same for people."""
    found = _document(request)
    groups: dict[str, list[Json]] = {}
    for path, methods in found["paths"].items():
        for method, each in methods.items():
            groups.setdefault(each["tags"][0], []).append(
                _shown(path, method, each, found["components"]["schemas"])
            )
    return page(frame_of(request, query(request, Page)), "docs.html", seconds=3600, groups=groups)


def _shown(path: str, method: str, each: Json, definitions: Json) -> Json:
    body = each.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    good = next(status for status in each["responses"] if status < "300")
    contents: list[Json] = list(each["responses"][good].get("content", {}).values())
    content: Json = contents[0]["schema"] if contents else {}
    return {
        "id": each["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": each["summary"],
        "description": each.get("description", ""),
        "needs": each.get("x-permissions"),
        "token": "token" in str(each.get("security", "")),
        "parameters": [
            (one["name"], one["in"], kind_of(one["schema"]), "yes" if one["required"] else "no")
            for one in each.get("parameters", [])
        ],
        "body": list(fields(body, definitions)) if body else [],
        "answer": list(fields(content, definitions)),
        "list_of": kind_of(content) if content.get("type") == "array" else "",
        "good": good,
        "errors": [
            (status, said["description"]) for status, said in each["responses"].items() if status > "300"
        ],
    }


handlers: list[Any] = [openapi, docs]
