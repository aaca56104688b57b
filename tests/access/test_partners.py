"""Sites that carry the search: made, changed, revoked, counted; and what their look may be."""

import datetime as dt

import pytest

from directory.access import partners
from directory.access.uses import Uses
from directory.db import Database
from directory.errors import BadRequest, NotFound

SCHOOL = "https://www.school.example"


async def test_a_key_names_a_site_until_it_is_revoked(database: Database) -> None:
    made = await partners.add(
        database, "  Hethersett   Academy ", [SCHOOL + "/", SCHOOL], theme={"accent": "#005ea5"}
    )
    assert made.label == "Hethersett Academy"
    assert made.origins == [SCHOOL]
    assert await partners.live(database, made.id) == made
    assert await partners.listed(database) == [made]
    assert await partners.revoke(database, made.id)
    assert await partners.live(database, made.id) is None
    assert not await partners.revoke(database, made.id)
    with pytest.raises(NotFound):
        await partners.change(database, made.id, label="Again")


@pytest.mark.parametrize(
    "key", ["", "fdw_", "fdw_0123", "fd_0123", "fdw_\x00", "fdw_" + "a" * 500, "' or true --"]
)
async def test_no_other_text_is_a_key(database: Database, key: str) -> None:
    await partners.add(database, "School", [SCHOOL])
    assert await partners.live(database, key) is None


async def test_a_change_replaces_only_what_is_given(database: Database) -> None:
    made = await partners.add(database, "School", [SCHOOL], theme={"radius": "4px"})
    changed = await partners.change(database, made.id, origins=["https://other.example"], per_minute=60)
    assert (changed.label, changed.origins, changed.per_minute) == ("School", ["https://other.example"], 60)
    assert changed.theme == {"radius": "4px"}
    assert await partners.one(database, made.id) == changed


@pytest.mark.parametrize(
    "theme",
    [
        {"accent": "red; } * { display: none"}, {"accent": "url(https://evil.example)"}, {"accent": "var(--x)"},
        {"font": "x; src: url(y)"}, {"font-size": "calc(1px)"}, {"radius": "-4px"}, {"colour": "#fff"},
        {"--fd-ink": "#000"}, {"ink": "#12345"}, {"font": "a\nb"},
    ],
)  # fmt: skip
async def test_a_look_can_hold_nothing_but_colours_lengths_and_fonts(
    database: Database, theme: dict[str, str]
) -> None:
    with pytest.raises(BadRequest):
        await partners.add(database, "School", [SCHOOL], theme=theme)


@pytest.mark.parametrize(
    ("label", "origins", "per_minute"),
    [("", [SCHOOL], 60), ("x" * 121, [SCHOOL], 60), ("School", [], 60), ("School", [SCHOOL], 9),
     ("School", [f"https://{n}.example" for n in range(41)], 60)],
)  # fmt: skip
async def test_what_is_wrong_is_refused(
    database: Database, label: str, origins: list[str], per_minute: int
) -> None:
    with pytest.raises(BadRequest):
        await partners.add(database, label, origins, per_minute=per_minute)
    assert await partners.listed(database) == []


async def test_uses_are_added_up_by_day_and_survive_a_database_that_is_away(database: Database) -> None:
    made = await partners.add(database, "School", [SCHOOL])
    uses = Uses()
    for _ in range(3):
        uses.count(made.id, "searched")
    uses.count(made.id, "nothing")
    away = await Database("postgresql://nobody@127.0.0.1:9/nothing").open()
    with pytest.raises(OSError):
        await uses.write(away)
    await away.close()
    await uses.write(database)
    uses.count(made.id, "searched")
    async with uses.written(database):
        pass  # what is still in memory is written at the end
    (day,) = await partners.used(database, made.id)
    assert day.counts == {"searched": 4, "nothing": 1}
    assert abs((day.day - dt.datetime.now(dt.UTC).date()).days) <= 1
