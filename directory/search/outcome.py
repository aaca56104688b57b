"""What a search came to, as Structs for pages and as the same thing in JSON for the API. Pure.

The JSON is put together from what each service's card already is in the index, so that a list of twenty is written
without taking its cards apart first.
"""

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from directory.catalogue.hours import LONDON
from directory.places.distance import miles
from directory.search.rank import reasons
from directory.search.request import Correction, Found, Help, Hit, SearchPage, SearchRequest
from directory.search.shapes import Answer, Ranked

_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Hit).decode


class Outcome(NamedTuple):
    """`request` is as it was understood, `said` what was read from the words; `today` the ordinal of the day."""

    request: SearchRequest
    said: list[Correction]
    today: int
    place: Found | None
    answer: Answer
    ways: list[Help]

    @property
    def corrections(self) -> list[Correction]:
        spelled = self.answer.spelled.items()
        return self.said + [
            Correction(kind="spelling", text=typed, read_as=better, keep="spelling")
            for typed, better in spelled
        ]

    def page(self) -> SearchPage:
        near = self.place.text if self.place else ""
        hits = [_read(_hit_json(each, near, self.today)) for each in self.answer.hits]
        return SearchPage(
            applied=applied(self.request),
            place=self.place,
            total=self.answer.total,
            page=self.request.page,
            per_page=self.request.per_page,
            hits=hits,
            facets=self.answer.facets,
            corrections=self.corrections,
            help=self.ways,
        )

    def json(self) -> bytes:
        """`page()` in JSON."""
        near = self.place.text if self.place else ""
        hits = [_hit_json(each, near, self.today) for each in self.answer.hits]
        facets = []
        for name, (names, counts) in self.answer.counts.items():
            pairs = zip(names.heads, counts, strict=True)
            facets.append(f'"{name}":[{",".join([f"{head}{count}}}" for head, count in pairs if count])}]')
        rest = _encode(
            _Rest(
                applied=applied(self.request),
                place=self.place,
                total=self.answer.total,
                page=self.request.page,
                per_page=self.request.per_page,
                corrections=self.corrections,
                help=self.ways,
            )
        )
        return b'{"hits":[%b],"facets":{%b},%b' % (b",".join(hits), ",".join(facets).encode(), rest[1:])


def _hit_json(each: Ranked, near: str, today: int) -> bytes:
    id_ = each.id.encode()
    seen = _encode(_seen(each, near, today))
    return b'{"id":"%b","url":"/services/%b",%b,%b' % (id_, id_, each.shown[1:-1], seen[1:])


class _Rest(Struct, frozen=True, kw_only=True):
    """A `SearchPage` but for its hits and facets."""

    applied: dict[str, Any]
    place: Found | None
    total: int
    page: int
    per_page: int
    corrections: list[Correction]
    help: list[Help]


class _Seen(Struct, frozen=True):
    """What of a `Hit` depends on who asks, and when."""

    distance_miles: float | None
    venue: str | None
    open: bool | None
    next_open: str | None
    reasons: list[str]


def _seen(each: Ranked, near: str, today: int) -> _Seen:
    return _Seen(
        None if each.metres is None else round(miles(each.metres), 1),
        each.venue,
        each.open,
        None if each.next_open is None or each.open else _moment(each.next_open),
        reasons(each, near, today),
    )


def applied(request: SearchRequest) -> dict[str, Any]:
    """Every filter in force, by name."""
    found = {}
    for name in SearchRequest.__struct_fields__:
        value = getattr(request, name)
        if (value or (value == 0 and value is not False)) and name not in _NOT_FILTERS:
            found[name] = value
    if request.sort == "best":
        del found["sort"]
    return found


_NOT_FILTERS = frozenset({"page", "per_page", "keep"})


@lru_cache(maxsize=10_000)
def _moment(minute: int) -> str:
    return dt.datetime.fromtimestamp(minute * 60, LONDON).isoformat()
