"""The door of the console: who gets in, who is led back to it, and what a wrong try tells."""

import itertools
from typing import Any

import httpx
import pyotp
import pytest

from directory.access import accounts
from directory.access.guard import csrf_of
from directory.web.staff.frame import own_path
from tests.referrals.conftest import PASSWORD
from tests.web.staff.conftest import BROWSER, Desk, Enter, said

numbers = itertools.count(1)


async def stranger(desk: Desk) -> Any:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=desk.app), base_url="http://test", headers=BROWSER
    )


async def somebody(desk: Desk, **over: Any) -> tuple[Any, str]:
    email = f"sign-{next(numbers)}@desk.example.org"
    made, _ = await accounts.add(
        desk.world.database,
        email,
        "Robin Marsh",
        "front_door",
        password=PASSWORD,
        **({"must_change": False} | over),
    )
    return made, email


async def test_a_stranger_is_led_to_the_door_and_back_to_where_they_were_going(desk: Desk) -> None:
    _, email = await somebody(desk)
    async with await stranger(desk) as client:
        turned = await client.get("/staff?queue=due")
        assert turned.status_code == 303
        assert turned.headers["location"] == "/staff/sign-in?next=%2Fstaff%3Fqueue%3Ddue"
        door = await client.get(turned.headers["location"])
        assert door.status_code == 200
        assert 'value="/staff?queue=due"' in door.text
        let_in = await client.post(
            "/staff/sign-in", data={"email": email, "password": PASSWORD, "next": "/staff?queue=due"}
        )
        assert let_in.status_code == 303
        assert let_in.headers["location"] == "/staff?queue=due"
        assert "HttpOnly" in let_in.headers["set-cookie"]
        page = await client.get("/staff")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "Robin Marsh" in page.text


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example",
        "//evil.example",
        "/staffx",
        "/staff\\..",
        "/",
        "/staff/sign-in?next=/staff",
        "",
        "/staff\nx",
    ],
)
def test_signing_in_leads_nowhere_else(where: str) -> None:
    assert own_path(where) == "/staff"


@pytest.mark.parametrize("where", ["/staff", "/staff?queue=due", "/staff/requests/7"])
def test_signing_in_leads_on_within_the_console(where: str) -> None:
    assert own_path(where) == where


async def test_wrong_tries_say_the_same_and_then_lock_with_a_wait(desk: Desk) -> None:
    _, email = await somebody(desk)
    async with await stranger(desk) as client:
        nobody = await client.post(
            "/staff/sign-in", data={"email": "nobody@example.org", "password": PASSWORD}
        )
        wrong = [
            await client.post("/staff/sign-in", data={"email": email, "password": "not this one at all"})
            for _ in range(5)
        ]
        assert {each.status_code for each in (nobody, *wrong)} == {401}
        assert said(nobody.text) == said(wrong[0].text)
        assert all("set-cookie" not in each.headers for each in wrong)
        locked = await client.post("/staff/sign-in", data={"email": email, "password": PASSWORD})
        assert locked.status_code == 429
        assert "Too many tries. Wait 15 minutes" in said(locked.text)
        assert f'value="{email}"' in locked.text
        assert PASSWORD not in locked.text


async def test_a_given_password_is_changed_before_anything_else(desk: Desk) -> None:
    made, email = await somebody(desk, must_change=True)
    async with await stranger(desk) as client:
        let_in = await client.post("/staff/sign-in", data={"email": email, "password": PASSWORD})
        assert let_in.headers["location"] == "/staff/password"
        csrf = csrf_of(client.cookies["staff"])
        elsewhere = await client.get("/staff")
        assert (elsewhere.status_code, elsewhere.headers["location"]) == (303, "/staff/password")
        assert "Choose your own password" in (await client.get("/staff/password")).text
        new = "heron turbine custard"
        for fields, words in (
            ({"old": PASSWORD, "new": new, "again": "else"}, "the two new passwords differ"),
            ({"old": "wrong", "new": new, "again": new}, "the present password is not that"),
            ({"old": PASSWORD, "new": "short", "again": "short"}, "use at least 12 characters"),
        ):
            again = await client.post("/staff/password", data={"csrf": csrf, **fields})
            assert again.status_code == 400
            assert words in said(again.text)
        done = await client.post(
            "/staff/password", data={"csrf": csrf, "old": PASSWORD, "new": new, "again": new}
        )
        assert done.status_code == 303
        assert (await client.get("/staff")).status_code == 200
    assert made


async def test_a_second_factor_is_set_up_on_a_page_and_asked_for_from_then_on(
    desk: Desk, enter: Enter
) -> None:
    made, email = await somebody(desk)
    seat = await enter("front_door", made)
    page = (await seat.send("/staff/second-factor", 200)).text
    secret = page.partition('name="secret" value="')[2].partition('"')[0]
    wrong = await seat.send("/staff/second-factor", 400, secret=secret, code="000000")
    assert secret in wrong.text
    await seat.send("/staff/second-factor", secret=secret, code=pyotp.TOTP(secret).now())
    async with await stranger(desk) as client:
        without = await client.post("/staff/sign-in", data={"email": email, "password": PASSWORD})
        assert without.status_code == 401
        code = pyotp.TOTP(secret).now()
        fields = {"email": email, "password": PASSWORD, "code": code}
        assert (await client.post("/staff/sign-in", data=fields)).status_code == 303


async def test_signing_out_ends_the_session_and_only_from_a_page_of_ours(desk: Desk, enter: Enter) -> None:
    seat = await enter("front_door")
    foreign = await seat.client.post("/staff/sign-out", data={"csrf": "guess"})
    assert foreign.status_code == 403
    out = await seat.send("/staff/sign-out")
    assert out.headers["location"] == "/staff/sign-in?out=true"
    seat.client.cookies.delete("staff")
    assert (await seat.client.get("/staff")).status_code == 303


async def test_a_page_of_ours_alone_signs_anybody_in(desk: Desk) -> None:
    async with await stranger(desk) as client:
        foreign = await client.post(
            "/staff/sign-in",
            data={"email": "a@b.c", "password": "x"},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert foreign.status_code == 403


async def test_staff_pages_are_kept_nowhere_and_load_nothing_foreign(enter: Enter) -> None:
    seat = await enter("front_door")
    answer = await seat.client.get("/staff/password")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
