"""`/oruk/v3`: every list, every parameter, whole and short, in pages and in one stream."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from directory.catalogue import hsds, validity
from directory.catalogue.commands import fetching
from directory.catalogue.oruk.check import check
from directory.catalogue.write import store
from directory.db import Database
from directory.places.resolve import Places
from directory.postgres import Server
from tests.catalogue.made import location, new, organization, schedule, service, uid
from tests.catalogue.standards import RECORDS, complaints
from tests.conftest import clone, drop, entered

ROOT = "/oruk/v3"
LISTS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")
ENVELOPE = {
    "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
}  # fmt: skip


async def keep(database: Database, *services: hsds.Service) -> None:
    async with database.transaction() as connection:
        await store(connection, "local", services)


async def ids_of(client: httpx.AsyncClient, path: str, **asked: Any) -> list[str]:
    answer = await client.get(f"{ROOT}/{path}", params={"per_page": 500, **asked})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["contents"]]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_official_validators_steps_find_nothing_wrong(client: httpx.AsyncClient, seed: int):
    found = await check("ours", fetching(client, f"http://test{ROOT}"), random.Random(seed))
    assert found.passed
    assert (found.errors, found.warnings) == (0, 0), [f for each in found.endpoints for f in each.findings]
    assert found.version == "HSDS-UK-3.0"
    assert len(found.endpoints) == 11
    assert all(each.records for each in found.endpoints)


async def test_every_seeded_record_is_valid(client: httpx.AsyncClient):
    answer = await client.get(f"{ROOT}/services", params={"format": "ndjson", "full": "true"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    records = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    total = (await client.get(f"{ROOT}/services")).json()["total_items"]
    assert len({each["id"] for each in records}) == len(records) == total >= 420
    assert all(validity.valid(each) for each in records)


@pytest.mark.parametrize("record", RECORDS)
async def test_every_seeded_record_is_valid_under_every_standard(
    client: httpx.AsyncClient, data: Path, record: str
):
    path = {"taxonomy": "taxonomies"}.get(record, f"{record}s")
    full = {} if record.startswith("taxonomy") else {"full": "true"}
    answer = await client.get(f"{ROOT}/{path}", params={"format": "ndjson", **full})
    records = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert records
    assert [said for each in records for said in complaints(data, record, each)][:3] == []


async def test_the_root_says_which_standard_with_and_without_a_slash(client: httpx.AsyncClient):
    for path in (ROOT, f"{ROOT}/"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.json()["version"] == "HSDS-UK-3.0"
    described = await client.get(f"{ROOT}/openapi.json")
    assert {f"/{name}" for name in LISTS} <= set(described.json()["paths"])


@pytest.mark.parametrize(
    "path", [*LISTS, f"services/{uid('none')}", "services/nonsense", "nowhere", "services?odd=1"]
)
async def test_every_answer_is_open_to_every_site(client: httpx.AsyncClient, path: str):
    answer = await client.get(f"{ROOT}/{path}")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.status_code in {200, 400, 404}


@pytest.mark.parametrize("path", LISTS)
async def test_a_page_has_its_whole_envelope_and_links(client: httpx.AsyncClient, path: str):
    first = await client.get(f"{ROOT}/{path}", params={"per_page": 3})
    body = first.json()
    assert set(body) == ENVELOPE
    assert body["size"] == len(body["contents"]) == 3
    assert (body["first_page"], body["last_page"], body["empty"], body["page_number"]) == (
        True,
        False,
        False,
        1,
    )
    assert body["total_pages"] == -(-body["total_items"] // 3)
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="prev"' not in first.headers["link"]
    last = (await client.get(f"{ROOT}/{path}", params={"per_page": 3, "page": body["total_pages"]})).json()
    assert (last["last_page"], last["empty"]) == (True, False)
    beyond = (
        await client.get(f"{ROOT}/{path}", params={"per_page": 3, "page": body["total_pages"] + 1})
    ).json()
    assert (beyond["contents"], beyond["empty"]) == ([], True)


@pytest.mark.parametrize("path", LISTS)
async def test_pages_links_and_stream_give_the_same_records(client: httpx.AsyncClient, path: str):
    by_page, number = [], 1
    while True:
        body = (await client.get(f"{ROOT}/{path}", params={"page": number, "per_page": 200})).json()
        by_page += [each["id"] for each in body["contents"]]
        number += 1
        if body["last_page"]:
            break
    by_link = []
    url: str | None = f"{ROOT}/{path}?per_page=200"
    while url:
        answer = await client.get(url)
        by_link += [each["id"] for each in answer.json()["contents"]]
        url = (
            answer.links["next"]["url"].removeprefix("http://127.0.0.1:8000")
            if "next" in answer.links
            else None
        )
    streamed = await client.get(f"{ROOT}/{path}", params={"format": "ndjson"})
    in_stream = [msgspec.json.decode(line)["id"] for line in streamed.content.splitlines()]
    assert by_page == by_link == in_stream
    assert len(set(by_page)) == len(by_page)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=two", "page"),
        ("per_page=501", "per_page"),
        ("per_page=-1", "per_page"),
        ("format=xml", "format"),
        ("full=maybe", "full"),
        ("taxonomy_id=12", "taxonomy_id"),
        ("modified_after=yesterday", "modified_after"),
        ("proximity=500", "proximity"),
        ("postcode=ZZ9+9ZZ", "postcode"),
        ("minimum_age=-1", "minimum_age"),
        ("minimum_age=nan", "minimum_age"),
        ("start_time=9am", "start_time"),
        ("day=monday", "day"),
        ("after=!!", "after"),
        ("after=WzEsMl0", "after"),
        ("page=1&page=2", "page"),
        ("colour=red", "colour"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name(client: httpx.AsyncClient, query: str, field: str):
    answer = await client.get(f"{ROOT}/services?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


@pytest.fixture(scope="module")
async def stage(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    """One application for the tests of this file that change data; each finds it empty."""
    opened = await Database(await clone(postgres, template, "oruk"), size=5).open()
    async with entered(opened, tmp_path_factory.mktemp("oruk")) as client:
        yield client, opened
    await opened.close()
    await drop(postgres, "oruk")


@pytest.fixture
async def empty(stage: tuple[httpx.AsyncClient, Database]) -> tuple[httpx.AsyncClient, Database]:
    await stage[1].pool.execute(
        "truncate service, location, organization, taxonomy, removed, search_change, postcode cascade"
    )
    return stage


@pytest.fixture
async def little(empty: tuple[httpx.AsyncClient, Database]) -> Any:
    """Four services and a refuge, and a client on them."""
    client, database = empty
    owner = organization(name="Harbour Trust")
    await database.pool.execute(
        "insert into postcode (postcode, latitude, longitude) values ('NR3 1FH', 52.6400, 1.2900)"
    )
    client.app.state.places = Places(database)  # type: ignore[attr-defined]  # the old one was read at the start
    near, far = location(latitude=52.641, longitude=1.291), location(latitude=52.93, longitude=1.30)
    refuge = location(confidential=True, latitude=52.6401, longitude=1.2901, name="Foxglove House")
    made = {
        "swim": service(near, name="Swim school", organization=owner, minimum_age=3, maximum_age=7,
                        schedules=[schedule(byday="MO,WE", opens_at="10:00", closes_at="11:00")]),
        "chess": service(far, name="Chess club", organization=owner, minimum_age=8, maximum_age=18,
                         tags={"kind": ["voluntary_group"], "needs": ["social_isolation"]}),
        "line": service(name="Parents' line", description="Ring us: 100% free_of_charge"),
        "quiet": service(refuge, name="Quiet help", tags={"needs": ["domestic_abuse"]}),
        "closed": service(name="Old club", status="inactive"),
    }  # fmt: skip
    made["chess"].service_at_locations[0].schedules.append(
        schedule(byday="TU", opens_at="16:00", closes_at="18:00")
    )
    made["quiet"].service_at_locations[0].schedules.append(
        schedule(byday="SU", opens_at="05:00", closes_at="06:00")
    )
    await keep(database, *made.values())
    return client, database, made


async def names(client: httpx.AsyncClient, path: str = "services", **asked: Any) -> set[str]:
    answer = await client.get(f"{ROOT}/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return {(each.get("service") or each)["name"].lower().split()[0] for each in answer.json()["contents"]}


async def test_each_parameter_filters_and_all_must_hold(little: Any):
    client, _, made = little
    found = (await client.get(f"{ROOT}/taxonomy_terms", params={"search": "social"})).json()["contents"]
    term, taxonomy = found[0]["id"], found[0]["taxonomy_id"]
    kind = (await client.get(f"{ROOT}/taxonomy_terms", params={"search": "voluntary"})).json()["contents"][0]
    everything = {"swim", "chess", "parents'", "quiet", "old"}
    owner = made["swim"].organization_id
    expected: list[tuple[dict[str, Any], set[str]]] = [
        ({}, everything),
        ({"search": "CLUB"}, {"chess", "old"}),
        ({"search": "harbour chess"}, {"chess"}),
        ({"search": "100%"}, {"parents'"}),
        ({"search": "of_charge"}, {"parents'"}),
        ({"search": "free.of"}, set()),
        ({"taxonomy_term_id": term}, {"chess"}),
        ({"taxonomy_id": taxonomy}, {"chess", "quiet"}),
        ({"taxonomy_term_id": kind["id"]}, {"chess"}),
        ({"organization_id": owner}, {"swim", "chess"}),
        ({"organization_id": owner, "search": "swim"}, {"swim"}),
        ({"minimum_age": 8}, {"chess"}),
        ({"maximum_age": 7}, {"swim"}),
        ({"day": "TU"}, {"chess"}),
        ({"day": "MO", "start_time": "09:30", "end_time": "11:00"}, {"swim"}),
        ({"day": "MO", "start_time": "10:30"}, set()),
        ({"modified_after": "2099-01-01T00:00:00Z"}, set()),
        ({"modified_after": "2020-01-01"}, everything),
        ({"modified_after": "2020-01-01T00:00:00+01:00"}, everything),
        ({"postcode": "nr31fh", "proximity": 500}, {"swim"}),
        ({"postcode": "NR3 1FH", "proximity": 60000}, {"swim", "chess"}),
        ({"postcode": "NR3 1FH"}, everything),
    ]
    for asked, wanted in expected:
        assert await names(client, **asked) == wanted, asked
    assert await names(client, "service_at_locations", postcode="NR3 1FH", proximity=500) == {"swim"}
    assert await names(client, "service_at_locations") == {"swim", "chess", "quiet"}
    assert await names(client, "service_at_locations", search="chess") == {"chess"}


async def test_a_postcode_outside_a_services_area_is_not_covered(little: Any):
    client, database, made = little
    areas = await client.app.state.places.areas_of_postcode("NR3 1FH")
    await database.pool.execute(
        "insert into service_area (id, service_id, area) values ($1, $2, 'zone:elsewhere')",
        UUID(new()),
        UUID(made["line"].id),
    )
    assert "zone:elsewhere" not in areas
    assert await names(client, postcode="NR3 1FH") == {"swim", "chess", "quiet", "old"}


async def test_how_much_of_each_record(little: Any):
    client, _, made = little
    short = (await client.get(f"{ROOT}/services", params={"search": "swim"})).json()["contents"][0]
    assert short["organization"]["name"] == "Harbour Trust"
    assert "schedules" not in short
    full = (await client.get(f"{ROOT}/services", params={"search": "swim", "full": "true"})).json()[
        "contents"
    ][0]
    assert full == (await client.get(f"{ROOT}/services/{made['swim'].id}")).json()
    minimal = (await client.get(f"{ROOT}/services", params={"search": "swim", "minimal": "true"})).json()[
        "contents"
    ]
    assert minimal == [
        {"id": full["id"], "modified_date": full["last_modified"], "last_modified": full["last_modified"]}
    ]
    spot = (await client.get(f"{ROOT}/service_at_locations", params={"search": "swim"})).json()["contents"][0]
    assert (spot["location"]["name"], spot["service"]["name"]) == ("Mill Hall", "Swim school")
    whole = (await client.get(f"{ROOT}/service_at_locations/{spot['id']}")).json()
    assert whole["location"]["addresses"][0]["city"] == "Cromer"
    assert whole["service"]["schedules"]
    owner = f"{ROOT}/organizations/{made['swim'].organization_id}"
    assert {each["name"] for each in (await client.get(owner)).json()["services"]} == {
        "Swim school",
        "Chess club",
    }
    nested = (await client.get(owner, params={"full_service": "true"})).json()["services"]
    assert full in nested
    kinds = (await client.get(f"{ROOT}/taxonomies", params={"search": "needs"})).json()["contents"][0]
    terms = (await client.get(f"{ROOT}/taxonomies/{kinds['id']}")).json()["taxonomy_terms"]
    assert {each["code"] for each in terms} == {"social_isolation", "domestic_abuse"}
    assert (await client.get(f"{ROOT}/taxonomy_terms/{terms[0]['id']}")).json() == terms[0]


async def test_terms_below_a_term_and_terms_below_none(little: Any):
    client, database, _ = little
    top = (await client.get(f"{ROOT}/taxonomy_terms", params={"search": "social"})).json()["contents"][0]
    below = "update taxonomy_term set parent_id = $1 where code = 'domestic_abuse' returning id::text"
    child = await database.pool.fetchval(below, UUID(top["id"]))
    assert await ids_of(client, "taxonomy_terms", parent_id=top["id"]) == [child]
    tops = await ids_of(client, "taxonomy_terms", top_only="true", taxonomy_id=top["taxonomy_id"])
    assert tops == [top["id"]]


async def test_withdrawn_services_stay_readable_and_removed_ones_are_gone(little: Any):
    client, database, made = little
    assert (await client.get(f"{ROOT}/services/{made['closed'].id}")).json()["status"] == "inactive"
    await database.pool.execute("delete from service where id = $1", UUID(made["swim"].id))
    gone = await client.get(f"{ROOT}/services/{made['swim'].id}")
    assert (gone.status_code, gone.json()["status"]) == (410, 410)
    assert (await client.get(f"/api/services/{made['swim'].id}")).status_code == 410
    assert (await client.get(f"{ROOT}/services/{new()}")).status_code == 404


async def test_a_known_etag_is_answered_without_a_body(little: Any):
    client, database, made = little
    for path in (f"{ROOT}/services/{made['swim'].id}", f"{ROOT}/services"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    await database.pool.execute(
        "update service set name = 'Swim and splash' where id = $1", UUID(made["swim"].id)
    )
    changed = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_a_crawl_neither_loses_nor_doubles_a_record_while_data_changes(empty: Any):
    client, database = empty
    made = [service(name=f"Service {number}") for number in range(60)]
    await keep(database, *made)
    for follow_links in (False, True):
        before = set(await ids_of(client, "services"))
        seen: list[str] = []
        url: str | None = f"{ROOT}/services?per_page=10"
        number = 1
        victims = sorted(before)[:6]
        while url:
            answer = await client.get(url)
            seen += [each["id"] for each in answer.json()["contents"]]
            # While it is read: one more, one edited, one (read or not yet) removed.
            await keep(database, service(name="Newcomer"))
            await database.pool.execute(
                "update service set name = name || '!' where id = $1", UUID(made[number].id)
            )
            if victims and (follow_links or number <= 2):
                await database.pool.execute("delete from service where id = $1", UUID(victims.pop()))
            number += 1
            if follow_links:
                url = answer.links["next"]["url"].partition("8000")[2] if "next" in answer.links else None
            else:
                url = f"{ROOT}/services?per_page=10&page={number}" if not answer.json()["last_page"] else None
            if number > 20:
                break
        after = set(await ids_of(client, "services"))
        assert len(set(seen)) == len(seen), follow_links
        assert before & after <= set(seen), follow_links


async def test_the_change_feed_tells_every_change_and_removal_once(little: Any):
    client, database, made = little
    first = (await client.get(f"{ROOT}/changes", params={"per_page": 2})).json()
    assert first["more"] is True
    seen = list(first["changes"])
    cursor = first["next"]
    while True:
        body = (await client.get(f"{ROOT}/changes", params={"since": cursor, "per_page": 2})).json()
        seen += body["changes"]
        cursor = body["next"]
        if not body["more"]:
            break
    assert {each["id"] for each in seen} == {each.id for each in made.values()}
    assert len(seen) == 5
    quiet = (await client.get(f"{ROOT}/changes", params={"since": cursor})).json()
    assert (quiet["changes"], quiet["next"]) == ([], cursor)
    await database.pool.execute(
        "update location set name = 'Renamed' where id = $1",
        UUID(made["swim"].service_at_locations[0].location.id),
    )
    await database.pool.execute("delete from service where id = $1", UUID(made["chess"].id))
    told = (await client.get(f"{ROOT}/changes", params={"since": cursor})).json()["changes"]
    assert [(each["id"], each["change"]) for each in told] == [
        (made["swim"].id, "changed"),
        (made["chess"].id, "removed"),
    ]
    other = await client.get(f"{ROOT}/changes", params={"since": cursor.replace(cursor[:4], "1234", 1)})
    assert len(other.json()["changes"]) == 5  # a cursor of another database starts again
    assert (await client.get(f"{ROOT}/changes", params={"since": "nonsense"})).status_code == 400


async def test_a_change_that_commits_late_is_not_skipped(little: Any):
    client, database, made = little
    cursor = (await client.get(f"{ROOT}/changes")).json()["next"]
    started, finish = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as connection:
            await connection.execute("update service set name = 'Slow' where id = $1", UUID(made["swim"].id))
            started.set()
            await finish.wait()

    task = asyncio.create_task(slow())
    await started.wait()
    await database.pool.execute("update service set name = 'Quick' where id = $1", UUID(made["chess"].id))
    early = (await client.get(f"{ROOT}/changes", params={"since": cursor})).json()
    finish.set()
    await task
    late = (await client.get(f"{ROOT}/changes", params={"since": early["next"]})).json()
    told = [each["id"] for each in early["changes"] + late["changes"]]
    assert sorted(told) == sorted([made["swim"].id, made["chess"].id])


async def test_a_confidential_location_is_found_in_no_answer(little: Any):
    client, database, made = little
    secret = ("Foxglove", "NR27", "52.6401", "1.2901", "Cromer", "05:00")
    await database.pool.execute(
        "delete from service where id = any($1::uuid[])", [UUID(made["swim"].id), UUID(made["chess"].id)]
    )
    spot = made["quiet"].service_at_locations[0].id
    paths = [f"services/{made['quiet'].id}", f"service_at_locations/{spot}", "changes", "openapi.json"]
    paths += [f"organizations/{made['quiet'].organization_id}?full_service=true"]
    for name in LISTS:
        paths += [name, f"{name}?format=ndjson"]
    for name in ("services", "service_at_locations", "organizations"):
        paths += [f"{name}?full=true", f"{name}?full=true&format=ndjson"]
    for path in [*(f"{ROOT}/{each}" for each in paths), f"/api/services/{made['quiet'].id}"]:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert not [word for word in secret if word in answer.text], path
    assert (await client.get(f"{ROOT}/service_at_locations/{spot}")).json()["location"] == {
        "id": made["quiet"].service_at_locations[0].location.id,
        "location_type": "physical",
    }
    # Nor does any filter tell where or when it is.
    for asked in (
        {"search": "foxglove"},
        {"day": "SU"},
        {"start_time": "05:00"},
        {"postcode": "NR3 1FH", "proximity": 100},
    ):
        for name in ("services", "service_at_locations"):
            assert await ids_of(client, name, **asked) == [], asked


async def test_a_place_that_was_open_and_became_confidential_leaves_no_trace(little: Any):
    client, database, made = little
    paths = [
        f"{ROOT}/services/{made['swim'].id}",
        f"{ROOT}/service_at_locations?full=true",
        f"/api/services/{made['swim'].id}",
    ]
    for path in paths:
        assert "Mill Hall" in (await client.get(path)).text
    await database.pool.execute("update location set confidential = true")
    for path in paths:
        assert "Mill Hall" not in (await client.get(path)).text


async def test_everything_streams_in_constant_memory(empty: Any, monkeypatch: pytest.MonkeyPatch):
    client, database = empty
    from directory.catalogue.oruk import read as oruk

    monkeypatch.setattr(oruk, "STREAMED", 5)
    await keep(database, *(service() for _ in range(23)))
    most = 0
    built = oruk.read.built

    async def counted(pool: Any, wanted: Any) -> Any:
        nonlocal most
        most = max(most, len(wanted))
        return await built(pool, wanted)

    monkeypatch.setattr(oruk.read, "built", counted)
    answer = await client.get(f"{ROOT}/services", params={"format": "ndjson"})
    assert len(answer.content.splitlines()) == 23
    assert most == 5
