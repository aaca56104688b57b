"""Every route, every role, every owner: who is let in, who is turned away, and what guessing gets you."""

import itertools
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest

from directory.access import accounts, keys, passwords
from directory.access.guard import csrf_of
from directory.access.roles import LEVELS, PERMISSIONS, ROLES, SYSTEM, Caller, meets
from directory.access.vault import SealBroken, Vault
from directory.errors import NotSignedIn, TooMany
from tests.conftest import SECRET_KEY
from tests.referrals.conftest import PASSWORD, World, ask

numbers = itertools.count(1)


def routes(world: World) -> Iterator[tuple[str, str, Any]]:
    for route in world.client._transport.app.litestar.routes:
        for handler in route.route_handlers:
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                path = route.path
                for part in route.path_components:
                    if not isinstance(part, str):
                        path = path.replace("{" + part.full + "}", str(uuid4()))
                yield method, path, handler.opt["access"]


async def member(world: World, role: str, **over: Any) -> tuple[UUID, str]:
    email = f"{role}-{next(numbers)}@example.org"
    organization = world.organizations["hub"] if role == "provider" else None
    made, _ = await accounts.add(
        world.database,
        email,
        "Person",
        role,
        password=PASSWORD,
        organization_id=organization,
        must_change=False,
        **over,
    )
    return made, email


async def as_staff(world: World, staff_id: UUID, method: str, path: str, **sent: Any) -> httpx.Response:
    """A call with a fresh session cookie, as a browser on our own page would make it."""
    token = await accounts.start(world.database, staff_id)
    headers = {"Cookie": f"staff={token}", "X-CSRF-Token": csrf_of(token), **sent.pop("headers", {})}
    return await world.client.request(method, path, headers=headers, **sent)


async def test_every_route_lets_in_exactly_those_that_it_names(world: World) -> None:
    everybody = [(role, await member(world, role)) for role in ROLES]
    seen = 0
    for method, path, wanted in routes(world):
        if wanted == "open":
            continue
        seen += 1
        assert set((wanted,) if isinstance(wanted, str) else wanted) <= set(LEVELS) - {"open"}, path
        assert (await world.client.request(method, path)).status_code == 401, (method, path)
        for role, (staff_id, _) in everybody:
            answer = await as_staff(world, staff_id, method, path)
            caller = Caller(kind="staff", id="", permissions=ROLES[role])
            if meets(caller, wanted):
                assert answer.status_code not in {401, 403}, (role, method, path, answer.text)
            else:
                assert answer.status_code == 403, (role, method, path, answer.text)
        for name, scopes in (("desk", None), ("school", None), ("hub", None), ("figures", None)):
            token = world.tokens[name]
            found = await keys.find(world.database.pool, token)
            assert found is not None, scopes
            answer = await world.client.request(method, path, headers={"Authorization": f"Bearer {token}"})
            assert (answer.status_code == 403) != meets(found, wanted), (name, method, path, answer.text)
    assert seen >= 20


async def test_a_wrong_key_is_a_stranger(world: World) -> None:
    good = world.tokens["desk"]
    for token in (
        "",
        "x",
        "fd_",
        "fd_0000_x",
        good[:-1],
        good + "x",
        good.replace("fd_", "fx_"),
        "fd_%_%",
        "é",
    ):
        headers = {"Authorization": f"Bearer {token}".encode()}
        assert (await world.client.get("/api/requests", headers=headers)).status_code == 401, token
    key_id, token = await keys.issue(world.database, "short", ["requests.read"])
    assert (await world.call(token, "GET", "/api/requests")).status_code == 200
    await keys.revoke(world.database, key_id)
    assert (await world.call(token, "GET", "/api/requests")).status_code == 401
    assert token.split("_", 2)[2] not in str(await world.database.pool.fetch("select * from api_key"))


