"""Words of a query that mean a filter."""

import pytest

from directory.places.names import fold
from directory.search.understand import Understood, misspelt_place, understand

TOWNS = {"cromer", "great yarmouth", "kings lynn", "holt", "wells", "bath", "nr3"}


def read(text: str, **given: object) -> Understood:
    return understand(text, TOWNS.__contains__, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "left", "place"),
    [
        ("baby group in Cromer", ["baby", "group"], "cromer"),
        ("cromer baby group", ["baby", "group"], "cromer"),
        ("food bank near Great Yarmouth", ["food", "bank"], "great yarmouth"),
        ("King's Lynn youth club", ["youth", "club"], "kings lynn"),
        ("debt advice NR3 1FH", ["debt", "advice"], "NR3 1FH"),
        ("debt advice nr31fh", ["debt", "advice"], "NR3 1FH"),
        ("debt advice nr3", ["debt", "advice"], "nr3"),
        ("baby bath", ["baby", "bath"], ""),
        ("help in the home", ["help", "in", "the", "home"], ""),
    ],
)
def test_a_place_is_read_where_it_is_plainly_one(text: str, left: list[str], place: str) -> None:
    found = read(text)
    assert (found.words, found.place) == (left, place)
    assert fold(found.place) == found.place.lower()


@pytest.mark.parametrize(
    ("text", "age", "left"),
    [
        ("swimming 3 year old", 3, ["swimming"]),
        ("groups for 14 year olds", 14, ["groups"]),
        ("clubs for a seven year old", 7, ["clubs", "for", "a"]),
        ("play 18 months old", 1.5, ["play"]),
        ("youth club aged 15", 15, ["youth", "club"]),
        ("sleep 2yo", 2, ["sleep"]),
        ("year 8 maths", 12, ["maths"]),
        ("yr 9 girl anxious", 13, ["girl", "anxious"]),
        ("y10 attendance", 14, ["attendance"]),
        ("im 14 and lonely", 14, ["im", "and", "lonely"]),
        ("hes nearly two", 2, ["hes"]),
        ("my son is 9", 9, ["my", "son", "is"]),
        ("baby 6 weeks old", 0.12, ["baby"]),
        ("im 20 miles away", None, ["im", "20", "miles", "away"]),
        ("im 12 weeks pregnant", None, ["im", "12", "weeks", "pregnant"]),
        ("year 2024", None, ["year", "2024"]),
        ("under 5s", None, ["under", "5s"]),
        ("24 7 helpline", None, ["24", "7", "helpline"]),
        ("ages 5 to 11", None, ["ages", "5", "to", "11"]),
        ("waited 3 years", None, ["waited", "3", "years"]),
    ],
)
def test_an_age_is_read_where_it_is_plainly_one(text: str, age: float | None, left: list[str]) -> None:
    found = read(text)
    assert (found.age, found.words) == (age, left)


def nearest(name: str) -> str:
    return {"comer": "cromer", "gt yarmuth": "great yarmouth", "great yarmuth": "great yarmouth"}.get(
        name, ""
    )


@pytest.mark.parametrize(
    ("text", "place", "left"),
    [
        ("baby group near comer", "cromer", ["baby", "group"]),
        ("clubs around gt yarmuth free", "great yarmouth", ["clubs", "free"]),
        ("late comer club", "", ["late", "comer", "club"]),
    ],
)
def test_a_misspelt_place_is_read_after_near(text: str, place: str, left: list[str]) -> None:
    found = understand(text, TOWNS.__contains__, nearest, keep=["free"])
    assert (found.place, found.words) == (place, left)


def test_elsewhere_a_misspelt_place_must_be_unknown_as_a_word() -> None:
    found = misspelt_place("food bank gt yarmuth", ["yarmuth"], nearest)
    assert found is not None
    assert (found.text, found.read_as, found.keep) == ("gt yarmuth", "great yarmouth", "place")
    assert misspelt_place("late comer club", [], nearest) is None


@pytest.mark.parametrize(
    ("text", "days", "left"),
    [
        ("baby group on Tuesday", ["tuesday"], ["baby", "group"]),
        ("saturday football", ["saturday"], ["football"]),
        ("weekend club", ["saturday", "sunday"], ["club"]),
    ],
)
def test_a_day_is_read(text: str, days: list[str], left: list[str]) -> None:
    assert (read(text).days, read(text).words) == (days, left)


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("free clubs", True),
        ("free school meals", False),
        ("gluten free food", False),
        ("smoke free homes", False),
    ],
)
def test_free_is_read_where_it_is_about_money(text: str, free: bool) -> None:
    assert read(text).free is free


def test_what_was_read_is_said_and_can_be_kept_as_words() -> None:
    text = "free baby group in Cromer on Tuesday"
    assert {(each.kind, each.text) for each in read(text).said} == {
        ("free", "free"),
        ("place", "in cromer"),
        ("day", "on tuesday"),
    }
    assert read(text, keep=["free", "place", "day", "age"]).words == text.lower().split()


def test_what_the_request_says_by_itself_is_not_read_again() -> None:
    assert read("cromer", placed=True).words == ["cromer"]
    assert read("3 year old", aged=True).age is None
    assert read("tuesday", dayed=True).days == []


@pytest.mark.parametrize(
    "text",
    [
        "their dad was killed on sunday and i dont know how to tell them",
        "we got the diagnosis on friday and i havent stopped crying since",
        "not eaten since monday",
        "clubs until saturday",
        "i dont know what to do, something happened when he came on friday",
    ],
)
def test_a_day_said_in_passing_is_no_filter(text: str) -> None:
    assert read(text).days == []


@pytest.mark.parametrize(
    "text",
    [
        "is there a baby group on tuesday",
        "somewhere to take him this tuesday",
        "swimming tuesdays",
        "whats on this tuesday",
        "what can we do on tuesday with a 4 year old",
        "i need someone to talk to on a tuesday",
    ],
)
def test_a_day_that_is_asked_for_is_a_filter(text: str) -> None:
    assert read(text).days == ["tuesday"]


@pytest.mark.parametrize("text", ["i am 17 and pregnant", "im 18 and i cant cope with my baby"])
def test_a_young_parents_own_age_is_no_childs(text: str) -> None:
    assert read(text).age is None


@pytest.mark.parametrize(
    "text",
    ["im 14 and my baby brother cries all night", "my son is 14 and im pregnant", "14 and my baby sister"],
)
def test_a_childs_age_beside_a_baby_stays_a_childs(text: str) -> None:
    assert read(text).age == 14
