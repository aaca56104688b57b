"""Ages, an unborn baby, urgency, days and who asks, read out of what people write."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.routing.facts import read_facts

TODAY = date(2026, 11, 21)


def ages(text: str) -> list[tuple[int, int]]:
    return [(age.low, age.high) for age in read_facts(text, TODAY).ages]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my 3 year old bites", [(3, 3)]),
        ("my three-year-old bites", [(3, 3)]),
        ("son 9, daughter 11", [(9, 9), (11, 11)]),
        ("hes only 7 and shes 5", [(7, 7), (5, 5)]),
        ("12yo girl late again", [(12, 12)]),
        ("13f low mood", [(13, 13)]),
        ("yr 8 pupil", [(12, 13)]),
        ("Siblings in Y3 and Y6", [(7, 8), (10, 11)]),
        ("im in year 10", [(14, 15)]),
        ("starting reception", [(4, 5)]),
        ("Mum 10/52 postnatal", [(0, 0)]),
        ("baby is 5 weeks", [(0, 0)]),
        ("my 18 month old", [(1, 1)]),
        ("a 10 month old", [(0, 0)]),
        ("they are 8 and 11", [(8, 8), (11, 11)]),
        ("we have three, 5, 7 and 8", [(5, 5), (7, 7), (8, 8)]),
        ("4-6 year olds", [(4, 6)]),
        ("aged 3 and 5", [(3, 3), (5, 5)]),
        ("my toddler", [(1, 3)]),
        ("two under 3", [(0, 2)]),
        ("nearly 4 year old", [(3, 4)]),
        ("im 16 and my mum shouts", [(16, 16)]),
        ("KS2 class", [(7, 11)]),
        ("DOB 02/03/2015", [(11, 11)]),
        ("fussy eater, only beige food, 3", [(3, 3)]),
        ("teenager wont talk", [(13, 19)]),
    ],
)
def test_an_age_is_read_however_it_is_said(text: str, expected: list[tuple[int, int]]) -> None:
    assert ages(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ring me at 8 pm",
        "we waited 3 weeks",
        "it costs 12 quid",
        "attendance is 52%",
        "2 years ago we left",
        "i have 3 kids",
        "24/7 care",
        "ring 999",
        "from 9 to 11",
        "half 8",
        "14 Example Road",
        "4th time this term",
        "30 hours free childcare",
        "section 21",
        "payday is the 28th",
        "20 miles away",
    ],
)
def test_a_number_that_is_no_age_is_left_alone(text: str) -> None:
    assert ages(text) == []


def test_a_grown_up_is_not_a_child() -> None:
    facts = read_facts("28F seen with children 4 and 6, her 84 year old dad, a 24 yr old boyfriend")
    assert [(a.low, a.high) for a in facts.ages] == [(4, 4), (6, 6)]
    assert sorted(facts.adults) == [24, 28, 84]


def test_a_span_is_where_the_age_stands() -> None:
    text = "My SON is 12 now"
    (age,) = read_facts(text).ages
    assert text[age.start : age.end] == "12"


@pytest.mark.parametrize(
    "text",
    ["20 weeks pregnant", "24/40, low mood", "baby due in March", "antenatal classes", "my unborn baby"],
)
def test_a_baby_on_the_way_is_noticed(text: str) -> None:
    assert read_facts(text).unborn


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("he is here now", "now"),
        ("please come right now", "now"),
        ("nowhere to sleep tonight", "today"),
        ("need food today", "today"),
        ("attended today with a cough", ""),
        ("bailiffs on thursday", "soon"),
        ("urgent please", "soon"),
        ("been five weeks now", ""),
        ("how do i apply", ""),
    ],
)
def test_how_soon_is_read(text: str, urgency: str) -> None:
    assert read_facts(text).urgency == urgency


def test_days_are_read_in_order_and_once() -> None:
    assert read_facts("free tuesdays, Thursday and weekends, not Tuesday").days == (
        "tue",
        "thu",
        "sat",
        "sun",
    )
    assert read_facts("sunflowers and a monsoon").days == ()


@pytest.mark.parametrize(
    ("text", "asker"),
    [
        ("im 12 and my mum is ill", "young_person"),
        ("im in yr 8 and hate it", "young_person"),
        ("Year 8 pupil, parent reports tearfulness", "professional"),
        ("my grandson stays with us", "grandparent"),
        ("the kids next door are always out late", "neighbour"),
        ("my daughter wont sleep", "family"),
        ("my best mate is not eating", "friend"),
        ("pothole", ""),
    ],
)
def test_who_seems_to_ask_is_guessed(text: str, asker: str) -> None:
    assert read_facts(text).asker == asker


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_nothing_raises_and_spans_lie_in_the_text(text: str) -> None:
    for age in read_facts(text, TODAY).ages:
        assert 0 <= age.start < age.end <= len(text)
        assert 0 <= age.low <= age.high


@pytest.mark.parametrize(
    "text",
    [
        "son" + " is" * 3300,
        "son" + " " * 9990,
        ("son" + " " * 300) * 30,
        "1," * 5000,
        "1 and " * 1600,
        "he is " + "just " * 2000,
        ", " * 5000,
        ("," + " " * 200) * 49,
        "seen " + "aa " * 3000,
        "aged 3, " * 1200,
        "1" * 10_000,
        " " * 10_000,
        "my " * 3300,
        "3 - " * 2500,
    ],
    ids=range(14),
)
def test_no_text_makes_the_patterns_run_away(text: str) -> None:
    started = time.process_time()
    read_facts(text, TODAY)
    assert time.process_time() - started < 0.2


AGE_WORDS = ("son", "12", "year", "old", "and", ",", "is", "3", "under", "/", "52", "f", "y8", "dob", "02")


@given(st.lists(st.sampled_from(AGE_WORDS), max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_heap_of_age_words_is_read_without_error(words: list[str]) -> None:
    read_facts(" ".join(words), TODAY)
