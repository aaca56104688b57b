"""The outbox, delivered: claimed, sent, recorded; tried again with growing pauses, kept as dead when that is no use.

A message is claimed for five minutes before it is sent, so that a process that dies in between leaves it to the next:
at least once, and the same Message-ID or reference each time.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from directory.access.vault import Vault
from directory.db import Database
from directory.errors import NotFound
from directory.referrals import messages, reference, webhooks
from directory.referrals.ledger import key_context
from directory.referrals.senders import Later, LocalOutbox, Never, Outgoing, Sender, senders
from directory.referrals.shapes import Page
from directory.settings import Settings
from directory.telemetry import log

CLAIM = dt.timedelta(minutes=5)
PAUSES = (
    60,
    300,
    900,
    3600,
    4 * 3600,
    12 * 3600,
    24 * 3600,
)  # seconds after each failed try; then it is dead
BATCH = 20


class Wanted(Struct, kw_only=True):
    """The query of the list of messages."""

    state: Literal["waiting", "sent", "dead", "held"] | None = None
    page: Annotated[int, Meta(ge=1, le=10_000)] = 1
    per_page: Annotated[int, Meta(ge=1, le=100)] = 25


class Sent(Struct, frozen=True, kw_only=True):
    """A message as staff see it. `address` is masked; `body` is what was said, which is never personal."""

    id: UUID
    request_id: UUID | None
    referral_id: UUID | None
    audience: str
    channel: str
    address: str
    subject: str
    body: str
    state: str
    attempts: int
    last_error: str
    created_at: dt.datetime
    next_at: dt.datetime
    sent_at: dt.datetime | None


async def deliver(
    database: Database,
    vault: Vault,
    settings: Settings,
    ways: Sequence[Sender],
    now: dt.datetime | None = None,
) -> int:
    """Send what is due, at most a batch; how many were tried."""
    now = now or dt.datetime.now(dt.UTC)
    claimed = await database.pool.fetch(
        """update outbox_message set next_at = $1::timestamptz + $2::interval where id in (
             select id from outbox_message where state = 'waiting' and next_at <= $1 order by next_at, id
             limit $3 for update skip locked) returning id""",
        now,
        CLAIM,
        BATCH,
    )
    for row in claimed:
        await _one(database, vault, settings, ways, row["id"], now)
    return len(claimed)


async def _one(
    database: Database,
    vault: Vault,
    settings: Settings,
    ways: Sequence[Sender],
    message_id: UUID,
    now: dt.datetime,
) -> None:
    row = await database.pool.fetchrow(
        """select m.*, r.reference, r.data_key from outbox_message m left join request r on r.id = m.request_id
           where m.id = $1 and m.state = 'waiting'""",
        message_id,
    )
    if row is None:
        return
    try:
        if row["request_id"] is not None and row["data_key"] is None:
            raise Never("its request was erased")
        if row["channel"] == "webhook":
            ref = await webhooks.send(database, vault, row, now, private=settings.webhook_private)
        else:
            ref = await _by_mail_or_text(vault, settings, ways, row)
    except Never as error:
        await _failed(database, message_id, str(error), "dead", row["attempts"] + 1, now)
    except _NoWay as error:
        await _failed(database, message_id, str(error), "held", row["attempts"], now)
    except Exception as error:
        tries = row["attempts"] + 1
        state = "dead" if tries > len(PAUSES) else "waiting"
        pause = PAUSES[min(tries, len(PAUSES)) - 1]
        after = getattr(error, "after", None)
        why = str(error) if isinstance(error, Later) else type(error).__name__
        await _failed(
            database,
            message_id,
            why,
            state,
            tries,
            now + dt.timedelta(seconds=max(pause, min(after or 0, 86_400))),
        )
    else:
        await database.pool.execute(
            """update outbox_message set state = 'sent', sent_at = $2, attempts = attempts + 1, provider_ref = $3,
                 last_error = '' where id = $1""",
            message_id, now, ref[:200],
        )  # fmt: skip


class _NoWay(Exception):
    """Nothing that is set up carries this channel: a person has to ring."""


async def _by_mail_or_text(vault: Vault, settings: Settings, ways: Sequence[Sender], row: Any) -> str:
    subject, body, address = _rendered(vault, settings, row)
    channel = row["channel"]
    if channel == "desk":
        channel, address = "email", settings.desk_mail
        if not address:
            return "queue"  # the queue itself shows it
    way = next((each for each in ways if channel in each.channels), None)
    if way is None:
        raise _NoWay(f"nothing here sends a {channel} message: ring instead")
    if channel == "text":
        body = f"{subject}. {_link(vault, settings, row)}"
    return await way.send(
        Outgoing(id=str(row["id"]), channel=channel, address=address, subject=subject, body=body)
    )


async def _failed(
    database: Database, message_id: UUID, why: str, state: str, tries: int, next_at: dt.datetime
) -> None:
    await database.pool.execute(
        "update outbox_message set state = $2, attempts = $3, next_at = $4, last_error = $5 where id = $1",
        message_id, state, tries, next_at, why[:200],
    )  # fmt: skip
    if state != "waiting":
        log.warning("a message could not be sent and needs a person: %s", why[:200])


def _rendered(vault: Vault, settings: Settings, row: Any, *, link: bool = True) -> tuple[str, str, str]:
    """(subject, body, address); without `link`, a link that answers is dots: it is for its reader alone."""
    there = _link(vault, settings, row)
    if not link and "/answer/" in there:
        there = there.partition("/answer/")[0] + "/answer/..."
    subject, body = messages.rendered(row["template"], reference.grouped(row["reference"]), there)
    address = ""
    if row["address"] is not None:
        key = vault.data_key(row["data_key"], key_context(row["request_id"]))
        address = key.open(row["address"], f"outbox:address:{row['id']}")
    return subject, body, address


def _link(vault: Vault, settings: Settings, row: Any) -> str:
    base = settings.public_url.rstrip("/")
    if row["audience"] == "family":
        return f"{base}/track"
    if row["audience"] == "receiver" and row["secret"] is not None:
        key = vault.data_key(row["data_key"], key_context(row["request_id"]))
        token = key.open(row["secret"], f"outbox:secret:{row['id']}")
        return f"{base}/answer/{token}"
    return f"{base}/staff/requests/{row['request_id']}"


async def listed(database: Database, vault: Vault, settings: Settings, wanted: Wanted) -> Page:
    """The outbox, newest first. It is what "sent" means where no mail server is set up: then, and only then, a
    service's link can be read here and passed on."""
    local = all(isinstance(each, LocalOutbox) for each in senders(settings))
    rows = await database.pool.fetch(
        """select m.*, r.reference, r.data_key, count(*) over () as total from outbox_message m
           join request r on r.id = m.request_id
           where ($1::text is null or m.state = $1) and m.channel <> 'webhook' and r.data_key is not null
           order by m.created_at desc, m.id limit $2 offset $3""",
        wanted.state, wanted.per_page, (wanted.page - 1) * wanted.per_page,
    )  # fmt: skip
    items = []
    for row in rows:
        subject, body, address = _rendered(vault, settings, row, link=local)
        plain = {name: row[name] for name in Sent.__struct_fields__ if name in row.keys()}  # noqa: SIM118
        items.append(Sent(**plain | {"address": _masked(address), "subject": subject, "body": body}))
    counts = await database.pool.fetch("select state, count(*) as n from outbox_message group by state")
    return Page(
        total=rows[0]["total"] if rows else 0, page=wanted.page, per_page=wanted.per_page, items=items,
        counts={row["state"]: row["n"] for row in counts},
    )  # fmt: skip


async def retry(database: Database, message_id: UUID) -> None:
    """NotFound where there is no dead or held message of that id."""
    done = await database.pool.fetchval(
        """update outbox_message set state = 'waiting', attempts = 0, next_at = now() where id = $1
           and state in ('dead', 'held') returning id""",
        message_id,
    )
    if done is None:
        raise NotFound("there is no message of that id to try again")


def _masked(address: str) -> str:
    if "@" in address:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return f"***{address[-3:]}" if address else ""
