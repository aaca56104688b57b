"""Text -> a typed answer, over the carried county."""

import csv
import io
from pathlib import Path

import pytest

from directory.db import Database
from directory.places.distance import haversine
from directory.places.resolve import Places
from directory.places.shapes import Answer
from directory.places.write import loaded as note


def districts(answer: Answer) -> list[str]:
    return [area.code for area in answer.areas if area.kind == "district" and not area.near_edge]


async def test_every_golden_query_is_answered_as_it_should_be(places: Places, data: Path) -> None:
    wrong = []
    text = (data / "geo" / "test_queries.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in rows:
        answer = await places.resolve(row["query"])
        names = {answer.match} | {one.name for one in answer.candidates}
        right = answer.kind == row["kind"] and (row["match"] in names or not row["match"])
        if row["lat"]:
            point = answer.point
            right = right and point is not None
            if point:
                away = float(haversine(float(row["lat"]), float(row["lon"]), point.lat, point.lon))
                right = right and away <= float(row["tolerance_m"])
        if row["district_code"]:
            right = right and districts(answer)[:1] == [row["district_code"]]
        if not (right and answer.sentence and (answer.vintage or answer.kind == "invalid")):
            wrong.append((row["query"], row["kind"], answer))
    assert len(rows) == 56
    assert not wrong


async def test_a_postcode_tells_its_district_zone_and_county(places: Places) -> None:
    answer = await places.resolve("nr1 3qu")
    assert (answer.kind, answer.match, answer.home) == ("postcode", "NR1 3QU", True)
    kinds = [area.kind for area in answer.areas if not area.near_edge]
    assert kinds == ["district", "zone", "county"]
    assert answer.vintage == "ONS Postcode Directory, November 2025"


async def test_what_was_read_as_something_else_is_said(places: Places) -> None:
    (one,) = (await places.resolve("PE3O 1LY")).corrected
    assert (one.what, one.to) == ("the letter O read as the figure 0", "PE30 1LY")


async def test_a_repair_is_made_only_when_its_result_exists(places: Places) -> None:
    assert (await places.resolve("NR3 OZZ")).kind != "postcode"


async def test_a_postcode_inside_an_address_is_found(places: Places) -> None:
    answer = await places.resolve("Flat 2, 12 High Street, Cromer NR27 9HS")
    assert (answer.kind, answer.match) == ("postcode", "NR27 9HS")


async def test_an_unknown_unit_of_a_known_sector_gives_the_sector_and_says_so(places: Places) -> None:
    answer = await places.resolve("NR3 1ZZ")
    assert (answer.kind, answer.match) == ("sector", "NR3 1")
    assert "do not know that whole postcode" in answer.sentence


async def test_an_outcode_over_a_district_line_never_gives_one_district(places: Places) -> None:
    answer = await places.resolve("NR9")
    assert answer.kind == "outcode"
    shares = {area.name: area.share or 0 for area in answer.areas if area.kind == "district"}
    assert len(shares) >= 2
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)
    zones = [area for area in answer.areas if area.kind == "zone"]
    assert len(zones) > 1
    assert sum(area.share or 0 for area in zones) == pytest.approx(1, abs=0.01)
    assert "Add your full postcode" in answer.sentence


async def test_a_point_close_to_a_line_gives_both_sides(places: Places) -> None:
    answer = await places.resolve("NR12 8RX")
    edge = [area.name for area in answer.areas if area.near_edge and area.kind == "district"]
    assert edge == ["North Norfolk"]
    assert "close to the edge of North Norfolk" in answer.sentence


async def test_a_far_postcode_that_is_not_loaded_is_known_by_its_first_half(places: Places) -> None:
    answer = await places.resolve("SW1A 1AA")
    assert (answer.kind, answer.match, answer.home) == ("outside", "SW1A", False)
    assert answer.outside_metres
    assert 100_000 < answer.outside_metres < 200_000


async def test_a_zone_is_found_by_its_name(places: Places) -> None:
    answer = await places.resolve("zone 3")
    assert (answer.kind, [area.code for area in answer.areas]) == ("area", ["zone-03"])


async def test_a_district_is_an_area_with_its_county(places: Places) -> None:
    answer = await places.resolve("South Norfolk")
    assert answer.kind == "area"
    assert {area.code for area in answer.areas} == {"E07000149", "E10000020"}


async def test_a_point_at_sea_or_abroad_is_outside(places: Places) -> None:
    for text in ("53.2, 1.3", "48.85, 2.35", "-33.9, 151.2"):
        answer = await places.resolve(text)
        assert (answer.kind, answer.home, districts(answer)) == ("outside", False, []), text
        assert answer.outside_metres


async def test_areas_of_a_point_are_references(places: Places) -> None:
    found = await places.areas_of(52.6309, 1.2974)
    assert found[0] == "district:E07000148"
    assert found[1].startswith("zone:zone-")
    assert found[2:] == ("county:E10000020",)
    assert await places.areas_of(float("nan"), 1.2) == ()
    assert await places.areas_of(51.5, -0.12) == ()
    assert await places.areas_of_postcode("nr31fh") == found
    assert await places.areas_of_postcode("nothing") == ()


async def test_many_points_at_once_are_the_same_as_one_by_one(places: Places) -> None:
    held = await places.load()
    rows = range(0, len(held.units), 997)
    lats, lons = [float(held.units.lat[row]) for row in rows], [float(held.units.lon[row]) for row in rows]
    lats, lons = [*lats, float("nan")], [*lons, 1.0]
    many = await places.areas_of_many(lats, lons)
    assert many == [await places.areas_of(lat, lon) for lat, lon in zip(lats, lons, strict=True)]
    assert await places.areas_of_many([], []) == []


async def test_a_half_typed_place_is_completed(places: Places) -> None:
    async def offered(text: str) -> list[str]:
        return [one.text for one in await places.complete(text)]

    assert (await offered("crom"))[0] == "Cromer"
    assert "NR3 1FH" in await offered("nr3 1f")
    assert (await offered("nr3 "))[0] == "NR3 1"
    assert (await offered("zone 1"))[0] == "Zone 1"
    assert (await offered("NR"))[0] == "NR1"
    assert await offered("") == []
    assert await offered("\x00") == []
    assert len(await places.complete("b", limit=3)) == 3


async def test_a_change_of_the_data_is_noticed(database: Database) -> None:
    places = Places(database)
    assert (await places.resolve("Cromer")).kind == "unknown"
    async with database.transaction() as connection:
        await connection.execute(
            "insert into place (name, kind, latitude, longitude, district, county, source)"
            " values ('Cromer', 'town', 52.93, 1.3, 'E07000147', 'Norfolk', 'test')"
        )
        await note(connection, "places", "test")
    assert (await places.resolve("Cromer")).kind == "unknown"
    places.forget()
    assert (await places.resolve("Cromer")).match == "Cromer"
