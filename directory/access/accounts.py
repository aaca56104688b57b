"""Staff accounts: made, signed in to, locked while guessed at, disabled. Sessions live in PostgreSQL."""

import datetime as dt
import hashlib
import secrets
import time
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import pyotp
from msgspec import Struct

from directory.access import limits, passwords
from directory.access.roles import ROLES, WITH_ORGANIZATION, Caller
from directory.access.vault import Vault
from directory.db import Database, Reader
from directory.errors import BadRequest, Conflict, FieldError, NotFound, NotSignedIn

IDLE = dt.timedelta(hours=1)
LONGEST = dt.timedelta(hours=12)
TRIES, TRIES_FROM = 5, 60  # wrong or right, for one account and from one address, in the window
WINDOW = dt.timedelta(minutes=15)
WRONG = "that e-mail address, password and code do not go together"


class Account(Struct, frozen=True, kw_only=True):
    """An account as it is listed."""

    id: UUID
    email: str
    name: str
    role: str
    organization_id: UUID | None
    areas: list[str]
    two_factor: bool
    created_at: dt.datetime
    disabled_at: dt.datetime | None


class SignedIn(Struct, frozen=True, kw_only=True):
    """A new session. `token` goes into the cookie and nowhere else."""

    token: str
    caller: Caller
    must_change: bool


