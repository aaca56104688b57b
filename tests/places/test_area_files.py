"""Areas from GeoJSON and CSV files."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from directory.errors import SourceError
from directory.places.area_files import Columns, read_areas


def square(west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(path: Path, *features: Any, **more: Any) -> Path:
    file = path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}))
    return file


def written(path: Path, text: str) -> Path:
    file = path / "areas.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_codes_names_and_figures_come_from_whatever_the_properties_are_called(tmp_path: Path) -> None:
    file = geojson(
        tmp_path,
        feature(square(1.0, 52.0), WD25CD="E05000001", WD25NM="One", decile=3, nested={"a": 1}),
        feature(square(1.2, 52.0), WD25CD="E05000002", WD25NM="Two"),
    )
    one, two = read_areas(file, "ward").areas
    assert (one.code, one.name, one.attributes) == ("E05000001", "One", {"decile": 3})
    assert shapely.from_wkb(two.outline or b"").bounds == pytest.approx((1.2, 52.0, 1.3, 52.1))


def test_national_grid_coordinates_are_turned_into_degrees(tmp_path: Path) -> None:
    file = geojson(tmp_path, feature(square(623_000, 308_000, 1000), code="a", name="A"))
    (area,) = read_areas(file, "zone").areas
    west, south, _, _ = shapely.from_wkb(area.outline or b"").bounds
    assert (west, south) == pytest.approx((1.2929, 52.6239), abs=0.001)


def test_a_bad_feature_is_left_out_with_its_reason_and_stops_no_other(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[1, 52], [1.1, 52.1], [1.1, 52], [1, 52.1], [1, 52]]]}
    file = geojson(
        tmp_path,
        feature(square(1, 52), code="good"),
        feature(square(1, 52), code="good"),
        feature({"type": "Point", "coordinates": [1, 52]}, code="point"),
        feature(None, code="nothing"),
        feature(square(1, 52), label="no code"),
        feature({"type": "Polygon", "coordinates": [[[1, "x"]]]}, code="words"),
        "not a feature",
        feature(bow, code="bow"),
    )
    found = read_areas(file, "zone")
    assert [area.code for area in found.areas] == ["good", "bow"]
    assert len(found.problems) == 6
    assert shapely.from_wkb(found.areas[1].outline or b"").is_valid
    assert "feature 2: good is there twice" in found.problems


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no area|no column"),
        ("{", "not JSON"),
        ("[1, 2]", "no features"),
        ('{"type": "FeatureCollection", "features": []}', "holds no area"),
        ("<html><body>Sign in</body></html>", "no column"),
        ("zone,colour\nz1,red\n", "no column of postcodes"),
        ("postcode\nNR3 1FH\n", "no column with the code"),
        ("zone,sector\nz1,nothing\n", "nothing is no sector"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        read_areas(written(tmp_path, content), "zone")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_areas(tmp_path / "none.csv", "zone")
    (tmp_path / "areas.csv").write_bytes(b"\xff\xfe\x00z")
    with pytest.raises(SourceError, match="not UTF-8"):
        read_areas(tmp_path / "areas.csv", "zone")


@pytest.mark.parametrize(
    ("text", "kind", "members"),
    [
        (
            "zone,postcode\nz1,nr31fh\nz1,NR3 1FJ\n",
            "zone",
            (("postcode", "NR3 1FH"), ("postcode", "NR3 1FJ")),
        ),
        ("Sector,Zone\nNR31,z1\nnr3 2,z1\n", "zone", (("sector", "NR3 1"), ("sector", "NR3 2"))),
        ("zone code,outcode\nz1,NR31\n", "zone", (("outcode", "NR31"),)),
        ("zone,LSOA21CD\nz1,E01026419\n", "zone", (("lsoa", "E01026419"),)),
        ("cluster,name,LAD25CD\nz1,One,E07000148\n", "cluster", (("district", "E07000148"),)),
    ],
)
def test_a_list_says_what_it_is_a_list_of(
    tmp_path: Path, text: str, kind: str, members: tuple[tuple[str, str], ...]
) -> None:
    (area,) = read_areas(written(tmp_path, text), kind).areas
    assert (area.code, area.members) == ("z1", members)


def test_schools_are_settings_of_their_area(tmp_path: Path) -> None:
    text = "URN,EstablishmentName,Postcode,Zone\n120001,Larch Infants,NR3 1FH,z1\n120002,,,z2\nabc,No,,z1\n"
    found = read_areas(written(tmp_path, text), "zone")
    one, two = found.areas
    assert one.members == (("urn", "120001"),)
    assert one.attributes["settings"] == [
        {"urn": "120001", "name": "Larch Infants", "kind": "", "postcode": "NR3 1FH"}
    ]
    assert two.attributes["settings"][0]["name"] == "School 120002"
    assert (one.name, found.problems) == ("z1", ["line 4: abc is no urn"])


def test_a_member_of_two_areas_stays_in_the_first(tmp_path: Path) -> None:
    found = read_areas(written(tmp_path, "zone,sector\na,NR3 1\nb,NR3 1\nb,NR3 2\n"), "zone")
    assert [area.members for area in found.areas] == [(("sector", "NR3 1"),), (("sector", "NR3 2"),)]
    assert found.problems == ["line 3: NR3 1 is in a already"]


def test_columns_can_be_named(tmp_path: Path) -> None:
    file = written(tmp_path, "team,patch,where\nx,Patch 1,NR3 1\n")
    columns = Columns(code="patch", member="where")
    with pytest.raises(SourceError, match="no column"):
        read_areas(file, "zone", columns)
    file = written(tmp_path, "team,patch,sector\nx,Patch 1,NR3 1\n")
    (area,) = read_areas(file, "zone", Columns(code="patch", member="sector")).areas
    assert area.code == "Patch 1"
    with pytest.raises(SourceError, match="has no column nowhere"):
        read_areas(file, "zone", Columns(code="nowhere"))


def test_figures_are_numbers_where_they_are(tmp_path: Path) -> None:
    text = "lsoa21,name,imd_decile,score,ruc21\nE01026419,A,6,15.606,RSN1\nE01026419,B,7,1,x\n,C,1,1,x\n"
    found = read_areas(written(tmp_path, text), "lsoa", figures=True)
    (area,) = found.areas
    assert (area.code, area.attributes) == (
        "E01026419",
        {"imd_decile": 6, "score": 15.606, "ruc21": "RSN1"},
    )
    assert len(found.problems) == 2
