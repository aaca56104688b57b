"""What the directory offers where: services for each outcome in each zone and age, and how fresh they are. Pure.

These count services, not people: nothing is rounded.
"""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from directory.insight.shapes import Column, Table, Value
from directory.words import KIND_LABELS, OUTCOME_LABELS

BANDS: dict[str, tuple[str, float, float]] = {
    "0-4": ("Under 5", 0, 4), "5-10": ("5 to 10", 5, 10), "11-15": ("11 to 15", 11, 15), "16-25": ("16 to 25", 16, 25),
}  # fmt: skip
DEFINITION = (
    "Services that are running, are for the outcome and take somebody of the age. Local: with a venue in the zone, or "
    "for the zone or the district that most of it lies in. Services for the whole county reach every zone and are "
    "counted apart; so are those that say nothing about where they are for."
)
FRESH = (
    "Running services by the day on which somebody last checked that the record is right. One without such a day "
    "counts as never checked."
)
LEAST = 1  # local services; with fewer a zone has a gap


class Offer(Struct, frozen=True, kw_only=True):
    """A running service. `zones` are those it is local to."""

    outcomes: frozenset[str]
    needs: frozenset[str]
    kind: str
    low: float | None
    high: float | None
    zones: frozenset[str]
    checked: dt.date | None

    def takes(self, band: str) -> bool:
        if not band:
            return True
        _, low, high = BANDS[band]
        return (self.low is None or self.low <= high) and (self.high is None or self.high >= low)


def local(offers: Sequence[Offer], zone: str, outcome: str, band: str, need: str = "") -> int:
    return sum(
        zone in each.zones and (not outcome or outcome in each.outcomes) and (not need or need in each.needs)
        and each.takes(band)
        for each in offers
    )  # fmt: skip


def table(offers: Sequence[Offer], zones: dict[str, str], band: str, need: str = "") -> Table:
    """Local services: a row a zone, a column an outcome; last a row with those of the whole county."""
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for each in offers:
        if not each.takes(band) or (need and need not in each.needs):
            continue
        for outcome in each.outcomes:
            for zone in each.zones or {""}:
                counted[zone, outcome] += 1
    rows: list[list[Value]] = [
        [name, *(counted[zone, outcome] for outcome in OUTCOME_LABELS)] for zone, name in zones.items()
    ]
    rows.append(["The whole county, or not said", *(counted["", outcome] for outcome in OUTCOME_LABELS)])
    gaps = [(row[0], at) for row in rows[:-1] for at, each in enumerate(row[1:]) if each == 0]
    return Table(
        code="coverage", title=_finding(gaps, len(zones), BANDS[band][0] if band else ""),
        about="Local services for each outcome, by zone" + (f", age {BANDS[band][0].lower()}" if band else ", any age"),
        definition=DEFINITION,
        columns=[Column("zone", "Zone"), *(Column(code, label, "count") for code, label in OUTCOME_LABELS.items())],
        rows=rows, texts=[[str(each) for each in row] for row in rows],
    )  # fmt: skip


def long(offers: Sequence[Offer], zones: dict[str, str]) -> Table:
    """The same for every age, a row for each zone, outcome and age: for a spreadsheet."""
    rows: list[list[Value]] = [
        [name, OUTCOME_LABELS[outcome], BANDS[band][0], local(offers, zone, outcome, band)]
        for zone, name in zones.items()
        for outcome in OUTCOME_LABELS
        for band in BANDS
    ]
    heads = [
        Column("zone", "Zone"),
        Column("outcome", "Outcome"),
        Column("age", "Age"),
        Column("services", "Local services", "count"),
    ]
    none = sum(row[3] == 0 for row in rows)
    return Table(
        code="coverage_all", title=f"{none} of {len(rows)} combinations of zone, outcome and age have no local service",
        about="Local services for each outcome, by zone and age", definition=DEFINITION, columns=heads, rows=rows,
        texts=[[str(each) for each in row] for row in rows],
    )  # fmt: skip


def _finding(gaps: list[tuple[Value, int]], zones: int, age: str) -> str:
    whom = f" for age {age.lower()}" if age else ""
    if not zones:
        return "There are no zones here yet"
    if not gaps:
        return f"Every zone has a local service for every outcome{whom}"
    if len(gaps) == 1:
        outcome = list(OUTCOME_LABELS.values())[gaps[0][1]]
        return f"{gaps[0][0]} has no local service for “{outcome}”{whom}"
    where = len({name for name, _ in gaps})
    if where == 1:
        return f"{gaps[0][0]} has no local service for {len(gaps)} outcomes{whom}"
    return f"{where} of {zones} zones have no local service for at least one outcome{whom}"


def freshness(offers: Sequence[Offer], today: dt.date) -> Table:
    """A row a kind of service: how many were checked within three, six and twelve months."""
    by_kind: dict[str, list[Offer]] = defaultdict(list)
    for each in offers:
        by_kind[each.kind].append(each)
    lines = [(KIND_LABELS.get(kind, "Not said"), found) for kind, found in by_kind.items()]
    lines.sort(key=lambda line: (_share(line[1], today, 365), line[0]))
    rows: list[list[Value]] = [_ages(name, found, today) for name, found in lines]
    if offers:
        rows.append(_ages("All", list(offers), today))
    title = "There are no services here yet"
    if offers:
        title = f"{_share(offers, today, 365):.0%} of services were checked in the last 12 months"
    heads = [
        Column("kind", "Kind of service"), Column("services", "Running", "count"),
        Column("quarter", "Within 3 months", "count"), Column("half", "Within 6 months", "count"),
        Column("year", "Within 12 months", "count"), Column("older", "Longer ago or never", "count"),
        Column("median", "Days since, half at most", "count"),
    ]  # fmt: skip
    return Table(
        code="freshness", title=title, about="When services were last checked, by kind", definition=FRESH,
        columns=heads, rows=rows, texts=[["" if each is None else str(each) for each in row] for row in rows],
    )  # fmt: skip


def _ages(name: str, found: Sequence[Offer], today: dt.date) -> list[Value]:
    days = [(today - each.checked).days for each in found if each.checked]
    within = [sum(age <= limit for age in days) for limit in (91, 183, 365)]
    median = int(statistics.median_low(days)) if days else None
    return [name, len(found), *within, len(found) - within[2], median]


def _share(found: Sequence[Offer], today: dt.date, limit: int) -> float:
    return sum(each.checked is not None and (today - each.checked).days <= limit for each in found) / len(
        found
    )
