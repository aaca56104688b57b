"""The carried table of named places, read from its CSV files into the gazetteer's rows.

`places.csv` (name, kind, lat, lon, district, county, source), `elsewhere.csv` (the same without a district:
far towns and the names of counties and countries, so that "London" is never taken for a misspelt Loddon),
`districts.csv` (code, name, kind, county, aliases) and `aliases.csv` (alias, name, district, note), all
UTF-8 with a header row.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from directory.errors import SourceError
from directory.places.named import Named


def read_named(folder: Path) -> tuple[Named, ...]:
    """Every named place, district and county of the folder's files.

    An alias without a district belongs to every place of its name. Raises SourceError, naming file and line,
    for a missing file, a wrong header, a bad number or an alias of nothing.
    """
    aliases: dict[tuple[str, str], list[str]] = defaultdict(list)
    lines: dict[tuple[str, str], int] = {}
    for line, row in _rows(folder / "aliases.csv", "alias,name,district,note"):
        key = (row["name"], row["district"])
        aliases[key].append(row["alias"])
        lines[key] = line
    named = []
    for file, header in (
        ("places.csv", "name,kind,lat,lon,district,county,source"),
        ("elsewhere.csv", "name,kind,lat,lon,county,source"),
    ):
        for line, row in _rows(folder / file, header):
            key, anywhere = (row["name"], row.get("district", "")), (row["name"], "")
            lines.pop(key, None)
            lines.pop(anywhere, None)
            named.append(
                Named(
                    name=row["name"],
                    kind=row["kind"],
                    lat=_degrees(row["lat"], folder / file, line),
                    lon=_degrees(row["lon"], folder / file, line),
                    district=row.get("district", ""),
                    county=row["county"],
                    source=row["source"],
                    aliases=tuple(dict.fromkeys([*aliases[key], *aliases[anywhere]])),
                )
            )
    for (name, _), line in lines.items():
        raise SourceError(f"{folder / 'aliases.csv'}, line {line}: there is no place called {name}.")
    for _, row in _rows(folder / "districts.csv", "code,name,kind,county,aliases,source"):
        also = tuple(alias for alias in row["aliases"].split("|") if alias)
        code = row["code"] if row["kind"] == "district" else ""
        named.append(
            Named(
                name=row["name"],
                kind=row["kind"],
                district=code,
                county=row["county"],
                source=row["source"],
                aliases=also,
            )
        )
    return tuple(named)


def district_names(named: tuple[Named, ...]) -> dict[str, str]:
    """ONS code -> name, of the districts in the table."""
    return {place.district: place.name for place in named if place.kind == "district"}


def _rows(path: Path, header: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if ",".join(rows.fieldnames or ()) != header:
                raise SourceError(f"{path}: the columns must be {header}.")
            for row in rows:
                if None in row.values() or None in row:
                    raise SourceError(f"{path}, line {rows.line_num}: it has not the columns of the header.")
                yield rows.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _degrees(text: str, path: Path, line: int) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise SourceError(f"{path}, line {line}: {text!r} is not a number of degrees.") from error
