"""The matter of a sentence: words of services for what people say who never use them."""

import pytest

from directory.search.matters import Matters, matters
from directory.search.weights import Topic

FEW = Matters(
    [
        Topic(
            ("fussy eater",),
            ("beige food",),
            ("he only eats beige things and gags on the rest", "she lives on toast and gags at peas"),
        ),
        Topic(("dentist", "teeth"), ("wobbly tooth",), ("her tooth came out and it bleeds when we brush",)),
        Topic(("bullying",), ("picked on",), ("nobody sits with him at dinner and they call him names",)),
    ]
)


def test_what_others_said_of_the_same_gives_the_words_of_services() -> None:
    found = FEW.words("all my lad eats is toast, anything green and he gags")
    assert [word for word, _ in found[:2]] == ["fussy", "eater"]
    assert found[0][1] == 1.0
    assert [worth for _, worth in found] == sorted((worth for _, worth in found), reverse=True)


def test_each_matter_has_its_own_words() -> None:
    assert FEW.words("they call my boy names and nobody plays with him")[0][0] == "bullying"
    assert FEW.words("a tooth that bleeds")[0][0] in ("dentist", "teeth")


@pytest.mark.parametrize("text", ["", "?!", "zzzz qqqq", "🙂", "x" * 10_000])
def test_what_is_like_nothing_has_no_matter(text: str) -> None:
    assert FEW.words(text) == []
    assert matters().words(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("my daughter wont speak at preschool but never stops at home", "mutism"),
        ("my mum gets drunk most nights and i hate going home", "drinking"),
        ("my little boy only eats beige food and gags on anything else", "fussy"),
    ],
)
def test_the_lists_in_use_know_the_matter_of_a_sentence(text: str, word: str) -> None:
    assert word in [each for each, _ in matters().words(text)]
