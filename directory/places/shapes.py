"""The typed answer to "where is this?": never null, always with a sentence. Wire shapes, frozen."""

from typing import Literal

from msgspec import Struct

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
