from uuid import UUID

import httpx
import pytest

from directory.access import keys
from directory.db import Database
from directory.importing.suggest import Suggester
from directory.importing.tagging import suggest_tags
from directory.routing.rulebook import load_rulebook
from tests.conftest import MakeClient
from tests.importing.conftest import Bring, service, uid
from tests.importing.test_suggest import FOOD


@pytest.fixture
async def editor(database: Database, make_client: MakeClient) -> httpx.AsyncClient:
    client = await make_client(database)
    _, key = await keys.issue(database, "An editor's tool", ["catalogue.write"])
    client.headers["Authorization"] = f"Bearer {key}"
    return client


@pytest.mark.parametrize("path", ["/api/sources", "/api/sources/runs", "/api/duplicates", "/api/suggestions"])
async def test_what_came_in_is_for_editors_only(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 401


async def test_sources_and_their_runs_are_listed(editor: httpx.AsyncClient, bring: Bring) -> None:
    await bring([service(1), {"id": 5}])
    found = {each["id"]: each for each in (await editor.get("/api/sources")).json()}
    assert found["feed"]["services"] == 1
    runs = (await editor.get("/api/sources/runs", params={"source": "feed"})).json()
    assert [run["report"]["added"] for run in runs] == [1]
    assert runs[0]["report"]["quarantined"][0]["reasons"] == [
        "has no name",
        "has no organization: who runs it is not said",
    ]


async def test_an_editor_links_duplicates(
    editor: httpx.AsyncClient, bring: Bring, database: Database
) -> None:
    await bring([service(1)], feed="one")
    await bring([service(1, id=uid("other"))], feed="two")
    pair = (await editor.get("/api/duplicates")).json()[0]
    assert {pair["service_id"], pair["other_id"]} == {uid("s1"), uid("other")}
    body = {"service_id": uid("s1"), "other_id": uid("other"), "decision": "same"}
    assert (await editor.post("/api/duplicates", json=body)).status_code == 400
    assert (await editor.post("/api/duplicates", json=body | {"preferred_id": uid("s1")})).status_code == 204
    assert (await editor.get("/api/duplicates")).json() == []
    row = await database.pool.fetchrow("select preferred_id, decided_by from service_twin")
    assert row["preferred_id"] == UUID(uid("s1"))
    assert row["decided_by"].startswith("key:")
    assert (await editor.post("/api/duplicates", json=body | {"decision": "maybe"})).status_code == 400


async def test_an_editor_answers_suggestions(
    editor: httpx.AsyncClient, bring: Bring, database: Database
) -> None:
    await bring([service(1, **FOOD)])
    await suggest_tags(database, "feed", Suggester(load_rulebook(None)))
    found = (await editor.get("/api/suggestions", params={"confidence": "0.35"})).json()
    assert {each["taxonomy"] for each in found} >= {"needs", "flourish"}
    first = f"/api/suggestions/{found[0]['id']}"
    assert (await editor.post(first, json={"keep": True})).status_code == 204
    assert (await editor.post(first, json={"keep": True})).status_code == 404
    assert len((await editor.get("/api/suggestions")).json()) == len(found) - 1