async def add(
    database: Database,
    email: str,
    name: str,
    role: str,
    *,
    password: str | None = None,
    organization_id: UUID | None = None,
    areas: Sequence[str] = (),
    must_change: bool = True,
) -> tuple[UUID, str]:
    """(id, password): a password is made up where none is given. Conflict where the address has an account."""
    email = email.strip().lower()
    wrong: list[FieldError] = []
    if role not in ROLES:
        wrong.append(FieldError("role", f"one of {', '.join(ROLES)}"))
    if "@" not in email or len(email) > 254:
        wrong.append(FieldError("email", "an e-mail address"))
    if role in WITH_ORGANIZATION and organization_id is None:
        wrong.append(FieldError("organization_id", "an account of a provider needs its organization"))
    if password is not None and (weak := passwords.weakness(password, email, name)):
        wrong.append(FieldError("password", weak))
    if wrong:
        raise BadRequest("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)
    password = password or secrets.token_urlsafe(15)
    made = await database.pool.fetchval(
        """insert into staff (id, email, name, role, organization_id, areas, password_hash, must_change)
           values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing returning id""",
        email, name.strip() or email, role, organization_id, list(areas), await passwords.hashed(password), must_change,
    )  # fmt: skip
    if made is None:
        raise Conflict(f"{email} has an account already")
    return made, password


async def listed(database: Database) -> list[Account]:
    rows = await database.pool.fetch(
        """select id, email, name, role, organization_id, areas, totp_secret is not null as two_factor, created_at,
                  disabled_at from staff order by email"""
    )
    return [Account(**dict(row)) for row in rows]


async def disable(database: Database, email: str) -> None:
    """No new session, and the open ones end now."""
    async with database.transaction() as connection:
        found = await connection.fetchval(
            "update staff set disabled_at = now() where email = $1 and disabled_at is null returning id",
            email.strip().lower(),
        )
        if found is None:
            raise NotFound(f"there is no account {email!r} in use")
        await connection.execute("delete from staff_session where staff_id = $1", found)


async def sign_in(
    database: Database,
    vault: Vault,
    email: str,
    password: str,
    code: str = "",
    *,
    address: str = "",
    old: str = "",
) -> SignedIn:
    """A new session; the old one ends. NotSignedIn says only that the three do not fit; TooMany while locked."""
    email = email.strip().lower()[:254]
    await limits.spend(database, vault, "sign-in-from", address, TRIES_FROM, WINDOW)
    await limits.spend(database, vault, "sign-in", email, TRIES, WINDOW)
    row = await database.pool.fetchrow("select * from staff where email = $1 and disabled_at is null", email)
    right = await passwords.matches(row["password_hash"] if row else None, password)
    if row is None or not right or not await _second_factor(database, vault, row, code):
        raise NotSignedIn(WRONG)
    await limits.forgive(database, vault, "sign-in", email)
    token = await start(database, row["id"], old=old)
    return SignedIn(token=token, caller=_caller(row), must_change=row["must_change"])


async def start(database: Database, staff_id: UUID, *, old: str = "", by_provider: bool = False) -> str:
    """A session's token. It is always new, so that a token planted before signing in is worth nothing."""
    token = secrets.token_urlsafe(32)
    async with database.transaction() as connection:
        await connection.execute(
            "delete from staff_session where token_hash = $1 or expires_at < now()", _hash(old)
        )
        await connection.execute(
            """insert into staff_session (token_hash, staff_id, expires_at, by_provider)
               values ($1, $2, now() + $3, $4)""",
            _hash(token), staff_id, LONGEST, by_provider,
        )  # fmt: skip
    return token


async def by_session(reader: Reader, token: str, second_factor: Collection[str] = ()) -> Caller | None:
    """The signed-in person; None once the session is over, idle for an hour, or the account disabled.

    `second_factor` are the roles that must have set one up. Who came through a provider has done both there.
    """
    row = await reader.fetchrow(
        """select s.id, s.name, s.role, s.organization_id, s.areas, s.must_change, t.by_provider,
                  s.totp_secret is not null as two_factor, t.seen_at < now() - interval '1 minute' as stale
           from staff_session t join staff s on s.id = t.staff_id
           where t.token_hash = $1 and t.expires_at > now() and t.seen_at > now() - $2::interval
             and s.disabled_at is null""",
        _hash(token),
        IDLE,
    )
    if row is None:
        return None
    if row["stale"]:
        await reader.execute("update staff_session set seen_at = now() where token_hash = $1", _hash(token))
    first = ""
    if not row["by_provider"]:
        needed = row["role"] in second_factor and not row["two_factor"]
        first = "password" if row["must_change"] else "second_factor" if needed else ""
    return _caller(row, first)


async def sign_out(database: Database, token: str) -> None:
    await database.pool.execute("delete from staff_session where token_hash = $1", _hash(token))


async def change_password(
    database: Database, vault: Vault, staff_id: UUID, old: str, new: str, *, keep: str = ""
) -> None:
    """All other sessions of the account end; `keep` is the token of this one."""
    row = await database.pool.fetchrow("select * from staff where id = $1", staff_id)
    await limits.spend(database, vault, "sign-in", row["email"], TRIES, WINDOW)
    if not await passwords.matches(row["password_hash"], old):
        raise NotSignedIn("the present password is not that")
    if weak := passwords.weakness(new, row["email"], row["name"]):
        raise BadRequest(weak, errors=[FieldError("new", weak)])
    stored = await passwords.hashed(new)
    async with database.transaction() as connection:
        await connection.execute(
            "update staff set password_hash = $2, must_change = false where id = $1", staff_id, stored
        )
        await connection.execute(
            "delete from staff_session where staff_id = $1 and token_hash <> $2", staff_id, _hash(keep)
        )
    await limits.forgive(database, vault, "sign-in", row["email"])


def new_totp(email: str) -> tuple[str, str]:
    """(secret, otpauth address for an authenticator app). It counts once a code of it is confirmed."""
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Flourish Directory")


async def confirm_totp(
    database: Database, vault: Vault, staff_id: UUID, secret: str, code: str, current: str = ""
) -> None:
    """From now on signing in takes a code. In place of an older app only with a code of that one (`current`)."""
    row = await database.pool.fetchrow("select * from staff where id = $1", staff_id)
    if row["totp_secret"] is not None:
        await limits.spend(database, vault, "sign-in", row["email"], TRIES, WINDOW)
        if not await _second_factor(database, vault, row, current):
            raise BadRequest(
                "that is not a code of the app you have now", errors=[FieldError("current", "not right")]
            )
    try:
        right = pyotp.TOTP(secret).verify(code.strip(), valid_window=1)
    except ValueError:
        right = False
    if not right or len(secret) < 32:
        raise BadRequest("that is not the code the app shows now", errors=[FieldError("code", "not right")])
    sealed = vault.seal(secret.encode(), f"staff:totp:{staff_id}")
    await database.pool.execute("update staff set totp_secret = $2 where id = $1", staff_id, sealed)


async def _second_factor(database: Database, vault: Vault, row: Any, code: str) -> bool:
    """Whether the code is right, or none is needed. Each code counts once: its time step is remembered."""
    if row["totp_secret"] is None:
        return True
    totp = pyotp.TOTP(vault.open(row["totp_secret"], f"staff:totp:{row['id']}").decode())
    step = int(time.time()) // 30
    digits = code.strip().replace(" ", "")
    used = next(
        (step + n for n in (-1, 0, 1) if pyotp.utils.strings_equal(digits, totp.generate_otp(step + n))), 0
    )
    done = await database.pool.fetchval(
        "update staff set totp_step = $2 where id = $1 and totp_step < $2 returning id", row["id"], used
    )
    return done is not None


def _caller(row: Any, first: str = "") -> Caller:
    return Caller(
        kind="staff",
        id=f"staff:{row['id']}",
        name=row["name"],
        role=row["role"],
        permissions=ROLES[row["role"]],
        organization_id=row["organization_id"],
        areas=tuple(row["areas"]),
        first=first,
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
