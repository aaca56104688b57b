"""Names for codes and ids that staff pages show: needs, areas, people."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from directory.web.wording import plain

KEPT = 600.0  # seconds that the names of areas are kept


class Names:
    """`areas` by reference ("district:E07000148"), `needs` by code, `people` by the id that logs use."""

    def __init__(self, areas: dict[str, str], needs: dict[str, str], people: dict[str, str]) -> None:
        self.areas, self.needs, self.people = areas, needs, people

    def need(self, code: str) -> str:
        return self.needs.get(code) or plain(code)

    def place(self, references: Iterable[str]) -> str:
        """The district, or the zone where no district is known."""
        found = {each.partition(":")[0]: self.areas.get(each, "") for each in references}
        return found.get("district") or found.get("zone") or ""

    def zone(self, references: Iterable[str]) -> str:
        return next((self.areas.get(each, "") for each in references if each.startswith("zone:")), "")

    def person(self, actor: str | None) -> str:
        """Who did something: a person's name, or what kind of caller it was."""
        if not actor:
            return ""
        kind = actor.partition(":")[0]
        ways = {"key": "a partner's system", "link": "the service, by link", "system": "the directory"}
        return self.people.get(actor) or ways.get(kind) or ("the family" if kind == "family" else plain(kind))


async def names(state: Any, actors: Iterable[str | None] = ()) -> Names:
    """The names; of people only those that are asked for."""
    kept: tuple[float, dict[str, str]] | None = getattr(state, "area_names", None)
    if kept is None or time.monotonic() - kept[0] > KEPT:
        rows = await state.database.pool.fetch(
            "select kind || ':' || code as ref, name from area where kind in ('district', 'zone', 'county')"
            " order by valid_from nulls first"
        )
        kept = (time.monotonic(), {row["ref"]: row["name"] for row in rows})
        state.area_names = kept
    ids = {UUID(each.partition(":")[2]) for each in actors if each and each.startswith("staff:")}
    people = {}
    if ids:
        rows = await state.database.pool.fetch(
            "select id, name from staff where id = any($1::uuid[])", list(ids)
        )
        people = {f"staff:{row['id']}": row["name"] for row in rows}
    return Names(kept[1], {need.code: need.label for need in state.router.book.needs}, people)
