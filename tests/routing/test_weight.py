"""Signs of how light or heavy a matter is, also on the texts that they were chosen from."""

import csv
from collections import defaultdict
from pathlib import Path
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from directory.routing.level import LevelRules
from directory.routing.rulebook import load_rulebook
from directory.routing.weight import Scales
from directory.words import LEVELS

BOOK = load_rulebook()
SCALES, RULES = Scales(BOOK.signs), LevelRules(BOOK)
CODES = [need.code for need in BOOK.needs]
HEAVY = [word for sign in BOOK.signs.sign if sign.kind == "heavy" for word in sign.words]
LIGHT = [word for sign in BOOK.signs.sign if sign.kind == "light" for word in sign.words]

with (Path(__file__).parent / "light_and_heavy.csv").open(encoding="utf-8", newline="") as file:
    TOLD = list(csv.DictReader(file))


def points(text: str) -> int:
    return SCALES.weigh(
        text.lower().replace("'", "").replace("?", "").replace(".", "").replace(",", "")
    ).points


def test_the_further_a_matter_has_gone_the_more_it_weighs() -> None:
    by_level: dict[str, list[int]] = defaultdict(list)
    for row in TOLD:
        by_level[row["level"]].append(points(row["text"]))
    light, some, heavy = (by_level[level] for level in ("universal", "early_help", "targeted"))
    assert mean(light) < -2 < mean(some) < 2 < mean(heavy)
    assert sum(each < 0 for each in light) / len(light) > 0.7
    assert sum(each <= -3 for each in heavy) / len(heavy) < 0.05


def test_a_question_about_a_hard_matter_is_no_hard_matter() -> None:
    asked = "Is there training on young carers, and a leaflet for our school newsletter?"
    assert RULES.decide(asked, ["young_carer"]).code == "universal"
    told = "I do all the cooking and give mum her tablets, I havent been in school since half term"
    assert RULES.decide(told, ["young_carer"]).code == "targeted"


def test_a_plain_need_that_has_gone_far_is_raised_and_says_why() -> None:
    told = (
        "She has stopped going out and stays in bed, her sister does the cooking, and she is twice discharged"
    )
    found = RULES.decide(told, ["bereavement_loss"])
    assert found.code == "targeted"
    assert found.reasons[0] == "A part of daily life has stopped"


def test_being_polite_or_in_a_hurry_weighs_nothing() -> None:
    for manner in (
        "Please could you help?",
        "Many thanks.",
        "Hello there,",
        "please",
        "right now",
        "Hi, hope you are well",
    ):
        assert not SCALES.weigh(manner.lower().strip("?.,").replace(",", "")).met, manner


@given(st.sampled_from(CODES), st.sampled_from(LIGHT), st.sampled_from([1, 2]))
def test_light_words_ease_nothing_that_is_dangerous(code: str, light: str, tier: int) -> None:
    grave = RULES.decide("she is at home", [code], tier=tier, calm=False)
    told = RULES.decide(f"{light} she is at home", [code], tier=tier, calm=False)
    assert LEVELS.index(told.code) >= LEVELS.index(grave.code)


@given(st.sampled_from(CODES), st.sampled_from(LIGHT), st.sampled_from(HEAVY))
def test_a_heavy_fact_beside_light_words_never_lowers_the_level(code: str, light: str, heavy: str) -> None:
    before = RULES.decide(light, [code]).code
    after = RULES.decide(f"{light} {heavy}", [code]).code
    assert LEVELS.index(after) >= LEVELS.index(before)
