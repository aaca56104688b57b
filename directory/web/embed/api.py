"""Handlers of the widget. The script and its words are for every site; what they ask is for registered pages."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from directory.access import OPEN
from directory.errors import NotFound, TooLarge
from directory.query import parse, query, reads
from directory.search.find import find
from directory.web import urgent
from directory.web.embed import script
from directory.web.embed.answers import always, answer, judged, plain, sensitive, warned
from directory.web.embed.frame import frame
from directory.web.embed.shapes import Begun, Finding, Hello, Key, Typing
from directory.web.embed.visitor import EVERYONE, VARY, count, visitor
from directory.web.languages import LANGUAGES
from directory.web.render import wording

AnyRequest = Request[Any, Any, Any]
SQUEEZED = {**OPEN, "compressed": True}
SOON = "public, max-age=3600, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"
SUGGESTIONS, LONGEST_BODY = 8, 32_768
DEMONSTRATION = "This is a demonstration. The services shown are invented. The emergency numbers are real."
_encode = msgspec.json.Encoder().encode


class Asked(Struct, frozen=True):
    key: Key = ""


@get("/embed/v1/widget.js", opt=SQUEEZED, sync_to_thread=False)
def evergreen(request: AnyRequest) -> Response[bytes]:
    """The widget as it is now: asked for again once an hour."""
    return _file(request, script.current(), "text/javascript", SOON)


@get("/embed/{version:str}/widget.js", opt=SQUEEZED, sync_to_thread=False)
def released(request: AnyRequest, version: FromPath[str]) -> Response[bytes]:
    """The widget as it was released under a version: the same bytes for ever."""
    found = script.releases().get(version)
    if found is None:
        raise NotFound("there is no such version; /embed/v1/manifest.json lists them")
    return _file(request, found, "text/javascript", FOREVER)


@get("/embed/v1/manifest.json", opt=OPEN, sync_to_thread=False)
def manifest(request: AnyRequest) -> Response[bytes]:
    """Every released version with the hash that a page may pin it to, newest last."""
    base = request.app.state.settings.public_url.rstrip("/")
    listed = [
        {"version": version, "url": f"{base}/embed/{version}/widget.js", "integrity": each.integrity}
        for version, each in script.releases().items()
    ]
    found = {"evergreen": f"{base}/embed/v1/widget.js", "releases": listed, "languages": script.languages()}
    headers = {"Cache-Control": "public, max-age=300", **EVERYONE}
    return Response(_encode(found), media_type="application/json", headers=headers)


@get("/embed/v1/words/{name:str}", opt=SQUEEZED, sync_to_thread=False)
def words(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """The widget's words in a language, as `pl.json`."""
    try:
        found = script.words(name.removesuffix(".json"))
    except KeyError:
        raise NotFound("the widget does not speak that language yet") from None
    return _file(request, found, "application/json", SOON)


@get("/embed/v1/partner", **reads(Asked, access="open"))
async def hello(request: AnyRequest) -> Response[bytes]:
    """What a page needs at first: its look, and the numbers that are always there."""
    who = await visitor(request, query(request, Asked).key)
    count(request, who, "opened")
    settings = request.app.state.settings
    by_id = urgent.contacts(settings.rules_dir)
    found = Hello(
        theme=who.partner.theme if who.partner else {},
        contacts=always([by_id[key] for key, _ in urgent.ALWAYS], script.english()),
        note=DEMONSTRATION if settings.demo else "",
    )
    return _answer(found, who.headers, "private, no-cache")


@post("/embed/v1/suggest", opt=OPEN, status_code=200)
async def suggest(request: AnyRequest) -> Response[bytes]:
    """What somebody may be about to type; and at once what has to be said to words of danger."""
    typed = parse(await _body(request), Typing)
    who = await visitor(request, typed.key)
    count(request, who, "completed")
    state = request.app.state
    if typed.near:
        places = await state.places.complete(typed.near, SUGGESTIONS)
        return _answer(Begun(suggestions=[each.text for each in places]), who.headers)
    safety = judged(state.router, typed.q)
    quiet = safety.tier == 1 and sensitive(state.router, typed.q, (), safety)
    found = Begun(
        suggestions=await state.index.suggest(typed.q[:200], SUGGESTIONS),
        safety=warned(safety, quiet=quiet) if safety.tier == 1 else None,
    )
    return _answer(found, who.headers)


@post("/embed/v1/find", opt=OPEN, status_code=200)
async def search(request: AnyRequest) -> Response[bytes]:
    """A search, and the router's safety answer to its words. They come in a body; nothing of them is kept."""
    wanted = parse(await _body(request), Finding)
    who = await visitor(request, wanted.key)
    state = request.app.state
    found = await find(state.index, state.places, plain(wanted), hear=state.hear)
    count(request, who, "searched" if found.total else "nothing")
    lang = wanted.lang if wanted.lang in LANGUAGES else "en"
    safety = judged(state.router, wanted.q)
    quiet = sensitive(state.router, wanted.q, wanted.need, safety)
    return _answer(answer(wanted, found, safety, wording(lang), lang, quiet=quiet), who.headers)


async def _body(request: AnyRequest) -> bytes:
    body = await request.body()
    if len(body) > LONGEST_BODY:
        raise TooLarge("that is more than this page can take", headers=VARY)
    return body


def _answer(found: Struct, headers: dict[str, str], kept: str = "no-store") -> Response[bytes]:
    return Response(_encode(found), media_type="application/json", headers={**headers, "Cache-Control": kept})


def _file(request: AnyRequest, found: script.Built, media_type: str, kept: str) -> Response[bytes]:
    accepted = {
        each.partition(";")[0].strip() for each in request.headers.get("accept-encoding", "").split(",")
    }
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding", "ETag": found.etag, **EVERYONE}
    body = found.body
    if "br" in accepted:
        body, headers["Content-Encoding"] = found.brotlied, "br"
    elif "gzip" in accepted:
        body, headers["Content-Encoding"] = found.gzipped, "gzip"
    return Response(body, media_type=media_type, headers=headers)


handlers: list[Any] = [evergreen, released, manifest, words, hello, suggest, search, frame]
