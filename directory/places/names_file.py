"""OS Open Names, the whole of it as Ordnance Survey publishes it: a zip or folder of CSV tiles without a header, or one
CSV with it. Populated places near home are read; roads, rivers and postcodes are passed over. Pure.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from directory.errors import SourceError
from directory.places.distance import haversine
from directory.places.grids import british_to_latlon
from directory.places.named import Named
from directory.places.names import fold

SOURCE = "OS Open Names"
KINDS = {
    "City": "city",
    "Town": "town",
    "Village": "village",
    "Hamlet": "hamlet",
    "Suburban Area": "suburb",
    "Other Settlement": "locality",
}
SAME = 3_000.0
"""Metres within which a place of ours and one of the file with its name are the same place."""

_HEADER = tuple(
    """
    ID NAMES_URI NAME1 NAME1_LANG NAME2 NAME2_LANG TYPE LOCAL_TYPE GEOMETRY_X GEOMETRY_Y MOST_DETAIL_VIEW_RES
    LEAST_DETAIL_VIEW_RES MBR_XMIN MBR_YMIN MBR_XMAX MBR_YMAX POSTCODE_DISTRICT POSTCODE_DISTRICT_URI POPULATED_PLACE
    POPULATED_PLACE_URI POPULATED_PLACE_TYPE DISTRICT_BOROUGH DISTRICT_BOROUGH_URI DISTRICT_BOROUGH_TYPE
    COUNTY_UNITARY COUNTY_UNITARY_URI COUNTY_UNITARY_TYPE REGION REGION_URI COUNTRY COUNTRY_URI
    RELATED_SPATIAL_OBJECT SAME_AS_DBPEDIA SAME_AS_GEONAMES
    """.split()  # noqa: SIM905
)
_NEEDED = ("NAME1", "NAME2", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y", "DISTRICT_BOROUGH", "COUNTY_UNITARY")

Wanted = Callable[[float, float], bool]
"""Whether a place at (lat, lon) is near enough to home to be kept."""


def read_names(path: Path, wanted: Wanted, districts: Mapping[str, str], edition: str = "") -> list[Named]:
    """The populated places of the file that are `wanted`. `districts` maps a district's name to its ONS code.

    Raises SourceError, in one line that names the file, when it is no such file or holds no place near home.
    """
    codes = {fold(name): code for name, code in districts.items()}
    source = f"{SOURCE} {edition}".strip() + ", OGL v3"
    found: list[Named] = []
    try:
        for name, stream in _streams(path):
            found += _places(_rows(name, stream), wanted, codes, source)
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        UnicodeDecodeError,
        csv.Error,
    ) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error
    if not found:
        raise SourceError(f"{path} holds no populated place near home.")
    return found


def merged(old: Sequence[Named], new: Sequence[Named]) -> list[Named]:
    """The new places, with the aliases that the same places had; and of the old ones those that are not from OS Open
    Names and that it does not have: suburbs by another source, districts, places far away."""
    by_name: dict[str, list[Named]] = {}
    for place in new:
        by_name.setdefault(fold(place.name), []).append(place)
    also: dict[int, tuple[str, ...]] = {}
    kept = []
    for place in old:
        twin = _nearest(place, by_name.get(fold(place.name), ()))
        if twin is not None:
            also[id(twin)] = tuple(dict.fromkeys([*also.get(id(twin), ()), *place.aliases]))
        elif not place.source.startswith(SOURCE):
            kept.append(place)
    return [_with_aliases(place, also[id(place)]) if id(place) in also else place for place in new] + kept


def _nearest(place: Named, others: Sequence[Named]) -> Named | None:
    if place.lat is None or place.lon is None or not others:
        return None
    away = haversine(place.lat, place.lon, [o.lat or 0.0 for o in others], [o.lon or 0.0 for o in others])
    at = int(np.argmin(away))
    return others[at] if away[at] <= SAME else None


def _with_aliases(place: Named, aliases: Iterable[str]) -> Named:
    return Named(
        name=place.name,
        kind=place.kind,
        lat=place.lat,
        lon=place.lon,
        district=place.district,
        county=place.county,
        source=place.source,
        aliases=tuple(dict.fromkeys([*place.aliases, *aliases])),
    )


def _places(
    rows: Iterable[dict[str, str]], wanted: Wanted, codes: Mapping[str, str], source: str
) -> list[Named]:
    some = [row for row in rows if row["LOCAL_TYPE"] in KINDS]
    if not some:
        return []
    lat, lon = british_to_latlon(
        [_number(row["GEOMETRY_X"]) for row in some], [_number(row["GEOMETRY_Y"]) for row in some]
    )
    return [
        Named(
            name=row["NAME1"].strip(),
            kind=KINDS[row["LOCAL_TYPE"]],
            lat=round(y, 5),
            lon=round(x, 5),
            district=codes.get(fold(row["DISTRICT_BOROUGH"] or row["COUNTY_UNITARY"]), ""),
            county=row["COUNTY_UNITARY"].strip(),
            source=source,
            aliases=(row["NAME2"].strip(),) if row["NAME2"].strip() else (),
        )
        for row, y, x in zip(some, lat.tolist(), lon.tolist(), strict=True)
        if row["NAME1"].strip() and np.isfinite(y + x) and wanted(y, x)
    ]


def _rows(name: str, stream: TextIO) -> Iterator[dict[str, str]]:
    rows = csv.reader(stream)
    first = next(rows, None)
    if first is None:
        return
    heads = [head.strip().upper() for head in first]
    if not set(_NEEDED) <= set(heads):
        if len(first) != len(_HEADER) or not first[0].startswith("osgb"):
            raise SourceError(f"{name} is not OS Open Names: its columns are others.")
        yield dict(zip(_HEADER, first, strict=True))
        heads = list(_HEADER)
    for row in rows:
        if len(row) == len(heads):
            yield dict(zip(heads, row, strict=True))


def _streams(path: Path) -> Iterator[tuple[str, TextIO]]:
    if path.is_dir():
        for file in sorted(file for file in path.rglob("*.csv") if "doc" not in str(file.parent).lower()):
            with file.open(encoding="utf-8-sig", newline="") as stream:
                yield file.name, stream
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.lower().endswith(".csv") and "doc/" not in name.lower():
                    with archive.open(name) as member:
                        yield name, io.TextIOWrapper(member, encoding="utf-8-sig", newline="")
    else:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield path.name, stream


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
