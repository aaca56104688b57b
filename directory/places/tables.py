"""The tables of places: postcodes, named places, and dated areas (polygons or member lists)."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class Postcode(SQLModel, table=True):
    """A unit postcode, "NR3 1FH". `terminated` is when it ended; `same_point` how many share its point exactly."""

    postcode: str = Field(primary_key=True, max_length=8)
    latitude: float
    longitude: float
    district: str | None = None
    terminated: dt.date | None = None
    live: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    same_point: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class Place(SQLModel, table=True):
    """A named place. `district` and `county` tell places of one name apart."""

    __table_args__ = (Index("place_name", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    kind: str
    latitude: float
    longitude: float
    district: str | None = None
    county: str | None = None
    aliases: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default="[]")
    )
    source: str


class Area(SQLModel, table=True):
    """A dated area of some kind: `county`, `district`, `zone`, `ward`, `lsoa`, ...

    `outline` is WKB (EPSG:4326) and may be empty for an area that is a member list. `demonstration` says so on
    every page that shows it. `attributes` holds figures of the area (deprivation decile, rural class, hubs).
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
    """One member of an area that is a list: a `postcode`, `sector`, `outcode`, `lsoa` or school `urn`."""

    __tablename__ = "area_member"
    area_id: int = Field(primary_key=True, foreign_key="area.id", ondelete="CASCADE", sa_type=BigInteger)
    kind: str = Field(primary_key=True)
    member: str = Field(primary_key=True, index=True)
