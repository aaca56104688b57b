"""The tables of importing: fingerprints of what each feed last said, and the runs."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class FeedRecord(SQLModel, table=True):
    """What a feed last said of a service, as sixteen bytes: an identical record is not even looked at again."""

    __tablename__: ClassVar[str] = "feed_record"
    service_id: UUID = Field(primary_key=True, foreign_key="service.id", ondelete="CASCADE")
    feed_id: str = Field(foreign_key="feed.id", ondelete="CASCADE", index=True)
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    kind_here: str | None = None  # a kind that a person confirmed for a service whose feed says none


class ImportRun(SQLModel, table=True):
    """One run of an import and what it said: counts, reasons and pointers, for the people who keep the feed."""

    __tablename__: ClassVar[str] = "import_run"
    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    feed_id: str = Field(foreign_key="feed.id", ondelete="CASCADE", index=True)
    finished: dt.datetime | None = Field(
        default=None, sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")}
    )
    complete: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    report: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class ServiceTwin(SQLModel, table=True):
    """A person's word on two services: the same (one preferred, the other not shown in searches) or not."""

    __tablename__: ClassVar[str] = "service_twin"
    __table_args__ = (
        CheckConstraint("service_id < other_id", name="in_order"),
        CheckConstraint("decision in ('same', 'apart')", name="decision"),
        CheckConstraint(
            "(decision = 'same') = (preferred_id is not null) and preferred_id in (service_id, other_id)",
            name="preferred",
        ),
    )
    service_id: UUID = Field(primary_key=True, foreign_key="service.id", ondelete="CASCADE")
    other_id: UUID = Field(primary_key=True, foreign_key="service.id", ondelete="CASCADE", index=True)
    decision: str
    preferred_id: UUID | None = None
    decided_by: str
    decided_at: dt.datetime | None = Field(
        default=None, sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": text("now()")}
    )
