"""What falls due without anybody pressing anything: deliveries, reminders, escalation, follow-up, expiry, erasure.

`Clerk.round` is called by the leader's loop again and again; each part looks only as often as it needs to.
"""

import datetime as dt
import time
from typing import Any
from uuid import UUID

from directory.access.roles import SYSTEM
from directory.access.vault import Vault
from directory.db import Database
from directory.errors import DirectoryError
from directory.referrals import clocks, privacy, write
from directory.referrals.delivery import BATCH, deliver
from directory.referrals.ledger import Ledger
from directory.referrals.senders import Sender, senders
from directory.referrals.shapes import Act
from directory.settings import Settings
from directory.telemetry import log

SECONDS = {"deliver": 1.0, "remind": 30.0, "expire": 3600.0}
MOST = 50  # of each kind in one round
SECOND_FOLLOW_UP = 20  # working days after the first: about a month


class Clerk:
    """Does what is due, one process at a time (the leader)."""

    def __init__(self, settings: Settings, database: Database, vault: Vault) -> None:
        self.settings = settings
        self.database = database
        self.vault = vault
        self.ways: list[Sender] = senders(settings)
        self._last = dict.fromkeys(SECONDS, 0.0)

    async def round(self) -> None:
        if self._due("deliver"):
            while await deliver(self.database, self.vault, self.settings, self.ways) == BATCH:
                pass
        if self._due("remind"):
            await remind(self.database, self.vault)
        if self._due("expire"):
            await expire(self.database)
            await privacy.erase_due(self.database)

    def _due(self, name: str) -> bool:
        now = time.monotonic()
        if now - self._last[name] < SECONDS[name] and self._last[name]:
            return False
        self._last[name] = now
        return True


async def remind(database: Database, vault: Vault, now: dt.datetime | None = None) -> int:
    """Remind the service, then tell the front door; ask families how it went. How many were told."""
    now = now or dt.datetime.now(dt.UTC)
    told = 0
    late = await database.pool.fetch(
        """select id, request_id, due_at, reminded_at, escalated_at, kind from referral
           where ended_at is null and paused_at is null and due_at < $1
             and (reminded_at is null or escalated_at is null)
           order by due_at limit $2""",
        now,
        MOST,
    )
    for row in late:
        grace_over = now > clocks.due_in(row["due_at"], clocks.GRACE)
        if row["reminded_at"] is None:
            told += await _told(database, vault, row["request_id"], row["id"], now, escalate=False)
        elif row["escalated_at"] is None and grace_over:
            told += await _told(database, vault, row["request_id"], row["id"], now, escalate=True)
    waiting = await database.pool.fetch(
        """select id from request where closed_at is null and data_key is not null and due_at < $1
           and reminded_at is null order by due_at limit $2""",
        now,
        MOST,
    )
    for row in waiting:
        told += await _overdue(database, vault, row["id"], now)
    asked = await database.pool.fetch(
        """select id from request where follow_up_at < $1 and data_key is not null and score is null
           order by follow_up_at limit $2""",
        now,
        MOST,
    )
    for row in asked:
        told += await _how_did_it_go(database, vault, row["id"], now)
    return told


async def _told(
    database: Database, vault: Vault, request_id: UUID, referral_id: UUID, now: dt.datetime, *, escalate: bool
) -> int:
    """A reminder to the service, or its turn over to the front door. Looked at again under the lock."""
    async with database.transaction() as connection:
        try:
            ledger = await Ledger.open(connection, vault, request_id, now)
        except DirectoryError:
            return 0
        row = await connection.fetchrow("select * from referral where id = $1 for update", referral_id)
        if (
            row["ended_at"] is not None
            or row["paused_at"] is not None
            or not row["due_at"]
            or row["due_at"] >= now
        ):
            return 0
        once = f"{referral_id}:{row['due_at'].isoformat()}"
        if escalate:
            await write.move_referral(ledger, row, Act(action="escalate"), SYSTEM, frozenset({"system"}))
            await connection.execute("update referral set escalated_at = $2 where id = $1", referral_id, now)
            await ledger.post("desk_overdue", "desk", once, referral=row)
            await connection.execute(
                "update request set due_at = least(coalesce(due_at, $2), $2) where id = $1 and closed_at is null",
                request_id,
                now,
            )
            return 1
        to = "receiver" if row["kind"] == "referral" else "desk"
        await ledger.post("receiver_reminder" if to == "receiver" else "desk_overdue", to, once, referral=row)
        await connection.execute("update referral set reminded_at = $2 where id = $1", referral_id, now)
        return 1


async def _overdue(database: Database, vault: Vault, request_id: UUID, now: dt.datetime) -> int:
    async with database.transaction() as connection:
        ledger = await _still(connection, vault, request_id, now)
        if ledger is None or ledger.row["closed_at"] is not None or ledger.row["reminded_at"] is not None:
            return 0
        due = ledger.row["due_at"]
        if due is None or due >= now:
            return 0
        await ledger.post("desk_overdue", "desk", f"{request_id}:{due.isoformat()}")
        await connection.execute("update request set reminded_at = $2 where id = $1", request_id, now)
        return 1


async def _how_did_it_go(database: Database, vault: Vault, request_id: UUID, now: dt.datetime) -> int:
    """Asked twice at most: some days after the first contact or the end, and about a month later."""
    async with database.transaction() as connection:
        ledger = await _still(connection, vault, request_id, now)
        if ledger is None or ledger.row["follow_up_at"] is None or ledger.row["follow_up_at"] >= now:
            return 0
        before = await connection.fetchval(
            "select count(*) from outbox_message where request_id = $1 and template = 'family_follow_up'",
            request_id,
        )
        await ledger.post("family_follow_up", "family", f"{request_id}:{before + 1}")
        later = clocks.due_in(now, SECOND_FOLLOW_UP) if before == 0 else None
        await connection.execute("update request set follow_up_at = $2 where id = $1", request_id, later)
        return 1


async def _still(connection: Any, vault: Vault, request_id: UUID, now: dt.datetime) -> Ledger | None:
    try:
        return await Ledger.open(connection, vault, request_id, now)
    except DirectoryError:
        return None


async def expire(database: Database) -> None:
    """Forget what has had its time: keys of repeated writes, sessions, counted tries, capacity flags."""
    for statement in (
        "delete from idempotency_key where created_at < now() - interval '30 days'",
        "delete from staff_session where expires_at < now()",
        "delete from attempt where until < now()",
        "update service set capacity = 'open', capacity_until = null where capacity_until < now()",
    ):
        done = await database.pool.execute(statement)
        if not done.endswith(" 0"):
            log.debug("expired: %s", done)
