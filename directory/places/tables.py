"""The tables of places: postcodes, named places, and dated areas (polygons or member lists)."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Postcode(SQLModel, table=True):
    """A unit postcode, "NR3 1FH". `live` is null where it is not known; `ended` is the month of its end, or of the
    last sight of it, "2019-04", "" where nothing is known; `same_point` how many share its point exactly."""

    postcode: str = Field(primary_key=True, max_length=8)
    latitude: float
    longitude: float
    district: str = Field(default="", sa_column_kwargs={"server_default": ""})
    live: bool | None = None
    ended: str = Field(default="", max_length=10, sa_column_kwargs={"server_default": ""})
    same_point: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Outcode(SQLModel, table=True):
    """The first half of a postcode, "NR3": the mean of its postcodes, the metres within which 95 % of them lie, and
    how many are in each district, {"E07000148": 1200}."""

    outcode: str = Field(primary_key=True, max_length=4)
    latitude: float
    longitude: float
    radius: float
    districts: dict[str, int] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}")
    )


class PlaceData(SQLModel, table=True):
    """What is loaded of each kind (`postcodes`, `places`, `areas`): its edition in words, and a version that rises with
    every load, by which running processes notice."""

    __tablename__ = "place_data"
    dataset: str = Field(primary_key=True)
    edition: str
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    loaded_at: dt.datetime | None = Field(
        default=None, sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")}
    )


class Place(SQLModel, table=True):
    """A named place; a district or county is one without a point. `district` and `county` tell places of one name
    apart."""

    __table_args__ = (Index("place_name", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    kind: str
    latitude: float | None = None
    longitude: float | None = None
    district: str | None = None
    county: str | None = None
    aliases: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    source: str


class Area(SQLModel, table=True):
    """A dated area of some kind: `county`, `district`, `zone`, `ward`, `lsoa`, ...

    An area with members is what they are, and its `outline` is only drawn from them for a map; one without is its
    `outline`, WKB in WGS84. `demonstration` is said on every page that shows it. `attributes` holds figures of the
    area (deprivation decile, rural class).
    """

    __table_args__ = (
        Index("area_once", "kind", "code", "valid_from", unique=True),
        CheckConstraint("valid_to is null or valid_from is null or valid_from <= valid_to", name="dates"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    kind: str
    code: str
    name: str
    valid_from: dt.date = Field(sa_column_kwargs={"server_default": text("'0001-01-01'")})
    valid_to: dt.date | None = None
    source: str
    demonstration: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    outline: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    attributes: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}")
    )


class AreaMember(SQLModel, table=True):
    """One member of an area that is a list: a `postcode`, `sector`, `outcode`, `district` (by the code that the
    postcode data gives), `lsoa` or school `urn`."""

    __tablename__ = "area_member"
    area_id: int = Field(primary_key=True, foreign_key="area.id", ondelete="CASCADE", sa_type=BigInteger)
    kind: str = Field(primary_key=True)
    member: str = Field(primary_key=True, index=True)
