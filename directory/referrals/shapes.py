"""What goes in and out on the wire, and `Details`, the sealed part of a request. No table row ever leaves."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from directory.referrals.codes import Asker, Basis, Channel, Door, GotHelp
from directory.referrals.lifecycle import Allowed

Words = Annotated[str, Meta(max_length=10_000)]
Line = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=4_000)]
Score = Annotated[int, Meta(ge=1, le=10)]
Age = Annotated[int, Meta(ge=0, le=130)]
Shared = Literal["phone", "email", "post"]


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to reach a family. What is in `shared` is seen by others in the home: nothing is ever sent there."""

    channel: Channel = "none"
    phone: Line = ""
    email: Line = ""
    address: Note = ""
    shared: Annotated[list[Shared], Meta(max_length=3)] = []
    leave_message: bool = False
    when: Line = ""
    not_safe: Note = ""


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who asks for somebody else."""

    name: Line = ""
    role: Line = ""
    organization: Line = ""
    phone: Line = ""
    email: Line = ""


class Agreed(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the family agreed to, kept apart from the lawful basis. `by` is who said so, `how` where they said it."""

    to_service: bool = False
    to_share: bool = False
    to_contact: bool = True
    by: Literal["self", "parent", "carer", "young_person"] = "self"
    how: Literal["online", "phone", "in_person", "written"] = "online"
    months: Annotated[int, Meta(ge=1, le=24)] = 12


