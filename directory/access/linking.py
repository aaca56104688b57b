"""Whose account a provider's person is: by subject, else by verified e-mail; and which role their groups give.

Nobody becomes an administrator here, and no administrator's account is taken over by an e-mail address: those are made,
and tied to a person, by hand.
"""

from typing import Any
from uuid import UUID

from msgspec import Struct

from directory.access.roles import ROLES
from directory.db import Database
from directory.errors import NotAllowed
from directory.settings import Settings

GIVEN_BY_HAND = frozenset({"admin", "provider"})


class Mapping(Struct, frozen=True, kw_only=True):
    """`roles` are (group, role) in the order of the setting: the first that a person is in counts."""

    claim: str
    roles: tuple[tuple[str, str], ...]
    create: bool
    trust_email: bool

    @classmethod
    def read(cls, settings: Settings) -> "Mapping":
        """ValueError for a role that is not one, or that is given by hand alone."""
        pairs = []
        for part in filter(None, (each.strip() for each in settings.oidc_roles.split(","))):
            group, _, role = (each.strip() for each in part.rpartition("="))
            if not group or role not in ROLES or role in GIVEN_BY_HAND:
                raise ValueError(
                    f"DIRECTORY_OIDC_ROLES: {part!r} is not group=role with a role of "
                    f"{', '.join(sorted(set(ROLES) - GIVEN_BY_HAND))}"
                )
            pairs.append((group, role))
        return cls(
            claim=settings.oidc_claim, roles=tuple(pairs), create=settings.oidc_create,
            trust_email=settings.oidc_trust_email,
        )  # fmt: skip


class Claims(Struct, frozen=True, kw_only=True):
    """What counts of an ID token. `email` is empty where the provider does not vouch for it."""

    subject: str
    email: str
    name: str
    role: str


def read_claims(claims: dict[str, Any], issuer: str, mapping: Mapping) -> Claims:
    given = claims.get(mapping.claim)
    groups = {str(each) for each in given} if isinstance(given, list) else {str(given)} if given else set()
    vouched = claims.get("email_verified") in (True, "true") or mapping.trust_email
    email = str(claims.get("email") or "").strip().lower()
    return Claims(
        subject=f"{issuer}|{claims['sub']}",
        email=email if vouched and "@" in email and len(email) <= 254 else "",
        name=str(claims.get("name") or email)[:200],
        role=next((role for group, role in mapping.roles if group in groups), ""),
    )


async def linked(database: Database, claims: Claims, mapping: Mapping) -> UUID:
    """The account that signs in. NotAllowed, always in the same words, where there is none for this person."""
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            "select * from staff where oidc_subject = $1 for update", claims.subject
        )
        if row is None and claims.email:
            row = await connection.fetchrow(
                """update staff set oidc_subject = $1 where email = $2 and oidc_subject is null and disabled_at is null
                   and role <> 'admin' returning *""",
                claims.subject,
                claims.email,
            )
        if row is None and mapping.create and claims.role and claims.email:
            row = await connection.fetchrow(
                """insert into staff (id, email, name, role, oidc_subject) values (gen_random_uuid(), $1, $2, $3, $4)
                   on conflict (email) do nothing returning *""",
                claims.email, claims.name, claims.role, claims.subject,
            )  # fmt: skip
        if row is None or row["disabled_at"] is not None:
            raise NotAllowed(NOBODY)
        if mapping.roles and row["role"] not in GIVEN_BY_HAND:
            if not claims.role:
                raise NotAllowed(NOBODY)
            if claims.role != row["role"]:
                await connection.execute("update staff set role = $2 where id = $1", row["id"], claims.role)
        found: UUID = row["id"]
        return found


NOBODY = "there is no account here for you; ask whoever manages the accounts"
