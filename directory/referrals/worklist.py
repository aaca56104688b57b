"""Worklists: queues of requests and referrals with search, filters, counts and pages. Nothing personal is in a row."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from directory.access.roles import Caller
from directory.access.vault import Vault
from directory.db import Database, Reader
from directory.referrals import likeness, reference
from directory.referrals.shapes import Page, ReferralRow, Row
from directory.referrals.tally import counted_once

Queue = Literal["all", "open", "new", "safety", "due", "decide", "waiting", "mine", "closed"]
Number = Annotated[int, Meta(ge=1, le=10_000)]
PerPage = Annotated[int, Meta(ge=1, le=100)]

_OPEN = "r.closed_at is null"
# Sets that are read once for a whole queue, from indexes of what is live alone.
_UNREAD = "r.id in (select a.request_id from referral a where a.alert = 'unread')"
_LATE = (
    "r.id in (select a.request_id from referral a"
    " where a.ended_at is null and a.paused_at is null and a.due_at < now())"
)
_RUNS = "exists (select from referral a where a.request_id = r.id and a.ended_at is null)"
QUEUES: dict[str, str] = {
    "all": "true",
    "open": _OPEN,
    "new": f"{_OPEN} and r.state = 'received'",
    "safety": f"{_OPEN} and ((r.safeguarding and r.safeguarding_read_at is null) or {_UNREAD})",
    "due": f"{_OPEN} and (r.due_at < now() or {_LATE})",
    "decide": f"{_OPEN} and r.state in ('routed', 'in_triage', 'advice_given', 'handed_over')"
    f" and not {_RUNS}",
    "waiting": f"{_OPEN} and (r.state = 'needs_info' or {_RUNS})",
    "mine": f"{_OPEN} and r.owner = $me",
    "closed": "r.closed_at is not null",
}
_ORDERS = {
    "due": "(r.safeguarding and r.safeguarding_read_at is null) desc, r.due_at nulls last, r.created_at, r.id",
    "new": "r.created_at desc, r.id",
    "changed": "r.changed_at desc, r.id",
}


_COUNTED = {"open_referrals", "alerts", "overdue", "safeguarding_read"}
_COLUMNS = ", ".join(
    f"r.{name}"
    for name in (*(each for each in Row.__struct_fields__ if each not in _COUNTED), "safeguarding_read_at")
)
_OF_REQUEST = {"reference", "needs", "ages", "overdue"}
_REFERRAL_COLUMNS = ", ".join(
    f"f.{name}" for name in ReferralRow.__struct_fields__ if name not in _OF_REQUEST
)


class Wanted(Struct, kw_only=True):
    """The query of a worklist of requests. `q` is a reference, a phone number, an e-mail, a postcode or names."""

    queue: Queue = "open"
    q: Annotated[str, Meta(max_length=100)] = ""
    need: list[str] = []
    area: list[str] = []
    state: list[str] = []
    sort: Literal["due", "new", "changed"] = "due"
    page: Number = 1
    per_page: PerPage = 25


class WantedReferrals(Struct, kw_only=True):
    """The query of a worklist of referrals."""

    queue: Literal["open", "new", "due", "waiting", "active", "alerts", "ended", "all"] = "open"
    q: Annotated[str, Meta(max_length=100)] = ""
    service: UUID | None = None
    page: Number = 1
    per_page: PerPage = 25


_REFERRAL_QUEUES = {
    "open": "f.ended_at is null",
    "new": "f.status = 'requested'",
    "due": "f.ended_at is null and f.paused_at is null and f.due_at < now()",
    "waiting": "f.status = 'on_hold'",
    "active": "f.status in ('accepted', 'in_progress')",
    "alerts": "f.alert = 'unread'",
    "ended": "f.ended_at is not null",
    "all": "true",
}


class _Where:
    """Conditions joined by `and`, with their numbered values."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        for value in values:
            self.values.append(value)
            condition = condition.replace("?", f"${len(self.values)}", 1)
        self.parts.append(condition)

    def text(self) -> str:
        return " and ".join(f"({part})" for part in self.parts) or "true"


async def requests(database: Database, vault: Vault, wanted: Wanted, caller: Caller) -> Page:
    """A page of the requests that this caller may read, with how many are in each queue."""
    where = _seen(caller)
    counted = _Where()
    counted.parts, counted.values = list(where.parts), list(where.values)
    me = _me(where, caller, QUEUES[wanted.queue])
    where.parts.append(me)
    _search(where, vault, wanted.q)
    if wanted.need:
        where.add("r.needs && ?::text[]", wanted.need)
    if wanted.area:
        where.add("r.areas && ?::text[]", wanted.area)
    if wanted.state:
        where.add("r.state = any(?::text[])", wanted.state)
    order = _ORDERS[wanted.sort]
    rows: list[Any] = []
    async with database.pool.acquire() as reader:
        count = f"select count(*) from request r where {where.text()}"  # noqa: S608
        [total] = await counted_once(database, reader, count, where.values)
        if total > (wanted.page - 1) * wanted.per_page:
            rows = await reader.fetch(
                f"""with page as materialized (select r.id from request r where {where.text()}
                      order by {order} limit {wanted.per_page} offset {(wanted.page - 1) * wanted.per_page})
                    select {_COLUMNS}, live.open, live.alerts from page p join request r on r.id = p.id
                    cross join lateral (select count(*) filter (where a.ended_at is null) as open,
                      count(*) filter (where a.alert = 'unread') as alerts from referral a
                      where a.request_id = r.id and (a.ended_at is null or a.alert = 'unread')) live
                    order by {order}""",  # noqa: S608
                *where.values,
            )
        counts = await _counts(database, reader, counted, caller)
    now = dt.datetime.now(dt.UTC)
    return Page(
        total=total,
        page=wanted.page,
        per_page=wanted.per_page,
        items=[_row(row, now) for row in rows],
        counts=counts,
    )


