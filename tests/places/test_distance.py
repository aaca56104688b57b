"""Distances and their words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.places import distance

LAT, LON = st.floats(49.9, 60.9), st.floats(-8.0, 1.8)


@given(LAT, LON, LAT, LON)
def test_the_quick_distance_is_within_a_hundredth_of_the_exact_one(
    a: float, b: float, c: float, d: float
) -> None:
    quick, exact = float(distance.haversine(a, b, [c], [d])[0]), distance.exact(a, b, c, d)
    assert quick == pytest.approx(exact, rel=0.006, abs=0.01)


def test_many_points_are_measured_at_once_and_nan_stays_nan() -> None:
    found = distance.haversine(52.63, 1.30, [52.63, 52.93, np.nan], [1.30, 1.30, 1.30])
    assert found[0] == 0
    assert found[1] == pytest.approx(33_359, abs=10)
    assert np.isnan(found[2])


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 100_000), st.floats(0, 360))
def test_every_point_within_the_radius_is_in_the_box(
    lat: float, lon: float, radius: float, bearing: float
) -> None:
    box = distance.box(lat, lon, radius)
    turn, phi, reach = np.radians(bearing), np.radians(lat), radius / 6_371_008.8
    there = np.arcsin(np.sin(phi) * np.cos(reach) + np.cos(phi) * np.sin(reach) * np.cos(turn))
    along = np.arctan2(
        np.sin(turn) * np.sin(reach) * np.cos(phi), np.cos(reach) - np.sin(phi) * np.sin(there)
    )
    to_lat, to_lon = np.degrees(there), lon + np.degrees(along)
    assert box.south - 1e-9 <= to_lat <= box.north + 1e-9
    assert box.west - 1e-9 <= to_lon <= box.east + 1e-9 or (box.west, box.east) == (-180.0, 180.0)


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "under 0.1 miles"),
        (160, "under 0.1 miles"),
        (161, "0.1 miles"),
        (1609.344, "1 mile"),
        (1931, "1.2 miles"),
        (3218.7, "2 miles"),
        (15_900, "9.9 miles"),
        (16_093, "10 miles"),
        (22_531, "14 miles"),
        (1_700_000, "1,056 miles"),
    ],
)
def test_distances_are_said_as_people_say_them(metres: float, said: str) -> None:
    assert distance.words(metres) == said


@given(st.floats(0, 1e6))
def test_miles_and_metres_undo_each_other(value: float) -> None:
    assert distance.metres(distance.miles(value)) == pytest.approx(value)
