"""The change feed: every service that changed or was removed since a cursor, in the order of the transactions.

Only transactions older than every one still open are told, so that none that commits late is ever skipped. A cursor
names the database it is of: after a restore elsewhere an old cursor starts from the beginning, which repeats but
never loses.
"""

from typing import Any
from uuid import UUID

from msgspec import Struct

from directory.catalogue.oruk.query import Changes, refused
from directory.catalogue.publish import moment_text
from directory.db import Reader


class Change(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`change` is "changed" (new, edited, withdrawn: see `status`) or "removed"."""

    id: UUID
    entity: str = ""
    change: str
    status: str | None = None
    last_modified: str | None = None
    at: str
    url: str | None = None


class Feed(Struct, frozen=True, kw_only=True):
    """`next` is the cursor to come back with; `more` says that there is something after it already."""

    changes: list[Change]
    next: str
    more: bool


_CHANGES = """
    with horizon as (
        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as low,
               pg_snapshot_xmax(pg_current_snapshot())::text::bigint as high),
    lines as (
        select id, 'changed' as change, status, last_modified, changed_at as at, coalesce(touched_by, 0) as touched_by
        from service
        union all
        select id, 'removed', null, null, removed_at, touched_by from removed where entity = 'service'),
    told as (
        select lines.*, case when touched_by < low then touched_by when touched_by >= high then 0 end as seq
        from lines, horizon)
    select * from told where (seq, id) > ($1, $2) order by seq, id limit $3"""


async def since(pool: Reader, wanted: Changes, base: str) -> Feed:
    """At most `per_page` changes after the cursor; `base` is where services are read, for their addresses."""
    era = await pool.fetchval("select system_identifier from pg_control_system()")
    seq, id_ = _read(wanted.since, era)
    rows = await pool.fetch(_CHANGES, seq, id_, wanted.per_page + 1)
    more = len(rows) > wanted.per_page
    rows = rows[: wanted.per_page]
    if rows:
        seq, id_ = rows[-1]["seq"], rows[-1]["id"]
    return Feed(changes=[_change(row, base) for row in rows], next=f"{era}.{seq}.{id_}", more=more)


def _change(row: Any, base: str) -> Change:
    here = row["change"] == "changed"
    return Change(
        id=row["id"],
        entity="service",
        change=row["change"],
        status=row["status"],
        last_modified=moment_text(row["last_modified"]) if row["last_modified"] else None,
        at=moment_text(row["at"]),
        url=f"{base}/{row['id']}" if here else None,
    )


def _read(cursor: str | None, era: int) -> tuple[int, UUID]:
    start = (-1, UUID(int=0))
    if not cursor:
        return start
    try:
        of, seq, id_ = cursor.split(".")
        found = (int(seq), UUID(id_))
        if not -1 <= found[0] < 2**63:
            raise ValueError(seq)
    except ValueError:
        raise refused("since", "not a cursor of this feed: use the `next` of an earlier answer") from None
    return found if of == str(era) else start
