"""No text raises, and every answer is whole."""

from typing import get_args

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from directory.places import understand
from directory.places.complete import completions
from directory.places.held import Held
from directory.places.shapes import Answer, Kind

PARTS = st.sampled_from(
    [
        "NR3",
        "1FH",
        " ",
        ",",
        "near",
        "Holt",
        "Fritton",
        "O",
        "0",
        "52.6",
        "1.3",
        "TG",
        "23243",
        "-",
        "'",
        ";",
        "é",
        "°",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PARTS, max_size=12).map("".join), st.binary(max_size=40).map(repr)
)
POINTED = {"postcode", "terminated", "sector", "outcode", "place", "point"}


def whole(answer: Answer) -> None:
    assert answer.kind in get_args(Kind)
    assert answer.sentence
    if answer.kind in POINTED:
        assert answer.match
        assert answer.point
        assert answer.radius
        assert answer.home
    if answer.kind == "ambiguous":
        assert len(answer.candidates) > 1
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Answer) == answer


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
@example(text="'; drop table postcode; --")
@example(text="\x00")
@example(text="NR3\x001FH")
@example(text="\ud800")
@example(text="٣٤, ٥")
@example(text="1_0, 2_0")
@example(text="%s%n{0}")
@example(text="NaN, inf")
@example(text="-0, -0")
@example(text="(" * 500)
def test_no_text_raises_and_every_answer_is_whole(held: Held, text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        understand.answer(held, text)
        return
    whole(understand.answer(held, text))
    assert isinstance(understand.wanted(held, text), tuple)
    assert len(completions(held, text)) <= 8


@pytest.mark.parametrize("piece", ["a", "NR3 1FH ", "1", ",", "near ", "\u0300", "norwich,", "TG"])
def test_a_hundred_thousand_characters_are_answered(held: Held, piece: str) -> None:
    whole(understand.answer(held, piece * (100_000 // len(piece))))


def test_a_text_for_a_candidate_finds_that_candidate(held: Held) -> None:
    for name in ("Fritton", "Little London", "Roydon", "Croxton"):
        for one in understand.answer(held, name).candidates:
            again = understand.answer(held, one.text)
            assert again.point == one.point, one.text


def test_what_has_to_be_asked_of_the_database_is_little(held: Held) -> None:
    assert understand.wanted(held, "NR3 1FH") == ()
    assert understand.wanted(held, "Cromer") == ()
    assert understand.wanted(held, "SW1A 1AA") == ("SW1A 1AA",)
    assert understand.wanted(held, "ZZ9 9ZZ") == ()


@pytest.mark.parametrize(
    ("typed", "kind", "match"),
    [
        ("2 Mill Lane, Leeds LS1 4AP", "outside", "LS1"),
        ("NR31", "outcode", "NR31"),
        ("nr 3", "outcode", "NR3"),
        ("1.2974, 52.6309", "point", "52.63090, 1.29740"),
        ("Cromer, Norfolk, UK", "place", "Cromer"),
        ("Paris", "unknown", ""),
        ("zone 12", "area", "Zone 12"),
        ("Ipswich", "outside", "Ipswich"),
        ("Suffolk", "outside", "Suffolk"),
    ],
)
def test_other_things_that_people_type(held: Held, typed: str, kind: str, match: str) -> None:
    answer = understand.answer(held, typed)
    assert (answer.kind, answer.match) == (kind, match)


def test_nothing_typed_is_repeated_in_a_sentence(held: Held) -> None:
    for text in ("<script>alert(1)</script>", "my name is Secret Person", "Fritton <b>"):
        sentence = understand.answer(held, text).sentence
        assert "<" not in sentence
        assert "Secret" not in sentence
