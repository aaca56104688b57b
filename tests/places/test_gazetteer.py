"""Typed names -> places."""

import csv
import random
import string
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.places import names
from directory.places.gazetteer import Found, Gazetteer
from directory.places.named import Named

DATA = Path(__file__).parents[3] / "shared" / "data" / "geo"


def labels(found: Found) -> list[str]:
    return [hit.label for hit in found.hits]


def found(gazetteer: Gazetteer, text: str) -> tuple[str, str]:
    answer = gazetteer.look_up(text)
    return answer.status, answer.hits[0].label if answer.hits else ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Cromer", "Cromer"),
        ("KINGS LYNN", "King's Lynn"),
        ("king\u2019s-lynn", "King's Lynn"),
        ("kingslynn", "King's Lynn"),
        ("wells next the sea", "Wells-next-the-Sea"),
        ("wells next sea", "Wells-next-the-Sea"),
        ("downham mkt", "Downham Market"),
        ("gt yarmouth", "Great Yarmouth"),
        ("Saint Faiths", "Horsham St Faith"),
        ("Rockland Saint Mary", "Rockland St Mary"),
        ("Crômer", "Cromer"),
        ("yarmouth", "Great Yarmouth"),
        ("lynn", "King's Lynn"),
        ("windum", "Wymondham"),
        ("stewkey", "Stiffkey"),
        ("gorleston", "Gorleston-on-Sea"),
        ("East Dereham", "Dereham"),
        ("cley", "Cley next the Sea"),
        ("Fleggburgh", "Burgh St Margaret"),
        ("Lakenham", "Lakenham"),
        ("mile cross", "Mile Cross"),
        ("heartsease", "Heartsease"),
        ("old catton", "Old Catton"),
        ("new catton", "New Catton"),
        ("crom", "Cromer"),
    ],
)
def test_a_name_is_found_however_it_is_written(gazetteer: Gazetteer, typed: str, name: str) -> None:
    status, label = found(gazetteer, typed)
    assert status == "one"
    assert label.split(",")[0] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Great Yarmoth", "Great Yarmouth"),
        ("wymondam", "Wymondham"),
        ("Hunstaton", "Hunstanton"),
        ("attelborough", "Attleborough"),
        ("swafham", "Swaffham"),
        ("Norwhich", "Norwich"),
        ("Norwch, Norfolk", "Norwich"),
        ("Wymondam, South Norfolk", "Wymondham"),
        ("wells nxt teh sea", "Wells-next-the-Sea"),
    ],
)
def test_a_slip_in_a_longer_name_is_put_right(gazetteer: Gazetteer, typed: str, name: str) -> None:
    answer = gazetteer.look_up(typed)
    assert (answer.status, answer.how, answer.hits[0].place.name) == ("one", "typo", name)
    assert answer.hits[0].edits >= 1


@pytest.mark.parametrize("typed", ["Hilt", "hold", "disc", "dish", "acre", "able", "halt", "miss"])
def test_a_short_word_is_never_taken_for_a_short_name(gazetteer: Gazetteer, typed: str) -> None:
    assert gazetteer.look_up(typed).status in ("several", "none")


@pytest.mark.parametrize("typed", ["Holt", "Diss", "Acle", "diss"])
def test_a_short_name_is_itself(gazetteer: Gazetteer, typed: str) -> None:
    assert found(gazetteer, typed) == ("one", typed.capitalize())


@pytest.mark.parametrize(
    ("typed", "count"),
    [("Fritton", 3), ("Little London", 6), ("Roydon", 2), ("Croxton", 2), ("Billingford", 2)],
)
def test_a_repeated_name_is_asked_about(gazetteer: Gazetteer, typed: str, count: int) -> None:
    answer = gazetteer.look_up(typed)
    assert answer.status == "several"
    home = [hit for hit in answer.hits if hit.place.county == "Norfolk"]
    assert len(home) == count
    assert len({hit.label for hit in answer.hits}) == len(answer.hits)
    assert all(hit.near for hit in home)


