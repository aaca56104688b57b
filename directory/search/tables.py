"""The search room's own table: what was looked for and not found, in figures."""

import datetime as dt
from typing import ClassVar

from sqlmodel import Field, SQLModel


class SearchMiss(SQLModel, table=True):
    """How many searches of a day found nothing. `need` is a code or "", `area` a reference or ""; no text."""

    __tablename__: ClassVar[str] = "search_miss"
    day: dt.date = Field(primary_key=True)
    need: str = Field(primary_key=True, max_length=80)
    area: str = Field(primary_key=True, max_length=80)
    count: int
