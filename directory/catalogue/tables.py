"""The catalogue's tables: HSDS 3.1 objects, our kind and level, and where each record came from.

Integrity lives here and in the triggers of the first migration: a change to any part of a service raises its
`version`, sets `last_modified` and leaves a row in `search_change`, whoever makes it and however.
Every child belongs to exactly one parent; the checks say so. Rows never go on the wire (see shapes.py).
"""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from directory import words


def _id() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def _parent(table: str, *, required: bool = False, index: bool = True) -> Any:
    """A foreign key whose row goes when its parent goes. One of several has its index from `_one_parent`."""
    given: dict[str, Any] = {"index": index} if required else {"default": None}
    return Field(foreign_key=f"{table}.id", ondelete="CASCADE", **given)


def _moment(*, index: bool = False) -> Any:
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        index=index,
        sa_column_kwargs={"server_default": text("now()")},
    )


def _given(expression: str) -> Any:
    return Field(default=None, sa_column=Column(BigInteger, nullable=False, server_default=text(expression)))


def _object() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}"))


def _one_parent(table: str, *parents: str, indexed: str = "") -> tuple[CheckConstraint | Index, ...]:
    """Just one of them is set; the index of each (but for one that is `indexed` already) holds its own parts alone."""
    names = [f"{each}_id" for each in parents]
    there = {each: text(f"{each} is not null") for each in names if each != indexed}
    indexes = (Index(f"ix_{table}_{name}", name, postgresql_where=where) for name, where in there.items())
    return CheckConstraint(f"num_nonnulls({', '.join(names)}) = 1", name="one_parent"), *indexes


class Feed(SQLModel, table=True):
    """A source that records are mirrored from; `local` is this directory itself."""

    id: str = Field(primary_key=True, max_length=80)
    label: str
    url: str = ""
    dialect: str = ""
    publisher: str = ""
    licence: str = ""
    last_run: dt.datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    last_complete: dt.datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    state: dict[str, Any] = _object()


class Provenance(SQLModel):
    """Where a record came from. `source_id` is the source's own id, verbatim."""

    feed_id: str = Field(default="local", foreign_key="feed.id")
    source_id: str = Field(default="", max_length=400)
    first_seen: dt.datetime | None = _moment()
    last_seen: dt.datetime | None = _moment()


class Organization(Provenance, table=True):
    __table_args__ = (
        UniqueConstraint("feed_id", "source_id"),
        CheckConstraint("name <> '' and description <> ''", name="named"),
    )
    id: UUID = _id()
    name: str
    alternate_name: str | None = None
    description: str
    email: str | None = None
    website: str | None = None
    uri: str | None = None
    logo: str | None = None
    legal_status: str | None = None
    year_incorporated: int | None = None
    parent_organization_id: UUID | None = Field(
        default=None, foreign_key="organization.id", ondelete="SET NULL"
    )
    extra: dict[str, Any] = _object()
    last_modified: dt.datetime | None = _moment()


class OrganizationIdentifier(SQLModel, table=True):
    __tablename__: ClassVar[str] = "organization_identifier"
    id: UUID = _id()
    organization_id: UUID = _parent("organization", required=True)
    identifier_type: str
    identifier: str
    identifier_scheme: str | None = None


