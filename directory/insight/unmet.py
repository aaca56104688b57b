"""What families needed and did not get, by need and place: requests turned down, routes that lacked, empty searches.

Pure. A sign is one request that a service turned down or that closed without one, one route that lacked a service, or
one search that found nothing. They are of different weight and counted apart as well as together; a person who asked
in two ways can be two signs.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from directory.insight import facts as columns
from directory.insight.facts import Facts
from directory.insight.figures import Choice, among
from directory.insight.shapes import Column, Table, Value
from directory.insight.suppression import Count, Keys, Mask, Rounding
from directory.referrals import codes

SOURCES = ("requests", "gaps", "misses")
LABELS = {
    "requests": "Requests turned down",
    "gaps": "Routes that lacked a service",
    "misses": "Searches that found nothing",
    "signs": "Signs together",
}
DEFINITION = (
    "Requests turned down: received in the period, and a service said no for want of room or because it did not fit, "
    "or did not answer, or the request was closed without a service; one with two needs counts under both. Routes that "
    "lacked a service: somebody asked the router, and nothing fits the need there, or one rule alone (room, age, "
    "place, not running) kept it away. Searches that found nothing count by zone alone. Each route or search counts "
    "each time."
)
_NOT_MET = list(codes.OUTCOMES).index("not_met_no_service")
_REFUSED = [index for index, each in enumerate(codes.REASONS.values()) if each.group in {"service", "fit"}]


class Signals(Struct, frozen=True, kw_only=True):
    """Counted gaps and misses, a row for each day, need and area. `place` is an index in `areas`, NEVER for unknown;
    `gap` is false for a search."""

    keys: Keys
    day: columns.Ints
    need: columns.Ints
    place: columns.Ints
    many: NDArray[np.int64]
    gap: Mask
    areas: tuple[str, ...]


class Signs(Struct, frozen=True, kw_only=True):
    """Every sign of the period, as rows to count; `place` is an index in `places`, NEVER for elsewhere or unknown."""

    keys: Keys
    need: NDArray[np.intp]
    place: NDArray[np.intp]
    many: NDArray[np.int64]
    source: NDArray[np.intp]
    places: tuple[str, ...]
    needs: tuple[str, ...]


def turned_down(facts: Facts, choice: Choice) -> Mask:
    """Requests received in the period that a service turned down, or that closed without one."""
    requests, referrals = facts.requests, facts.referrals
    low, high = choice.period.start.toordinal(), choice.period.end.toordinal()
    refused = (referrals.first == columns.LAPSED) | (
        (referrals.first == columns.DECLINED) & np.isin(referrals.reason, _REFUSED)
    )
    found: Mask = requests.outcome == _NOT_MET
    found[referrals.request[refused]] = True
    found &= among(facts, choice) & (requests.received >= low) & (requests.received < high)
    return found


def signs(facts: Facts, signals: Signals, choice: Choice, kind: str) -> Signs:
    """`kind` is "zone" or "district": the kind of area that they are told apart by."""
    requests = facts.requests
    places = tuple(each for each in signals.areas if each.startswith(f"{kind}:"))
    names = facts.zones if kind == "zone" else facts.districts
    at = np.array(
        [
            *(places.index(f"{kind}:{n}") if f"{kind}:{n}" in places else columns.NEVER for n in names),
            columns.NEVER,
        ]
    )
    own = at[requests.zone if kind == "zone" else requests.district]
    down = np.flatnonzero(turned_down(facts, choice))
    pairs = [
        (row, need)
        for row in down.tolist()
        for need in range(len(facts.needs))
        if int(requests.needs[row]) >> need & 1 and (not choice.need or facts.needs[need] == choice.need)
    ]
    rows = np.array([row for row, _ in pairs], dtype=np.intp)
    needs = np.array([need for _, need in pairs], dtype=np.intp)
    kept = _counted(facts, signals, choice, kind)
    where = np.array(
        [*(places.index(a) if a in places else columns.NEVER for a in signals.areas), columns.NEVER]
    )
    return Signs(
        keys=np.concatenate([requests.keys[rows], signals.keys[kept]]),
        need=np.concatenate([needs, signals.need[kept].astype(np.intp)]),
        place=np.concatenate([own[rows], where[signals.place[kept]]]).astype(np.intp),
        many=np.concatenate([np.ones(len(rows), np.int64), signals.many[kept]]),
        source=np.concatenate([np.zeros(len(rows), np.intp), np.where(signals.gap[kept], 1, 2)]).astype(
            np.intp
        ),
        places=places,
        needs=facts.needs,
    )


def _counted(facts: Facts, signals: Signals, choice: Choice, kind: str) -> Mask:
    """The gaps and misses of the choice. A route is counted once for its zone and once for its district: one kind."""
    low, high = choice.period.start.toordinal(), choice.period.end.toordinal()
    kinds = np.array([*(each.partition(":")[0] for each in signals.areas), ""])
    kept: Mask = (signals.day >= low) & (signals.day < high) & (signals.need >= 0)
    if choice.area:
        index = signals.areas.index(choice.area) if choice.area in signals.areas else len(signals.areas)
        kept &= signals.place == index
    elif choice.scopes:
        own = [index for index, each in enumerate(signals.areas) if each in choice.scopes]
        kept &= np.isin(signals.place, own) & (kinds[signals.place] == kind)
    else:
        kept &= (kinds[signals.place] == kind) | (signals.place == columns.NEVER)
    if choice.need:
        kept &= signals.need == (facts.needs.index(choice.need) if choice.need in facts.needs else -2)
    return kept


def by_need(found: Signs, rounding: Rounding, labels: dict[str, str]) -> Table:
    """A row a need: its signs from each source and together, the most first."""
    size = len(found.needs)
    rows, texts = _by(found, rounding, found.need, size, [labels.get(code, code) for code in found.needs])
    title = "Nothing was missed often enough to be shown"
    if rows and rows[0][-1] is not None:
        title = f"Most often missed: {str(rows[0][0])[:1].lower()}{str(rows[0][0])[1:]}"
    return Table(
        code="unmet_needs", title=title, about="Signs of unmet need, by need", definition=DEFINITION,
        columns=[Column("need", "Need"), *_heads()], rows=rows, texts=texts,
    )  # fmt: skip


def by_place(found: Signs, rounding: Rounding, labels: dict[str, str]) -> Table:
    """A row an area."""
    here = found.place >= 0
    part = Signs(
        keys=found.keys[here], need=found.need[here], place=found.place[here], many=found.many[here],
        source=found.source[here], places=found.places, needs=found.needs,
    )  # fmt: skip
    names = [labels.get(ref, ref) for ref in found.places]
    rows, texts = _by(part, rounding, part.place, len(names), names)
    title = "No area stands out"
    if rows and rows[0][-1] is not None:
        title = f"{rows[0][0]} has the most signs of unmet need"
    return Table(
        code="unmet_places", title=title, about="Signs of unmet need, by area", definition=DEFINITION,
        columns=[Column("area", "Area"), *_heads()], rows=rows, texts=texts,
    )  # fmt: skip


def by_both(found: Signs, rounding: Rounding, needs: dict[str, str], areas: dict[str, str]) -> Table:
    """A row a need, a column an area: signs together. Needs without a number to show are left out."""
    here = found.place >= 0
    across = len(found.places)
    cells = found.need[here] * across + found.place[here]
    counts = rounding.table(found.keys[here], cells, len(found.needs) * across, found.many[here])
    lines = [(code, counts[at * across : (at + 1) * across]) for at, code in enumerate(found.needs)]
    lines = [(code, row) for code, row in lines if any(each.value for each in row)]
    lines.sort(key=lambda line: -sum(each.value for each in line[1]))
    rows: list[list[Value]] = [
        [needs.get(code, code), *(each.value or None for each in row)] for code, row in lines
    ]
    texts = [[needs.get(code, code), *(each.text for each in row)] for code, row in lines]
    title = "No need stands out in any area"
    if lines:
        code, row = max(lines, key=lambda line: max(each.value for each in line[1]))
        top = max(range(across), key=lambda at: row[at].value)
        name = needs.get(code, code)
        title = (
            f"The most signs in one place: {name[:1].lower()}{name[1:]} in {areas.get(found.places[top], '')}"
        )
    return Table(
        code="unmet", title=title, about="Signs of unmet need, by need and area", definition=DEFINITION,
        columns=[Column("need", "Need"), *(Column(ref, areas.get(ref, ref), "count") for ref in found.places)],
        rows=rows, texts=texts,
    )  # fmt: skip


def _heads() -> list[Column]:
    return [Column(code, label, "count") for code, label in LABELS.items()]


def _by(
    found: Signs, rounding: Rounding, rows: NDArray[np.intp], size: int, names: list[str]
) -> tuple[list[list[Value]], list[list[str]]]:
    apart = rounding.table(found.keys, rows * len(SOURCES) + found.source, size * len(SOURCES), found.many)
    together = rounding.table(found.keys, rows, size, found.many)
    lines: list[tuple[str, list[Count]]] = [
        (name, [*apart[at * len(SOURCES) : (at + 1) * len(SOURCES)], together[at]])
        for at, name in enumerate(names)
    ]
    lines.sort(key=lambda line: (-line[1][-1].value, line[0]))
    return (
        [[name, *(each.value or None for each in counts)] for name, counts in lines],
        [[name, *(each.text for each in counts)] for name, counts in lines],
    )