@pytest.mark.parametrize(
    ("typed", "lat", "lon"),
    [
        ("Fritton, Great Yarmouth", 52.5445, 1.6368),
        ("fritton great yarmouth", 52.5445, 1.6368),
        ("Fritton (South Norfolk)", 52.4862, 1.2762),
        ("Fritton in North Norfolk", 52.7164, 1.5546),
        ("Hempstead near Holt", 52.8895, 1.1278),
        ("Hempsted nr Holt", 52.8895, 1.1278),
        ("Hempstead, NR25", 52.8895, 1.1278),
        ("Hempstead NR12", 52.7975, 1.5623),
        ("keswick by norwich", 52.5971, 1.2558),
        ("Fritton, Grate Yarmouth", 52.5445, 1.6368),
    ],
)
def test_words_beside_a_repeated_name_tell_which(
    gazetteer: Gazetteer, typed: str, lat: float, lon: float
) -> None:
    answer = gazetteer.look_up(typed)
    assert answer.status == "one"
    assert answer.hits[0].place.point == pytest.approx((lat, lon), abs=2e-3)


def test_a_point_near_by_puts_candidates_in_order_but_does_not_choose(gazetteer: Gazetteer) -> None:
    answer = gazetteer.look_up("Roydon", near=(52.38, 1.10))
    assert answer.status == "several"
    assert labels(answer)[0] == "Roydon, South Norfolk"
    assert labels(gazetteer.look_up("Roydon", near=(52.75, 0.4)))[0] != "Roydon, South Norfolk"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("12 High Street, Cromer", "Cromer"),
        ("12 high street cromer", "Cromer"),
        ("Norwich Road, Cromer", "Cromer"),
        ("Church Street, Old Catton, Norwich", "Old Catton"),
        ("The Library, Fakenham, Norfolk, UK", "Fakenham"),
        ("Seafront, Sheringham", "Sheringham"),
    ],
)
def test_the_place_is_found_in_an_address(gazetteer: Gazetteer, typed: str, name: str) -> None:
    answer = gazetteer.look_up(typed)
    assert (answer.status, answer.how, answer.hits[0].place.name) == ("one", "inside", name)


def test_half_an_address_is_asked_about_and_not_taken_for_a_hamlet(gazetteer: Gazetteer) -> None:
    assert gazetteer.look_up("High Street").status == "several"


@pytest.mark.parametrize(
    "typed", ["Norwich, Connecticut", "norwich connecticut", "Yarmouth, Nova Scotia", "Cromer, Australia"]
)
def test_a_namesake_far_away_is_not_answered_with_ours(gazetteer: Gazetteer, typed: str) -> None:
    answer = gazetteer.look_up(typed)
    assert answer.status == "elsewhere"
    assert answer.hits[0].place.county == "Norfolk"


@pytest.mark.parametrize(
    ("typed", "name"), [("London", "London"), ("Brandon, Suffolk", "Brandon"), ("Boston", "Boston")]
)
def test_a_place_beyond_the_county_is_said_to_be(gazetteer: Gazetteer, typed: str, name: str) -> None:
    answer = gazetteer.look_up(typed)
    assert (answer.status, answer.hits[0].place.name) == ("outside", name)
    assert answer.hits[0].place.point is not None


def test_words_that_are_not_understood_are_admitted(gazetteer: Gazetteer) -> None:
    answer = gazetteer.look_up("Cromer, qwertyuiop")
    assert (answer.status, answer.unread) == ("one", True)
    assert gazetteer.look_up("Cromer, Norfolk, England").unread is False


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("Norfolk", "county"), ("Breckland", "district"), ("west norfolk", "district"), ("Norwich", "city")],
)
def test_an_area_is_known_as_one_and_a_town_comes_before_its_district(
    gazetteer: Gazetteer, typed: str, kind: str
) -> None:
    answer = gazetteer.look_up(typed)
    assert (answer.status, answer.hits[0].place.kind) == ("one", kind)


@pytest.mark.parametrize("typed", ["", " ", "!!!", "\x00", "qwertyuiop", "'; DROP TABLE place; --", "12345"])
def test_nothing_like_a_name_is_none(gazetteer: Gazetteer, typed: str) -> None:
    assert gazetteer.look_up(typed) == Found("none")


def test_every_label_in_the_county_finds_its_own_place(
    gazetteer: Gazetteer, named: tuple[Named, ...]
) -> None:
    for index, place in enumerate(named):
        if place.county == "Norfolk" and place.point:
            answer = gazetteer.look_up(gazetteer.table.hit(index).label)
            assert answer.status == "one", place
            assert answer.hits[0].place is place