class Service(Provenance, table=True):
    __table_args__ = (
        UniqueConstraint("feed_id", "source_id"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint(words.check("status", words.STATUSES), name="status"),
        CheckConstraint(words.check("kind", words.KINDS), name="kind"),
        CheckConstraint(words.check("level", words.LEVELS), name="level"),
        CheckConstraint(words.check("capacity", words.CAPACITIES), name="capacity"),
        CheckConstraint(words.check("referral", words.REFERRALS), name="referral"),
        CheckConstraint("minimum_age >= 0 and maximum_age >= 0 and minimum_age <= maximum_age", name="ages"),
        Index("service_changed", "changed_at", "id"),
        Index("service_in_line", "slot", unique=True),
    )
    id: UUID = _id()
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    name: str
    alternate_name: str | None = None
    description: str | None = None
    url: str | None = None
    email: str | None = None
    status: str = "active"
    kind: str | None = None
    level: str | None = None
    capacity: str = "open"
    capacity_until: dt.datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    referral: str | None = None
    remote: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    interpretation_services: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    wait_time: str | None = None
    accreditations: str | None = None
    licenses: str | None = None
    eligibility_description: str | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    assured_date: dt.date | None = None
    assurer_email: str | None = None
    alert: str | None = None
    extra: dict[str, Any] = _object()
    missed_crawls: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False, server_default="1"))
    touched_by: int | None = Field(default=None, sa_type=BigInteger)  # the transaction that last changed it
    slot: int | None = _given(
        "nextval('service_slot')"
    )  # its place in line: lists are paged by it, it never moves
    last_modified: dt.datetime | None = _moment()  # what the record says of itself
    changed_at: dt.datetime | None = _moment()  # when it last changed here: what `modified_after` asks


class Location(Provenance, table=True):
    __table_args__ = (
        UniqueConstraint("feed_id", "source_id"),
        CheckConstraint(
            words.check("location_type", ("physical", "postal", "virtual")), name="location_type"
        ),
        CheckConstraint("(latitude is null) = (longitude is null)", name="whole_point"),
        CheckConstraint("latitude between -90 and 90 and longitude between -180 and 180", name="on_earth"),
    )
    id: UUID = _id()
    location_type: str = "physical"
    name: str | None = None
    alternate_name: str | None = None
    description: str | None = None
    transportation: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    url: str | None = None
    external_identifier: str | None = None
    external_identifier_type: str | None = None
    confidential: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    extra: dict[str, Any] = _object()


class ServiceAtLocation(SQLModel, table=True):
    __tablename__: ClassVar[str] = "service_at_location"
    __table_args__ = (UniqueConstraint("service_id", "location_id"),)
    id: UUID = _id()
    service_id: UUID = _parent("service", required=True, index=False)
    location_id: UUID = _parent("location", required=True)
    description: str | None = None


class Address(SQLModel, table=True):
    __table_args__ = (
        CheckConstraint(words.check("address_type", ("physical", "postal", "virtual")), name="address_type"),
    )
    id: UUID = _id()
    location_id: UUID = _parent("location", required=True)
    attention: str | None = None
    address_1: str
    address_2: str | None = None
    city: str
    region: str | None = None
    state_province: str
    postal_code: str
    country: str = "GB"
    address_type: str = "physical"


class Contact(SQLModel, table=True):
    __table_args__ = _one_parent("contact", "service", "organization", "location", "service_at_location")
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    organization_id: UUID | None = _parent("organization")
    location_id: UUID | None = _parent("location")
    service_at_location_id: UUID | None = _parent("service_at_location")
    name: str | None = None
    title: str | None = None
    department: str | None = None
    email: str | None = None


class Phone(SQLModel, table=True):
    __table_args__ = (
        *_one_parent("phone", "service", "organization", "location", "service_at_location", "contact"),
        CheckConstraint("number <> ''", name="numbered"),
    )
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    organization_id: UUID | None = _parent("organization")
    location_id: UUID | None = _parent("location")
    service_at_location_id: UUID | None = _parent("service_at_location")
    contact_id: UUID | None = _parent("contact")
    number: str
    extension: float | None = None
    type: str | None = None
    description: str | None = None


class Schedule(SQLModel, table=True):
    """Times are Europe/London wall clock; one that closes at or before it opens runs past midnight."""

    __table_args__ = (
        *_one_parent("schedule", "service", "location", "service_at_location"),
        CheckConstraint(words.check("freq", ("WEEKLY", "MONTHLY")), name="freq"),
        CheckConstraint("interval >= 1", name="interval"),
    )
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    location_id: UUID | None = _parent("location")
    service_at_location_id: UUID | None = _parent("service_at_location")
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    dtstart: dt.date | None = None
    until: dt.date | None = None
    count: int | None = None
    wkst: str | None = None
    freq: str | None = None
    interval: int | None = None
    byday: str | None = None
    byweekno: str | None = None
    bymonthday: str | None = None
    byyearday: str | None = None
    opens_at: dt.time | None = None
    closes_at: dt.time | None = None
    timezone: float | None = None
    description: str | None = None
    schedule_link: str | None = None
    attending_type: str | None = None
    notes: str | None = None
    closed: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    term_time: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class CostOption(SQLModel, table=True):
    __tablename__: ClassVar[str] = "cost_option"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)
    id: UUID = _id()
    service_id: UUID = _parent("service", required=True)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    option: str | None = None
    currency: str | None = None
    amount: float | None = None
    amount_description: str | None = None


