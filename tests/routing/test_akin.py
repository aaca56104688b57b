"""Words that people use who tell of the same matter."""

import pytest

from directory.routing.route import Router


@pytest.mark.parametrize(
    ("text", "need", "word"),
    [
        (
            "my daughter wont speak at preschool but never stops at home",
            "speech_language_communication",
            "mutism",
        ),
        ("my mum gets drunk most nights and i hate going home", "substance_use", "alcohol"),
        ("baby sicks up every bottle and arches her back", "child_health", "reflux"),
    ],
)
def test_phrases_like_a_text_lend_it_their_words(router: Router, text: str, need: str, word: str) -> None:
    assert word in [each for each, _ in router.reader.akin(text, [need])]


def test_words_that_are_lent_are_new_and_come_with_their_worth(router: Router) -> None:
    text = "he is being bullied at school and will not go"
    found = router.reader.akin(text, ["bullying", "school_attendance"])
    assert found
    assert found[0][1] == 1.0
    assert [worth for _, worth in found] == sorted((worth for _, worth in found), reverse=True)
    assert not {word for word, _ in found} & set(text.split())


@pytest.mark.parametrize("text", ["", "?!", "zzzz qqqq", "🙂"])
def test_what_is_like_nothing_is_lent_nothing(router: Router, text: str) -> None:
    assert router.reader.akin(text, ["bullying"]) == []
    assert router.reader.akin("he is being bullied", []) == []
