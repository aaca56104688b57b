"""Areas into the database: vintages, the swap, outlines drawn of lists, figures."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import shapely

from directory.db import Database
from directory.places.apply import apply_areas, apply_figures
from directory.places.area_files import AreaFile, NewArea, read_areas
from directory.places.load import load_county
from directory.places.resolve import Places
from directory.postgres import Server
from tests.conftest import clone, drop
from tests.places.test_area_files import square, written

APRIL = dt.date(2026, 4, 1)


@pytest.fixture(scope="module")
async def county(postgres: Server, template: str) -> AsyncIterator[Database]:
    """The carried county, to change."""
    opened = await Database(await clone(postgres, template, "areas"), size=3).open()
    try:
        await load_county(opened)
        yield opened
    finally:
        await opened.close()
        await drop(postgres, "areas")


def polygon(code: str, west: float, south: float, size: float = 0.2) -> NewArea:
    shape = shapely.from_geojson(json.dumps(square(west, south, size)))
    return NewArea(code=code, name=code.title(), outline=shapely.to_wkb(shape))


async def test_areas_come_all_at_once_and_leave_other_kinds_alone(county: Database, tmp_path: Path) -> None:
    places = Places(county)
    before = await places.areas_of(52.6309, 1.2974)

    # Polygons take the place of the demonstration zones.
    found = AreaFile(areas=[polygon("north", 1.2, 52.6), polygon("south", 1.2, 52.4)])
    done = await apply_areas(county, "zone", found, "a test")
    assert (done.areas, done.without_outline) == (2, [])
    places.forget()
    assert await places.areas_of(52.6309, 1.2974) == (before[0], "zone:north", before[2])
    assert await places.areas_of_postcode("NR3 1FH") == (before[0], "zone:north", before[2])
    zones = await places.zones()
    assert [(zone.code, zone.demonstration) for zone in zones] == [("north", False), ("south", False)]
    assert (await places.resolve("north")).match == "North"

    # A dry run changes nothing.
    done = await apply_areas(
        county, "zone", AreaFile(areas=[polygon("other", 1, 52)]), "a test", dry_run=True
    )
    assert (done.areas, done.dry_run) == (1, True)
    assert await county.pool.fetchval("select count(*) from area where kind = 'zone'") == 2

    # One that fails half way leaves all as it was.
    twice = AreaFile(areas=[polygon("one", 1, 52), polygon("one", 1, 52)])
    with pytest.raises(Exception, match="area_once"):
        await apply_areas(county, "zone", twice, "a test")
    assert await county.pool.fetchval("select count(*) from area where kind = 'zone'") == 2

    # A later vintage ends the earlier one the day before, and one of the future does not count yet.
    await apply_areas(county, "zone", AreaFile(areas=[polygon("new", 1.2, 52.6)]), "later", valid_from=APRIL)
    future = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    await apply_areas(county, "zone", AreaFile(areas=[polygon("next", 1.2, 52.6)]), "next", valid_from=future)
    rows = await county.pool.fetch(
        "select code, valid_to from area where kind = 'zone' order by valid_from, code"
    )
    assert [(row["code"], row["valid_to"]) for row in rows] == [
        ("north", APRIL - dt.timedelta(days=1)),
        ("south", APRIL - dt.timedelta(days=1)),
        ("new", future - dt.timedelta(days=1)),
        ("next", None),
    ]
    places.forget()
    assert "zone:new" in await places.areas_of(52.6309, 1.2974)

    # A list of sectors gets its outline drawn.
    text = "zone,name,sector\na,Ash,NR3 1\na,Ash,NR3 2\nb,Beech,NR27 9\n"
    listed = read_areas(written(tmp_path, text), "patch", None)
    done = await apply_areas(county, "patch", listed, "a list")
    assert done.without_outline == []
    places.forget()
    assert "patch:a" in await places.areas_of(52.6309, 1.2974)
    assert "patch:b" in await places.areas_of_postcode("NR27 9HS")
    assert not [ref for ref in await places.areas_of_postcode("NR1 3QU") if ref.startswith("patch")]
    outline = await county.pool.fetchval("select outline from area where kind = 'patch' and code = 'a'")
    assert shapely.from_wkb(outline).distance(shapely.Point(1.2974, 52.6309)) < 0.002

    # Schools: the ground that is nearer to one of an area than to any other.
    text = "urn,name,postcode,zone\n120001,One,NR3 1FH,x\n120002,Two,NR27 9HS,y\n120003,Three,,y\n"
    done = await apply_areas(county, "school_zone", read_areas(written(tmp_path, text), "zone"), "schools")
    assert done.problems == ["y: no place is known for school 120003; give its postcode"]
    places.forget()
    assert "school_zone:y" in await places.areas_of(52.90, 1.25)
    assert "school_zone:x" in await places.areas_of(52.60, 1.29)

    # LSOAs: the outlines of those that are loaded.
    lsoas = [polygon("E01000001", 1.2, 52.6), polygon("E01000002", 1.4, 52.6)]
    await apply_areas(county, "lsoa", AreaFile(areas=lsoas), "lsoa")
    text = "zone,lsoa\nq,E01000001\nq,E01000002\nq,E01000009\n"
    done = await apply_areas(county, "quarter", read_areas(written(tmp_path, text), "quarter"), "quarters")
    assert done.problems == ["q: the outline of LSOA E01000009 is not loaded"]
    places.forget()
    assert "quarter:q" in await places.areas_of(52.7, 1.5)

    # Figures are added to what is there.
    text = "lsoa,imd_decile\nE01000001,3\nE01999999,4\n"
    done = await apply_figures(
        county, "lsoa", read_areas(written(tmp_path, text), "lsoa", figures=True), "IoD"
    )
    assert (done.areas, done.unknown) == (1, ["E01999999"])
    attributes = await county.pool.fetchval("select attributes from area where code = 'E01000001'")
    assert attributes == '{"imd_decile": 3}'

    # A county that is a polygon is home too.
    whole = await county.pool.fetchval("select outline from area where kind = 'county'")
    only = AreaFile(areas=[NewArea(code="E10000020", name="Norfolk", outline=bytes(whole))])
    await apply_areas(county, "county", only, "a polygon")
    places.forget()
    assert (await places.resolve("NR3 1FH")).home
    assert (await places.resolve("NR3")).kind == "outcode"
    assert (await places.resolve("IP27 0AA")).kind == "outside"


async def test_readers_see_all_of_the_old_or_all_of_the_new(county: Database) -> None:
    def areas(name: str) -> AreaFile:
        return AreaFile(areas=[polygon(f"{name}{number}", 1 + number / 10, 52) for number in range(5)])

    await apply_areas(county, "plot", areas("a"), "a")
    seen: set[tuple[str, ...]] = set()
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            rows = await county.pool.fetch("select code from area where kind = 'plot' order by code")
            seen.add(tuple(row["code"][0] for row in rows))

    watching = asyncio.create_task(watch())
    for name in "bcd":
        await apply_areas(county, "plot", areas(name), name)
    done.set()
    await watching
    assert seen <= {(name,) * 5 for name in "abcd"}