async def test_foreign_ids_do_not_exist(world: World) -> None:
    """Insecure direct object references: for whoever it is not theirs, the answer is the same as for no record."""
    made = await world.send(
        "school",
        asker="professional",
        sender={"name": "A", "phone": "1"},
        services=[str(world.services["hub"])],
    )
    request, referral = made["id"], made["referrals"][0]
    paths = [
        ("GET", f"/api/requests/{request}"), ("GET", f"/api/requests/{request}/events"),
        ("POST", f"/api/requests/{request}/actions"), ("POST", f"/api/requests/{request}/referrals"),
        ("POST", f"/api/requests/{request}/code"), ("DELETE", f"/api/requests/{request}/code"),
        ("GET", f"/api/referrals/{referral}"), ("GET", f"/api/referrals/{referral}/events"),
        ("GET", f"/api/referrals/{referral}/fhir"), ("POST", f"/api/referrals/{referral}/actions"),
    ]  # fmt: skip
    bodies: dict[str, Any] = {
        "actions": {"action": "note", "note": "x"}, "referrals": {"service_id": str(world.services["group"])},
        "code": {"agreed": True},
    }  # fmt: skip
    for method, path in paths:
        body = bodies.get(path.rsplit("/", 1)[1]) if method == "POST" else None
        for who in ("other_school", "group"):
            answer = await world.call(who, method, path, body, If_Match='"1"')
            assert answer.status_code in {403, 404}, (who, method, path, answer.text)
            assert "Ann" not in answer.text
        if "requests" in path:
            assert (await world.call("hub", method, path, body, If_Match='"1"')).status_code == 403, path
    for who in ("other_school", "group"):
        for listing in ("/api/requests", "/api/referrals"):
            assert request not in (await world.call(who, "GET", listing)).text
    assert (await world.call("school", "GET", f"/api/requests/{request}")).status_code == 200
    assert (await world.call("hub", "GET", f"/api/referrals/{referral}")).status_code == 200


async def test_areas_narrow_what_a_front_door_sees(world: World) -> None:
    made = await world.send()
    await _set_areas(world, made["id"], ["district:E1"])
    near, _ = await member(world, "front_door", areas=["district:E1"])
    far, _ = await member(world, "front_door", areas=["district:E2"])
    path = f"/api/requests/{made['id']}"
    assert (await as_staff(world, near, "GET", path)).status_code == 200
    assert (await as_staff(world, far, "GET", path)).status_code == 404
    page = (await as_staff(world, far, "GET", "/api/requests?per_page=100")).json()
    assert made["id"] not in {each["id"] for each in page["items"]}


async def _set_areas(world: World, request: str, areas: list[str]) -> None:
    async with world.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update request set areas = $2 where id = $1", UUID(request), areas)


async def test_a_change_under_a_cookie_needs_the_sessions_own_token(world: World) -> None:
    staff_id, _ = await member(world, "front_door")
    token = await accounts.start(world.database, staff_id)
    cookie = {"Cookie": f"staff={token}"}
    other = csrf_of(await accounts.start(world.database, staff_id))
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, {"X-CSRF-Token": token}):
        answer = await world.client.post("/api/requests", json=ask(), headers={**cookie, **headers})
        assert answer.status_code == 403, headers
    right = {**cookie, "X-CSRF-Token": csrf_of(token)}
    cross = await world.client.post(
        "/api/requests", json=ask(), headers={**right, "Sec-Fetch-Site": "cross-site"}
    )
    assert cross.status_code == 403
    assert (await world.client.post("/api/requests", json=ask(), headers=right)).status_code == 201
    form = await world.client.post("/api/requests", data={"csrf": csrf_of(token)}, headers=cookie)
    assert form.status_code == 400  # let through by its form field, and refused for not being JSON


async def test_signing_in_makes_a_new_session_and_out_ends_it(world: World) -> None:
    staff_id, email = await member(world, "manager")
    planted = await accounts.start(world.database, staff_id)
    body = {"email": email.upper(), "password": PASSWORD}
    answer = await world.client.post("/api/session", json=body, headers={"Cookie": f"staff={planted}"})
    world.client.cookies.clear()
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = cookie.split("staff=")[1].split(";")[0]
    assert token != planted
    assert await accounts.by_session(world.database.pool, planted) is None
    assert token not in str(await world.database.pool.fetch("select * from staff_session"))
    headers = {"Cookie": f"staff={token}", "X-CSRF-Token": answer.json()["csrf"]}
    assert (await world.client.get("/api/session", headers=headers)).json()["role"] == "manager"
    assert (await world.client.delete("/api/session", headers=headers)).status_code == 200
    world.client.cookies.clear()
    assert (await world.client.get("/api/session", headers=headers)).status_code == 401


