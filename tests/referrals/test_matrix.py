"""The access matrix: every route by name, every unsafe one by its token, every id by its owner.

`matrix.txt` says of each route who may use it. A route that is not there, or says otherwise, fails here: whoever adds
one writes down who may use it, and reads what is beside it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from directory.access import accounts
from directory.access.guard import SAFE, csrf_of
from directory.access.roles import ROLES, Caller, meets
from tests.referrals.conftest import World, soon
from tests.referrals.test_access import member, routes

MATRIX = Path(__file__).with_name("matrix.txt")
ASKS: dict[str, Any] = {
    "action": "note", "note": "x", "service_id": "", "agreed": True, "fact": "word", "word": "heron", "date": soon(),
}  # fmt: skip


class Way(tuple[str, str, Any]):
    """(method, path with its {names}, access)."""


def ways(world: World) -> Iterator[Way]:
    for route in world.client._transport.app.litestar.routes:
        for handler in route.route_handlers:
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                path = route.path
                for part in route.path_components:
                    if not isinstance(part, str):
                        path = path.replace("{" + part.full + "}", "{" + part.name + "}")
                yield Way((method, path, handler.opt["access"]))


def line(way: Way) -> str:
    method, path, access = way
    return f"{method} {path} {access if isinstance(access, str) else '|'.join(sorted(access))}"


def test_every_route_is_in_the_matrix_and_says_the_same_there(world: World) -> None:
    known = {each for each in MATRIX.read_text("utf-8").splitlines() if each and not each.startswith("#")}
    found = {line(way) for way in ways(world)}
    assert sorted(found - known) == [], "new, or open to others than before: write it into matrix.txt"
    assert sorted(known - found) == [], "no such route any more: take it out of matrix.txt"


async def test_no_change_under_a_cookie_goes_without_the_sessions_own_token(world: World) -> None:
    sessions = {}
    for role in ROLES:
        staff_id, _ = await member(world, role)
        sessions[role] = await accounts.start(world.database, staff_id)
    seen = 0
    for method, path, wanted in routes(world):
        if wanted == "open" or method in SAFE:
            continue
        role = next(
            (each for each in ROLES if meets(Caller(kind="staff", id="", permissions=ROLES[each]), wanted)),
            None,
        )
        assert role, (path, "nobody may use this")
        seen += 1
        cookie = {"Cookie": f"staff={sessions[role]}"}
        for headers in (
            cookie,
            {**cookie, "X-CSRF-Token": csrf_of("another session")},
            {**cookie, "X-CSRF-Token": csrf_of(sessions[role]), "Sec-Fetch-Site": "cross-site"},
        ):
            answer = await world.client.request(method, path, headers=headers)
            assert answer.status_code == 403, (method, path, answer.text)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await world.client.request(method, path, headers=cookie | form, content=b"csrf=&x=1")
        assert answer.status_code == 403, (method, path, "an empty form field")
    assert seen >= 15


@pytest.fixture(scope="session")
async def owned(world: World) -> dict[str, str]:
    """Ids of one family's things, none of which is anybody's below."""
    made = await world.send(
        "school",
        asker="professional",
        sender={"name": "A", "phone": "1"},
        services=[str(world.services["hub"])],
    )
    request, referral = made["id"], made["referrals"][0]
    async with world.database.transaction() as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update request set areas = '{district:E1}' where id = $1::uuid", request)
    message = await world.database.pool.fetchval(
        "select id::text from outbox_message where request_id = $1::uuid limit 1", request
    )
    return {"request_id": request, "referral_id": referral, "message_id": message}


async def test_anothers_ids_answer_like_ids_that_do_not_exist(world: World, owned: dict[str, str]) -> None:
    """Insecure direct object references, over every route that takes an id of a request or a referral."""
    far, _ = await member(world, "front_door", areas=["district:E2"])
    manager, _ = await member(world, "manager", areas=["district:E2"])
    other, _ = await accounts.add(
        world.database, f"other-{uuid4()}@example.org", "Other", "provider",
        organization_id=world.organizations["group"], must_change=False,
    )  # fmt: skip
    editor, _ = await member(world, "editor")
    callers: list[dict[str, str]] = [
        {"Authorization": f"Bearer {world.tokens[name]}"} for name in ("other_school", "group", "figures")
    ]
    for staff_id in (far, manager, other, editor):
        token = await accounts.start(world.database, staff_id)
        callers.append({"Cookie": f"staff={token}", "X-CSRF-Token": csrf_of(token)})
    body = ASKS | {"service_id": str(world.services["group"])}
    seen = set()
    for method, path, access in ways(world):
        names = [name for name in ("request_id", "referral_id") if "{" + name + "}" in path]
        if not names or access == "open":
            continue
        seen.add(path)
        theirs, nobodys = path, path
        for name in names:
            theirs = theirs.replace("{" + name + "}", owned[name])
            nobodys = nobodys.replace("{" + name + "}", str(uuid4()))
        for headers in callers:
            got = await _ask(world, method, theirs, headers, body)
            assert got.status_code in {400, 403, 404, 428}, (method, path, got.status_code, got.text)
            none = await _ask(world, method, nobodys, headers, body)
            assert got.status_code == none.status_code, (method, path, got.text)
            assert "Ann" not in got.text
            assert "sleeping" not in got.text
    assert len(seen) >= 10, seen
    log = await world.database.pool.fetchval(
        "select count(*) from referral_event where request_id = $1::uuid", owned["request_id"]
    )
    assert log == 3, "sent, routed, asked: nobody else has done anything"


async def _ask(
    world: World, method: str, path: str, headers: dict[str, str], body: dict[str, Any]
) -> httpx.Response:
    sent = headers | {"If-Match": '"1"'}
    if method in SAFE:
        answer: httpx.Response = await world.client.request(method, path, headers=sent)
    elif path.startswith("/staff"):
        form = {name: str(value) for name, value in body.items()} | {"version": "1"}
        answer = await world.client.request(method, path, headers=sent, data=form)
    else:
        known = {
            "actions": ("action", "note"), "referrals": ("service_id", "note"), "code": ("agreed", "fact", "word"),
            "re-route": ("service_id", "note"),
        }.get(path.rsplit("/", 1)[1], ())  # fmt: skip
        answer = await world.client.request(
            method, path, headers=sent, json={name: body[name] for name in known} if known else None
        )
    return answer
