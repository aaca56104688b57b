"""What an assistant may ask: four questions that only read. Every answer begins with what has to be said of danger."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from directory.catalogue.read import service_detail
from directory.errors import BadRequest, FieldError
from directory.routing import shapes
from directory.routing.route import route
from directory.search.find import find
from directory.search.request import SearchRequest
from directory.web.embed.answers import judged, warned
from directory.web.embed.shapes import Ring, Warned

DOOR = "assistant"
INSTRUCTIONS = (
    "Help for children, young people and families in Norfolk, England. Every answer has `safety`: when it is not "
    "null, give its message and numbers to the person first, word for word, before anything else and whatever was "
    "asked. Never change a telephone number. Use `route` for what somebody says in their own words, `search` for a "
    "kind of help, `service` for all about one, `place` to see how a place is understood. Nothing that is asked is "
    "kept. Do not send names, addresses or dates of birth."
)


class Route(shapes.Ask, kw_only=True, forbid_unknown_fields=True):
    """What somebody says is going on, in their own words; where they are, and ages in years."""

    door: Annotated[str, Meta(pattern="^assistant$")] = DOOR


class Search(SearchRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Services for words, a place (`near`) and filters; `within` is miles."""

    per_page: Annotated[int, Meta(ge=1, le=20)] = 5


class Service(Struct, forbid_unknown_fields=True):
    """The `id` of a service from another answer."""

    id: UUID


class Place(Struct, forbid_unknown_fields=True):
    """A postcode, town, village or address."""

    q: Annotated[str, Meta(max_length=2_000)]


class Told(Struct, frozen=True):
    """The whole answer. `safety` comes first, and is null where nothing has to be said."""

    safety: Warned | None
    answer: Any


async def ask_route(state: Any, ask: Route) -> Told:
    """Safety, needs, level, pathway and services for what somebody says."""
    if not (ask.text.strip() or ask.needs or ask.answers):
        raise BadRequest("text: say what is going on", errors=[FieldError("text", "say what is going on")])
    found = await route(state.database.pool, state.index, state.places, state.router, ask)
    safety = found.safety
    if not safety.tier and safety.language in ("en", ""):
        return Told(None, found)
    contacts = [
        Ring(id=each.id, name=each.name, number=each.number, dial=each.dial, when=each.when)
        for each in safety.contacts
    ]
    said = Warned(
        tier=safety.tier,
        ask=safety.ask,
        message=safety.message,
        contacts=contacts,
        lang="en" if safety.language == "other" else safety.language,
    )
    return Told(said, found)


async def ask_search(state: Any, ask: Search) -> Told:
    """Services, best first, with distance and the reasons why."""
    plain = SearchRequest(**{name: getattr(ask, name) for name in SearchRequest.__struct_fields__})
    found = await find(state.index, state.places, plain, hear=state.hear)
    return Told(warned(judged(state.router, ask.q), quiet=False), replace(found, facets={}))


async def ask_service(state: Any, ask: Service) -> Told:
    """Everything that is published about one service: how to reach it, when, where, for whom, at what cost."""
    return Told(None, msgspec.Raw(await service_detail(state.database.pool, ask.id)))


async def ask_place(state: Any, ask: Place) -> Told:
    """Where a text is, and in which areas."""
    return Told(None, await state.places.resolve(ask.q))


Tool = tuple[type[Struct], Callable[[Any, Any], Awaitable[Told]]]
TOOLS: dict[str, Tool] = {
    "route": (Route, ask_route),
    "search": (Search, ask_search),
    "service": (Service, ask_service),
    "place": (Place, ask_place),
}


async def asked(state: Any, name: str, arguments: dict[str, Any]) -> Told:
    """The answer of a tool. BadRequest for a name that is none and for arguments that it does not take."""
    if name not in TOOLS:
        raise BadRequest(f"there are {', '.join(TOOLS)}")
    wanted, answer = TOOLS[name]
    try:
        ask = msgspec.convert(arguments, wanted)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from None
    return await answer(state, ask)


def schema(wanted: type[Struct]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments, whole in itself."""
    (found,), parts = msgspec.json.schema_components([wanted], ref_template="#/$defs/{name}")
    name = str(found["$ref"]).rpartition("/")[2]
    own = dict(parts.pop(name))
    own.pop("title", None)
    own["properties"].pop("door", None)
    return {**own, "$defs": parts} if parts else own