async def test_guessing_a_password_locks_the_account_and_says_the_same_of_strangers(world: World) -> None:
    _, email = await member(world, "editor")

    async def tries(address: str) -> list[tuple[int, str]]:
        found = []
        for _ in range(7):
            answer = await world.client.post(
                "/api/session", json={"email": address, "password": "wrong wrong wrong"}
            )
            found.append((answer.status_code, answer.json()["detail"]))
        return found

    known, stranger = await tries(email), await tries("nobody@example.org")
    assert known == stranger
    assert [status for status, _ in known] == [401] * 5 + [429] * 2
    with pytest.raises(TooMany):
        await accounts.sign_in(world.database, world.vault, email, PASSWORD)
    await world.database.pool.execute("delete from attempt")
    assert await accounts.sign_in(world.database, world.vault, email, PASSWORD)


async def test_a_second_factor_is_asked_for_and_each_code_counts_once(world: World) -> None:
    staff_id, email = await member(world, "admin")
    secret, _ = accounts.new_totp(email)
    await accounts.confirm_totp(world.database, world.vault, staff_id, secret, pyotp.TOTP(secret).now())
    for code in ("", "000000", "1"):
        with pytest.raises(NotSignedIn):
            await accounts.sign_in(world.database, world.vault, email, PASSWORD, code)
    code = pyotp.TOTP(secret).now()
    assert await accounts.sign_in(world.database, world.vault, email, PASSWORD, code)
    with pytest.raises(NotSignedIn):
        await accounts.sign_in(world.database, world.vault, email, PASSWORD, code)
    stored = await world.database.pool.fetchval("select totp_secret from staff where id = $1", staff_id)
    assert secret.encode() not in stored


async def test_a_disabled_account_is_out_at_once_and_a_new_password_ends_other_sessions(world: World) -> None:
    staff_id, email = await member(world, "front_door")
    one, two = [await accounts.start(world.database, staff_id) for _ in range(2)]
    new = "a heron over the broad at dusk"
    await accounts.change_password(world.database, world.vault, staff_id, PASSWORD, new, keep=one)
    assert await accounts.by_session(world.database.pool, one)
    assert await accounts.by_session(world.database.pool, two) is None
    await accounts.disable(world.database, email)
    assert await accounts.by_session(world.database.pool, one) is None
    with pytest.raises(NotSignedIn):
        await accounts.sign_in(world.database, world.vault, email, new)


async def test_an_idle_or_old_session_is_over(world: World) -> None:
    staff_id, _ = await member(world, "editor")
    for change in ("seen_at = now() - interval '61 minutes'", "expires_at = now()"):
        token = await accounts.start(world.database, staff_id)
        assert await accounts.by_session(world.database.pool, token)
        await world.database.pool.execute(f"update staff_session set {change} where staff_id = $1", staff_id)
        assert await accounts.by_session(world.database.pool, token) is None


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "Norfolk2026!",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "ann.example1234",
        "abcdefghijklmnop",
        "x" * 201,
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str) -> None:
    assert passwords.weakness(password, "ann.example@example.org", "Ann Example")


def test_three_unrelated_words_are_a_good_password() -> None:
    assert passwords.weakness(PASSWORD, "ann@example.org", "Ann") is None


async def test_a_password_is_kept_as_argon2id(world: World) -> None:
    stored = await passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert await passwords.matches(stored, PASSWORD)
    assert not await passwords.matches(stored, PASSWORD + "x")
    assert not await passwords.matches(None, "")


async def test_no_role_holds_a_permission_that_is_not_described() -> None:
    assert set().union(*ROLES.values()) <= set(PERMISSIONS)
    assert not ROLES["admin"] & {"requests.read", "requests.write"}
    assert SYSTEM.permissions == frozenset()


def test_what_is_sealed_opens_only_in_its_place_and_under_its_key() -> None:
    vault, other = Vault(SECRET_KEY), Vault("another-key-another-key-another-key")
    wrapped, key = vault.new_data_key("a")
    sealed = key.seal("words", "row 1")
    assert vault.data_key(wrapped, "a").open(sealed, "row 1") == "words"
    for broken in (
        lambda: key.open(sealed, "row 2"),
        lambda: key.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "row 1"),
        lambda: vault.data_key(wrapped, "b"),
        lambda: other.data_key(wrapped, "a"),
    ):
        with pytest.raises(SealBroken):
            broken()
    both = Vault(f"another-key-another-key-another-key,{SECRET_KEY}")
    assert both.data_key(both.rewrap(wrapped, "a"), "a").open(sealed, "row 1") == "words"
    assert not both.current(wrapped)
    with pytest.raises(ValueError, match="DIRECTORY_SECRET_KEY"):
        Vault("short")
