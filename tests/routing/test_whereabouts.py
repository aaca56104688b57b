"""A place that somebody names as home is read; what only sounds like one is not."""

import pytest

from directory.routing.whereabouts import place_said

KNOWN = {
    "thetford",
    "diss",
    "holt",
    "wells",
    "kings lynn",
    "norwich",
    "downham market",
    "reading",
    "swaffham",
    "brandon",
    "hope",
}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("we live in Thetford and my son is 4", "Thetford"),
        ("family hub things near me downham market way", "downham market"),
        ("a mums group near diss please", "diss"),
        ("we moved from leicester to Norwich last year", "Norwich"),
        ("our postcode is NR19 1DH and he wont go to school", "NR19 1DH"),
        ("King's Lynn family, two children out of school", "King's Lynn"),
        ("anything on in Holt at half term", "Holt"),
        ("I'm from Swaffham and need help", "Swaffham"),
    ],
)  # fmt: skip
def test_a_place_that_is_said_plainly_is_read(text: str, place: str) -> None:
    assert place_said(text, lambda name: name in KNOWN) == place


@pytest.mark.parametrize(
    "text",
    [
        "he gets help in reading and maths",
        "we got her out of wells of debt",
        "my son Brandon hits me",
        "she lives in hope",
        "we moved from norwich because of my ex",
        "she got hurt, put on hold, and diss tracks are about her",
        "",
        "her phone number is 07700 900123 and he is 12",
    ],
)
def test_what_only_sounds_like_a_place_is_not(text: str) -> None:
    assert place_said(text, lambda name: name in KNOWN) == ""


def test_a_long_text_is_read_in_time() -> None:
    assert place_said("we are in a bad way and " * 2_000, lambda name: False) == ""
