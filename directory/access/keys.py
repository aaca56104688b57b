"""Keys of partners' and staff systems: `fd_<id>_<secret>`. Only a hash of the secret is kept."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from directory.access.roles import KEY_SCOPES, Caller
from directory.db import Database, Reader
from directory.errors import BadRequest, FieldError, NotFound

PREFIX = "fd"


class Key(Struct, frozen=True, kw_only=True):
    """A key as it is listed: never its secret."""

    id: str
    label: str
    scopes: list[str]
    organization_id: UUID | None
    areas: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    used_at: dt.datetime | None


async def issue(
    database: Database,
    label: str,
    scopes: Sequence[str],
    *,
    organization_id: UUID | None = None,
    areas: Sequence[str] = (),
    days: int | None = 365,
) -> tuple[str, str]:
    """(id, the whole key): the only time that it can be seen. BadRequest for an unknown scope."""
    if unknown := sorted(set(scopes) - set(KEY_SCOPES)):
        raise BadRequest(
            errors=[FieldError("scopes", f"{unknown[0]!r} is not one of {', '.join(KEY_SCOPES)}")]
        )
    if "referrals.answer" in scopes and organization_id is None:
        raise BadRequest(errors=[FieldError("organization_id", "referrals.answer needs the organization")])
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    await database.pool.execute(
        """insert into api_key (id, secret_hash, label, organization_id, areas, scopes, expires_at)
           values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))""",
        key_id, _hash(secret), label, organization_id, list(areas), sorted(set(scopes)), days,
    )  # fmt: skip
    return key_id, f"{PREFIX}_{key_id}_{secret}"


async def listed(database: Database) -> list[Key]:
    columns = ", ".join(Key.__struct_fields__)
    rows = await database.pool.fetch(f"select {columns} from api_key order by created_at, id")  # noqa: S608
    return [Key(**dict(row)) for row in rows]


async def revoke(database: Database, key_id: str) -> None:
    """At once and for good. NotFound where there is no such key in use."""
    done: Any = await database.pool.fetchval(
        "update api_key set revoked_at = now() where id = $1 and revoked_at is null returning id", key_id
    )
    if done is None:
        raise NotFound(f"there is no key {key_id[:20]!r} in use")


async def find(reader: Reader, given: str) -> Caller | None:
    """The caller behind a key; None for one that is wrong, revoked or past its day."""
    prefix, _, rest = given.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != PREFIX or len(given) > 200 or not key_id.isalnum():
        return None
    row = await reader.fetchrow(
        """select id, secret_hash, label, organization_id, areas, scopes,
                  used_at is null or used_at < now() - interval '1 minute' as stale
           from api_key where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())""",
        key_id,
    )
    if row is None or not hmac.compare_digest(row["secret_hash"], _hash(secret)):
        return None
    if row["stale"]:
        await reader.execute("update api_key set used_at = now() where id = $1", key_id)
    return Caller(
        kind="key",
        id=f"key:{row['id']}",
        name=row["label"],
        role="key",
        permissions=frozenset(row["scopes"]),
        organization_id=row["organization_id"],
        areas=tuple(row["areas"]),
    )


def _hash(secret: str) -> bytes:
    """Enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
