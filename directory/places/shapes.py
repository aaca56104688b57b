"""The typed answer to "where is this?": never null, always with a sentence. Wire shapes, frozen."""

from typing import Literal
from uuid import UUID

from msgspec import Raw, Struct

Kind = Literal[
    "postcode", "terminated", "sector", "outcode", "place", "area", "point",
    "ambiguous", "partial", "outside", "unknown", "invalid",
]  # fmt: skip


class Point(Struct, frozen=True, kw_only=True):
    """WGS84 degrees."""

    lat: float
    lon: float


class AreaShare(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An area that the answer lies in, or may lie in. `kind` is the kind of the area ("district", "zone",
    "ward"); `share` is the part of the answer's postcodes inside it, 0 to 1, where it is wider than a point;
    `near_edge` says that the point is inside another and only close to this one."""

    kind: str
    code: str
    name: str
    share: float | None = None
    near_edge: bool = False


class Candidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of several that may be meant. `text`, asked for again, finds this one and no other; `near` is the
    nearest town, `district` a name."""

    name: str
    kind: str
    text: str
    district: str = ""
    county: str = ""
    near: str = ""
    point: Point | None = None


class Correction(Struct, frozen=True, kw_only=True):
    """What was changed before it was found. `what` in words, such as "the letter O read as the figure 0";
    `to` the canonical text that was found. What was typed is not repeated."""

    what: str
    to: str


class Answer(Struct, frozen=True, kw_only=True):
    """Where the text is, or why it is not known.

    `match` is the canonical text found ("NR3 1FH", "Great Yarmouth", "TG 23243 08787"), "" if none. `point`
    is null for an area, ambiguous, unknown and invalid, and for a name far away. `radius` in metres: nearly
    all of what was named lies within it of the point. `areas` are all that it may be in, the likeliest
    first; never one district where there are several. `home` says that it is in the county this directory
    serves; `outside_metres` how far beyond it. `shared` marks a mail centre's point, which is nobody's home.
    `vintage` is the edition of the data.
    """

    kind: Kind
    match: str = ""
    point: Point | None = None
    radius: float | None = None
    areas: list[AreaShare] = []
    county: str = ""
    home: bool = False
    outside_metres: float | None = None
    corrected: list[Correction] = []
    candidates: list[Candidate] = []
    near: str = ""
    ended: str = ""
    shared: bool = False
    vintage: str = ""
    sentence: str = ""


class ZoneService(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service of a zone's pages: enough to name it, to ring it and to open its own page."""

    id: UUID
    name: str
    organization: str
    kind: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""


class Setting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A school or nursery of a zone; `urn` is its number in England's register."""

    name: str
    kind: str = ""
    urn: str = ""
    postcode: str = ""


class ZoneSummary(Struct, frozen=True, kw_only=True):
    """A School and Community Zone in a list. `demonstration`: its name and lines are invented and must be labelled so.
    `districts` with the share of its postcodes in each; `places` are its towns and biggest villages."""

    code: str
    name: str
    demonstration: bool
    source: str
    valid_from: str | None
    centre: Point | None
    districts: list[AreaShare]
    places: list[str]
    team: list[ZoneService]
    url: str


class Zone(ZoneSummary, frozen=True, kw_only=True):
    """A zone whole. `members` are what it is made of ("NR3 1"), `outline` its GeoJSON geometry or null, `services` the
    first of the `services_total` that are in it or for it; `hubs` those of them that are help or family hubs."""

    members: list[str]
    outline: Raw
    hubs: list[ZoneService]
    settings: list[Setting]
    services: list[ZoneService]
    services_total: int
