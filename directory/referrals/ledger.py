"""The pieces that every write is made of, on one connection inside one transaction.

A request's row is locked first, so that all that happens to a request and its referrals happens one after another.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from directory.access.roles import Caller
from directory.access.vault import DataKey, Vault
from directory.db import Connection
from directory.errors import Conflict, Gone, NotFound, Stale
from directory.referrals import messages, webhooks
from directory.referrals.shapes import Details

LINK_DAYS = 21
LINK_BYTES = 24


class Move(Struct, frozen=True, kw_only=True):
    """A line for the log."""

    actor: str
    party: str
    action: str
    from_state: str
    to_state: str
    version: int
    business: str = ""
    reason: str | None = None
    outcome: str | None = None
    note: str = ""
    data: dict[str, Any] = {}


class Ledger:
    """One request, locked, with its key, for the length of a transaction."""

    def __init__(self, connection: Connection, vault: Vault, row: Any, now: dt.datetime) -> None:
        self.connection = connection
        self.vault = vault
        self.row = row
        self.now = now
        self.id: UUID = row["id"]
        self.key: DataKey = vault.data_key(row["data_key"], key_context(self.id))

    @classmethod
    async def open(cls, connection: Connection, vault: Vault, request_id: UUID, now: dt.datetime) -> "Ledger":
        row = await connection.fetchrow("select * from request where id = $1 for update", request_id)
        if row is None:
            raise NotFound
        if row["data_key"] is None:
            raise Gone("this request was erased")
        return cls(connection, vault, row, now)

    def details(self) -> Details:
        return open_details(self.key, self.id, self.row["details"])

    async def log(self, move: Move, referral_id: UUID | None = None) -> None:
        note = self.key.seal(move.note.strip(), note_context(self.id)) if move.note.strip() else None
        await self.connection.execute(
            """insert into referral_event (request_id, referral_id, at, actor, party, action, from_state, to_state,
                 business, version, reason, outcome, data, note)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            self.id, referral_id, self.now, move.actor, move.party, move.action, move.from_state, move.to_state,
            move.business, move.version, move.reason, move.outcome, as_json(move.data), note,
        )  # fmt: skip
        about = {
            "request": self.id, "referral": referral_id, "reference": self.row["reference"], "at": self.now,
            "from": move.from_state, "to": move.to_state, "version": move.version,
        }  # fmt: skip
        organization = None
        if referral_id is not None:
            organization = await self.connection.fetchval(
                "select organization_id from referral where id = $1 and kind = 'referral'", referral_id
            )
        await webhooks.queue(
            self.connection, f"{'referral' if referral_id else 'request'}.{move.action}", about,
            created_by=self.row["created_by"], organization_id=organization,
        )  # fmt: skip

    async def post(self, template: str, audience: str, once: str, *, referral: Any = None) -> None:
        """Write a message into the outbox, where there is anybody who may be written to."""
        found = await self._address(audience, referral)
        if found is None:
            return
        channel, address = found
        message_id = uuid4()
        secret, once = None, f"{template}:{audience}:{once}"
        if audience == "receiver" and referral is not None and referral["ended_at"] is None:
            # A new link ends the older ones: none is made for a message that went out already.
            if await self.connection.fetchval(
                "select exists (select from outbox_message where once = $1)", once
            ):
                return
            token = await self.link(referral["id"])
            secret = self.key.seal(token, f"outbox:secret:{message_id}")
        sealed = self.key.seal(address, f"outbox:address:{message_id}") if address else None
        await self.connection.execute(
            """insert into outbox_message (id, request_id, referral_id, template, channel, audience, address, secret,
                 data, once, state, next_at, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, $11) on conflict (once) do nothing""",
            message_id, self.id, referral["id"] if referral is not None else None, template, channel, audience, sealed,
            secret, as_json({"reference": self.row["reference"]}), once, self.now,
        )  # fmt: skip

    async def link(self, referral_id: UUID) -> str:
        """The token of a new single-use link by which a service answers without an account; older ones end."""
        token = secrets.token_urlsafe(LINK_BYTES)
        await self.connection.execute(
            "update action_link set revoked_at = $2 where referral_id = $1 and used_at is null and revoked_at is null",
            referral_id,
            self.now,
        )
        await self.connection.execute(
            """insert into action_link (id, referral_id, digest, created_at, expires_at)
               values (gen_random_uuid(), $1, $2, $3, $4)""",
            referral_id, self.vault.digest("link", token), self.now, self.now + dt.timedelta(days=LINK_DAYS),
        )  # fmt: skip
        return token

    async def _address(self, audience: str, referral: Any) -> tuple[str, str] | None:
        """(channel, address); the desk's own address is a setting, read when the message goes out."""
        if audience == "desk":
            return "desk", ""
        if audience == "family":
            return await self._family()
        if audience == "receiver" and referral is not None and referral["kind"] == "referral":
            email = await self.connection.fetchval(
                """select coalesce(nullif(s.email, ''), (select c.email from contact c where c.service_id = s.id
                     and c.email is not null order by c.id limit 1), nullif(o.email, ''))
                   from service s join organization o on o.id = s.organization_id where s.id = $1""",
                referral["service_id"],
            )
            return ("email", email) if email else None
        sender = str(referral["sender"] if referral is not None else self.row["created_by"])
        if audience == "sender" and sender.startswith("staff:"):
            email = await self.connection.fetchval(
                "select email from staff where id = $1 and disabled_at is null",
                UUID(sender.partition(":")[2]),
            )
            return ("email", email) if email else None
        return None

    async def _family(self) -> tuple[str, str] | None:
        agreed = await self.connection.fetchval(
            """select given and withdrawn_at is null from agreement where request_id = $1 and kind = 'to_contact'
               order by given_at desc limit 1""",
            self.id,
        )
        contact = self.details().contact
        found = messages.safe_address(contact.channel, contact.phone, contact.email, list(contact.shared))
        return found if agreed else None

    async def once(self, caller: Caller, key: str | None, fingerprint: bytes) -> dict[str, Any] | None:
        """The answer that was given to this caller under this key before; Conflict where it was another question."""
        if not key:
            return None
        return await earlier(self.connection, caller, key, fingerprint)

    async def remember(self, caller: Caller, key: str | None, fingerprint: bytes, answer: Any) -> None:
        if key:
            await self.connection.execute(
                """insert into idempotency_key (caller, key, fingerprint, request_id, answer, created_at)
                   values ($1, $2, $3, $4, $5, $6)""",
                caller.id, key, fingerprint, self.id, as_json(answer), self.now,
            )  # fmt: skip

    def check_version(self, given: int | None, current: int) -> None:
        if given is not None and given != current:
            raise Stale(f"it is at version {current} now, you saw {given}; look at it again")


