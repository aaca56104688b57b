"""What is asked of an engine and what it answers: the same for both. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct

from directory.search.document import Card
from directory.search.request import Facet

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict).decode


class Ask(Struct, frozen=True, kw_only=True):
    """A request after its words and its place were understood.

    `filters` by facet ("outcome", "need", "kind", "day", "language", "accessible", "zone", "district", "free",
    "remote"). `areas` are references of the place. `matters` are what the words tell of, by key and with how likely
    that is (0 to 1), `akin` words that services use of it: both order what was found, and fill up a short list. `needs`
    were heard in the words, with how sure (0 to 1): each is worth `need_worth` in place of words, and a service with
    none of them keeps `need_floor`. `ages`, `forms` and `whom` are hints that the words gave, by name (`hints.toml`).
    `minute` is now in minutes since 1970, `today` the ordinal of the day in London.
    """

    words: list[str] = []
    spelling: bool = True
    filters: dict[str, list[str]] = {}
    age: float | None = None
    any_age: bool = False  # whether who says no ages is for this one too: it was read from words
    open_now: bool = False
    suggested: float | None = None  # how sure a suggested tag must be to pass a filter; None: none does
    point: tuple[float, float] | None = None
    areas: list[str] = []
    within: float | None = None  # metres
    matters: list[tuple[int, float]] = []
    akin: list[tuple[str, float]] = []
    needs: dict[str, float] = {}
    need_worth: float = 0.0
    need_floor: float = 1.0
    ages: list[str] = []
    forms: list[str] = []
    whom: list[str] | None = None  # None: nobody looked, and what is for some people alone is not held back
    sort: str = "best"
    offset: int = 0
    limit: int = 20
    minute: int = 0
    today: int = 0
    facets: bool = True  # whether counts are wanted
    cards: bool = True  # whether hits are shown to people; without, they are ids, scores and distances


class Ranked(Struct, frozen=True, kw_only=True):
    """One hit in the order of the rank. `matched` are those of the words asked for that it holds. `shown` is its card
    as a JSON object, b"" where none was asked for."""

    id: str
    shown: bytes
    assured: int  # ordinal of the day, 0 for never
    score: float
    metres: float | None
    venue: str | None
    covers: str  # the narrowest kind of area through which it covers the place, "" for none
    matched: list[str]
    needs: list[str]  # labels of those of its needs whose words were matched
    capacity: str
    open: bool | None
    next_open: int | None
    suggested: list[str] = []  # labels of tags that it passes a filter with though nobody has confirmed them

    @property
    def card(self) -> Card:
        return Card(**_decode(self.shown))


class Names(NamedTuple):
    """Codes and labels of one facet; `heads` are each as the start of a JSON object that ends with its count."""

    codes: list[tuple[str, str]]
    heads: list[str]


def names_of(codes: Iterable[tuple[str, str]]) -> Names:
    listed = list(codes)
    heads = [_encode({"code": code, "label": label}).decode()[:-1] + ',"count":' for code, label in listed]
    return Names(listed, heads)


class Answer(Struct, frozen=True, kw_only=True):
    """`counts`, by facet, are as if nothing of that kind were chosen.

    `spelled`: what was typed -> what it was read as; `unknown`: words that nothing here holds as they were typed.
    """

    total: int
    hits: list[Ranked]
    counts: dict[str, tuple[Names, list[int]]] = {}
    spelled: dict[str, str] = {}
    unknown: list[str] = []

    @property
    def facets(self) -> dict[str, list[Facet]]:
        return {
            name: [
                Facet(code, label, count)
                for (code, label), count in zip(names.codes, counts, strict=True)
                if count
            ]
            for name, (names, counts) in self.counts.items()
        }


class Status(Struct, frozen=True, kw_only=True):
    engine: str
    version: str
    generation: str
    documents: int
    empty: bool  # there is no index yet, or one of another shape: it has to be built
