"""`/api` is what `/docs/openapi.json` says it is, whatever is asked of it and whoever asks."""

import urllib.parse
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from directory.access import keys
from directory.access.roles import KEY_SCOPES
from directory.app import create_app
from directory.postgres import Server
from directory.settings import Settings
from directory.web.described import SAYS, TAKES, document, name_of
from tests.referrals.conftest import PASSWORD, ask, small_world, staff

ROUTES = create_app(Settings(worker=False)).litestar.routes
DOCUMENT = document(ROUTES, "http://test")
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
PROMISES = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


class House(Struct):
    """An application with a little of everything in it, and the ways in: a key, and a session's cookie and token."""

    client: Any
    key: str
    cookies: dict[str, str]
    csrf: str
    ids: list[str]


@pytest.fixture(scope="session")
async def house(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    async with small_world(postgres, template, "described", tmp_path_factory) as world:
        database, client = world.database, world.client
        _, key = await keys.issue(
            database, "all", list(KEY_SCOPES), organization_id=world.organizations["hub"]
        )
        email = await staff(database, "admin")
        signed = await client.post("/api/session", json={"email": email, "password": PASSWORD})
        assert signed.status_code == 201, signed.text
        cookies = dict(client.cookies)
        client.cookies.clear()
        sent = await client.post("/api/requests", json=ask(), headers={"Authorization": f"Bearer {key}"})
        assert sent.status_code == 201, sent.text
        more = {"service_id": str(world.services["hub"])}
        headers = {"Authorization": f"Bearer {key}", "If-Match": sent.headers["etag"]}
        await client.post(f"/api/requests/{sent.json()['id']}/referrals", json=more, headers=headers)
        rows = await database.pool.fetch("select id from referral")
        ids = [str(row[0]) for row in rows] + [sent.json()["id"], *map(str, world.services.values())]
        yield House(client, key, cookies, signed.json()["csrf"], ids)


async def answered(house: House, case: Any, who: str, path: str) -> httpx.Response:
    headers = {name: value for name, value in (case.headers or {}).items() if value.isascii()}
    cookies: dict[str, str] = {}
    if who == "key":
        headers["Authorization"] = f"Bearer {house.key}"
    elif who == "session":
        headers["X-CSRF-Token"] = house.csrf
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in house.cookies.items())
    given = {} if type(case.body).__name__ == "NotSet" else {"json": case.body}
    found: httpx.Response = await house.client.request(
        case.method, path, params=case.query, headers=headers, cookies=cookies or None, **given
    )
    house.client.cookies.clear()
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_every_answer_is_the_one_that_is_described(
    house: House, operation: Any, data: st.DataObject
) -> None:
    wanted = str(operation.definition.raw.get("security", ""))
    ways = [way for way in ("key", "session") if way in wanted]
    if operation.label == "DELETE /api/session":
        ways = []  # signing out would end what the other cases come with
    case, who = data.draw(operation.as_strategy()), data.draw(st.sampled_from([*ways * 3, ""]))
    for name, value in (case.path_parameters or {}).items():
        if _is_uuid(value) and (known := data.draw(st.sampled_from(["", *house.ids]))):
            case.path_parameters[name] = known
    path = urllib.parse.quote(case.formatted_path, safe="/")
    case.validate_response(await answered(house, case, who, path), checks=PROMISES)


def _is_uuid(text: Any) -> bool:
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False


def test_every_route_of_the_api_is_described() -> None:
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert len(described) == len(OPERATIONS) >= 47
    assert all(each["summary"] for methods in DOCUMENT["paths"].values() for each in methods.values())


def test_what_is_said_of_handlers_speaks_of_handlers_that_are_there() -> None:
    there = {
        name_of(handler)
        for route in ROUTES
        for handler in route.route_handlers
        if handler.fn.__module__.startswith("directory.")
    }
    assert set(TAKES) <= there
    assert set(SAYS) <= there


def test_what_is_guarded_says_so() -> None:
    open_parts = {"search", "suggest", "places", "zones", "routes", "services"}
    for path, methods in DOCUMENT["paths"].items():
        for method, each in methods.items():
            if path.split("/")[2] in open_parts:
                assert "security" not in each, (method, path)
            elif path.split("/")[2] in {"requests", "referrals", "sources", "webhooks", "duplicates"}:
                assert each["security"], (method, path)


async def test_the_page_shows_every_route_and_the_description_is_served(client: httpx.AsyncClient) -> None:
    text = (await client.get("/docs")).text
    assert all(f"{path}</code>" in text for path in DOCUMENT["paths"])
    served = (await client.get("/docs/openapi.json")).json()
    assert served["paths"] == DOCUMENT["paths"]
