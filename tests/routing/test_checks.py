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
