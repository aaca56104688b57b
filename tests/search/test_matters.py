"""The matter of a sentence: words of services for what people say who never use them."""

import pytest

from directory.search.matters import FULL, MOST, Matters, matters
from directory.search.text import words
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
    found = FEW.told(words("all my lad eats is toast, anything green and he gags")).words
    assert [word for word, _ in found[:2]] == ["fussy", "eater"]
    assert found[0][1] == 1.0
    assert [worth for _, worth in found] == sorted((worth for _, worth in found), reverse=True)


def test_each_matter_has_its_own_words() -> None:
    assert FEW.told(words("they call my boy names and nobody plays with him")).words[0][0] == "bullying"
    assert FEW.told(words("a tooth that bleeds")).words[0][0] in ("dentist", "teeth")


@pytest.mark.parametrize("text", ["", "?!", "zzzz qqqq", "🙂", "x" * 10_000])
def test_what_is_like_nothing_has_no_matter(text: str) -> None:
    assert FEW.told(words(text)) == ([], [])
    assert matters().told(words(text)) == ([], [])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("my daughter wont speak at preschool but never stops at home", "mutism"),
        ("my mum gets drunk most nights and i hate going home", "drinking"),
        ("my little boy only eats beige food and gags on anything else", "fussy"),
    ],
)
def test_the_lists_in_use_know_the_matter_of_a_sentence(text: str, word: str) -> None:
    assert word in [each for each, _ in matters().told(words(text)).words]


SERVICES = [
    (
        "Green Plates . A club for children who gag on peas and eat beige food alone",
        "Plates Trust . Fussy eaters",
    ),
    ("Smile Line . Ring about a wobbly tooth or teeth that bleed", "Tooth Trust . A dentist for families"),
    ("Kind Hands . For children whom others call names", ""),
    ("", ""),
]


def test_a_service_is_about_the_matter_that_people_tell_of_in_other_words() -> None:
    keys, worths = FEW.of_services(SERVICES)
    for text, at in (("he only wants toast", 0), ("her tooth came out", 1), ("nobody sits with him", 2)):
        assert keys[at][0] == FEW.told(words(text)).matters[0][0]
    assert worths[:3, 0].min() > 0.8 * FULL
    assert not worths[3].any()


def test_many_services_are_read_as_one_by_one() -> None:
    lists = matters()
    whole_keys, whole = lists.of_services(SERVICES)
    assert whole_keys.shape == whole.shape == (len(SERVICES), MOST)
    for at, each in enumerate(SERVICES):
        keys, worths = lists.of_services([each])
        assert (worths == whole[at]).all()
        assert (keys == whole_keys[at]).all() or not worths.any()


def test_a_matter_keeps_its_key_wherever_it_stands_in_the_list() -> None:
    topics = [Topic(("dentist",), ("wobbly tooth",)), Topic(("bullying",), ("picked on",))]
    one, other = Matters(topics), Matters(topics[::-1])
    assert one.told(words("picked on")).matters[0][0] == other.told(words("picked on")).matters[0][0]
    assert one.told(words("picked on")).matters[0][0] != one.told(words("wobbly tooth")).matters[0][0]
