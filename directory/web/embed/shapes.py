"""What the widget asks and gets: a search as everywhere else, and the safety answer beside it. Pure."""

from typing import Annotated

from msgspec import Meta, Struct

from directory.search.request import Correction, Found, Help, SearchRequest

Key = Annotated[str, Meta(max_length=40)]
Language = Annotated[str, Meta(max_length=35)]


class Finding(SearchRequest, frozen=True, kw_only=True):
    """`full`: with the choices of the filters. Sent in a body, as a form sends it."""

    per_page: Annotated[int, Meta(ge=1, le=20)] = 5
    key: Key = ""
    lang: Language = ""
    full: bool = False


class Typing(Struct, frozen=True, kw_only=True):
    """What is in a box so far: `q` what is needed, or `near` a place."""

    q: Annotated[str, Meta(max_length=4_000)] = ""
    near: Annotated[str, Meta(max_length=200)] = ""
    key: Key = ""


class Ring(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number to ring. `id` is the rule book's: the widget has its own words for some, which then need no `name`."""

    id: str
    number: str
    name: str = ""
    dial: str
    when: str = ""


class Warned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the safety rules say to the words. `lang` and `dir` are of `message`; `leave` is the quick way out."""

    tier: int
    ask: str = ""
    message: str
    contacts: list[Ring]
    leave: str = ""
    lang: str
    dir: str = "ltr"


class Begun(Struct, frozen=True, kw_only=True, omit_defaults=True):
    suggestions: list[str]
    safety: Warned | None = None


class Seen(Struct, frozen=True, kw_only=True):
    """One service in the widget's list."""

    id: str
    name: str
    organization: str
    summary: str
    distance_miles: float | None
    venue: str | None
    remote: list[str]
    ages: str
    cost: str
    open: bool | None
    next_open: str | None
    reasons: list[str]
    url: str


class Box(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One choice of a filter: a field of the form and its value."""

    name: str
    value: str
    label: str
    count: int = 0
    on: bool = False


class Boxes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str = ""
    title: str
    choices: list[Box]
    open: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """`more` is the address of the whole list; it holds no words where they were about something sensitive."""

    safety: Warned | None
    total: int
    hits: list[Seen]
    place: Found | None
    corrections: list[Correction]
    help: list[Help]
    groups: list[Boxes]
    lang: str
    more: str


class Hello(Struct, frozen=True, kw_only=True):
    """What a page needs to know at first: its partner's look, the numbers that are always there, a remark."""

    theme: dict[str, str]
    contacts: list[Ring]
    note: str
