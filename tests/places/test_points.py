"""Typed coordinates."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.places import points

CITY = (52.6309, 1.2974)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("52.6309,1.2974", "latlon"),
        ("52.6309 1.2974", "latlon"),
        ("(52.6309, 1.2974)", "latlon"),
        ("52.6309N 1.2974E", "latlon"),
        ("N52.6309 E1.2974", "latlon"),
        ("1.2974E, 52.6309N", "latlon"),
        ("lat=52.6309 lon=1.2974", "latlon"),
        ("52.6309°, 1.2974°", "latlon"),
        ("geo:52.6309,1.2974", "geo"),
        ("geo:52.6309,1.2974,12;crs=wgs84;u=35?z=12", "geo"),
        ("52°37'51\"N 1°17'51\"E", "dms"),
        ("52° 37′ 51.2″ N, 1° 17′ 50.6″ E", "dms"),
        ("52 37 51 N 1 17 51 E", "dms"),
        ("52° 37.854' N, 1° 17.844' E", "dms"),
        ("TG 23243 08787", "grid"),
        ("tg2324308787", "grid"),
        ("623243, 308787", "grid"),
        ("623243 308787", "grid"),
        ("E623243 N308787", "grid"),
    ],
)
def test_every_form_gives_the_point(typed: str, form: str) -> None:
    found = points.read(typed)
    assert found is not None
    assert found.form == form
    assert (found.lat, found.lon) == pytest.approx(CITY, abs=2e-4)


def test_the_order_of_two_bare_numbers_is_the_one_that_lies_in_britain() -> None:
    found = points.read("1.2974, 52.6309")
    assert found is not None
    assert (found.lat, found.lon, found.swapped) == (*CITY, True)
    abroad = points.read("40.7128, -74.0060")
    assert abroad is not None
    assert (abroad.lat, abroad.lon, abroad.swapped) == (40.7128, -74.006, False)


def test_west_and_south_are_negative() -> None:
    found = points.read("50.1 N 5.5 W")
    assert found is not None
    assert found.lon == -5.5


@pytest.mark.parametrize(
    ("typed", "radius"),
    [("52.6309,1.2974", 6), ("52.63,1.29", 557), ("TG 23243 08787", 1), ("TG 232 087", 71), ("TG2308", 708)],
)
def test_the_radius_follows_from_the_last_digit(typed: str, radius: float) -> None:
    found = points.read(typed)
    assert found is not None
    assert found.radius == radius


def test_a_coarse_grid_reference_stands_for_the_middle_of_its_square() -> None:
    coarse, corner = points.read("TG 23 08"), points.read("TG 23000 08000")
    assert coarse is not None
    assert corner is not None
    assert coarse.lat > corner.lat
    assert coarse.lon > corner.lon


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Cromer",
        "NR3 1FH",
        "NR31 0AA",
        "TG20",
        "TG 232 0878",
        "TG23243",
        "XX 123 456",
        "12 4",
        "12, 14",
        "91.5, 200.1",
        "geo:52.6,1.3;crs=moon",
        "52°61'00\"N 1°17'51\"E",
        "52.6N 1.3N",
        "nan, nan",
        "inf, 1.2",
        "999999, 9999999",
        "1e5, 1e5",
        "52.6309",
    ],
)
def test_what_is_not_a_point_is_not_one(typed: str) -> None:
    assert points.read(typed) is None


@given(
    st.one_of(st.text(max_size=140), st.text(alphabet="0123456789.,;:-+NSEWTGgeo °'\"dms\x00", max_size=60))
)
def test_no_text_raises_and_every_point_is_on_earth(text: str) -> None:
    found = points.read(text)
    if found is not None:
        assert -90 <= found.lat <= 90
        assert -180 <= found.lon <= 180
        assert found.radius > 0


@given(st.floats(49.9, 60.8), st.floats(-8.0, 1.75))
def test_a_point_in_britain_is_read_in_either_order(lat: float, lon: float) -> None:
    one, other = points.read(f"{lat:.6f},{lon:.6f}"), points.read(f"{lon:.6f},{lat:.6f}")
    assert one is not None
    assert other is not None
    assert (one.lat, one.lon) == (other.lat, other.lon)


@pytest.mark.parametrize(
    "typed", ["1" * 119, "1 " * 59, "52°" * 39, "-" * 119, "5" * 100_000, "geo:1,2" + ";a=b" * 28]
)
def test_a_hard_text_is_dealt_with_quickly(typed: str) -> None:
    start = time.perf_counter()
    points.read(typed)
    assert time.perf_counter() - start < 0.2
