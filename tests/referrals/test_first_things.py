"""What comes before anything else: a password of one's own, and a second factor where the role takes one."""

from typing import Any

import httpx
import pyotp
import pytest

from directory.access import accounts, guard
from directory.access.guard import csrf_of
from tests.conftest import MakeClient
from tests.referrals.conftest import PASSWORD, World
from tests.referrals.test_access import as_staff, member

NEW = "a heron over the broad at dusk"
BROWSER = {"accept": "text/html"}


async def first(world: World, email: str) -> str:
    found = await accounts.sign_in(world.database, world.vault, email, PASSWORD)
    caller = await accounts.by_session(world.database.pool, found.token)
    assert caller
    return caller.first


async def test_a_password_that_somebody_else_chose_opens_nothing_but_the_page_to_change_it(
    world: World,
) -> None:
    staff_id, email = await member(world, "manager")
    await world.database.pool.execute("update staff set must_change = true where id = $1", staff_id)
    assert await first(world, email) == "password"
    for method, path in (
        ("GET", "/api/requests"), ("POST", "/api/requests"), ("GET", "/api/messages"),
    ):  # fmt: skip
        refused = await as_staff(world, staff_id, method, path)
        assert refused.status_code == 403, path
        assert refused.json()["title"] == guard.MustChange.title
    page = await as_staff(world, staff_id, "GET", "/staff", headers=BROWSER)
    assert (page.status_code, page.headers["location"]) == (303, "/staff/password")
    assert (await as_staff(world, staff_id, "GET", "/staff/password", headers=BROWSER)).status_code == 200
    me = (await as_staff(world, staff_id, "GET", "/api/session")).json()
    assert (me["must_change"], me["first"]) == (True, "password")
    changed = await as_staff(
        world, staff_id, "POST", "/api/session/password", json={"old": PASSWORD, "new": NEW}
    )
    assert changed.status_code == 204, changed.text
    assert (await as_staff(world, staff_id, "GET", "/api/requests")).status_code == 200


@pytest.fixture
async def strict(world: World, make_client: MakeClient) -> httpx.AsyncClient:
    return await make_client(world.database, second_factor_roles="manager, admin")


async def as_(
    client: Any, world: World, staff_id: Any, method: str, path: str, **sent: Any
) -> httpx.Response:
    token = await accounts.start(world.database, staff_id, by_provider=sent.pop("by_provider", False))
    headers = {"Cookie": f"staff={token}", "X-CSRF-Token": csrf_of(token), **sent.pop("headers", {})}
    answer: httpx.Response = await client.request(method, path, headers=headers, **sent)
    return answer


async def test_a_role_that_takes_a_second_factor_sets_one_up_first(
    world: World, strict: httpx.AsyncClient
) -> None:
    staff_id, email = await member(world, "manager")
    desk, _ = await member(world, "front_door")
    assert (await as_(strict, world, desk, "GET", "/api/requests")).status_code == 200
    refused = await as_(strict, world, staff_id, "GET", "/api/requests")
    assert (refused.status_code, refused.json()["title"]) == (403, guard.NeedsSecondFactor.title)
    page = await as_(strict, world, staff_id, "GET", "/staff", headers=BROWSER)
    assert page.headers["location"] == "/staff/password"
    begun = await as_(strict, world, staff_id, "POST", "/api/session/second-factor")
    secret = begun.json()["secret"]
    assert begun.json()["uri"].startswith("otpauth://totp/")
    wrong = {"secret": secret, "code": "000000"}
    confirm = "/api/session/second-factor/confirm"
    assert (await as_(strict, world, staff_id, "POST", confirm, json=wrong)).status_code == 400
    right = {"secret": secret, "code": pyotp.TOTP(secret).now()}
    assert (await as_(strict, world, staff_id, "POST", confirm, json=right)).status_code == 204
    assert (await as_(strict, world, staff_id, "GET", "/api/requests")).status_code == 200
    body = {"email": email, "password": PASSWORD}
    assert (await strict.post("/api/session", json=body)).status_code == 401
    body |= {"code": pyotp.TOTP(secret).now()}
    assert (await strict.post("/api/session", json=body)).status_code == 201


async def test_who_comes_through_the_councils_own_sign_in_has_done_both_there(
    world: World, strict: httpx.AsyncClient
) -> None:
    staff_id, _ = await member(world, "manager")
    await world.database.pool.execute("update staff set must_change = true where id = $1", staff_id)
    answer = await as_(strict, world, staff_id, "GET", "/api/requests", by_provider=True)
    assert answer.status_code == 200


async def test_a_stolen_session_cannot_swap_the_app_for_its_own(world: World) -> None:
    staff_id, _ = await member(world, "manager")
    own, theirs = accounts.new_totp("x")[0], accounts.new_totp("y")[0]
    confirm = "/api/session/second-factor/confirm"

    async def set_up(secret: str, current: str = "") -> int:
        body = {"secret": secret, "code": pyotp.TOTP(secret).now(), "current": current}
        return (await as_staff(world, staff_id, "POST", confirm, json=body)).status_code

    assert await set_up(own) == 204
    for current in ("", "000000", pyotp.TOTP(theirs).now()):
        assert await set_up(theirs, current) == 400
    assert await set_up(theirs, pyotp.TOTP(own).now()) == 204
