"""What every answer goes through, on the real application."""

import httpx
import pytest

from directory.db import Database
from tests.conftest import MakeClient


@pytest.fixture
async def site(database: Database, make_client: MakeClient) -> httpx.AsyncClient:
    return await make_client(database)


async def test_every_answer_carries_the_security_headers(site: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/api/nowhere"):
        headers = (await site.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "trusted-types 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert "set-cookie" not in headers


async def test_an_unknown_parameter_is_refused_and_named(site: httpx.AsyncClient) -> None:
    answer = await site.get("/health/live?colour=red")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": "colour", "message": "unknown parameter"}]


async def test_an_unknown_address_is_a_problem_that_repeats_nothing_typed(site: httpx.AsyncClient) -> None:
    answer = await site.get("/api/canary-7f3a")
    assert answer.status_code == 404
    assert "canary" not in answer.text


async def test_an_endless_address_is_refused(site: httpx.AsyncClient) -> None:
    answer = await site.get("/health/live?q=" + "a" * 20_000)
    assert answer.status_code == 414
    assert answer.json()["status"] == 414


async def test_what_has_not_changed_is_not_sent_again(site: httpx.AsyncClient) -> None:
    first = await site.get("/health/live")
    again = await site.get("/health/live", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    other = await site.get("/health/live", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_head_answers_like_get_without_the_body(site: httpx.AsyncClient) -> None:
    get, head = await site.get("/health/live"), await site.head("/health/live")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]


async def test_readiness_follows_the_database_and_recovers(
    database: Database, make_client: MakeClient
) -> None:
    site = await make_client(database)
    assert (await site.get("/health/ready")).status_code == 200
    state = site.app.state  # type: ignore[attr-defined]
    good = state.database._pool
    gone = await Database("postgresql://nobody@127.0.0.1:9/nothing").open()
    state.database._pool = gone.pool
    answer = await site.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] == "away"
    state.database._pool = good
    assert (await site.get("/health/ready")).status_code == 200
    await gone.close()


async def test_every_route_says_who_may_call_it(site: httpx.AsyncClient) -> None:
    litestar = site.app.litestar  # type: ignore[attr-defined]
    for route in litestar.routes:
        for handler in getattr(route, "route_handlers", []):
            assert "access" in handler.opt or (handler.name is None and "OPTIONS" in handler.http_methods), (
                route.path
            )


async def test_metrics_count_routes_by_their_pattern_and_hold_no_words(site: httpx.AsyncClient) -> None:
    await site.get("/api/canary-91")
    await site.get("/health/live")
    text = (await site.get("/metrics")).text
    assert 'route="/health/live",status="200"' in text
    assert "canary" not in text
