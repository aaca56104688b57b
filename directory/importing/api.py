"""What editors do with what came in: sources and runs, possible duplicates, suggested tags."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from directory.access import caller
from directory.errors import BadRequest, FieldError
from directory.importing.review import answer_suggestion, decide_twins, find_twins, list_suggestions
from directory.importing.twins import LEAST
from directory.importing.write import list_feeds, list_runs
from directory.query import query, reads

AnyRequest = Request[Any, Any, Any]
MAY = "catalogue.write"


class Runs(Struct):
    source: str | None = None
    per_page: Annotated[int, Meta(ge=1, le=100)] = 20


class Wanted(Struct):
    score: Annotated[float, Meta(ge=0, le=1)] = LEAST
    per_page: Annotated[int, Meta(ge=1, le=200)] = 50


class Suggested(Struct):
    source: str | None = None
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    per_page: Annotated[int, Meta(ge=1, le=200)] = 50


class Decision(Struct, forbid_unknown_fields=True):
    """Two services: the same (with the preferred one), or not; "undecided" takes an earlier word back."""

    service_id: UUID
    other_id: UUID
    decision: Literal["same", "apart", "undecided"]
    preferred_id: UUID | None = None


class Answer(Struct, forbid_unknown_fields=True):
    keep: bool


@get("/api/sources", opt={"access": MAY})
async def sources(request: AnyRequest) -> Response[bytes]:
    """Every source that is mirrored here."""
    return _answer(await list_feeds(request.app.state.database))


@get("/api/sources/runs", **reads(Runs, access=MAY))
async def runs(request: AnyRequest) -> Response[bytes]:
    """The last imports with their reports, newest first."""
    wanted = query(request, Runs)
    return _answer(await list_runs(request.app.state.database, wanted.source, wanted.per_page))


@get("/api/duplicates", **reads(Wanted, access=MAY))
async def duplicates(request: AnyRequest) -> Response[bytes]:
    """Pairs of different sources that may be one service, likeliest first; what was decided is left out."""
    wanted = query(request, Wanted)
    return _answer(await find_twins(request.app.state.database, wanted.score, wanted.per_page))


@post("/api/duplicates", opt={"access": MAY}, status_code=204)
async def decide(request: AnyRequest) -> None:
    """Say that two services are the same, or not. Nothing is merged; searches then show the preferred one."""
    given = _body(await request.body(), Decision)
    await decide_twins(
        request.app.state.database,
        (given.service_id, given.other_id),
        given.decision,
        given.preferred_id,
        by=caller(request).id,
    )


@get("/api/suggestions", **reads(Suggested, access=MAY))
async def suggestions(request: AnyRequest) -> Response[bytes]:
    """Suggested tags that nobody has confirmed, the surest first."""
    wanted = query(request, Suggested)
    found = await list_suggestions(
        request.app.state.database, wanted.source, wanted.confidence, wanted.per_page
    )
    return _answer(found)


@post("/api/suggestions/{suggestion:uuid}", opt={"access": MAY}, status_code=204)
async def answer(request: AnyRequest, suggestion: FromPath[UUID]) -> None:
    """Keep a suggested tag, or drop it."""
    await answer_suggestion(
        request.app.state.database, suggestion, keep=_body(await request.body(), Answer).keep
    )


def _body(raw: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as error:
        message, _, where = str(error).partition(" - at `$.")
        raise BadRequest(str(error), errors=[FieldError(where.rstrip("`"), message)]) from None


def _answer(found: object) -> Response[bytes]:
    return Response(
        msgspec.json.encode(found), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


handlers: list[Any] = [sources, runs, duplicates, decide, suggestions, answer]