class Language(SQLModel, table=True):
    __table_args__ = _one_parent("language", "service", "location", "phone")
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    location_id: UUID | None = _parent("location")
    phone_id: UUID | None = _parent("phone")
    code: str | None = None
    name: str | None = None
    note: str | None = None


class Accessibility(SQLModel, table=True):
    id: UUID = _id()
    location_id: UUID = _parent("location", required=True)
    description: str | None = None
    details: str | None = None
    url: str | None = None


class ServiceArea(SQLModel, table=True):
    """Where a service is for. `area` is our reference, `kind:code` (`county:E10000020`, `zone:zone-03`)."""

    __tablename__: ClassVar[str] = "service_area"
    __table_args__ = _one_parent("service_area", "service", "service_at_location")
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    service_at_location_id: UUID | None = _parent("service_at_location")
    name: str | None = None
    description: str | None = None
    extent: str | None = None
    extent_type: str | None = None
    uri: str | None = None
    area: str | None = Field(default=None, index=True)


class Funding(SQLModel, table=True):
    __table_args__ = _one_parent("funding", "service", "organization")
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    organization_id: UUID | None = _parent("organization")
    source: str | None = None


class Taxonomy(SQLModel, table=True):
    id: UUID = _id()
    name: str = Field(unique=True)
    description: str
    uri: str | None = None
    version: str | None = None


class TaxonomyTerm(SQLModel, table=True):
    __tablename__: ClassVar[str] = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)
    id: UUID = _id()
    taxonomy_id: UUID = _parent("taxonomy", required=True)
    code: str
    name: str
    description: str
    parent_id: UUID | None = Field(default=None, foreign_key="taxonomy_term.id", ondelete="SET NULL")
    language: str | None = None
    term_uri: str | None = None


class Attribute(SQLModel, table=True):
    """A tag. `confidence` is set while it is only suggested by the classifier, empty once a person stands by it."""

    __table_args__ = (
        *_one_parent("attribute", "service", "organization", "location", indexed="service_id"),
        CheckConstraint("confidence > 0 and confidence <= 1", name="confidence"),
        Index("attribute_once", "service_id", "taxonomy_term_id", unique=True),
    )
    id: UUID = _id()
    service_id: UUID | None = _parent("service")
    organization_id: UUID | None = _parent("organization")
    location_id: UUID | None = _parent("location")
    taxonomy_term_id: UUID = _parent("taxonomy_term", required=True)
    link_type: str | None = None
    value: str | None = None
    label: str | None = None
    confidence: float | None = None


class ServiceRecord(SQLModel, table=True):
    """A service's Open Referral UK record, ready to send, built from `version`; rebuilt when that moves on."""

    __tablename__: ClassVar[str] = "service_record"
    service_id: UUID = Field(primary_key=True, foreign_key="service.id", ondelete="CASCADE")
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    body: bytes
    form: str  # names the release's shapes: see built.py
    extras: bytes
    card: bytes
    rules: bytes


class SearchChange(SQLModel, table=True):
    """A service whose search document may have changed; written by triggers, forgotten by the drain at that `seq`."""

    __tablename__: ClassVar[str] = "search_change"
    service_id: UUID = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))


class Removed(SQLModel, table=True):
    """What was here and is gone for good: 410 on the wire, and a line in the change feed."""

    id: UUID = Field(primary_key=True)
    entity: str
    removed_at: dt.datetime | None = _moment(index=True)
    slot: int | None = Field(default=None, sa_type=BigInteger)
    touched_by: int | None = _given("this_transaction()")
