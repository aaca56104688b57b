"""Worklists: queues of requests and referrals with search, filters, counts and pages. Nothing personal is in a row."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from directory.access.roles import Caller
from directory.access.vault import Vault
from directory.db import Database, Reader
from directory.referrals import likeness, reference
from directory.referrals.shapes import Page, ReferralRow, Row
from directory.referrals.tally import LOG, counted_once

_KEPT = "r.data_key is not null"  # not erased
L = TypeVar("L", Row, ReferralRow)
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
# The same for a page, which reads the queue in its order and stops: each looked at by itself, never all beforehand.
_OWN = "select true from referral a where a.request_id = r.id and a.ended_at is null"
_PAGES = QUEUES | {
    "due": f"{_OPEN} and (r.due_at < now() or ({_OWN} and a.paused_at is null and a.due_at < now() limit 1))",
    "waiting": f"{_OPEN} and (r.state = 'needs_info' or ({_OWN} limit 1))",
}
_ORDERS = {
    "due": "(r.safeguarding and r.safeguarding_read_at is null) desc, r.due_at nulls last, r.created_at, r.id",
    "new": "r.created_at desc, r.id",
    "changed": "r.changed_at desc, r.id",
}


_COUNTED = {
    "open_referrals": "live.open", "alerts": "live.alerts", "overdue": "coalesce(r.due_at < now(), false)",
    "safeguarding_read": "r.safeguarding_read_at is not null",
}  # fmt: skip
_COLUMNS = ", ".join(f"{_COUNTED.get(name, f'r.{name}')} as {name}" for name in Row.__struct_fields__)
_OF_REQUEST = {
    "reference": "r.reference", "needs": "r.needs", "ages": "r.ages",
    "overdue": "coalesce(f.due_at < now(), false)",
}  # fmt: skip
_REFERRAL_COLUMNS = ", ".join(
    f"{_OF_REQUEST.get(name, f'f.{name}')} as {name}" for name in ReferralRow.__struct_fields__
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
# Not to be read from the index of what is due: a page is read in its order.
_REFERRAL_PAGES = _REFERRAL_QUEUES | {
    "due": "f.ended_at is null and f.paused_at is null and coalesce(f.due_at < now(), false)"
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
    where.add(_KEPT)
    counted = _Where()
    counted.parts, counted.values = list(where.parts), list(where.values)
    if caller.may("requests.read") and caller.areas and wanted.queue not in {"all", "closed"}:
        # Of each in its order: to look up all that is in somebody's areas beforehand takes ten times as long.
        where.parts[0] = f"({where.parts[0]}) is true"
    where.parts.append(_me(where, caller, _PAGES[wanted.queue]))
    _search(where, vault, wanted.q)
    if wanted.need:
        where.add("r.needs && ?::text[]", wanted.need)
    if wanted.area:
        where.add("r.areas && ?::text[]", wanted.area)
    if wanted.state:
        where.add("r.state = any(?::text[])", wanted.state)
    narrowed = bool(wanted.q.strip() or wanted.need or wanted.area or wanted.state)
    order = _ORDERS[wanted.sort]
    count = f"select count(*) from request r where {where.text()}"  # noqa: S608
    at = len(where.values) + 1
    counts: dict[str, int] | None = None
    total: int | None
    async with database.reading() as reader:
        if wanted.queue == "decide" and not narrowed:  # mostly empty, and only all of it says so
            log = await reader.fetchval(f"select number from {LOG} log")  # noqa: S608
            counts = await _counts(database, reader, log, counted, caller)
            total = counts["decide"]
            if total <= (wanted.page - 1) * wanted.per_page:
                return Page(total=total, page=wanted.page, per_page=wanted.per_page, items=[], counts=counts)
        rows = await reader.fetch(
            f"""select {_COLUMNS}, log.number as log, {f"({count})" if wanted.q.strip() else "null"} as total
                from {LOG} log
                left join ({_paged("r", f"from request r where {where.text()}", order, wanted, at)}) r on true
                left join lateral (select count(*) filter (where a.ended_at is null) as open,
                  count(*) filter (where a.alert = 'unread') as alerts from referral a
                  where a.request_id = r.id and (a.ended_at is null or a.alert = 'unread')) live on true
                order by {order}""",  # noqa: S608
            *where.values,
            (wanted.page - 1) * wanted.per_page,
        )
        log, total = rows[0]["log"], rows[0]["total"]
        if counts is None:
            counts = await _counts(database, reader, log, counted, caller)
        if total is None and not narrowed:
            total = counts.get(wanted.queue)
        if total is None:
            [total] = await counted_once(database, reader, log, count, where.values)
    return Page(
        total=total,
        page=wanted.page,
        per_page=wanted.per_page,
        items=_lines(Row, rows),
        counts=counts,
    )


async def referrals(database: Database, wanted: WantedReferrals, caller: Caller) -> Page:
    """A page of referrals: of the caller's organization, of the requests it sent, or of those it may read."""
    where = _Where()
    _seen_referrals(where, caller)
    counted = _Where()
    counted.parts, counted.values = list(where.parts), list(where.values)
    where.add(_REFERRAL_PAGES[wanted.queue])
    # What is open is not erased (see tables.py): a request ends after its referrals, and is erased after that.
    if wanted.queue in {"ended", "all"}:
        where.add(_KEPT)
    if wanted.service:
        where.add("f.service_id = ?", wanted.service)
    if wanted.q:
        where.add("r.reference = ?", reference.read_reference(wanted.q) or "")
    order = "(f.alert = 'unread') desc, f.due_at nulls last, f.created_at desc, f.id"
    live = {name: part for name, part in _REFERRAL_QUEUES.items() if name not in {"all", "ended"}}
    columns = ", ".join(f"count(*) filter (where {part}) as {name}" for name, part in live.items())
    at = len(where.values) + 1
    async with database.reading() as reader:
        rows = await reader.fetch(
            f"""select {_REFERRAL_COLUMNS}, log.number as log from {LOG} log
                left join ({_paged("f", f"{_joined(where)} where {where.text()}", order, wanted, at)}) f on true
                left join request r on r.id = f.request_id order by {order}""",  # noqa: S608
            *where.values,
            (wanted.page - 1) * wanted.per_page,
        )
        log = rows[0]["log"]
        counts = dict(
            await counted_once(
                database,
                reader,
                log,
                f"""select {columns} {_joined(counted)}
                    where (f.ended_at is null or f.alert = 'unread') and {counted.text()}""",
                counted.values,
            )
        )
        total = None if wanted.service or wanted.q else counts.get(wanted.queue)
        if total is None:
            count = f"select count(*) {_joined(where)} where {where.text()}"
            [total] = await counted_once(database, reader, log, count, where.values)
    return Page(
        total=total, page=wanted.page, per_page=wanted.per_page,
        items=_lines(ReferralRow, rows), counts=counts,
    )  # fmt: skip


