"""What is asked of an engine and what it answers: the same for both. Pure."""

from msgspec import Struct

from directory.search.document import Card
from directory.search.request import Facet


class Ask(Struct, frozen=True, kw_only=True):
    """A request after its words and its place were understood.

    `filters` by facet ("outcome", "need", "kind", "day", "language", "accessible", "zone", "district", "free",
    "remote"). `areas` are references of the place. `needs` were heard in the words, with how sure (0 to 1): each is worth
    `need_worth` in place of words, and a service with none of them keeps `need_floor`. `ages` and `forms` are hints that
    the words gave, by name (`hints.toml`). `minute` is now in minutes since 1970, `today` the ordinal of the day in
    London.
    """

    words: list[str] = []
    spelling: bool = True
    filters: dict[str, list[str]] = {}
    age: float | None = None
    open_now: bool = False
    point: tuple[float, float] | None = None
    areas: list[str] = []
    within: float | None = None  # metres
    needs: dict[str, float] = {}
    need_worth: float = 0.0
    need_floor: float = 1.0
    ages: list[str] = []
    forms: list[str] = []
    sort: str = "best"
    offset: int = 0
    limit: int = 20
    minute: int = 0
    today: int = 0


class Ranked(Struct, frozen=True, kw_only=True):
    """One hit in the order of the rank. `matched` are those of the words asked for that it holds."""

    id: str
    card: Card
    score: float
    metres: float | None
    venue: str | None
    covers: str  # the narrowest kind of area through which it covers the place, "" for none
    matched: list[str]
    needs: list[str]  # labels of those of its needs whose words were matched
    capacity: str
    open: bool | None
    next_open: int | None


class Answer(Struct, frozen=True, kw_only=True):
    """`facets` are counted as if nothing of that kind were chosen.

    `spelled`: what was typed -> what it was read as; `unknown`: words that nothing here holds as they were typed.
    """

    total: int
    hits: list[Ranked]
    facets: dict[str, list[Facet]]
    spelled: dict[str, str] = {}
    unknown: list[str] = []


class Status(Struct, frozen=True, kw_only=True):
    engine: str
    version: str
    generation: str
    documents: int
    empty: bool  # there is no index yet, or one of another shape: it has to be built
