"""Handlers of the router: `POST /api/routes` and its rule book in words."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from directory.access import OPEN
from directory.catalogue.hours import LONDON
from directory.errors import BadRequest, FieldError
from directory.routing import shapes
from directory.routing.handbook import Handbook, handbook
from directory.routing.route import route
from directory.routing.write import versions

decoder = msgspec.json.Decoder(shapes.Ask)
encoder = msgspec.json.Encoder()


@post("/api/routes", opt=OPEN, status_code=200)
async def routes(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Safety, needs, level, pathway and services for what somebody says. Nothing of it is stored or logged."""
    ask = asked(await request.body())
    state = request.app.state
    answer = await route(state.database.pool, state.index, state.places, state.router, ask, gaps=state.gaps)
    return Response(
        encoder.encode(answer), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


@get("/api/routes/rules", opt=OPEN)
async def rules(request: Request[Any, Any, Any]) -> Handbook:
    """The whole rule book in words, with its version and what changed."""
    return await in_words(request.app.state)


async def in_words(state: Any) -> Handbook:
    """The rule book that answers now, for the API and the page."""
    router = state.router
    return handbook(
        router.book,
        router.danger,
        router.embedding,
        today=dt.datetime.now(LONDON).date(),
        versions=await versions(state.database.pool),
    )


def asked(body: bytes) -> shapes.Ask:
    """The body of a request for a route; what is wrong with it is named and never repeated."""
    try:
        ask = decoder.decode(body)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        field = where.rstrip("`").partition("[")[0] or "body"
        raise BadRequest(f"{field}: {message}", errors=[FieldError(field, message)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest("the body is not JSON") from None
    if not (ask.text.strip() or ask.needs or ask.answers):
        raise BadRequest("text: say what is going on", errors=[FieldError("text", "say what is going on")])
    return ask


handlers: list[Any] = [routes, rules]