def _paged(of: str, source: str, order: str, wanted: Wanted | WantedReferrals, at: int) -> str:
    """The rows of a page, whose offset is the value number `at`.

    The words are the same for many pages, and how far down one lies is nothing that the database could plan for: it
    plans them once, for a few rows in their order, where planning each would take as long again as reading it.
    """
    depth = wanted.per_page * 8
    while depth < wanted.page * wanted.per_page:
        depth *= 8
    return (
        f"select seen.* from (select {of}.* {source} order by {order} limit {depth}) seen"  # noqa: S608
        f" limit {wanted.per_page} offset (select ${at}::int)"
    )


def _seen(caller: Caller) -> _Where:
    """What the caller may read at all: all of their areas, or what they sent."""
    where = _Where()
    if caller.may("requests.read"):
        if caller.areas:
            where.add("r.areas && ?::text[] or r.areas = '{}'", list(caller.areas))
    else:
        where.add("r.created_by = ?", caller.id)
    return where


def _seen_referrals(where: _Where, caller: Caller) -> None:
    own = "f.organization_id = ? and f.kind = 'referral' and f.status not in ('draft', 'entered_in_error')"
    if caller.may("requests.read"):
        seen = _seen(caller)
        where.parts += seen.parts
        where.values += seen.values
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
        digests = vault.digests(
            kind, what
        )  # one for each key, each a value of its own: an array is planned anew
        where.add(
            "r.id in (select i.request_id from request_index i where i.kind = ?"  # noqa: S608
            f" and i.digest in ({', '.join('?' * len(digests))}))",
            kind,
            *digests,
        )


async def _counts(
    database: Database, reader: Reader, log: int, where: _Where, caller: Caller
) -> dict[str, int]:
    columns = ", ".join(
        f"count(*) filter (where {_me(where, caller, condition)}) as {name}"
        for name, condition in QUEUES.items()
        if name not in {"all", "closed"}
    )
    row = await counted_once(
        database,
        reader,
        log,
        f"select {columns} from request r where r.closed_at is null and {where.text()}",  # noqa: S608
        where.values,
    )
    return dict(row)


def _lines(kind: type[L], rows: Sequence[Any]) -> list[L]:
    """The lines of a page; after their own columns come those of the whole page. An empty row is no line."""
    names = kind.__struct_fields__
    found = []
    for row in rows:
        if row["id"] is not None:
            fields = dict(zip(names, row, strict=False))
            fields["reference"] = reference.grouped(fields["reference"])
            found.append(kind(**fields))
    return found
