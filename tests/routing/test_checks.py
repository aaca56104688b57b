import datetime as dt
from pathlib import Path

from msgspec.structs import replace

from directory.routing.checks import findings
from directory.routing.rulebook import load_rulebook
from directory.routing.safety_rules import load

BOOK = load_rulebook()
DANGER = load(Path(__file__).parents[2] / "directory" / "routing" / "rules")
TODAY = dt.date(2026, 11, 23)


def test_our_own_rule_book_has_nothing_serious_to_mend() -> None:
    assert [each for each in findings(BOOK, DANGER, TODAY) if each.serious] == []


def test_an_overdue_contact_that_people_are_shown_is_serious() -> None:
    found = findings(BOOK, DANGER, dt.date(2035, 1, 1))
    overdue = [each for each in found if "999" in each.where and each.serious]
    assert overdue
    assert "overdue" in overdue[0].what


def test_hard_words_are_found() -> None:
    step = replace(
        BOOK.pathways.step[0],
        how="Practitioners should facilitate comprehensive multidisciplinary assessment of vulnerabilities",
    )
    book = replace(BOOK, pathways=replace(BOOK.pathways, step=(step, *BOOK.pathways.step[1:])))
    assert any(
        "reading age" in each.what and step.code in each.where for each in findings(book, DANGER, TODAY)
    )


def test_a_need_without_a_service_is_named_with_its_area() -> None:
    found = findings(BOOK, DANGER, TODAY, {"Breckland": ["young_carer"]})
    assert ("Breckland", "no running service for young_carer") in {(each.where, each.what) for each in found}


def test_a_level_rule_that_undoes_itself_is_serious() -> None:
    wrong = replace(BOOK.levels.rise[5], words=("safe now",), unless=("safe now",))
    book = replace(BOOK, levels=replace(BOOK.levels, rise=(wrong, *BOOK.levels.rise)))
    found = [each for each in findings(book, DANGER, TODAY) if each.serious]
    assert [each.where for each in found] == [f"levels.toml: {wrong.id}"]
    assert "for it and against it" in found[0].what


def test_words_and_rules_that_can_never_speak_are_named() -> None:
    ease = replace(BOOK.levels.ease[0], words=("how do i", "how do i apply"), needs=("young_carer",))
    book = replace(BOOK, levels=replace(BOOK.levels, ease=(ease,)))
    what = " ".join(each.what for each in findings(book, DANGER, TODAY))
    assert "“how do i apply” is never reached" in what
    assert "never eases young_carer: child_who_cares always raises it" in what


def test_a_keyword_of_two_needs_is_named() -> None:
    first, second, *rest = BOOK.needs
    twice = replace(second, keywords=(*second.keywords, first.keywords[0]))
    found = findings(replace(BOOK, needs=(first, twice, *rest)), DANGER, TODAY)
    assert any(f"is a keyword of {first.code} too" in each.what for each in found)
