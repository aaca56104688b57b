"""The carried county into the database: postcodes of its districts and their border, named places, areas."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from directory.db import Connection, Database
from directory.errors import SourceError
from directory.places import onspd, outlines
from directory.places.named import Named
from directory.places.named_files import read_named
from directory.places.write import (
    NewArea,
    Progress,
    put_outcodes,
    put_postcodes,
    replace_areas,
    replace_places,
)

SEED = Path(__file__).parents[2] / "seed"
COUNTY = "E10000020"
LETTERS = "CINP"
"""First letters of the postcodes of Norfolk and of ten miles round it: CB, IP, NR, PE."""
REACH = 20_000.0
"""Metres round the county's postcodes for which units are carried: all of ten miles over its border."""


async def load_county(
    database: Database | Connection, progress: Progress | None = None, folder: Path = SEED
) -> int:
    """Postcodes, places, districts and demonstration zones, in one transaction. Returns how many postcodes.

    Safe to run again: what is carried comes anew, postcodes of elsewhere stay. Raises SourceError when a carried
    file is damaged or the postcode package is missing.
    """
    if isinstance(database, Database):
        async with database.transaction() as connection:
            return await _load(connection, progress or _silent, folder)
    return await _load(database, progress or _silent, folder)


async def load(database: Database, progress: Progress | None = None) -> int:
    """`load_county` of the carried folder."""
    return await load_county(database, progress)


async def _load(connection: Connection, progress: Progress, folder: Path) -> int:
    named = read_named(folder)
    districts = {place.district: place for place in named if place.kind == "district"}
    county = next((place for place in named if place.kind == "county"), None)
    if county is None:
        raise SourceError(f"{folder / 'districts.csv'} names no county.")
    home = sorted(code for code, place in districts.items() if place.county == county.name)
    progress("postcodes", 0.0)
    batches = county_postcodes(home, folder)
    progress("postcodes", 0.3)
    count = await put_postcodes(connection, batches, onspd.vintage())
    await put_outcodes(connection, read_outcodes(folder / "outcodes.csv"))
    progress("places", 0.5)
    await replace_places(connection, named, "OS Open Names, 2024")
    progress("areas", 0.6)
    await _areas(connection, batches, [districts[code] for code in home], county, folder / "zones.csv")
    progress("areas", 1.0)
    return count


def county_postcodes(home: list[str], folder: Path = SEED) -> list[onspd.Batch]:
    """The postcodes of the home districts and of their border, those that have ended marked in the home ones."""
    ended = onspd.read_terminated(folder / "terminated.csv")
    box = onspd.extent(home, letters=LETTERS).wider(REACH)
    near = list(onspd.read_package(letters=LETTERS, within=box))
    return [onspd.mark(batch, home, ended) for batch in onspd.around(lambda: iter(near), home, REACH)]


async def _areas(
    connection: Connection, batches: list[onspd.Batch], districts: list[Named], county: Named, zones: Path
) -> None:
    home = [place.district for place in districts]
    sectors = read_zones(zones)
    used = [batch.where(batch.live != 0) for batch in batches]
    codes = [code for batch in used for code in batch.postcode.tolist()]
    lat, lon = (np.concatenate([getattr(batch, name) for batch in used]) for name in ("lat", "lon"))
    district = np.concatenate([batch.district for batch in used])
    ground = outlines.Ground(lat, lon, np.isin(district, home))
    zone_of = {sector: zone for zone, some in sectors.items() for sector in some}
    by_district = ground.outlines(district.tolist())
    by_zone = ground.outlines([zone_of.get(code[:-2], "") for code in codes])
    whole = ground.outlines([county.name] * len(codes))
    ons = "Office for National Statistics, 2025; outline drawn from postcodes"
    areas = [
        NewArea(
            code=COUNTY,
            name=county.name,
            outline=whole.get(county.name),
            members=tuple(("district", code) for code in home),
        )
    ]
    await replace_areas(connection, "county", areas, ons)
    areas = [
        NewArea(
            code=place.district,
            name=place.name,
            outline=by_district.get(place.district),
            members=(("district", place.district),),
        )
        for place in districts
    ]
    await replace_areas(connection, "district", areas, ons)
    areas = [
        NewArea(
            code=zone,
            name=f"Zone {int(zone[-2:])}",
            outline=by_zone.get(zone),
            members=tuple(("sector", sector) for sector in some),
        )
        for zone, some in sectors.items()
    ]
    await replace_areas(connection, "zone", areas, "Demonstration: drawn from postcodes", demonstration=True)


def read_zones(path: Path) -> dict[str, list[str]]:
    """Zone code -> its postcode sectors, from a CSV of `zone,sector`."""
    zones: dict[str, list[str]] = defaultdict(list)
    for row in _rows(path, "zone,sector"):
        zones[row["zone"]].append(row["sector"])
    return dict(sorted(zones.items()))


def read_outcodes(path: Path) -> list[tuple[str, float, float, float, str]]:
    """Rows of a CSV of `outcode,lat,lon,radius,districts` ("E07000148:812|E07000144:3"), ready for COPY."""
    try:
        return [
            (
                row["outcode"],
                float(row["lat"]),
                float(row["lon"]),
                float(row["radius"]),
                _counts(row["districts"]),
            )
            for row in _rows(path, "outcode,lat,lon,radius,districts")
        ]
    except ValueError as error:
        raise SourceError(f"{path} is not a list of outcodes: {error}") from error


def _counts(text: str) -> str:
    pairs = (one.split(":") for one in text.split("|") if one)
    return json.dumps({code: int(count) for code, count in pairs})


def _rows(path: Path, header: str) -> Iterable[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if ",".join(rows.fieldnames or ()) != header:
                raise SourceError(f"{path}: the columns must be {header}.")
            return [row for row in rows if None not in row and None not in row.values()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _silent(what: str, done: float) -> None:
    """No progress is shown."""
