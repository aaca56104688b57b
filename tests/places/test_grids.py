"""National grids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.places import grids
from directory.places.distance import haversine


def test_a_known_point_of_the_british_grid() -> None:
    # Ordnance Survey's worked example: Caister water tower in ETRS89.
    lat, lon = grids.british_to_latlon(651409.804, 313177.450)
    assert (lat[0], lon[0]) == pytest.approx((52.658007833, 1.716073973), abs=2e-6)


@given(st.floats(51.0, 55.0), st.floats(-3.0, 1.5))
def test_there_and_back_again_is_the_same_point(lat: float, lon: float) -> None:
    back = grids.british_to_latlon(*grids.latlon_to_british(lat, lon))
    assert haversine(lat, lon, *back)[0] < 0.1


@pytest.mark.parametrize(
    ("easting", "northing", "lat", "lon"),
    [(333740, 374020, 54.5967173, -5.9314965), (243500, 416900, 54.9976831, -7.3210600)],
)
def test_the_irish_grid_agrees_with_proj(easting: int, northing: int, lat: float, lon: float) -> None:
    # EPSG:29903 to EPSG:4326 by PROJ.
    here = grids.irish_to_latlon(easting, northing)
    assert haversine(lat, lon, *here)[0] < 0.05


def test_no_position_gives_no_point() -> None:
    assert np.isnan(grids.british_to_latlon(np.nan, np.nan)[0][0])
    assert np.isnan(grids.irish_to_latlon(np.nan, np.nan)[0][0])
