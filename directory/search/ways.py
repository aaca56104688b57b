"""Ways out of an empty list: a filter less, a wider circle, the router, a person."""

from typing import Any

from msgspec.structs import replace

from directory.query import text as query_string
from directory.search.index import SearchIndex
from directory.search.request import Help, SearchRequest
from directory.search.shapes import Ask
from directory.search.understand import Understood

ROUTER = Help(
    kind="router",
    text="Tell us what is going on in your own words, and we will say who can help",
    url="/help",
)
PERSON = Help(kind="person", text="Talk to a person at a help hub near you", url="/search?kind=help_hub")
_MOST = 4
_FILTERS = {
    "outcome": "outcome", "need": "need", "kind": "kind of help", "day": "day", "language": "language",
    "accessible": "access", "zone": "zone", "district": "district", "free": "“free”", "remote": "“from home”",
}  # fmt: skip


async def ways_out(
    index: SearchIndex, request: SearchRequest, wanted: SearchRequest, read: Understood, ask: Ask
) -> list[Help]:
    """What would find something, most first; then the router and a person, always."""
    found: list[Help] = []
    for kind, words, less, there in _lesser(request, wanted, read, ask):
        total = (await index.search(replace(less, offset=0, limit=1))).total
        if total:
            services = "1 service" if total == 1 else f"{total} services"
            found.append(Help(kind=kind, text=f"{words}: {services}", url=_url(there), count=total))
    found.sort(key=lambda way: -(way.count or 0))
    return [*found[:_MOST], ROUTER, PERSON]


def _lesser(
    request: SearchRequest, wanted: SearchRequest, read: Understood, ask: Ask
) -> list[tuple[str, str, Ask, SearchRequest]]:
    """(kind, words, question, request) of everything that asks for less by one thing."""
    understood = {each.kind for each in read.said}
    ways: list[tuple[str, str, Ask, SearchRequest]] = []

    def without(name: str, default: Any) -> SearchRequest:
        if name in understood:
            return replace(request, keep=[*request.keep, name])
        return replace(request, **{name: default})

    for name, words in _FILTERS.items():
        if name in ask.filters:
            left = {other: codes for other, codes in ask.filters.items() if other != name}
            default: Any = False if name in ("free", "remote") else []
            ways.append(
                ("drop", f"Without the {words} filter", replace(ask, filters=left), without(name, default))
            )
    if ask.age is not None:
        ways.append(("drop", "For any age", replace(ask, age=None), without("age", None)))
    if ask.open_now:
        ways.append(
            ("drop", "Also when closed now", replace(ask, open_now=False), without("open_now", False))
        )
    if ask.within is not None:
        ways.append(("widen", "Any distance", replace(ask, within=None), without("within", None)))
    if ask.words and (ask.filters or ask.age is not None or ask.within is not None or ask.open_now):
        bare = replace(ask, filters={}, age=None, within=None, open_now=False)
        ways.append(("drop", "Without any filter", bare, SearchRequest(q=request.q, near=request.near)))
    if ask.words and (ask.point or ask.areas or ask.filters):
        rest = SearchRequest(near=wanted.near, within=wanted.within, age=wanted.age)
        ways.append(("all", "Everything for this place", replace(ask, words=[], needs={}, filters={}), rest))
    return ways


def _url(request: SearchRequest) -> str:
    return f"/search?{query_string(replace(request, page=1))}"
