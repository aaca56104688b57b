"""What somebody asks for, and what they get: the one shape for API, pages, widget and command line. Pure.

A list repeats in an address (`need=a&need=b`): any of a list will do, and every filter must hold. Distances are miles,
ages whole or part years of the child or young person.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from directory.words import Kind, Outcome

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Sort = Literal["best", "nearest", "name", "fresh"]
Code = Annotated[str, Meta(max_length=80)]
Few = Meta(max_length=40)

LONGEST_TEXT = 4_000  # characters of `q` that are taken; more is refused
PER_PAGE = 20


class SearchRequest(Struct, frozen=True, kw_only=True):
    """`within` needs `near`. `keep` names what was understood from the words and must stay plain words (`applied`).
    `suggested` lets outcomes, needs and kinds that are only suggested pass a filter, from that confidence on."""

    q: Annotated[str, Meta(max_length=LONGEST_TEXT)] = ""
    near: Annotated[str, Meta(max_length=200)] = ""
    within: Annotated[float, Meta(gt=0, le=500)] | None = None
    outcome: Annotated[list[Outcome], Few] = []
    need: Annotated[list[Code], Few] = []
    kind: Annotated[list[Kind], Few] = []
    age: Annotated[float, Meta(ge=0, le=120)] | None = None
    day: Annotated[list[Day], Few] = []
    open_now: bool = False
    free: bool = False
    remote: bool = False
    language: Annotated[list[Code], Few] = []
    accessible: Annotated[list[Code], Few] = []
    zone: Annotated[list[Code], Few] = []
    district: Annotated[list[Code], Few] = []
    suggested: Annotated[float, Meta(ge=0.05, le=1)] | None = None
    sort: Sort = "best"
    page: Annotated[int, Meta(ge=1, le=500)] = 1
    per_page: Annotated[int, Meta(ge=1, le=50)] = PER_PAGE
    keep: Annotated[list[Literal["place", "age", "day", "free", "spelling"]], Few] = []


class Found(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The place that distances are measured from. `sentence` is for people, also where nothing was found."""

    text: str
    kind: str
    lat: float | None = None
    lon: float | None = None
    areas: list[str] = []
    candidates: list[str] = []
    sentence: str = ""


class Facet(Struct, frozen=True):
    """`count`: how many would be listed if this were chosen as well as what is chosen already."""

    code: str
    label: str
    count: int


class Correction(Struct, frozen=True, kw_only=True):
    """Something in the words that was read in another way: `kind` is spelling, place, age, day or free.

    `keep` is what to send to have it back as plain words.
    """

    kind: str
    text: str
    read_as: str
    keep: str


class Hit(Struct, frozen=True, kw_only=True):
    """One service. `venue` is the nearest one's name; `open` is null where its hours are not known."""

    id: str
    name: str
    organization: str
    summary: str
    kind: str | None
    outcomes: list[str]
    needs: list[str]
    distance_miles: float | None
    venue: str | None
    remote: list[str]
    ages: str
    cost: str
    open: bool | None
    next_open: str | None
    assured_date: str | None
    reasons: list[str]
    url: str


class Help(Struct, frozen=True, kw_only=True):
    """One way out of an empty list: `text` for people, `query` the address that takes it ("" for the router)."""

    kind: str
    text: str
    url: str
    count: int | None = None


class SearchPage(Struct, frozen=True, kw_only=True):
    """The answer. `applied` holds every filter in force, with those understood from the words."""

    applied: dict[str, Any]
    place: Found | None
    total: int
    page: int
    per_page: int
    hits: list[Hit]
    facets: dict[str, list[Facet]]
    corrections: list[Correction] = field(default_factory=list)
    help: list[Help] = field(default_factory=list)
