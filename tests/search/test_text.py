"""Words as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.lexicon import Lexicon
from directory.search.sound import sound
from directory.search.text import Speller, fold, stem, tolerance, words

KNOWN = ["speech", "therapy", "toddler", "autism", "counselling", "bereavement", "form", "from", "cat"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Children’s centre", ["childrens", "centre"]),
        ("Step-free café", ["step", "free", "cafe"]),
        ("ﬁrst", ["first"]),
        ("a_b", ["a", "b"]),
        ("👶", []),
    ],
)
def test_text_is_folded_into_words(text: str, read: list[str]) -> None:
    assert words(text) == read
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_plain_text_is_read_like_any_other(text: str) -> None:
    parted = [word[:40] for word in re.findall(r"[^\W_]+", fold(text))]
    assert words(text) == parted
    assert words(text + " é") == [*parted, "e"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("groups", "group"),
        ("babies", "baby"),
        ("counselling", "counseling"),
        ("organise", "organize"),
        ("colour", "color"),
    ],
)
def test_forms_and_spellings_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_tolerance_grows_with_the_word() -> None:
    assert [tolerance(word) for word in ("cat", "form", "toddler", "speeches", "20262026")] == [0, 1, 1, 2, 0]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("speach", "speech"),
        ("tharapy", "therapy"),
        ("autsim", "autism"),
        ("berevment", "bereavement"),
        ("councelling", "counselling"),
    ],
)
def test_the_nearest_word_is_found(typed: str, meant: str) -> None:
    assert Speller(KNOWN).near(typed)[0][0] == meant


@pytest.mark.parametrize("typed", ["bat", "zzzzzzz", "", "12345678", "x" * 5000])
def test_what_is_near_to_nothing_stays_as_it_is(typed: str) -> None:
    assert Speller(KNOWN).near(typed) == []


@pytest.mark.parametrize(
    ("heard", "spelt"),
    [
        ("dorter", "daughter"),
        ("soshal", "social"),
        ("skool", "school"),
        ("fone", "phone"),
        ("nife", "knife"),
        ("sychologist", "psychologist"),
        ("attenshun", "attention"),
        ("birfday", "birthday"),
        ("exema", "eczema"),
        ("azma", "asthma"),
    ],
)
def test_a_word_written_by_ear_sounds_as_it_is_spelt(heard: str, spelt: str) -> None:
    assert sound(heard) == sound(spelt)
    assert Speller([*KNOWN, spelt]).sounding(heard) == spelt


def test_what_sounds_like_nothing_known_is_left_alone() -> None:
    assert Speller(KNOWN).sounding("tractor") == Speller(KNOWN).sounding("ab") == ""


def test_everyday_words_are_not_taken_for_others_that_are_near() -> None:
    lexicon = Lexicon(dict.fromkeys(["mind", "food", "week", "home", "daughters"], 1))
    assert lexicon.spelt(["mine", "foot", "weak", "hope"]) == {}
    assert lexicon.spelt(["dorter"]) == {"dorter": "daughter"}
