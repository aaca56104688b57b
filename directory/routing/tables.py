"""The router's own tables: what was needed and could not be offered, and which rule books answered here."""

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
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


class RuleVersion(SQLModel, table=True):
    """A version of the rule book that has answered here. `sections` are fingerprints by section and name."""

    __tablename__: ClassVar[str] = "rule_version"
    version: str = Field(primary_key=True, max_length=40)
    since: dt.datetime = Field(
        sa_column=sa.Column(sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )
    sections: dict[str, Any] = Field(sa_column=sa.Column(JSONB, nullable=False))