class NewRequest(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of `POST /api/requests`. `services` are those that were chosen; none leaves it to the front door.

    `word` is one that only the family knows. With it nothing else opens the request on the tracking page: not a date of
    birth or a number, which others at home know too.
    """

    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
    asker: Asker = "self"
    door: Door = "web"
    name: Line = ""
    child_name: Line = ""
    birth_date: dt.date | None = None
    near: Line = ""
    ages: Annotated[list[Age], Meta(max_length=12)] = []
    language: Line = ""
    adjustments: Note = ""
    contact: Contact = Contact()
    sender: Person = Person()
    agreement: Agreed = Agreed()
    lawful_basis: Basis = "agreement"
    override_reason: Note = ""
    concern: Note = ""
    word: Line = ""
    services: Annotated[list[UUID], Meta(max_length=3)] = []
    answers: Annotated[dict[str, Line], Meta(max_length=10)] = {}


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The personal part of a request, sealed as one JSON text."""

    text: str = ""
    added: list[str] = []
    name: str = ""
    child_name: str = ""
    birth_date: dt.date | None = None
    near: str = ""
    language: str = ""
    adjustments: str = ""
    concern: str = ""
    contact: Contact = Contact()
    sender: Person = Person()
    answers: dict[str, str] = {}


class Correction(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Fields to put right; what is left out stays."""

    name: Line | None = None
    child_name: Line | None = None
    birth_date: dt.date | None = None
    near: Line | None = None
    language: Line | None = None
    adjustments: Note | None = None
    contact: Contact | None = None


class Act(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of an action on a request or a referral: which fields it needs is in the offered actions."""

    action: Annotated[str, Meta(max_length=40)]
    note: Note = ""
    reason: Line = ""
    outcome: Line = ""
    date: dt.date | None = None
    channel: Line = ""
    result: Line = ""
    owner: Line = ""
    needs: Annotated[list[str], Meta(max_length=6)] | None = None
    level: Line | None = None
    score: Score | None = None
    got_help: GotHelp | None = None
    correction: Correction | None = None
    receiver_ref: Line | None = None
    version: int | None = None


class NewReferral(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body that adds an attempt, or tries another service. `by_phone` makes it a hand-over record."""

    service_id: UUID
    note: Note = ""
    by_phone: bool = False
    override_reason: Note = ""
    sender_ref: Line = ""
    version: int | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """The answer to a request that was sent: what to keep, and what happens next and by when."""

    id: UUID
    reference: str
    version: int
    state: str
    due_at: dt.datetime | None
    referrals: list[UUID]
    next: list[str]


class Done(Struct, frozen=True, kw_only=True):
    """The answer to an action: where things stand now."""

    id: UUID
    version: int
    state: str
    business: str = ""
    request_version: int
    referral: UUID | None = None


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the log. `note` is there for those who may read it."""

    id: int
    at: dt.datetime
    referral: UUID | None = None
    actor: str
    party: str
    action: str
    label: str
    from_state: str
    to_state: str
    business: str = ""
    reason: str | None = None
    outcome: str | None = None
    note: str | None = None
    data: dict[str, Any] = {}


class ReferralView(Struct, frozen=True, kw_only=True):
    """One attempt. `actions` are what this caller may do now."""

    id: UUID
    request_id: UUID
    reference: str
    version: int
    kind: str
    status: str
    business: str
    service_id: UUID
    service_name: str
    organization_id: UUID | None
    level: str | None
    priority: str
    flagged: bool
    alert: str
    tries: int
    reason: str | None
    outcome: str | None
    replaces: UUID | None
    reasons: dict[str, Any]
    promised: dt.date | None
    due_at: dt.datetime | None
    created_at: dt.datetime
    ended_at: dt.datetime | None
    sender_ref: str
    receiver_ref: str
    details: Details | None
    needs: list[str]
    ages: list[int]
    call_sheet: dict[str, Any] | None
    actions: list[Allowed]


class AgreementView(Struct, frozen=True, kw_only=True):
    kind: str
    given: bool
    given_by: str
    how: str
    override_reason: str
    given_at: dt.datetime
    expires_at: dt.datetime | None
    withdrawn_at: dt.datetime | None


class Likely(Struct, frozen=True, kw_only=True):
    """Another request that may be of the same family: what the two share, and no more."""

    id: UUID
    reference: str
    state: str
    created_at: dt.datetime
    shares: list[str]


class RequestView(Struct, frozen=True, kw_only=True):
    """A whole request for those who may read it."""

    id: UUID
    reference: str
    version: int
    state: str
    door: str
    asker: str
    priority: str
    created_by: str
    owner: str | None
    needs: list[str]
    outcomes: list[str]
    level: str | None
    ages: list[int]
    areas: list[str]
    safety_tier: int
    safety_kinds: list[str]
    safeguarding: bool
    safeguarding_read_at: dt.datetime | None
    lawful_basis: str
    outcome: str | None
    got_help: str | None
    score: int | None
    rules_version: str
    route: dict[str, Any]
    due_at: dt.datetime | None
    created_at: dt.datetime
    closed_at: dt.datetime | None
    details: Details | None
    agreements: list[AgreementView]
    referrals: list[ReferralView]
    likely: list[Likely]
    actions: list[Allowed]


class Row(Struct, frozen=True, kw_only=True):
    """A line of a worklist of requests: nothing personal."""

    id: UUID
    reference: str
    version: int
    state: str
    priority: str
    asker: str
    door: str
    needs: list[str]
    level: str | None
    ages: list[int]
    areas: list[str]
    safety_tier: int
    safeguarding: bool
    safeguarding_read: bool
    owner: str | None
    outcome: str | None
    open_referrals: int
    alerts: int
    due_at: dt.datetime | None
    overdue: bool
    created_at: dt.datetime
    changed_at: dt.datetime


class ReferralRow(Struct, frozen=True, kw_only=True):
    """A line of a worklist of referrals: nothing personal."""

    id: UUID
    request_id: UUID
    reference: str
    version: int
    status: str
    business: str
    service_id: UUID
    service_name: str
    priority: str
    flagged: bool
    alert: str
    needs: list[str]
    ages: list[int]
    due_at: dt.datetime | None
    overdue: bool
    created_at: dt.datetime


class Page(Struct, frozen=True, kw_only=True):
    """A page of a worklist; `counts` says how many are in each queue."""

    total: int
    page: int
    per_page: int
    items: list[Any]
    counts: dict[str, int] = {}
