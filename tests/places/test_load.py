"""The carried county in the database."""

from pathlib import Path

import pytest
import shapely

from directory.db import Database
from directory.errors import SourceError
from directory.places.carried import SEED, read_outcodes, read_zones
from directory.places.load import load_county


async def test_every_postcode_of_the_county_and_its_border_is_there(loaded: Database) -> None:
    row = await loaded.pool.fetchrow(
        """select count(*) filter (where live) as live, count(*) filter (where not live) as ended,
                  count(*) filter (where live is null) as unknown
           from postcode"""
    )
    assert tuple(row or ()) == (29_502, 6_376, 19_552)


async def test_areas_cover_the_county_without_gaps_and_do_not_overlap(loaded: Database) -> None:
    rows = await loaded.pool.fetch("select kind, code, outline from area")
    shapes = {(row["kind"], row["code"]): shapely.from_wkb(row["outline"]) for row in rows}
    assert len(shapes) == 1 + 7 + 15
    assert all(shape.is_valid for shape in shapes.values())
    (county,) = [shape for (kind, _), shape in shapes.items() if kind == "county"]
    for kind in ("district", "zone"):
        parts = [shape for (mine, _), shape in shapes.items() if mine == kind]
        whole = shapely.union_all(parts)
        assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-3)
        assert shapely.intersection(whole, county).area == pytest.approx(county.area, rel=0.02)
    assert sum(len(row["outline"]) for row in rows) < 100_000


async def test_zones_balance_and_every_home_postcode_is_in_one(loaded: Database) -> None:
    rows = await loaded.pool.fetch(
        """select a.code, count(*) as n from postcode p
           join area_member m on m.kind = 'sector' and m.member = left(p.postcode, -2)
           join area a on a.id = m.area_id
           join area_member d on d.kind = 'district' and d.member = p.district
           join area county on county.id = d.area_id and county.kind = 'county'
           where p.live group by a.code order by n"""
    )
    counts = [row["n"] for row in rows]
    assert len(counts) == 15
    assert sum(counts) == 29_502
    assert counts[-1] < 1.5 * counts[0]


async def test_loading_again_changes_nothing(database: Database) -> None:
    async def counted() -> list[int]:
        return [
            await database.pool.fetchval(f"select count(*) from {table}")
            for table in ("postcode", "place", "area", "area_member", "outcode")
        ]

    await load_county(database)
    first = await counted()
    async with database.transaction() as connection:
        await load_county(connection)
    assert await counted() == first


def test_a_sector_is_in_one_zone() -> None:
    sectors = [sector for some in read_zones(SEED / "zones.csv").values() for sector in some]
    assert len(sectors) == len(set(sectors)) == 154


def test_a_damaged_list_is_told_by_its_name(tmp_path: Path) -> None:
    broken = tmp_path / "outcodes.csv"
    broken.write_text("outcode,lat,lon,radius,districts\nNR3,north,1.2,900,\n")
    with pytest.raises(SourceError, match=r"outcodes\.csv"):
        read_outcodes(broken)
    with pytest.raises(SourceError, match=r"zones\.csv"):
        read_zones(tmp_path / "zones.csv")
