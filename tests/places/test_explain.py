"""The sentence of an answer."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.places.explain import explained, listed
from directory.places.shapes import Answer, AreaShare, Candidate, Correction, Kind, Point

CITY = Point(lat=52.63, lon=1.3)


def district(name: str, **more: object) -> AreaShare:
    return AreaShare(kind="district", code=name.lower(), name=name, **more)  # type: ignore[arg-type]


FRITTONS = [
    Candidate(name="Fritton", kind="village", text=f"Fritton, {d}")
    for d in ("Great Yarmouth", "South Norfolk")
]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(kind="postcode", match="NR3 1FH", areas=[district("Norwich")]), "NR3 1FH is in Norwich."),
        (
            Answer(kind="terminated", match="NR1 1NL", ended="2025-04"),
            "NR1 1NL is an old postcode that is no longer used. It was last seen in April 2025. "
            "We used the place where it was.",
        ),
        (
            Answer(kind="outcode", match="NR9", areas=[district("A"), district("B"), district("C")]),
            "NR9 covers 3 districts: A, B and C. Add your full postcode or village.",
        ),
        (
            Answer(kind="sector", match="NR3 1", areas=[district("Norwich")]),
            "NR3 1 is an area, not one place. It is in Norwich. Add your full postcode for exact distances.",
        ),
        (
            Answer(kind="place", match="Cley next the Sea", near="Holt", areas=[district("North Norfolk")]),
            "Cley next the Sea is in North Norfolk, near Holt.",
        ),
        (
            Answer(kind="ambiguous", candidates=FRITTONS),
            "There are 2 places called Fritton. "
            "Which one: Fritton, Great Yarmouth or Fritton, South Norfolk?",
        ),
        (Answer(kind="ambiguous", candidates=FRITTONS[:1]), "Did you mean Fritton, Great Yarmouth?"),
        (
            Answer(kind="outside", match="Brandon", county="Suffolk", point=CITY, outside_metres=1000),
            "Brandon, Suffolk is 0.6 miles outside Norfolk. We still put the nearest first.",
        ),
        (
            Answer(kind="outside", candidates=[Candidate(name="Norwich", kind="city", text="Norwich")]),
            "That seems to be outside Norfolk. Did you mean Norwich in Norfolk?",
        ),
        (
            Answer(
                kind="postcode",
                match="NR3 1FH",
                areas=[district("Norwich"), district("Broadland", near_edge=True)],
            ),
            "NR3 1FH is in Norwich. It is close to the edge of Broadland.",
        ),
        (
            Answer(
                kind="postcode",
                match="NR3 1FH",
                areas=[district("Norwich")],
                corrected=[Correction(what="the letter I read as the figure 1", to="NR3 1FH")],
            ),
            "NR3 1FH is in Norwich. We changed what you typed: the letter I read as the figure 1.",
        ),
    ],
)
def test_the_sentence_says_what_was_found(answer: Answer, said: str) -> None:
    assert explained(answer).sentence == said


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_a_whole_sentence_even_when_nothing_else_is_known(kind: Kind) -> None:
    answer = explained(Answer(kind=kind, match="NR3"))
    assert answer.sentence.endswith((".", "?"))
    assert "  " not in answer.sentence
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Answer) == answer


def test_a_mail_centre_is_said_to_be_one() -> None:
    assert "business mail" in explained(Answer(kind="postcode", match="NR1 3NG", shared=True)).sentence


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A or B"),
        (list("ABC"), "A, B or C"),
        (list("ABCDEFGH"), "A, B, C, D, E and 3 more"),
    ],
)
def test_lists_read_as_english(words: list[str], said: str) -> None:
    assert listed(words, "or") == said


@given(
    st.builds(
        Answer, kind=st.sampled_from(get_args(Kind)), match=st.text(max_size=9), ended=st.text(max_size=9)
    )
)
def test_no_answer_raises(answer: Answer) -> None:
    assert explained(answer).sentence
