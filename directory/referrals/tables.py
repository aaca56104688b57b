"""Requests, referrals, their log, messages and links.

Personal words are sealed under the request's own data key (see access/vault.py); what sorts, counts and routes is
plain. The database refuses by itself: a move that is not in `transition`, a version that does not rise by one, a
change of the log, a request that closes without an outcome, with an open referral or with an unread concern.
"""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from directory.access.tables import moment, words
from directory.referrals import codes
from directory.referrals.transitions import REFERRAL_ENDED, REFERRAL_STATES, REQUEST_ENDED, REQUEST_STATES
from directory.words import check


def _id() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def _of_request(*, index: bool = True) -> Any:
    return Field(foreign_key="request.id", ondelete="CASCADE", index=index)


def _of_referral() -> Any:
    return Field(default=None, foreign_key="referral.id", ondelete="CASCADE", index=True)


def _flag() -> Any:
    return Field(default=False, sa_column_kwargs={"server_default": "false"})


def _text() -> Any:
    return Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


def _count() -> Any:
    return Field(default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0"))


def _version() -> Any:
    return Field(default=1, sa_column=Column(BigInteger, nullable=False, server_default="1"))


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default="{}"))


def _worklist(name: str, where: str = "") -> Index:
    """In the order of the queues, so that a page of one reads that page alone."""
    first = text("(safeguarding and safeguarding_read_at is null) desc")
    rest = (text("due_at asc nulls last"), "created_at", "id")
    return Index(name, first, *rest, postgresql_where=text(where) if where else None)


class Request(SQLModel, table=True):
    """What somebody asked for. `details` is the sealed Struct `shapes.Details`; `data_key` opens it, and all notes.

    `route` is the answer that was given: service ids, steps and reasons, never the words that led to it.
    """

    __table_args__ = (
        CheckConstraint(check("state", REQUEST_STATES), name="state"),
        CheckConstraint(check("door", codes.DOORS), name="door"),
        CheckConstraint(check("asker", codes.ASKERS), name="asker"),
        CheckConstraint(check("priority", codes.PRIORITIES), name="priority"),
        CheckConstraint(check("lawful_basis", codes.BASES), name="lawful_basis"),
        CheckConstraint(f"outcome is null or {check('outcome', tuple(codes.OUTCOMES))}", name="outcome"),
        CheckConstraint("(state = 'closed') = (outcome is not null)", name="closed_with_outcome"),
        CheckConstraint(f"({check('state', REQUEST_ENDED)}) = (closed_at is not null)", name="closed_at"),
        CheckConstraint(
            "state not in ('closed', 'entered_in_error') or not safeguarding or safeguarding_read_at is not null",
            name="safeguarding_read",
        ),
        CheckConstraint("score between 1 and 10", name="score"),
        CheckConstraint("data_key is not null or closed_at is not null", name="erased_when_ended"),
        Index("request_queue", "state", "due_at"),
        Index("request_areas", "areas", postgresql_using="gin"),
        _worklist("request_worklist"),
        _worklist("request_worklist_open", "closed_at is null"),
        _worklist("request_worklist_closed", "closed_at is not null"),
        _worklist("request_worklist_new", "state = 'received'"),
        Index("request_open", "due_at", postgresql_where=text("closed_at is null")),
    )
    id: UUID = _id()
    reference: str = Field(unique=True, max_length=12)
    version: int = _version()
    state: str = "received"
    last_action: str = "submit"
    door: str
    asker: str
    priority: str = "routine"
    created_by: str = Field(index=True)
    owner: str | None = Field(default=None, index=True)
    needs: list[str] = words()
    outcomes: list[str] = words()
    level: str | None = None
    ages: list[int] = Field(
        default_factory=list, sa_column=Column(ARRAY(SmallInteger), nullable=False, server_default="{}")
    )
    areas: list[str] = words()
    safety_tier: int = _count()
    safety_kinds: list[str] = words()
    safeguarding: bool = _flag()
    safeguarding_read_at: dt.datetime | None = moment()
    safeguarding_read_by: str | None = None
    lawful_basis: str = "agreement"
    outcome: str | None = None
    got_help: str | None = None
    score: int | None = Field(default=None, sa_type=SmallInteger)
    route: dict[str, Any] = _json()
    rules_version: str = _text()
    replaces: UUID | None = None
    due_at: dt.datetime | None = moment()
    follow_up_at: dt.datetime | None = moment(index=True)
    reminded_at: dt.datetime | None = moment()
    escalated_at: dt.datetime | None = moment()
    created_at: dt.datetime | None = moment(now=True, index=True)
    changed_at: dt.datetime | None = moment(now=True, index=True)
    closed_at: dt.datetime | None = moment()
    erase_on: dt.date | None = Field(default=None, index=True)
    word_hash: str | None = None
    erased_at: dt.datetime | None = moment()
    data_key: bytes | None = None
    details: bytes | None = None


