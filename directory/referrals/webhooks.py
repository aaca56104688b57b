"""Telling partners' systems that something of their own changed: ids and codes only, signed, retried by the outbox.

Signed as Standard Webhooks say: `webhook-id`, `webhook-timestamp` and `webhook-signature`, which is `v1,` and the
base64 of the HMAC-SHA256 of "id.timestamp.body". An address must be https and on the open internet; redirects are not
followed. The name is looked up once, and the connection goes to the very address that was looked at: a name that
answers otherwise the second time leads nowhere. `DIRECTORY_WEBHOOK_PRIVATE` lifts both rules for an own network.
"""

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets
import socket
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from directory.access.roles import Caller
from directory.access.startup import noted
from directory.access.vault import Vault
from directory.db import Connection, Database
from directory.errors import BadRequest, FieldError, NotFound
from directory.referrals.senders import TIMEOUT, Later, Never
from directory.referrals.transitions import BY_NAME

MOST = 10  # webhooks of one owner
GIVE_UP = 50  # failures one after the other before it is switched off
EVENTS = tuple(sorted(f"{entity}.{action}" for entity, action in BY_NAME))


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`events` as `referral.accept`; none is all of them."""

    url: str
    events: list[str] = []


class Webhook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook; its secret is there only in the answer that made it."""

    id: UUID
    url: str
    events: list[str]
    created_at: dt.datetime
    disabled_at: dt.datetime | None = None
    secret: str = ""


async def add(
    database: Database, vault: Vault, new: NewWebhook, caller: Caller, *, private: bool = False
) -> Webhook:
    wrong: list[FieldError] = []
    parts = urlsplit(new.url)
    if (
        parts.scheme not in ({"https", "http"} if private else {"https"})
        or not parts.hostname
        or parts.username
        or len(new.url) > 500
    ):
        wrong.append(FieldError("url", "an https address without a name and password in it"))
    if unknown := sorted(set(new.events) - set(EVENTS)):
        wrong.append(FieldError("events", f"{unknown[0][:40]!r} is not an event"))
    if wrong:
        raise BadRequest(errors=wrong)
    webhook_id, secret = uuid4(), base64.b64encode(secrets.token_bytes(32)).decode()
    async with database.transaction() as connection:
        count = await connection.fetchval("select count(*) from webhook where owner = $1", caller.id)
        if count >= MOST:
            raise BadRequest(errors=[FieldError("url", f"at most {MOST} webhooks")])
        await noted(connection, vault)
        at = await connection.fetchval(
            """insert into webhook (id, owner, organization_id, url, events, secret) values ($1, $2, $3, $4, $5, $6)
               returning created_at""",
            webhook_id, caller.id, caller.organization_id, new.url, new.events,
            vault.seal(secret.encode(), f"webhook:secret:{webhook_id}"),
        )  # fmt: skip
    return Webhook(id=webhook_id, url=new.url, events=new.events, created_at=at, secret=f"whsec_{secret}")


async def listed(database: Database, caller: Caller) -> list[Webhook]:
    rows = await database.pool.fetch(
        "select id, url, events, created_at, disabled_at from webhook where owner = $1 order by created_at",
        caller.id,
    )
    return [Webhook(**dict(row)) for row in rows]


async def remove(database: Database, webhook_id: UUID, caller: Caller) -> None:
    done = await database.pool.fetchval(
        "delete from webhook where id = $1 and owner = $2 returning id", webhook_id, caller.id
    )
    if done is None:
        raise NotFound


async def queue(
    connection: Connection,
    event: str,
    about: dict[str, Any],
    *,
    created_by: str,
    organization_id: UUID | None,
) -> None:
    """In the transaction of a move: one message for each webhook whose business it is."""
    await connection.execute(
        """insert into outbox_message (id, request_id, referral_id, webhook_id, template, channel, audience, data, once,
             state)
           select gen_random_uuid(), $2, $3, w.id, $1::text, 'webhook', 'partner', $4::jsonb,
             'webhook:' || gen_random_uuid(), 'waiting'
           from webhook w where w.disabled_at is null and (w.events = '{}' or $1::text = any(w.events))
             and (w.owner = $5::text or w.organization_id = $6::uuid)""",
        event, about["request"], about["referral"], msgspec.json.encode(about).decode(), created_by, organization_id,
    )  # fmt: skip


async def send(database: Database, vault: Vault, row: Any, now: dt.datetime, *, private: bool = False) -> str:
    """Post one; Later for anything but a 2xx. After too many failures in a row the webhook is switched off."""
    import httpx  # late: 5 MB that few need

    hook = await database.pool.fetchrow("select * from webhook where id = $1", row["webhook_id"])
    if hook is None or hook["disabled_at"] is not None:
        raise Never("the webhook is gone or switched off")
    secret = base64.b64decode(vault.open(hook["secret"], f"webhook:secret:{hook['id']}"))
    body = msgspec.json.encode({"type": row["template"], **msgspec.json.decode(row["data"])})
    url, address = httpx.URL(hook["url"]), await looked_up(hook["url"], private=private)
    headers = signed(secret, str(row["id"]), now, body) | {"host": url.netloc.decode("ascii")}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            # Spoken to by its number, asked for its certificate by its name.
            answer = await client.post(
                url.copy_with(host=address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": url.host},
            )
    except httpx.HTTPError as error:
        await _missed(database, hook["id"])
        raise Later(f"no answer ({type(error).__name__})") from None
    if not answer.is_success:
        await _missed(database, hook["id"])
        after = answer.headers.get("retry-after", "")
        raise Later(f"it answered {answer.status_code}", int(after) if after.isdecimal() else None)
    await database.pool.execute("update webhook set failures = 0 where id = $1 and failures > 0", hook["id"])
    return str(answer.status_code)


def signed(secret: bytes, message_id: str, now: dt.datetime, body: bytes) -> dict[str, str]:
    moment = str(int(now.timestamp()))
    mark = hmac.new(secret, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }


async def _missed(database: Database, webhook_id: UUID) -> None:
    await database.pool.execute(
        """update webhook set failures = failures + 1,
             disabled_at = case when failures + 1 >= $2 then now() else disabled_at end where id = $1""",
        webhook_id,
        GIVE_UP,
    )


async def looked_up(url: str, *, private: bool = False) -> str:
    """The one address to speak to. Never where only this machine's own network can reach: a webhook is no way in."""
    parts = urlsplit(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
        )
    except OSError:
        raise Later("its name leads nowhere") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(map(is_open, addresses)):
        raise Never("its address is not on the open internet")
    return addresses[0]


def is_open(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global
