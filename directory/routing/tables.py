"""The router's own table: what was needed and could not be offered, in figures."""

import datetime as dt
from typing import ClassVar

from sqlmodel import Field, SQLModel


class RouteGap(SQLModel, table=True):
    """How many routes of a day lacked something for a need. No text, no age, no time of day.

    `area` is a reference such as "zone:zone-03" or "district:E07000148", or "" where no place was said; a route
    counts once for each kind of area that it lies in, so add up within one kind only. `reason` is the one rule that
    kept services from being offered ("running", "capacity", "age", "place"), or "nothing" where no service fits.
    """

    __tablename__: ClassVar[str] = "route_gap"
    day: dt.date = Field(primary_key=True)
    need: str = Field(primary_key=True, max_length=80)
    area: str = Field(primary_key=True, max_length=80)
    reason: str = Field(primary_key=True, max_length=80)
    count: int