async def referrals(database: Database, wanted: WantedReferrals, caller: Caller) -> Page:
    """A page of referrals: of the caller's organization, of the requests it sent, or of those it may read."""
    where = _Where()
    _seen_referrals(where, caller)
    counted = _Where()
    counted.parts, counted.values = list(where.parts), list(where.values)
    where.add(_REFERRAL_QUEUES[wanted.queue])
    if wanted.service:
        where.add("f.service_id = ?", wanted.service)
    if wanted.q:
        where.add("r.reference = ?", reference.read_reference(wanted.q) or "")
    order = "(f.alert = 'unread') desc, f.due_at nulls last, f.created_at desc, f.id"
    live = {name: part for name, part in _REFERRAL_QUEUES.items() if name not in {"all", "ended"}}
    columns = ", ".join(f"count(*) filter (where {part}) as {name}" for name, part in live.items())
    rows: list[Any] = []
    async with database.pool.acquire() as reader:
        count = f"select count(*) {_joined(where)} where {where.text()}"
        [total] = await counted_once(database, reader, count, where.values)
        if total > (wanted.page - 1) * wanted.per_page:
            rows = await reader.fetch(
                f"""with page as materialized (select f.id {_joined(where)} where {where.text()}
                      order by {order} limit {wanted.per_page} offset {(wanted.page - 1) * wanted.per_page})
                    select {_REFERRAL_COLUMNS}, r.reference, r.needs, r.ages from page p
                    join referral f on f.id = p.id join request r on r.id = f.request_id order by {order}""",  # noqa: S608
                *where.values,
            )
        counts = await counted_once(
            database,
            reader,
            f"""select {columns} {_joined(counted)}
                where (f.ended_at is null or f.alert = 'unread') and {counted.text()}""",
            counted.values,
        )
    now = dt.datetime.now(dt.UTC)
    return Page(
        total=total, page=wanted.page, per_page=wanted.per_page,
        items=[_referral_row(row, now) for row in rows], counts=dict(counts),
    )  # fmt: skip


def _seen(caller: Caller) -> _Where:
    """What the caller may read at all: all of their areas, or what they sent."""
    where = _Where()
    if caller.may("requests.read"):
        if caller.areas:
            where.add("r.areas && ?::text[] or r.areas = '{}'", list(caller.areas))
    else:
        where.add("r.created_by = ?", caller.id)
    where.add("r.data_key is not null")
    return where


def _seen_referrals(where: _Where, caller: Caller) -> None:
    own = "f.organization_id = ? and f.kind = 'referral' and f.status not in ('draft', 'entered_in_error')"
    if caller.may("requests.read"):
        where.parts += _seen(caller).parts
        where.values += _seen(caller).values
    elif caller.may("referrals.answer") and caller.may("requests.submit"):
        where.add(f"({own}) or r.created_by = ?", caller.organization_id, caller.id)
    elif caller.may("referrals.answer"):
        where.add(own, caller.organization_id)
    else:
        where.add("r.created_by = ?", caller.id)


def _joined(where: _Where) -> str:
    """Requests are looked at only where a condition is about them."""
    about_requests = any("r." in part for part in where.parts)
    return "from referral f" + (" join request r on r.id = f.request_id" if about_requests else "")


def _me(where: _Where, caller: Caller, condition: str) -> str:
    if "$me" in condition:
        where.values.append(caller.id)
        return condition.replace("$me", f"${len(where.values)}")
    return condition


def _search(where: _Where, vault: Vault, text: str) -> None:
    if not text.strip():
        return
    if found := reference.read_reference(text):
        where.add("r.reference = ?", found)
        return
    marks = list(likeness.sought(text))
    if not marks:
        where.add("false")
    for kind, what in marks:
        where.add(
            "r.id in (select i.request_id from request_index i where i.kind = ? and i.digest = any(?::bytea[]))",
            kind,
            vault.digests(kind, what),
        )


async def _counts(database: Database, reader: Reader, where: _Where, caller: Caller) -> dict[str, int]:
    columns = ", ".join(
        f"count(*) filter (where {_me(where, caller, condition)}) as {name}"
        for name, condition in QUEUES.items()
        if name not in {"all", "closed"}
    )
    row = await counted_once(
        database,
        reader,
        f"select {columns} from request r where r.closed_at is null and {where.text()}",  # noqa: S608
        where.values,
    )
    return dict(row)


def _row(row: Any, now: dt.datetime) -> Row:
    plain = {name: row[name] for name in Row.__struct_fields__ if name in row.keys()}  # noqa: SIM118
    plain["reference"] = reference.grouped(row["reference"])
    return Row(
        **plain,
        safeguarding_read=row["safeguarding_read_at"] is not None,
        open_referrals=row["open"],
        overdue=row["due_at"] is not None and row["due_at"] < now,
    )


def _referral_row(row: Any, now: dt.datetime) -> ReferralRow:
    plain = {name: row[name] for name in ReferralRow.__struct_fields__ if name in row.keys()}  # noqa: SIM118
    plain["reference"] = reference.grouped(row["reference"])
    return ReferralRow(**plain, overdue=row["due_at"] is not None and row["due_at"] < now)
