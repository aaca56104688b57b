"""The carried table of named places."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from directory.errors import SourceError
from directory.places.named import Named
from directory.places.named_files import district_names, read_named

SEED = Path(__file__).parents[2] / "seed"
FILES = ("places.csv", "elsewhere.csv", "districts.csv", "aliases.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in FILES:
        shutil.copy(SEED / file, tmp_path / file)
    return tmp_path


def test_the_carried_table_is_whole(named: tuple[Named, ...]) -> None:
    places = [place for place in named if place.point and place.district]
    home = [place for place in places if place.county == "Norfolk"]
    assert len(home) >= 960
    assert {place.kind for place in places} == {"city", "town", "suburb", "village", "hamlet", "locality"}
    assert all(place.source for place in named)
    assert all(
        51.9 < place.lat < 53.1 and -0.2 < place.lon < 1.8 for place in places if place.lat and place.lon
    )
    assert {place.district for place in places} <= district_names(named).keys()
    assert len(district_names(named)) >= 7


def test_no_place_is_there_twice(named: tuple[Named, ...]) -> None:
    counts = Counter((place.name, place.lat, place.lon, place.kind) for place in named)
    assert [place for place, count in counts.items() if count > 1] == []


def test_aliases_are_joined_to_their_places(named: tuple[Named, ...]) -> None:
    yarmouth = next(place for place in named if place.name == "Great Yarmouth" and place.point)
    assert "yarmouth" in yarmouth.aliases


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("aliases.csv", "atlantis,Atlantis,,a legend", "no place called Atlantis"),
        ("places.csv", "Nowhere,village,north,1.0,E07000147,Norfolk,x", "not a number of degrees"),
        ("places.csv", "Nowhere,village", "not the columns"),
    ],
)
def test_a_bad_line_is_named(folder: Path, file: str, line: str, said: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    with pytest.raises(SourceError, match=f"{file}, line [0-9]+: .*{said}"):
        read_named(folder)


def test_a_missing_file_and_a_wrong_header_are_refused(folder: Path) -> None:
    (folder / "districts.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="the columns must be code,name"):
        read_named(folder)
    (folder / "places.csv").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        read_named(folder)
