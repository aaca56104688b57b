"""Accounts, sessions, keys and counted attempts. Secrets are stored as hashes only."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from directory.access.roles import ROLES
from directory.words import check


def moment(*, now: bool = False, index: bool = False, required: bool = False) -> Any:
    default = {"server_default": text("now()")} if now else {}
    return Field(
        default=None,
        sa_column=Column(
            DateTime(timezone=True),
            nullable=not (now or required),
            index=index,
            **default,  # type: ignore[arg-type]
        ),
    )


def words(name: str = "") -> Any:
    return Field(
        default_factory=list, sa_column=Column(name or None, ARRAY(Text), nullable=False, server_default="{}")
    )


class Staff(SQLModel, table=True):
    """A person's account. `areas` narrows what they see; a provider's account has the organization it answers for."""

    __table_args__ = (
        CheckConstraint(check("role", tuple(ROLES)), name="role"),
        CheckConstraint("role <> 'provider' or organization_id is not null", name="provider_of"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    name: str
    role: str
    organization_id: UUID | None = None
    areas: list[str] = words()
    password_hash: str | None = None
    oidc_subject: str | None = Field(default=None, unique=True)
    totp_secret: bytes | None = None
    totp_step: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    must_change: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    # Whether single keys move about in the console: people who speak to their computer turn that off.
    single_keys: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    created_at: dt.datetime | None = moment(now=True)
    disabled_at: dt.datetime | None = moment()


class StaffView(SQLModel, table=True):
    """A view of the work queue that somebody keeps: a name and filters, never words that were searched for."""

    __tablename__: ClassVar[str] = "staff_view"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", ondelete="CASCADE")
    name: str = Field(max_length=60)
    query: str = Field(max_length=600)


class StaffSession(SQLModel, table=True):
    __tablename__: ClassVar[str] = "staff_session"
    token_hash: bytes = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", ondelete="CASCADE", index=True)
    created_at: dt.datetime | None = moment(now=True)
    seen_at: dt.datetime | None = moment(now=True)
    expires_at: dt.datetime | None = moment(required=True, index=True)
    by_provider: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class ApiKey(SQLModel, table=True):
    __tablename__: ClassVar[str] = "api_key"
    id: str = Field(primary_key=True, max_length=20)
    secret_hash: bytes
    label: str
    organization_id: UUID | None = None
    areas: list[str] = words()
    scopes: list[str] = words()
    created_at: dt.datetime | None = moment(now=True)
    expires_at: dt.datetime | None = moment()
    revoked_at: dt.datetime | None = moment()
    used_at: dt.datetime | None = moment()


class Partner(SQLModel, table=True):
    """A site that carries the widget. `id` is its key, which is no secret; `origins` are compared exactly."""

    id: str = Field(primary_key=True, max_length=40)
    label: str
    origins: list[str] = words()
    per_minute: int
    theme: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}")
    )
    created_at: dt.datetime | None = moment(now=True)
    revoked_at: dt.datetime | None = moment()


class PartnerUse(SQLModel, table=True):
    """How often something happened on a partner's pages on one day. There is nothing here to know anybody by."""

    __tablename__: ClassVar[str] = "partner_use"
    partner_id: str = Field(primary_key=True, foreign_key="partner.id", ondelete="CASCADE", max_length=40)
    day: dt.date = Field(primary_key=True)
    what: str = Field(primary_key=True, max_length=20)
    count: int


class Attempt(SQLModel, table=True):
    """Tries at something that can be guessed, counted in a window; `bucket` is a keyed digest, never an address."""

    bucket: bytes = Field(primary_key=True)
    tries: int
    until: dt.datetime | None = moment(required=True, index=True)


class EncryptionKey(SQLModel, table=True):
    """The short names of master keys that sealed something here: a process without one of them refuses to start."""

    __tablename__: ClassVar[str] = "encryption_key"
    id: str = Field(primary_key=True, max_length=8)
    first_used: dt.datetime | None = moment(now=True)