class RequestIndex(SQLModel, table=True):
    """Keyed fingerprints of a family's phone, e-mail, postcode and name words, and of each two of the lesser of them:
    to find it again without reading it."""

    __tablename__: ClassVar[str] = "request_index"
    __table_args__ = (Index("request_index_digest", "digest", "kind", "request_id"),)
    request_id: UUID = Field(foreign_key="request.id", ondelete="CASCADE", primary_key=True)
    kind: str = Field(primary_key=True)
    digest: bytes = Field(primary_key=True)


class Agreement(SQLModel, table=True):
    """An agreement to a service, to sharing, or to a hand-over. Kept apart from the lawful basis, and never changed
    but to withdraw it."""

    __table_args__ = (
        CheckConstraint(check("kind", ("to_service", "to_share", "to_hand_over", "to_contact")), name="kind"),
        CheckConstraint("given or override_reason is not null", name="given_or_overridden"),
    )
    id: UUID = _id()
    request_id: UUID = _of_request()
    kind: str
    given: bool
    given_by: str
    how: str
    scope: list[str] = words()
    override_reason: bytes | None = None
    given_at: dt.datetime | None = moment(now=True)
    expires_at: dt.datetime | None = moment()
    withdrawn_at: dt.datetime | None = moment()


class Referral(SQLModel, table=True):
    """One attempt at one service. `service_name` is as it was then; the service may go, the record stays.

    `due_at` is what the queue sorts by: the answer, the first contact or a date that somebody promised.
    """

    __table_args__ = (
        CheckConstraint(check("status", REFERRAL_STATES), name="status"),
        CheckConstraint(check("business", codes.BUSINESS), name="business"),
        CheckConstraint(check("kind", ("referral", "phone_handover")), name="kind"),
        CheckConstraint(check("alert", ("", "unread", "read")), name="alert"),
        CheckConstraint(f"reason is null or {check('reason', tuple(codes.REASONS))}", name="reason"),
        CheckConstraint(f"outcome is null or {check('outcome', tuple(codes.OUTCOMES))}", name="outcome"),
        CheckConstraint("(status = 'completed') = (outcome is not null)", name="completed_with_outcome"),
        CheckConstraint(f"({check('status', REFERRAL_ENDED)}) = (ended_at is not null)", name="ended_at"),
        CheckConstraint(
            "status not in ('rejected', 'failed', 'cancelled', 'entered_in_error') or reason is not null",
            name="ended_with_reason",
        ),
        CheckConstraint(
            "status not in ('rejected', 'failed', 'completed') or not flagged or alert = 'read'"
            " or (reason is distinct from 'could_not_contact' and outcome is distinct from 'could_not_contact')",
            name="alert_read",
        ),
        UniqueConstraint("replaces"),
        Index("referral_queue", "organization_id", "status", "due_at"),
        Index("referral_due", "due_at", postgresql_where=text("ended_at is null")),
        Index(
            "referral_worklist",
            text("(alert = 'unread') desc"),
            text("due_at asc nulls last"),
            text("created_at desc"),
            "id",
        ),
        Index("referral_unread", "request_id", postgresql_where=text("alert = 'unread'")),
        Index("referral_live", "request_id", postgresql_where=text("ended_at is null or alert = 'unread'")),
    )
    id: UUID = _id()
    request_id: UUID = _of_request()
    version: int = _version()
    kind: str = "referral"
    status: str = "requested"
    business: str = _text()
    resume: str = _text()
    last_action: str = "send"
    service_id: UUID = Field(index=True)
    service_name: str
    organization_id: UUID | None = None
    level: str | None = None
    priority: str = "routine"
    flagged: bool = _flag()
    alert: str = _text()
    contacted: bool = _flag()
    tries: int = _count()
    replaced: bool = _flag()
    replaces: UUID | None = Field(default=None, foreign_key="referral.id", ondelete="SET NULL")
    reasons: dict[str, Any] = _json()  # why this service: what the route said of it
    reason: str | None = None
    outcome: str | None = None
    sender: str
    sender_ref: str = _text()
    receiver_ref: str = _text()
    promised: dt.date | None = None
    due_at: dt.datetime | None = moment()
    paused_at: dt.datetime | None = moment()
    reminded_at: dt.datetime | None = moment()
    escalated_at: dt.datetime | None = moment()
    answered_at: dt.datetime | None = moment()
    contacted_at: dt.datetime | None = moment()
    created_at: dt.datetime | None = moment(now=True)
    changed_at: dt.datetime | None = moment(now=True)
    ended_at: dt.datetime | None = moment()
    call_sheet: bytes | None = None