async def earlier(
    connection: Connection, caller: Caller, key: str, fingerprint: bytes
) -> dict[str, Any] | None:
    row = await connection.fetchrow(
        "select fingerprint, answer from idempotency_key where caller = $1 and key = $2", caller.id, key
    )
    if row is None:
        return None
    if bytes(row["fingerprint"]) != fingerprint:
        raise Conflict("this Idempotency-Key was used for something else")
    answer: dict[str, Any] = msgspec.json.decode(row["answer"])
    return answer


def fingerprint(vault: Vault, *parts: Any) -> bytes:
    """Of what was asked, keyed: short texts cannot be guessed from it."""
    plain = hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
    return vault.digest("idempotency", plain)


def as_json(value: Mapping[str, Any] | Struct) -> str:
    return msgspec.json.encode(value).decode()


def key_context(request_id: UUID) -> str:
    return f"request:key:{request_id}"


def details_context(request_id: UUID) -> str:
    return f"request:details:{request_id}"


def note_context(request_id: UUID) -> str:
    return f"event:note:{request_id}"


def open_details(key: DataKey, request_id: UUID, sealed: bytes) -> Details:
    return msgspec.json.decode(key.open(sealed, details_context(request_id)), type=Details)


def seal_details(key: DataKey, request_id: UUID, details: Details) -> bytes:
    return key.seal(msgspec.json.encode(details).decode(), details_context(request_id))
