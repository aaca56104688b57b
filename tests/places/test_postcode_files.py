"""Postcode files that people bring."""

import zipfile
from pathlib import Path

import pytest

from directory.errors import SourceError
from directory.places.postcode_files import read_file

ONSPD = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,oseast1m,osnrth1m,lat,long\n"
    '"NR3 1FH","NR3  1FH","NR3 1FH","1980","","E10000020","E07000148","623264","308806","52.631","1.2977"\n'
    '"NR1 1AB","","NR1 1AB","","199606","E10000020","E07000148","624072","308379","52.6267","1.3093"\n'
    '"JE1 1AA","JE1  1AA","JE1 1AA","1980","","J99999999","J99999999","","","99.999999","0.000000"\n'
    '"BT1 1AA","BT1  1AA","BT1 1AA","1980","","N99999999","N09000003","334316","374675","54.6","-5.92"\n'
    '"not one","","not one","","","","","1","2","",""\n'
)
NEW_ONSPD = "pcd7,pcds,doterm,east1m,north1m,lad25cd\nNR3 1FH,NR3 1FH,,623264,308806,E07000148\n"
CODE_POINT = (
    '"NR3 1FH",10,623264,308806,"E92000001","E19000239","E18000241","E10000020","E07000148","E05012908"\n'
    '"NR279HS",90,0,0,"E92000001","E19000239","E18000241","E10000020","E07000147","E05012908"\n'
)


def rows(path: Path, **options: bool) -> list[tuple[object, ...]]:
    return [row for batch in read_file(path, **options) for row in batch.rows()]


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_directory_tells_live_from_terminated(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", "\ufeff" + ONSPD)
    found = {row[0]: row for row in rows(path)}
    assert list(found) == ["NR3 1FH", "NR1 1AB"]
    assert found["NR3 1FH"][1:3] == pytest.approx((52.63106, 1.29772), abs=5e-5)
    assert found["NR3 1FH"][5:8] == ("E07000148", True, "")
    assert found["NR1 1AB"][6:8] == (False, "1996-06")
    (batch,) = read_file(path)
    assert (batch.without_point, batch.malformed) == (1, 1)


def test_northern_ireland_in_a_file_is_read_when_asked_for(tmp_path: Path) -> None:
    found = rows(put(tmp_path / "a.csv", ONSPD), northern_ireland=True)
    assert found[-1][0] == "BT1 1AA"
    assert found[-1][1:3] == pytest.approx((54.6024, -5.9223), abs=1e-3)


def test_later_editions_with_other_column_names_are_read(tmp_path: Path) -> None:
    assert rows(put(tmp_path / "a.csv", NEW_ONSPD))[0][5:7] == ("E07000148", True)


def test_a_look_up_with_degrees_only_is_read_and_its_state_is_not_known(tmp_path: Path) -> None:
    found = rows(
        put(
            tmp_path / "a.csv", "postcode,latitude,longitude\nNR3 1FH,52.63106,1.29772\nNR1 1AB,99.999999,0\n"
        )
    )
    assert [row[0] for row in found] == ["NR3 1FH"]
    assert found[0][1:3] == pytest.approx((52.63106, 1.29772), abs=5e-5)
    assert found[0][6] is None


def test_code_point_open_has_no_header_and_is_all_live(tmp_path: Path) -> None:
    (batch,) = read_file(put(tmp_path / "nr.csv", CODE_POINT))
    assert [row[0] for row in batch.rows()] == ["NR3 1FH"]
    assert (batch.live.tolist(), batch.without_point) == ([1], 1)


def test_a_folder_and_a_zip_give_the_same_and_documents_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "codepo_gb"
    put(folder / "Data" / "CSV" / "nr.csv", CODE_POINT)
    put(folder / "Data" / "CSV" / "pe.csv", CODE_POINT.replace("NR3 1FH", "PE30 1LY"))
    put(folder / "Doc" / "columns.csv", "PC,PQ\nPostcode,Quality\n")
    with zipfile.ZipFile(tmp_path / "codepo_gb.zip", "w") as archive:
        for file in folder.rglob("*.csv"):
            archive.write(file, file.relative_to(folder))
    assert [row[0] for row in rows(folder)] == ["NR3 1FH", "PE30 1LY"]
    assert rows(folder) == rows(tmp_path / "codepo_gb.zip")


def test_the_whole_table_of_a_release_is_read_once(tmp_path: Path) -> None:
    put(tmp_path / "Data" / "ONSPD_NOV_2025_UK.csv", ONSPD)
    put(tmp_path / "Data" / "multi_csv" / "ONSPD_NOV_2025_UK_NR.csv", ONSPD)
    assert len(rows(tmp_path)) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        (
            "page.csv",
            b"<!doctype html>\n<html><body>Sign in</body></html>\n",
            "neither the ONS Postcode Directory",
        ),
        ("other.csv", b"id,name\n1,Cromer\n", "it begins: id, name"),
        ("header.csv", b"pcds,oseast1m,osnrth1m\n", "holds no postcode"),
        ("nul.csv", b"pcds,oseast1m,osnrth1m\nNR3 1FH,1\x00,2\n", "no postcode|not a CSV"),
        ("huge.csv", b"pcds,oseast1m,osnrth1m\n" + b'"' + b"x" * 200_000 + b'",1,2\n', "not a CSV file"),
        ("broken.zip", b"PK\x03\x04 cut short", "not a zip file"),
        ("binary.csv", bytes(range(256)), "neither|not a CSV"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        rows(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        rows(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="holds no CSV"):
        rows(tmp_path)


def test_a_zip_damaged_inside_is_refused_when_it_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nr.csv", CODE_POINT * 2000)
    content = bytearray(path.read_bytes())
    content[200:260] = b"\xff" * 60
    path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read"):
        rows(path)
