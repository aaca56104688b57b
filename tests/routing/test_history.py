"""What changed between two versions of the rule book can be seen, by name and without what it said."""

import httpx
from msgspec.structs import replace

from directory.db import Database
from directory.routing.history import Change, changes, sections
from directory.routing.rulebook import OWN, load_rulebook
from directory.routing.safety_rules import load
from directory.routing.write import remember, versions

BOOK, DANGER = load_rulebook(), load(OWN)


def other(version: str) -> "object":
    first = replace(BOOK.needs[0], plain="Being a parent, day by day")
    return replace(BOOK, version=version, needs=(first, *BOOK.needs[1:]))


def test_the_same_rules_have_no_changes() -> None:
    assert changes(sections(BOOK, DANGER), sections(load_rulebook(), load(OWN))) == []


def test_a_changed_part_is_named() -> None:
    after = sections(other("next"), DANGER)  # type: ignore[arg-type]
    assert changes(sections(BOOK, DANGER), after) == [Change("needs", [], [BOOK.needs[0].code], [])]


def test_what_is_added_and_taken_away_is_named() -> None:
    assert changes({"needs": {"a": "1", "b": "2"}}, {"needs": {"b": "2", "c": "3"}}) == [
        Change("needs", ["c"], [], ["a"])
    ]


def test_every_section_is_full() -> None:
    assert all(sections(BOOK, DANGER).values())


async def test_versions_are_kept_once_and_told_newest_first(database: Database) -> None:
    await remember(database, BOOK, DANGER)
    await remember(database, BOOK, DANGER)
    await remember(database, other("next"), DANGER)  # type: ignore[arg-type]
    newest, oldest = await versions(database.pool)
    assert (newest.version, oldest.version) == ("next", BOOK.version)
    assert newest.changes == [Change("needs", [], [BOOK.needs[0].code], [])]
    assert oldest.changes == []


async def test_the_api_tells_the_whole_book_with_its_version(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/routes/rules")).json()
    assert found["version"] == BOOK.version
    assert [need["code"] for need in found["needs"]] == [need.code for need in BOOK.needs]
    assert found["overdue"] == [] or set(found["overdue"]) <= {each["id"] for each in found["contacts"]}


async def test_the_page_shows_the_whole_book(client: httpx.AsyncClient) -> None:
    page = await client.get("/rules", headers={"accept": "text/html"})
    assert page.status_code == 200
    for words in (BOOK.version, BOOK.needs[0].plain, BOOK.levels.level[2].label, "How we decide"):
        assert words in page.text
    assert all(f"{shift.reason.split(',')[0][:20]}" in page.text for shift in BOOK.levels.rise[:5])
