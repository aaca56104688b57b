"""A postcode file that a person brings: the ONS Postcode Directory (or the National Statistics Postcode
Lookup) as CSV, Code-Point Open as CSVs, either of them in the zip it is published in or the folder it
unpacks to.

Which it is shows in the columns, never in the name. Code-Point Open has no header row and holds live
postcodes only; the directory holds all, and says the month a dead one ended (`doterm`, "YYYYMM").
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from directory.errors import SourceError
from directory.places.grids import latlon_to_british
from directory.places.onspd import Batch, columns
from directory.places.postcodes import normalise

ROWS = 50_000
"""Rows in a batch: some 20 MB while it is being read."""

_WANTED = {
    "postcode": r"pcds|pcd8|pcd2|pcd7|pcd|postcode|pc",
    "easting": r"oseast1m|east1m|eastings?|ea",
    "northing": r"osnrth1m|north1m|northings?|no",
    "district": r"oslaua|laua|lad[0-9]{2}cd|(admin_)?district_code|dc",
    "lat": r"lat|latitude",
    "lon": r"long|lon|longitude",
    "ended": r"doterm",
}
_CODE_POINT = {"postcode": 0, "easting": 2, "northing": 3, "district": 8}


def read_file(path: str | Path, *, northern_ireland: bool = False) -> Iterator[Batch]:
    """Batches of the postcodes in a CSV, a zip of CSVs or a folder of CSVs, in the order of the file.

    Rows whose postcode is not one, or that are too short, are counted as malformed. Raises SourceError, in
    one line that names the file, when there is nothing there, it is no such file, or it breaks off.
    """
    good = 0
    with ExitStack() as stack:
        try:
            for name, stream in _streams(Path(path), stack):
                for batch in _read(name, stream, northern_ireland):
                    good += len(batch)
                    yield batch
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise SourceError(f"{path} cannot be read: {error}") from error
        except csv.Error as error:
            raise SourceError(f"{path} is not a CSV file: {error}") from error
    if not good:
        raise SourceError(f"{path} holds no postcode with a position.")


def _streams(path: Path, stack: ExitStack) -> Iterator[tuple[str, TextIO]]:
    if path.is_dir():
        for file in _chosen([str(file.relative_to(path)) for file in path.rglob("*")], path):
            stream = stack.enter_context(
                (path / file).open(encoding="utf-8-sig", errors="replace", newline="")
            )
            yield file, stream
            stream.close()
    elif zipfile.is_zipfile(path):
        archive = stack.enter_context(zipfile.ZipFile(path))
        for file in _chosen(archive.namelist(), path):
            with archive.open(file) as member:
                yield file, io.TextIOWrapper(member, encoding="utf-8-sig", errors="replace", newline="")
    elif path.suffix.lower() == ".zip" and path.exists():
        raise SourceError(f"{path} is not a zip file, or only part of one.")
    else:
        stream = stack.enter_context(path.open(encoding="utf-8-sig", errors="replace", newline=""))
        yield path.name, stream


def _chosen(names: list[str], path: Path) -> list[str]:
    """The data among the files of a release: not its documents and look-ups, and not the same rows twice."""
    tables = [
        name
        for name in names
        if name.lower().endswith(".csv") and not PurePosixPath(name).name.startswith(".")
    ]
    whole = [name for name in tables if re.search(r"(ONSPD|NSPL|NSPD)[^/]*_UK\.csv$", name)]
    data = [
        name for name in tables if not re.search(r"(^|/)(documents?|docs?|user guide|multi_csv)/", name, re.I)
    ]
    chosen = whole[:1] or sorted(data)
    if not chosen:
        raise SourceError(f"{path} holds no CSV of postcodes.")
    return chosen


def _read(name: str, stream: TextIO, northern_ireland: bool) -> Iterator[Batch]:
    rows = csv.reader(stream)
    first = next(rows, None)
    if first is None:
        raise SourceError(f"{name} is empty.")
    where = _columns(first, name)
    # Code-Point Open has no header: its first row is data.
    kept = [first] if where is _CODE_POINT else []
    for row in rows:
        kept.append(row)
        if len(kept) >= ROWS:
            yield _batch(name, kept, where, northern_ireland)
            kept = []
    yield _batch(name, kept, where, northern_ireland)


def _columns(first: list[str], name: str) -> dict[str, int]:
    if len(first) == 10 and normalise(first[0]):
        return _CODE_POINT
    heads = [head.strip().strip('"').lower() for head in first]
    where = {}
    for wanted, spellings in _WANTED.items():
        for spelling in spellings.split("|"):
            found = [index for index, head in enumerate(heads) if re.fullmatch(spelling, head)]
            if found:
                where[wanted] = found[0]
                break
    if "postcode" not in where or not (
        {"easting", "northing"} <= where.keys() or {"lat", "lon"} <= where.keys()
    ):
        shown = ", ".join(heads[:6])[:80]
        raise SourceError(
            f"{name} is neither the ONS Postcode Directory nor Code-Point Open: no columns for a postcode "
            f"and its position (it begins: {shown})."
        )
    return where


def _batch(name: str, rows: list[list[str]], where: dict[str, int], northern_ireland: bool) -> Batch:
    code_at, last = where["postcode"], max(where.values())
    codes, kept, malformed = [], [], 0
    for row in rows:
        code = normalise(row[code_at]) if len(row) > last else None
        if code is None:
            malformed += bool(row)
        elif northern_ireland or not code.startswith("BT"):
            codes.append(code)
            kept.append(row)
    count = len(codes)

    def numbers(column: str) -> NDArray[np.float64]:
        return np.array([_number(row[where[column]]) for row in kept], dtype=float)

    def words(column: str, width: str) -> NDArray[np.str_]:
        return np.array(
            [row[where[column]].strip() for row in kept] if column in where else [""] * count, dtype=width
        )

    ended = words("ended", "U10")
    if where is _CODE_POINT or "ended" in where:
        live = (ended == "").astype(np.int8)
    else:
        live = np.full(count, -1, dtype=np.int8)
    months = np.array([f"{when[:4]}-{when[4:6]}" if when else "" for when in ended.tolist()], dtype="U10")
    if "easting" in where:
        easting, northing = numbers("easting"), numbers("northing")
    else:
        # A look-up cut down to degrees; 99.999999 is the directory's way of saying that it has none.
        lat, lon = numbers("lat"), numbers("lon")
        easting, northing = latlon_to_british(lat, lon) if count else (lat, lon)
    return columns(name, codes, easting, northing, words("district", "U9"), live, months, malformed)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
