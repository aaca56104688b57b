"""Everyday words are what they are, whatever services hold."""

import pytest

from directory.search.english import is_common
from directory.search.lexicon import Lexicon
from directory.search.understand import misspelt_place


@pytest.mark.parametrize("word", ["snap", "beige", "horse", "cello", "vodka", "school"])
def test_everyday_words_are_common(word: str) -> None:
    assert is_common(word)


@pytest.mark.parametrize("word", ["speach", "therpy", "nursary", "anxeity", "yarmuth", "ehcp", "", "snapp"])
def test_slips_and_names_are_not(word: str) -> None:
    assert not is_common(word)


def test_an_everyday_word_that_no_service_holds_is_not_taken_for_one_that_is_near() -> None:
    known = Lexicon({"swap": 3, "badge": 2, "therapy": 9})
    assert known.spelt(["snap", "beige", "therpy"]) == {"therpy": "therapy"}
    assert not any(group.terms for group in known.groups(["snap", "beige"]))


def test_a_horse_is_not_horsey() -> None:
    def nearest(name: str) -> str:
        return {"horse": "horsey", "horsy": "horsey"}.get(name, "")

    assert misspelt_place("horse riding", ["horse"], nearest) is None
    found = misspelt_place("club horsy", ["horsy"], nearest)
    assert found is not None
    assert found.read_as == "horsey"
