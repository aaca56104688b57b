"""Places over HTTP."""

import pytest

from directory.db import Database
from tests.conftest import MakeClient

TABLES = ("postcode", "place", "area", "place_data", "service", "search_change")


@pytest.fixture
async def http(make_client: MakeClient, loaded: Database):  # type: ignore[no-untyped-def]
    return await make_client(loaded)


async def test_a_place_is_answered_in_the_wire_shape(http) -> None:  # type: ignore[no-untyped-def]
    answer = (await http.get("/api/places", params={"q": "NR9"})).json()
    assert answer["kind"] == "outcode"
    assert answer["sentence"].startswith("NR9 covers 3 districts")
    assert {"lat", "lon"} == answer["point"].keys()


async def test_no_text_is_refused_but_for_a_parameter_that_is_none(http) -> None:  # type: ignore[no-untyped-def]
    for text in ("", "'; drop table postcode; --", "%", "é" * 500, "\U0001f600", "NR3 1FH\n\r"):
        assert (await http.get("/api/places", params={"q": text})).status_code == 200, text
    answer = await http.get("/api/places", params={"place": "Cromer"})
    assert answer.status_code == 400
    assert "place" in answer.text


async def test_nothing_that_is_typed_is_logged_or_stored(  # type: ignore[no-untyped-def]
    http, loaded: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def sizes() -> list[int]:
        return [await loaded.pool.fetchval(f"select count(*) from {table}") for table in TABLES]

    before = await sizes()
    with caplog.at_level("DEBUG"):
        await http.get("/api/places", params={"q": "7 Secret Lane, NR27 9HS"})
    ours = [record for record in caplog.records if record.name.startswith(("flourish", "directory"))]
    assert not [record for record in ours if "Secret" in record.getMessage()]
    assert await sizes() == before


async def test_zones_are_listed_and_labelled(http) -> None:  # type: ignore[no-untyped-def]
    zones = (await http.get("/api/zones")).json()
    assert [zone["code"] for zone in zones] == [f"zone-{number:02}" for number in range(1, 16)]
    assert all(zone["demonstration"] for zone in zones)
    assert all(zone["districts"] and zone["places"] and zone["centre"] for zone in zones)


async def test_a_zone_has_its_outline_and_members(http) -> None:  # type: ignore[no-untyped-def]
    zone = (await http.get("/api/zones/zone-01")).json()
    assert zone["demonstration"] is True
    assert {"name", "kind", "postcode"} <= zone["settings"][0].keys()
    assert zone["outline"]["type"] in ("Polygon", "MultiPolygon")
    assert "PE30 1" in zone["members"]
    assert "King's Lynn" in zone["places"]


async def test_a_zone_that_is_none_is_not_found(http) -> None:  # type: ignore[no-untyped-def]
    assert (await http.get("/api/zones/zone-99")).status_code == 404
    assert (await http.get("/api/zones/%00")).status_code in (400, 404)


async def test_a_zone_says_who_its_team_is_and_what_is_in_it(client) -> None:  # type: ignore[no-untyped-def]
    for listed in (await client.get("/api/zones")).json():
        (team,) = listed["team"]
        assert team["name"].startswith("School and Community Team, Zone")
        assert team["phone"].startswith("01632 960") or not team["phone"]
    zone = (await client.get("/api/zones/zone-01")).json()
    assert zone["team"][0] in zone["services"]
    assert zone["services_total"] == len(zone["services"])
    assert {hub["kind"] for hub in zone["hubs"]} <= {"help_hub", "family_hub"}
    inside = (await client.get("/api/search", params={"zone": "zone-01", "per_page": 50})).json()
    assert inside["total"] >= 1


async def test_confidential_places_put_no_service_into_a_zone(client, county: Database) -> None:  # type: ignore[no-untyped-def]
    rows = await county.pool.fetch(
        """select distinct sal.service_id from service_at_location sal join location l on l.id = sal.location_id
           where l.confidential
             and not exists (select from service_area a where a.service_id = sal.service_id and a.area like 'zone:%')
             and not exists (select from service_at_location o join location p on p.id = o.location_id
                             where o.service_id = sal.service_id and not p.confidential)"""
    )
    hidden = {str(row["service_id"]) for row in rows}
    assert hidden
    for number in range(1, 16):
        zone = (await client.get(f"/api/zones/zone-{number:02}")).json()
        assert not hidden & {service["id"] for service in zone["services"]}
