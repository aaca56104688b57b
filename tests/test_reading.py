"""Our own copy can be read by a child of eleven, and keeps clear of officials' words."""

from directory.reading import avoid, count_syllables, read
from tests.web.test_languages import messages

LONG_NAMES = {"Accessibility statement", "How accessible this website is"}


def copy() -> list[str]:
    return sorted(each if isinstance(each, str) else each[1] for each in messages())


def test_our_own_copy_has_a_reading_age_of_eleven_or_less() -> None:
    whole = "\n".join(copy())
    assert read(whole).words > 1500
    assert read(whole).age <= 11


def test_no_paragraph_of_ours_is_hard() -> None:
    """The accessibility statement keeps the wording that the law's model asks for."""
    lawful = ("Commission", "Guidelines", "Preparation", "Technical", "statement")
    texts = [each for each in copy() if len(each.split()) >= 9 and not any(word in each for word in lawful)]
    assert len(texts) > 60
    assert {each: age for each in texts if (age := read(each).age) > 13} == {}


def test_no_word_of_ours_is_one_that_only_officials_say() -> None:
    assert {each: found for each in copy() if (found := avoid(each))} == {}


def test_easy_and_hard_texts_are_told_apart() -> None:
    easy = "We can help you. Ring us or come in. You do not need a letter."
    hard = (
        "Multi-agency provision facilitates holistic intervention for vulnerable stakeholders in order to ensure "
        "sustainable improvements in developmental outcomes across the commissioning landscape."
    )
    assert read(easy).age < 9
    assert read(hard).age > 18
    assert [word for word, _ in read(hard).avoid][:2] == ["multi-agency", "provision"]


def test_syllables_are_about_right() -> None:
    known = {
        "help": 1,
        "family": 3,
        "service": 2,
        "baby": 2,
        "school": 1,
        "worried": 2,
        "table": 2,
        "needed": 2,
        "asked": 1,
    }
    assert {word: count_syllables(word) for word in known} == known
    assert read("").age == 5
