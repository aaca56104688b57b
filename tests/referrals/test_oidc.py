"""Signing in through a council's own provider: who is let in as what, and everything that is refused."""

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from directory.access import accounts, linking, oidc
from directory.db import Database
from directory.postgres import Server
from directory.settings import Settings
from tests.conftest import clone, entered
from tests.referrals.conftest import PASSWORD
from tests.referrals.provider import CLIENT, SECRET, StandIn, running

numbers = itertools.count(1)
ROLES = "Desk Team=front_door,Managers=manager"


@pytest.fixture(scope="session")
def provider() -> Iterator[StandIn]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
async def staff(postgres: Server, template: str) -> AsyncIterator[Database]:
    database = await Database(await clone(postgres, template, "oidc"), size=4).open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def browser(
    staff: Database, provider: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before our application: it keeps cookies and follows nothing by itself."""
    async with entered(
        staff, tmp_path_factory.mktemp("oidc"), public_url="http://test", oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_roles=ROLES, oidc_create=True,
    ) as client:  # fmt: skip
        yield client


@pytest.fixture(autouse=True)
def _fresh(provider: StandIn, browser: httpx.AsyncClient) -> None:
    provider.reset()
    browser.cookies.clear()
    browser.app.state.oidc._known = None  # type: ignore[attr-defined]


async def sign_in(browser: httpx.AsyncClient, provider: StandIn, onward: str = "/staff") -> httpx.Response:
    """There and back; the answer to coming back."""
    away = await browser.get("/staff/sign-in/oidc", params={"next": onward})
    assert away.status_code == 303, away.text
    code = provider.agree(away.headers["location"])
    return await back(browser, away, code=code)


async def back(browser: httpx.AsyncClient, away: httpx.Response, **given: str) -> httpx.Response:
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    return await browser.get(oidc.CALLBACK, params={"state": asked["state"][0], **given})


async def whoami(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.get("/api/session")
    return dict(answer.json()) if answer.status_code == 200 else {}


async def person(staff: Database, role: str = "front_door", **over: Any) -> str:
    email = f"oidc-{next(numbers)}@example.org"
    await accounts.add(staff, email, "Person", role, password=PASSWORD, must_change=False, **over)
    return email


async def test_the_provider_is_asked_with_pkce_state_and_nonce(
    browser: httpx.AsyncClient, provider: StandIn
) -> None:
    away = await browser.get("/staff/sign-in/oidc")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    assert away.headers["location"].startswith(f"{provider.issuer}/authorize?")
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == (
        "code",
        "S256",
        CLIENT,
    )
    assert asked["redirect_uri"] == "http://test" + oidc.CALLBACK
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    cookie = away.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert asked["state"] not in cookie
    again = await browser.get("/staff/sign-in/oidc")
    assert again.headers["location"] != away.headers["location"]


async def test_an_account_is_tied_by_verified_mail_once_and_by_subject_ever_after(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    email = await person(staff)
    provider.claims = {"sub": "s-1", "email": email.upper(), "groups": ["Desk Team"]}
    answer = await sign_in(browser, provider, "/staff/requests?queue=new")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/requests?queue=new")
    assert (await whoami(browser))["role"] == "front_door"
    browser.cookies.clear()
    provider.claims = {"sub": "s-1", "email": "new-address@example.org", "groups": ["Managers"]}
    assert (await sign_in(browser, provider)).status_code == 303
    assert (await whoami(browser))["role"] == "manager", "the group gives the role at each sign-in"
    assert await staff.pool.fetchval("select count(*) from staff where email like 'new-address%'") == 0
    browser.cookies.clear()
    provider.claims = {"sub": "s-2", "email": email, "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 403, "another person with the same address"


async def test_a_new_person_gets_an_account_only_by_a_group_and_a_verified_address(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    for claims in (
        {"sub": "n-1", "email": "n1@example.org"},
        {"sub": "n-1", "email": "n1@example.org", "groups": ["Somebody"]},
        {"sub": "n-1", "email": "n1@example.org", "groups": ["Desk Team"], "email_verified": False},
        {"sub": "n-1", "email": "n1@example.org", "groups": ["Desk Team"], "email_verified": None},
        {"sub": "n-1", "email": None, "groups": ["Desk Team"]},
    ):
        provider.claims = claims
        answer = await sign_in(browser, provider)
        assert answer.status_code == 403, claims
        assert not await whoami(browser)
    assert not await staff.pool.fetchval("select exists (select from staff where email = 'n1@example.org')")
    provider.claims = {"sub": "n-1", "email": "n1@example.org", "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 303
    row = await staff.pool.fetchrow("select role, password_hash from staff where email = 'n1@example.org'")
    assert tuple(row) == ("front_door", None)
    refused = await browser.post("/api/session", json={"email": "n1@example.org", "password": ""})
    assert refused.status_code == 401, "there is no password to guess"
    provider.claims |= {"groups": []}
    assert (await sign_in(browser, provider)).status_code == 403, "out of the group, out of the door"


async def test_an_unverified_address_ties_no_account(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    email = await person(staff)
    provider.claims = {"sub": "u-1", "email": email, "email_verified": False, "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 403
    assert await staff.pool.fetchval("select oidc_subject from staff where email = $1", email) is None


async def test_nobody_becomes_an_administrator_and_none_is_taken_over(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    email = await person(staff, "admin")
    provider.claims = {"sub": "a-1", "email": email, "groups": ["Managers", "admin"]}
    assert (await sign_in(browser, provider)).status_code == 403
    for roles in ("Chiefs=admin", "Services=provider", "Desk Team=king", "front_door", "=manager"):
        with pytest.raises(ValueError, match="DIRECTORY_OIDC_ROLES"):
            linking.Mapping.read(Settings(oidc_roles=roles))


async def test_a_disabled_account_stays_out(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    email = await person(staff)
    provider.claims = {"sub": "d-1", "email": email, "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 303
    await accounts.disable(staff, email)
    assert not await whoami(browser)
    assert (await sign_in(browser, provider)).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"exp": -600}, {"exp": None}, {"aud": "somebody-else"},
        {"aud": ["somebody-else", "third"]}, {"aud": None}, {"iss": "http://127.0.0.1:1"}, {"iss": None}, {"sub": None},
        {"iat": 3600}, {"nbf": 3600}, {"azp": "somebody-else"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_that_is_not_ours_lets_nobody_in(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database, claims: dict[str, Any]
) -> None:
    """A number is in seconds from now."""
    wrong = {name: int(time.time()) + it if isinstance(it, int) else it for name, it in claims.items()}
    provider.claims = {"sub": "t-1", "email": "t1@example.org", "groups": ["Desk Team"]} | wrong
    answer = await sign_in(browser, provider)
    assert answer.status_code == 403, answer.text
    assert not await whoami(browser)
    assert not await staff.pool.fetchval("select exists (select from staff where email = 't1@example.org')")


async def test_a_signature_of_another_key_or_of_none_lets_nobody_in(
    browser: httpx.AsyncClient, provider: StandIn
) -> None:
    good = {"sub": "k-1", "email": "k1@example.org", "groups": ["Desk Team"]}
    for header in ({"alg": "RS256", "kid": "one"}, {"alg": "RS256", "kid": "two"}, {"alg": "none"}):
        provider.claims, provider.header = good, header
        if header["alg"] != "none":
            provider.key = RSAKey.generate_key(2048)
        assert (await sign_in(browser, provider)).status_code == 403, header
        assert not await whoami(browser)


async def test_a_provider_may_change_its_keys(browser: httpx.AsyncClient, provider: StandIn) -> None:
    provider.claims = {"sub": "c-1", "email": "c1@example.org", "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 303
    before = provider.published
    provider.published = provider.key = RSAKey.generate_key(2048, parameters={"kid": "next"})
    provider.header = {"alg": "RS256", "kid": "next"}
    assert (await sign_in(browser, provider)).status_code == 303
    provider.published = before


async def test_an_answer_is_good_only_in_the_browser_that_asked_and_once(
    browser: httpx.AsyncClient, provider: StandIn
) -> None:
    provider.claims = {"sub": "b-1", "email": "b1@example.org", "groups": ["Desk Team"]}
    away = await browser.get("/staff/sign-in/oidc")
    code = provider.agree(away.headers["location"])
    kept = dict(browser.cookies)
    browser.cookies.clear()
    assert (await back(browser, away, code=code)).status_code == 403, "no cookie"
    browser.cookies.update(kept)
    assert (await back(browser, away, code=code, state="another")).status_code == 403
    assert (await back(browser, away, code=code, iss="https://another.example.org")).status_code == 403
    assert (await back(browser, away, error="access_denied")).status_code == 403
    assert (await back(browser, away)).status_code == 403, "no code"
    assert (await back(browser, away, code=code, session_state="x", anything="y")).status_code == 303
    browser.cookies.clear()
    browser.cookies.update(kept)
    assert (await back(browser, away, code=code)).status_code == 403, "the code again"
    other = await browser.get("/staff/sign-in/oidc")  # another flow's cookie and verifier
    assert (await back(browser, other, code=provider.agree(away.headers["location"]))).status_code == 403


async def test_a_sign_in_that_takes_too_long_begins_again(
    browser: httpx.AsyncClient, provider: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = await browser.get("/staff/sign-in/oidc")
    code = provider.agree(away.headers["location"])
    later = time.time() + 11 * 60
    monkeypatch.setattr(oidc.time, "time", lambda: later)
    assert (await back(browser, away, code=code)).status_code == 403


async def test_the_session_is_new_and_a_planted_one_ends(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    email = await person(staff)
    planted = await accounts.start(
        staff, await staff.pool.fetchval("select id from staff where email = $1", email)
    )
    browser.cookies.set("staff", planted)
    provider.claims = {"sub": "p-1", "email": email, "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider)).status_code == 303
    assert await accounts.by_session(staff.pool, planted) is None


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/staff//evil\\x", "/api/session"]
)
async def test_the_way_on_stays_in_the_house(
    browser: httpx.AsyncClient, provider: StandIn, onward: str
) -> None:
    provider.claims = {"sub": "o-1", "email": "o1@example.org", "groups": ["Desk Team"]}
    assert (await sign_in(browser, provider, onward)).headers["location"] == "/staff"


async def test_a_provider_that_fails_is_said_to_be_away_and_passwords_still_work(
    browser: httpx.AsyncClient, provider: StandIn, staff: Database
) -> None:
    provider.claims = {"sub": "w-1", "email": "w1@example.org", "groups": ["Desk Team"]}
    provider.status = 503
    assert (await sign_in(browser, provider)).status_code == 503
    provider.reset()
    provider.metadata = {"issuer": "https://another.example.org"}
    browser.app.state.oidc._known = None  # type: ignore[attr-defined]
    assert (await browser.get("/staff/sign-in/oidc")).status_code == 503
    provider.metadata = {"token_endpoint": "http://192.0.2.1/token"}
    assert (await browser.get("/staff/sign-in/oidc")).status_code == 503, "not in the clear"
    email = await person(staff)
    found = await browser.post("/api/session", json={"email": email, "password": PASSWORD})
    assert found.status_code == 201


async def test_without_a_provider_there_is_no_such_door(
    staff: Database, make_client: Any, provider: StandIn
) -> None:
    client = await make_client(staff)
    assert (await client.get("/staff/sign-in/oidc")).status_code == 404
    assert "oidc" not in (await client.get("/staff/sign-in")).text
    for wrong in (
        {"oidc_issuer": "http://council.example.org", "oidc_client_id": "x"},
        {"oidc_issuer": "https://x"},
    ):
        with pytest.raises(ValueError, match="DIRECTORY_OIDC_ISSUER"):
            oidc.Provider(Settings(**wrong))  # type: ignore[arg-type]


async def test_the_door_is_on_the_sign_in_page(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/staff/sign-in", params={"next": "/staff/requests?queue=new"})
    assert 'href="/staff/sign-in/oidc?next=/staff/requests%3Fqueue%3Dnew"' in page.text