def test_completion_puts_the_bigger_first_and_tells_namesakes_apart(gazetteer: Gazetteer) -> None:
    assert [hit.label for hit in gazetteer.complete("norw", 1)] == ["Norwich"]
    assert gazetteer.complete("l", 1)[0].place.name == "King's Lynn"
    assert {hit.label for hit in gazetteer.complete("fritt")} >= {
        "Fritton, Great Yarmouth",
        "Fritton, South Norfolk",
    }
    assert {"Old Catton", "New Catton"} <= {hit.label for hit in gazetteer.complete("catt")}
    assert gazetteer.complete("wymondam")[0].place.name == "Wymondham"
    assert len(gazetteer.complete("s", 5)) == 5
    assert gazetteer.complete("") == gazetteer.complete("norw", 0) == ()
    assert all(hit.place.kind != "region" for hit in gazetteer.complete("new", 50))


def test_completion_prefers_what_is_near(gazetteer: Gazetteer) -> None:
    assert gazetteer.complete("roydon", near=(52.38, 1.10))[0].label == "Roydon, South Norfolk"


def test_the_nearest_place_and_town_to_a_point(gazetteer: Gazetteer) -> None:
    place, metres = gazetteer.table.nearest((52.9313, 1.2990)) or pytest.fail("nothing near")
    assert (place.name, metres < 100) == ("Cromer", True)
    town, _ = gazetteer.table.nearest((52.9213, 1.2390), towns=True) or pytest.fail("no town near")
    assert town.name in ("Cromer", "Sheringham")


def test_an_empty_gazetteer_answers_too() -> None:
    empty = Gazetteer([])
    assert empty.look_up("Cromer, Norfolk") == Found("none")
    assert empty.complete("cro") == ()
    assert empty.table.nearest((52.0, 1.0)) is None


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(["holt", "near", ",", "norwich", "st", "the", "high street", "12", "uk", "x"]),
            max_size=9,
        ).map(" ".join),
    )
)
@example("a" * 100_000)
@example(", " * 50_000)
@example("near " * 20_000)
@example("\ud800\x00'\"")
def test_no_text_raises_and_every_answer_is_whole(gazetteer: Gazetteer, text: str) -> None:
    start = time.perf_counter()
    answer = gazetteer.look_up(text, near=(52.6, 1.3))
    gazetteer.complete(text)
    assert time.perf_counter() - start < 1
    assert bool(answer.hits) == (answer.status != "none")
    assert answer.status != "several" or answer.how is not None


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
def test_every_norfolk_name_of_os_open_names_is_found(gazetteer: Gazetteer) -> None:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["county"] == "Norfolk"]
    lost = [row["name"] for row in rows if gazetteer.look_up(row["name"]).status not in ("one", "several")]
    assert len(rows) == 960
    assert lost == []


def slip(text: str, chance: random.Random) -> str:
    """The text with one random letter left out, added, changed, or turned round with the next."""
    at, letter = chance.randrange(len(text)), chance.choice(string.ascii_lowercase)
    rest = text[at + 1 :]
    return chance.choice(
        [
            text[:at] + rest,
            text[:at] + letter + text[at:],
            text[:at] + letter + rest,
            text[:at] + rest[:1] + text[at] + rest[1:],
        ]
    )


@pytest.mark.parametrize(("slips", "share"), [(1, 0.97), (2, 0.93)])
def test_misspelt_norfolk_names_are_found_first_and_seldom_taken_wrongly(
    gazetteer: Gazetteer, named: tuple[Named, ...], slips: int, share: float
) -> None:
    chance = random.Random(20)
    places = [place for place in named if place.county == "Norfolk" and place.point]
    right = wrong = 0
    for place in places:
        typed = place.name.lower()
        for _ in range(slips):
            typed = slip(typed, chance)
        answer = gazetteer.look_up(typed)
        same = bool(answer.hits) and names.fold(answer.hits[0].place.name) == names.fold(place.name)
        right += same
        wrong += answer.status == "one" and not same
    assert right / len(places) >= share
    assert wrong / len(places) <= 0.015