class ReferralEvent(SQLModel, table=True):
    """The log: who, when, what, from, to, why. Rows are added and never changed; `note` is sealed."""

    __tablename__: ClassVar[str] = "referral_event"
    __table_args__ = (
        Index("referral_event_of", "request_id", "id"),
        CheckConstraint(
            "action <> 'clear_safeguarding' or (note is not null and actor like 'staff:%')",
            name="cleared_by_a_person",
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    request_id: UUID = Field(foreign_key="request.id", ondelete="CASCADE")
    referral_id: UUID | None = _of_referral()
    at: dt.datetime | None = moment(required=True, index=True)
    actor: str
    party: str
    action: str
    from_state: str
    to_state: str
    business: str = _text()
    version: int = _version()
    reason: str | None = None
    outcome: str | None = None
    data: dict[str, Any] = _json()
    note: bytes | None = None


class Transition(SQLModel, table=True):
    """The moves that the database allows, as in transitions.py."""

    entity: str = Field(primary_key=True)
    from_state: str = Field(primary_key=True)
    action: str = Field(primary_key=True)
    to_state: str = Field(primary_key=True)


class OutboxMessage(SQLModel, table=True):
    """A message that has to go out, written with what caused it. `address` and `secret` are sealed; `data` is never
    personal. `once` makes the same notice of the same thing impossible twice."""

    __tablename__: ClassVar[str] = "outbox_message"
    __table_args__ = (
        CheckConstraint(check("state", ("waiting", "sent", "dead", "held")), name="state"),
        CheckConstraint(check("channel", ("email", "text", "desk", "webhook")), name="channel"),
        Index("outbox_due", "next_at", postgresql_where=text("state = 'waiting'")),
    )
    id: UUID = _id()
    request_id: UUID | None = Field(default=None, foreign_key="request.id", ondelete="CASCADE", index=True)
    referral_id: UUID | None = _of_referral()
    webhook_id: UUID | None = Field(default=None, foreign_key="webhook.id", ondelete="CASCADE")
    template: str
    channel: str
    audience: str
    address: bytes | None = None
    secret: bytes | None = None
    data: dict[str, Any] = _json()
    once: str = Field(unique=True)
    state: str = "waiting"
    attempts: int = _count()
    next_at: dt.datetime | None = moment(now=True)
    created_at: dt.datetime | None = moment(now=True, index=True)
    sent_at: dt.datetime | None = moment()
    provider_ref: str = _text()
    last_error: str = _text()


class HandoverCode(SQLModel, table=True):
    """A code that lets any front door see a request, with a second fact. Both are stored as keyed fingerprints."""

    __tablename__: ClassVar[str] = "handover_code"
    id: UUID = _id()
    request_id: UUID = _of_request()
    digest: bytes = Field(unique=True)
    fact_kind: str
    fact: bytes
    created_at: dt.datetime | None = moment(now=True)
    expires_at: dt.datetime | None = moment(required=True)
    revoked_at: dt.datetime | None = moment()
    failures: int = _count()


class ActionLink(SQLModel, table=True):
    """A link in a provider's mail that answers one referral once, without an account."""

    __tablename__: ClassVar[str] = "action_link"
    id: UUID = _id()
    referral_id: UUID = Field(foreign_key="referral.id", ondelete="CASCADE", index=True)
    digest: bytes = Field(unique=True)
    created_at: dt.datetime | None = moment(now=True)
    expires_at: dt.datetime | None = moment(required=True)
    used_at: dt.datetime | None = moment()
    used_for: str | None = None
    revoked_at: dt.datetime | None = moment()


class RecordRead(SQLModel, table=True):
    """Who looked at whose record: rows are added and never changed."""

    __tablename__: ClassVar[str] = "record_read"
    __table_args__ = (Index("record_read_of", "request_id", "at"),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    request_id: UUID
    at: dt.datetime | None = moment(now=True, index=True)
    actor: str = Field(index=True)
    what: str


class Erasure(SQLModel, table=True):
    """What was erased, when, by which rule and by whom; nothing of what it was."""

    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    request_id: UUID
    reference: str
    at: dt.datetime | None = moment(now=True)
    actor: str
    rule: str


class IdempotencyKey(SQLModel, table=True):
    """A write that was done under a caller's key: asked again it gives the same answer and does nothing."""

    __tablename__: ClassVar[str] = "idempotency_key"
    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: bytes
    request_id: UUID = _of_request()
    answer: dict[str, Any] = _json()
    created_at: dt.datetime | None = moment(now=True, index=True)


class Webhook(SQLModel, table=True):
    """Where a partner's system is told that something of its own changed. `secret` (sealed) signs what is sent."""

    id: UUID = _id()
    owner: str = Field(index=True)
    organization_id: UUID | None = None
    url: str
    events: list[str] = words()
    secret: bytes
    created_at: dt.datetime | None = moment(now=True)
    disabled_at: dt.datetime | None = moment()
    failures: int = _count()
