"""How right the answers are, over every postcode of Norfolk."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from directory.places.area_files import read_areas
from directory.places.atlas import Atlas, Region
from directory.places.distance import haversine
from directory.places.held import Held
from directory.places.units import Units

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


@pytest.fixture(scope="module")
def live(data: Path) -> list[Row]:
    return table(data / "geo" / "postcodes_live.csv")


def test_every_live_postcode_is_where_it_is_and_in_its_district(held: Held, live: list[Row]) -> None:
    assert len(live) == 29_502
    units = [held.units.find(row["postcode"]) for row in live]
    assert None not in units
    away = [
        float(haversine(unit.lat, unit.lon, float(row["lat"]), float(row["lon"])))
        for unit, row in zip(units, live, strict=True)
        if unit
    ]
    assert max(away) <= 2
    refs = [{held.atlas.refs[at] for at in held.atlas.of_unit(unit)} for unit in units if unit]
    assert all(f"district:{row['district_code']}" in mine for row, mine in zip(live, refs, strict=True))
    assert all(any(ref.startswith("zone:") for ref in mine) for mine in refs)


def test_a_point_takes_the_district_of_its_neighbours_and_says_when_it_is_near_an_edge(
    held: Held, live: list[Row]
) -> None:
    """A tenth of the points held out, as a house is that has no postcode of its own."""
    every, spots = held.units, {}
    for row in every.used.tolist():
        spots.setdefault((every.lat[row], every.lon[row]), []).append(row)
    out = np.random.default_rng(7).permutation(len(spots))[: len(spots) // 10]
    keys = list(spots)
    away = {row for at in out.tolist() for row in spots[keys[at]]}
    kept = [every.unit(row)[:7] for row in every.used.tolist() if row not in away]
    regions = [
        Region(one.kind, one.code, one.name, one.outline, one.members)
        for one in held.atlas.regions
        if one.kind != "zone"
    ]
    atlas = Atlas(regions, Units(kept), held.districts)
    asked = [every.unit(row) for row in sorted(away)]
    asked = [unit for unit in asked if unit.district in held.atlas.home_districts]
    found = atlas.of_many([unit.lat for unit in asked], [unit.lon for unit in asked])
    right = [
        f"district:{unit.district}" in {atlas.refs[at] for at in areas}
        for unit, areas in zip(asked, found, strict=True)
    ]
    assert len(asked) > 2_000
    assert np.mean(right) >= 0.965
    wrong = [(unit, areas) for unit, areas, ok in zip(asked, found, right, strict=True) if not ok]
    told = [
        f"district:{unit.district}" in {atlas.refs[at] for at in atlas.edges(unit.lat, unit.lon, areas)}
        for unit, areas in wrong
    ]
    assert np.mean(told) > 0.5


def test_polygons_give_nearly_every_point_its_district(held: Held, live: list[Row], data: Path) -> None:
    found = read_areas(data / "geo" / "districts.geojson", "district")
    assert not found.problems
    regions = [Region("district", area.code, area.name, area.outline) for area in found.areas]
    atlas = Atlas(regions, held.units)
    areas = atlas.of_many([float(row["lat"]) for row in live], [float(row["lon"]) for row in live])
    right = [
        [atlas.regions[at].code for at in mine] == [row["district_code"]]
        for row, mine in zip(live, areas, strict=True)
    ]
    assert np.mean(right) >= 0.9998


def test_wards_and_lsoas_are_told_from_their_polygons(held: Held, live: list[Row], data: Path) -> None:
    some = live[::20]
    for name, kind, column in (("wards_2025", "ward", "ward_code"), ("lsoa_2021", "lsoa", "lsoa21")):
        found = read_areas(data / "geo" / f"{name}.geojson", kind)
        regions = [Region(kind, area.code, area.name, area.outline) for area in found.areas]
        atlas = Atlas(regions, held.units)
        areas = atlas.of_many([float(row["lat"]) for row in some], [float(row["lon"]) for row in some])
        right = [
            [atlas.regions[at].code for at in mine] == [row[column]]
            for row, mine in zip(some, areas, strict=True)
        ]
        assert np.mean(right) >= 0.998, kind
