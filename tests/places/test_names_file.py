"""OS Open Names in its published layout."""

import csv
import zipfile
from pathlib import Path

import pytest

from directory.errors import SourceError
from directory.places.named import Named
from directory.places.names_file import merged, read_names

DISTRICTS = {"North Norfolk": "E07000147"}


def row(
    name: str, kind: str, x: int, y: int, *, also: str = "", district: str = "North Norfolk"
) -> list[str]:
    cells = [""] * 34
    cells[0], cells[2], cells[4], cells[6], cells[7] = "osgb4000", name, also, "populatedPlace", kind
    cells[8], cells[9], cells[21], cells[24] = str(x), str(y), district, "Norfolk"
    return cells


ROWS = [
    row("Cromer", "Town", 621900, 342200),
    row("Ebridge", "Hamlet", 631300, 329700, also="Ebridge Mill"),
    row("High Street", "Named Road", 621900, 342200),
    row("Penzance", "Town", 147500, 30200, district=""),
    row("Nowhere", "Village", 0, 0),
]


def near(lat: float, lon: float) -> bool:
    return 52 < lat < 54 and 0 < lon < 2


def tile(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_populated_places_near_home_are_read(tmp_path: Path) -> None:
    found = read_names(tile(tmp_path / "TG24.csv", ROWS), near, DISTRICTS, "2026")
    assert [(one.name, one.kind, one.district, one.county) for one in found] == [
        ("Cromer", "town", "E07000147", "Norfolk"),
        ("Ebridge", "hamlet", "E07000147", "Norfolk"),
    ]
    assert (found[0].lat, found[0].lon) == pytest.approx((52.9313, 1.3), abs=0.01)
    assert found[1].aliases == ("Ebridge Mill",)
    assert found[0].source == "OS Open Names 2026, OGL v3"


def test_a_zip_and_a_folder_give_the_same_and_documents_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "names" / "Data").mkdir(parents=True)
    (tmp_path / "names" / "Doc").mkdir()
    tile(tmp_path / "names" / "Data" / "TG24.csv", ROWS)
    tile(tmp_path / "names" / "Doc" / "OS_Open_Names_Header.csv", [["ID", "NAMES_URI"]])
    with zipfile.ZipFile(tmp_path / "names.zip", "w") as archive:
        for file in (tmp_path / "names").rglob("*.csv"):
            archive.write(file, file.relative_to(tmp_path / "names"))
    folder = read_names(tmp_path / "names", near, DISTRICTS)
    assert folder == read_names(tmp_path / "names.zip", near, DISTRICTS)
    assert len(folder) == 2


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"<html></html>"])
def test_another_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_names(tmp_path / "x.csv", near, DISTRICTS)
    assert "\n" not in str(caught.value)


def test_what_the_file_has_replaces_ours_and_the_rest_stays() -> None:
    def place(name: str, lat: float, source: str, *aliases: str) -> Named:
        return Named(name=name, kind="village", lat=lat, lon=1.3, source=source, aliases=aliases)

    old = [
        place("Cromer", 52.93, "OS Open Names 2024", "crab town"),
        place("Gone", 52.8, "OS Open Names 2024"),
        place("Lakenham", 52.61, "inside point of a ward"),
        place("Easton", 52.65, "GeoNames"),
        place("Easton", 52.20, "GeoNames"),
        Named(name="Norfolk", kind="county"),
    ]
    new = [place("Cromer", 52.9313, "OS Open Names 2026"), place("Easton", 52.651, "OS Open Names 2026")]
    rows = merged(old, new)
    assert [(one.name, one.lat) for one in rows] == [
        ("Cromer", 52.9313),
        ("Easton", 52.651),
        ("Lakenham", 52.61),
        ("Easton", 52.20),
        ("Norfolk", None),
    ]
    assert rows[0].aliases == ("crab town",)
