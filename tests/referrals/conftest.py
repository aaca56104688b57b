"""A small world for requests: three services, an application, and callers of every kind."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec import Struct

from directory.access import accounts, keys
from directory.access.vault import Vault
from directory.db import Database
from directory.postgres import Server
from tests.conftest import SECRET_KEY, clone, entered

PASSWORD = "marsh samphire lantern"


class World(Struct, kw_only=True):
    """What a test needs: ids, keys and helpers of one small directory."""

    database: Database
    client: Any
    vault: Any
    organizations: dict[str, UUID]
    services: dict[str, UUID]
    tokens: dict[str, str]

    async def call(
        self, who: str, method: str, path: str, json: Any = None, **headers: Any
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if who:
            sent["Authorization"] = f"Bearer {self.tokens.get(who, who)}"
        return await self.client.request(method, path, json=json, headers=sent)

    async def send(self, who: str = "desk", **over: Any) -> dict[str, Any]:
        response = await self.call(who, "POST", "/api/requests", ask(**over))
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json()
        return found

    async def search(self, who: str, text: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        found: httpx.Response = await self.client.get("/api/requests", params={"q": text}, headers=headers)
        return found

    async def act(self, who: str, what: str, thing: str, action: str, **fields: Any) -> httpx.Response:
        """An action on the newest version of `/api/<what>/<thing>`."""
        version = await self.database.pool.fetchval(
            f"select version from {'request' if what == 'requests' else 'referral'} where id = $1",
            UUID(thing),
        )
        return await self.call(
            who, "POST", f"/api/{what}/{thing}/actions", {"action": action, **fields}, If_Match=f'"{version}"'
        )


def ask(**over: Any) -> dict[str, Any]:
    return {
        "text": "my little boy is not sleeping and I am worn out",
        "name": "Ann Example",
        "child_name": "Bob Example",
        "birth_date": "2021-03-04",
        "near": "NR3 1FH",
        "ages": [5],
        "contact": {"channel": "email", "email": "ann@example.org", "phone": "07700 900123"},
        "agreement": {"to_share": True, "to_service": True, "by": "parent"},
    } | over


async def populate(database: Database) -> tuple[dict[str, UUID], dict[str, UUID]]:
    organizations, services = {}, {}
    await database.pool.execute(
        """insert into feed (id, label, url, dialect, publisher, licence, state)
           values ('local', 'x', '', '', '', '', '{}') on conflict do nothing"""
    )
    for name in ("hub", "group", "council"):
        organizations[name] = await database.pool.fetchval(
            """insert into organization (id, feed_id, source_id, name, description, email)
               values (gen_random_uuid(), 'local', $1, $1, 'x', $2) returning id""",
            name,
            f"{name}@example.org",
        )
        services[name] = await database.pool.fetchval(
            """insert into service (id, feed_id, source_id, organization_id, name, description, kind, level, referral,
                 capacity, status) values (gen_random_uuid(), 'local', $2, $1, $2, 'x', $3, 'early_help', 'either',
                 'open', 'active') returning id""",
            organizations[name],
            f"The {name}",
            "statutory" if name == "council" else "voluntary_group",
        )
    return organizations, services


@pytest.fixture(scope="session")
async def world(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """One application and database for the whole room: a test makes what it needs and looks only at that."""
    async with small_world(postgres, template, "referrals", tmp_path_factory) as made:
        yield made


@contextlib.asynccontextmanager
async def small_world(
    postgres: Server, template: str, name: str, folders: pytest.TempPathFactory, **over: Any
) -> AsyncIterator[World]:
    """A database of its own called `name`, populated, with an application on it."""
    database = await Database(await clone(postgres, template, name), size=8).open()
    try:
        organizations, services = await populate(database)
        async with entered(database, folders.mktemp(name), **over) as client:
            yield await peopled(database, client, organizations, services)
    finally:
        await database.close()


async def peopled(
    database: Database, client: httpx.AsyncClient, organizations: dict[str, UUID], services: dict[str, UUID]
) -> World:
    """The callers of a world: keys of a front door, two schools and two services."""
    tokens = {}
    for name, scopes, organization in (
        (
            "desk",
            ["requests.read", "requests.write", "requests.submit", "handover.read", "messages.read"],
            None,
        ),
        ("school", ["requests.submit"], None),
        ("other_school", ["requests.submit", "handover.read"], None),
        ("hub", ["referrals.answer"], "hub"),
        ("group", ["referrals.answer"], "group"),
        ("figures", ["insight.read"], None),
    ):
        _, tokens[name] = await keys.issue(
            database, name, scopes, organization_id=organizations.get(organization or "")
        )
    return World(
        database=database,
        client=client,
        vault=Vault(SECRET_KEY),
        organizations=organizations,
        services=services,
        tokens=tokens,
    )


async def staff(database: Database, role: str, organization: UUID | None = None, **over: Any) -> str:
    """The e-mail address of a new account with the test's password."""
    email = f"{role}@example.org"
    await accounts.add(
        database,
        email,
        role.title(),
        role,
        password=PASSWORD,
        organization_id=organization,
        must_change=False,
        **over,
    )
    return email


def soon(days: int = 3) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()
