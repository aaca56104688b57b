"""The county that comes with the product: its postcodes and those of its border, places, districts, zones.

Everything is made from the postcode package and the small files of `seed/` in some two seconds, without a database.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from directory.errors import SourceError
from directory.places import onspd, outlines
from directory.places.area_files import NewArea
from directory.places.atlas import Region
from directory.places.held import Held, made
from directory.places.named import Named
from directory.places.named_files import read_named
from directory.places.units import Wide

SEED = Path(__file__).parents[2] / "seed"
COUNTY = "E10000020"
LETTERS = "CINP"
"""First letters of the postcodes of Norfolk and of ten miles round it: CB, IP, NR, PE."""
REACH = 20_000.0
"""Metres round the county's postcodes for which units are carried: all of ten miles over its border."""
PLACES = "OS Open Names, 2024"


class Layer(NamedTuple):
    """The areas of one kind and what is said of where they are from."""

    kind: str
    areas: list[NewArea]
    source: str
    demonstration: bool = False


class Carried(NamedTuple):
    """`outcodes` are (outcode, lat, lon, radius, districts as JSON)."""

    batches: list[onspd.Batch]
    outcodes: list[tuple[str, float, float, float, str]]
    named: tuple[Named, ...]
    layers: list[Layer]

    def held(self) -> Held:
        """The snapshot that a database loaded with all this gives."""
        rows = [
            (code, lat, lon, district, live, ended, same)
            for batch in self.batches
            for code, lat, lon, _, _, district, live, ended, same in batch.rows()
        ]
        regions = [
            Region(layer.kind, area.code, area.name, area.outline, area.members, layer.demonstration)
            for layer in self.layers
            for area in layer.areas
        ]
        wides = [
            Wide(text, lat, lon, radius, json.loads(some)) for text, lat, lon, radius, some in self.outcodes
        ]
        editions = {"postcodes": onspd.vintage(), "places": PLACES, "areas": self.layers[-1].source}
        return made(rows, True, regions, wides, self.named, editions)


def carried(folder: Path = SEED) -> Carried:
    """All of it. Raises SourceError when a file is damaged or the postcode package is missing."""
    named = read_named(folder)
    districts = {place.district: place for place in named if place.kind == "district"}
    county = next((place for place in named if place.kind == "county"), None)
    if county is None:
        raise SourceError(f"{folder / 'districts.csv'} names no county.")
    home = sorted(code for code, place in districts.items() if place.county == county.name)
    batches = county_postcodes(home, folder)
    zones, schools = (
        read_zones(folder / "zones.csv"),
        list(_rows(folder / "schools.csv", "name,kind,postcode")),
    )
    layers = _layers(batches, [districts[code] for code in home], county, zones, schools)
    return Carried(batches, read_outcodes(folder / "outcodes.csv"), named, layers)


def county_postcodes(home: Sequence[str], folder: Path = SEED) -> list[onspd.Batch]:
    """The postcodes of the home districts and of their border, those that have ended marked in the home ones."""
    ended = onspd.read_terminated(folder / "terminated.csv")
    box = onspd.extent(home, letters=LETTERS).wider(REACH)
    near = list(onspd.read_package(letters=LETTERS, within=box))
    return [onspd.mark(batch, home, ended) for batch in onspd.around(lambda: iter(near), home, REACH)]


def _layers(
    batches: list[onspd.Batch],
    districts: list[Named],
    county: Named,
    zones: dict[str, list[str]],
    schools: list[dict[str, str]],
) -> list[Layer]:
    home = [place.district for place in districts]
    used = [batch.where(batch.live != 0) for batch in batches]
    codes = [code for batch in used for code in batch.postcode.tolist()]
    lat, lon = (np.concatenate([getattr(batch, name) for batch in used]) for name in ("lat", "lon"))
    district = np.concatenate([batch.district for batch in used])
    ground = outlines.Ground(lat, lon, np.isin(district, home))
    zone_of = {sector: zone for zone, some in zones.items() for sector in some}
    by_district = ground.outlines(district.tolist())
    by_zone = ground.outlines([zone_of.get(code[:-2], "") for code in codes])
    whole = NewArea(
        code=COUNTY,
        name=county.name,
        outline=ground.outlines([COUNTY] * len(codes)).get(COUNTY),
        members=tuple(("district", code) for code in home),
    )
    districts_ = [
        NewArea(
            code=place.district,
            name=place.name,
            outline=by_district.get(place.district),
            members=(("district", place.district),),
        )
        for place in districts
    ]
    zones_ = [
        NewArea(
            code=zone,
            name=f"Zone {int(zone[-2:])}",
            outline=by_zone.get(zone),
            members=tuple(("sector", sector) for sector in some),
            attributes={"settings": [school for school in schools if school["postcode"][:-2] in some]},
        )
        for zone, some in zones.items()
    ]
    ons = "Office for National Statistics, 2025; outline drawn from postcodes"
    return [
        Layer("county", [whole], ons),
        Layer("district", districts_, ons),
        Layer("zone", zones_, "Demonstration: drawn from postcodes", demonstration=True),
    ]


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
