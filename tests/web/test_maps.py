"""Maps: every pin is inside, can be told from the next, and no name stands over another."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from directory.web.maps import APART, HEIGHT, PIN, WIDTH, Ground, Map, Pin, Town, draw

NORFOLK = shapely.box(0.15, 52.36, 1.75, 52.99)
TOWNS = [
    Town("Norwich", 52.6285, 1.2992), Town("King's Lynn", 52.7543, 0.3976), Town("Great Yarmouth", 52.6083, 1.7303),
    Town("Costessey", 52.6603, 1.2031),
]  # fmt: skip
spots = st.tuples(st.floats(52.36, 52.99), st.floats(0.15, 1.75))


def drawn(found: list[tuple[float, float]]) -> Map:
    pins = [
        Pin(number=n, lat=lat, lon=lon, name=f"Service {n}", id=str(n))
        for n, (lat, lon) in enumerate(found, 1)
    ]
    return draw(pins, None, Ground([NORFOLK], TOWNS))


@given(st.lists(spots, min_size=1, max_size=20))
def test_every_pin_is_drawn_once_and_whole_inside_the_map(found: list[tuple[float, float]]) -> None:
    map_ = drawn(found)
    assert sorted(pin.number for dot in map_.dots for pin in dot.pins) == list(range(1, len(found) + 1))
    for dot in map_.dots:
        assert PIN <= dot.x <= WIDTH - PIN
        assert PIN <= dot.y <= HEIGHT - PIN


@given(st.lists(spots, min_size=2, max_size=20))
def test_no_two_pins_are_too_close_to_tap(found: list[tuple[float, float]]) -> None:
    dots = drawn(found).dots
    assert all(
        (a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (APART - 0.01) ** 2
        for i, a in enumerate(dots)
        for b in dots[:i]
    )


def test_pins_at_one_place_show_the_first_number_and_a_plus() -> None:
    assert [dot.text for dot in drawn([(52.63, 1.29), (52.63, 1.29), (52.95, 0.5)]).dots] == ["3", "1+"]


def test_a_map_without_pins_shows_the_whole_county() -> None:
    map_ = draw([], None, Ground([NORFOLK], TOWNS))
    assert {"Norwich", "King's Lynn", "Great Yarmouth"} <= {label.text for label in map_.labels}
    assert map_.land.startswith("M")
    numbers = [float(n) for pair in map_.land.strip("MZ").split("L") for n in pair.split()]
    assert min(numbers) >= 0
    assert max(numbers) <= WIDTH


def test_a_map_of_a_place_with_no_outlines_still_shows_its_pins() -> None:
    assert draw([Pin(number=1, lat=52.6, lon=1.3, name="a", id="a")], None, Ground()).dots
