"""Every postcode, from the package."""

import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from directory.errors import SourceError
from directory.places import onspd
from directory.places.distance import haversine

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "geo"
NORFOLK = [f"E0700014{number}" for number in range(3, 10)]


@pytest.fixture(scope="module")
def norfolk() -> dict[str, tuple[str, float, float, int, int, str, bool | None, str, int]]:
    ended = onspd.read_terminated(ROOT / "seed" / "terminated.csv")
    batches = (onspd.mark(batch, NORFOLK, ended) for batch in onspd.read_package(letters="CINP"))
    return {row[0]: row for batch in batches for row in batch.where(np.isin(batch.district, NORFOLK)).rows()}


def test_a_letter_comes_as_columns_of_one_length_without_its_own_reader() -> None:
    (batch,) = onspd.read_package(letters="z")
    assert batch.part == "Z"
    assert len(batch) == 758
    assert {len(column) for column in (batch.lat, batch.lon, batch.district, batch.live, batch.ended)} == {
        758
    }
    assert "pandas" not in sys.modules
    row = next(batch.rows())
    assert row[0] == "ZE1 0AA"
    assert [type(value) for value in row] == [str, float, float, int, int, str, type(None), str, int]


def test_northern_ireland_is_left_out_unless_asked_for_and_then_is_in_ireland() -> None:
    (batch,) = onspd.read_package(letters="B")
    assert not np.char.startswith(batch.postcode, "BT").any()
    (batch,) = onspd.read_package(letters="B", northern_ireland=True)
    irish = batch.where(np.char.startswith(batch.postcode, "BT"))
    assert len(irish) > 50_000
    assert irish.lat.min() > 53.9
    assert irish.lon.max() < -5.3


def test_rows_without_a_position_are_counted_not_yielded() -> None:
    (batch,) = onspd.read_package(letters="J")
    assert (len(batch), batch.without_point) == (0, 3668)


def test_whether_a_postcode_is_live_is_not_known_until_told() -> None:
    (batch,) = onspd.read_package(letters="Z")
    assert set(batch.live.tolist()) == {-1}
    told = onspd.mark(batch, ["S12000027"], {"ZE1 0AA": "2020-01"})
    rows = {row[0]: row for row in told.rows()}
    assert rows["ZE1 0AA"][6:8] == (False, "2020-01")
    assert rows["ZE1 0AB"][6:8] == (True, "")
    assert set(onspd.mark(batch, [], {}).live.tolist()) == {-1}


def test_what_a_source_knew_is_not_overwritten() -> None:
    (batch,) = onspd.read_package(letters="Z")
    known = replace(batch, live=np.ones(len(batch), dtype=np.int8))
    assert set(onspd.mark(known, [], {"ZE1 0AA": "2020-01"}).live.tolist()) == {1}


def test_the_neighbourhood_of_a_district_is_what_lies_near_it() -> None:
    def source() -> Iterator[onspd.Batch]:
        return onspd.read_package(letters="Z")

    (everything,) = source()
    half = np.where(everything.northing > 1_160_000, "north", "south").astype("U9")
    batch = replace(everything, district=half)
    (near,) = onspd.around(lambda: iter([batch]), ["north"], 5000)
    north = batch.where(half == "north")
    gaps = np.hypot(
        batch.easting[:, None] - north.easting[None, :], batch.northing[:, None] - north.northing[None, :]
    ).min(axis=1)
    kept = np.isin(batch.postcode, near.postcode)
    assert 0 < (gaps[kept] > 0).sum() < (half == "south").sum()
    assert kept[gaps < 3500].all()
    assert not kept[gaps > 6500].any()
    assert list(onspd.around(source, ["nowhere"], 5000)) == []


def test_the_golden_terminated_postcodes_are_known_to_be(norfolk: dict[str, tuple[object, ...]]) -> None:
    assert norfolk["NR1 1NL"][6:8] == (False, "2025-04")
    assert norfolk["PE36 5EF"][6] is False
    assert norfolk["NR3 1FH"][6] is True


def test_a_mail_centre_is_seen_by_its_shared_point(norfolk: dict[str, tuple[object, ...]]) -> None:
    assert norfolk["NR1 3NG"][8] == 268
    assert norfolk["NR3 1FH"][8] == 1


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
def test_every_live_norfolk_postcode_agrees_with_code_point_open(
    norfolk: dict[str, tuple[object, ...]],
) -> None:
    with (DATA / "postcodes_live.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    ours = [norfolk[row["postcode"]] for row in rows]
    away = [
        float(haversine(float(row["lat"]), float(row["lon"]), mine[1], mine[2]))
        for row, mine in zip(rows, ours, strict=True)
    ]
    assert len(rows) == 29_502
    assert max(away) < 2
    assert [mine[5] for mine in ours] == [row["district_code"] for row in rows]
    assert all(mine[6] is True for mine in ours)
    assert [mine[8] for mine in ours] == [int(row["same_point"]) for row in rows]


def test_a_broken_list_of_terminated_postcodes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="not a list of terminated postcodes"):
        onspd.read_terminated(tmp_path / "list.csv")
    with pytest.raises(SourceError):
        onspd.read_terminated(tmp_path / "absent.csv")


def test_a_missing_package_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onspd, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match="is not installed"):
        list(onspd.read_package())


def test_the_edition_is_named_for_people() -> None:
    assert onspd.vintage() == "ONS Postcode Directory, November 2025"
