"""What the figures are on the wire. Every number of people is rounded as `suppression.py` says."""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

Format = Literal["json", "csv"]
Value = str | int | float | None
Code = Annotated[str, Meta(max_length=80)]


class Wanted(Struct, kw_only=True):
    """The query of every figure. `area` is one zone or district as `zone:zone-03`; `outcome` or `need`, not both.
    `by` is for tables of areas, `age` for coverage."""

    period: Code = ""
    area: Code = ""
    outcome: Code = ""
    need: Code = ""
    by: Literal["zone", "district"] = "zone"
    age: Literal["", "0-4", "5-10", "11-15", "16-25"] = ""
    format: Format = "json"


class FigureShown(Struct, frozen=True, kw_only=True):
    """`value` is a count, a share from 0 to 1, or working days (`value` for half of them, `most` for nine in ten);
    null where too few are counted. `text` is the same in words. `part` and `whole` are rounded counts."""

    code: str
    label: str
    unit: str
    value: float | None
    most: float | None
    text: str
    part: int
    whole: int
    out_of: str
    definition: str


class Column(Struct, frozen=True):
    code: str
    label: str
    unit: str = ""  # count, share, days, or "" for words


class Table(Struct, frozen=True, kw_only=True):
    """`title` is the finding in words, `about` what is shown, `definition` how it is counted. A null is a number that
    is too small to be shown; `texts` are the same cells as a page writes them."""

    code: str
    title: str
    about: str
    definition: str
    columns: list[Column]
    rows: list[list[Value]]
    texts: list[list[str]] = []


class PeriodShown(Struct, frozen=True):
    code: str
    label: str
    start: dt.date
    end: dt.date
    whole: bool


class Named(Struct, frozen=True):
    code: str
    label: str


class Asked(Struct, frozen=True, kw_only=True):
    """What an answer is about, and how it was rounded: counts to a multiple of `threshold`, to the end of `to`."""

    period: PeriodShown
    area: Named | None
    outcome: Named | None
    need: Named | None
    to: dt.date
    threshold: int


class Figures(Struct, frozen=True, kw_only=True):
    about: Asked
    figures: list[FigureShown]


class Answer(Struct, frozen=True, kw_only=True):
    about: Asked
    table: Table


class Offer(Struct, frozen=True, kw_only=True):
    """`GET /api/insight`: what can be asked for."""

    to: dt.date
    threshold: int
    periods: list[PeriodShown]
    usual: str
    areas: list[Named]
    outcomes: list[Named]
    needs: list[Named]
    figures: list[Named]
    tables: list[Named]
