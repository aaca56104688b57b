"""From what was asked for to what is shown: checks the choice, and makes figures and tables of it."""

import datetime as dt

from directory.access.roles import Caller
from directory.errors import BadRequest, FieldError, NotAllowed, NotFound
from directory.insight import breakdowns, coverage, periods, shown, unmet
from directory.insight.breakdowns import BREAKDOWNS, View
from directory.insight.figures import FIGURES, Choice, cut
from directory.insight.held import Insight, Known
from directory.insight.shapes import (
    Answer,
    Asked,
    Figures,
    Named,
    Offer,
    PeriodShown,
    Table,
    Wanted,
)
from directory.words import OUTCOME_LABELS

BY_CODE = {each.code: each for each in BREAKDOWNS}
TABLES = {
    **{each.code: each.about for each in BREAKDOWNS},
    "unmet_needs": "Signs of unmet need, by need",
    "unmet_places": "Signs of unmet need, by area",
    "unmet": "Signs of unmet need, by need and area",
    "coverage": "Local services for each outcome, by zone",
    "coverage_all": "Local services for each outcome, by zone and age",
    "freshness": "When services were last checked, by kind",
}


async def offer(insight: Insight, caller: Caller) -> Offer:
    """What this caller can ask for."""
    known = await insight.known()
    return Offer(
        to=_last(known),
        threshold=insight.rounding.base,
        periods=[_period(each) for each in known.periods],
        usual=known.usual.code,
        areas=areas(known, caller),
        outcomes=[Named(code, label) for code, label in OUTCOME_LABELS.items()],
        needs=[Named(code, label) for code, label in insight.labels.items()],
        figures=[Named(each.code, each.label) for each in FIGURES],
        tables=[Named(code, label) for code, label in TABLES.items()],
    )


def areas(known: Known, caller: Caller) -> list[Named]:
    """The zones and districts that a caller may choose; for one who is bound to areas, those alone."""
    return [Named(ref, name) for ref, name in known.areas.items() if not caller.areas or ref in caller.areas]


async def figures(insight: Insight, wanted: Wanted, caller: Caller) -> Figures:
    known = await insight.known()
    chosen = choice(insight, known, wanted, caller)

    def make() -> Figures:
        found = cut(known.facts, chosen)
        return Figures(
            about=about(insight, known, chosen),
            figures=[shown.figure(each, found, insight.rounding) for each in FIGURES],
        )

    return insight.made(("figures", chosen), make)


async def answer(insight: Insight, code: str, wanted: Wanted, caller: Caller) -> Answer:
    """One table. NotFound for a code that is none."""
    if code not in TABLES:
        raise NotFound(f"there is no table {code[:40]!r}: see /api/insight")
    known = await insight.known()
    chosen = choice(insight, known, wanted, caller)
    return Answer(
        about=about(insight, known, chosen), table=await _table(insight, known, code, wanted, chosen)
    )


async def _table(insight: Insight, known: Known, code: str, wanted: Wanted, chosen: Choice) -> Table:
    if code in BY_CODE:
        view = View(
            facts=known.facts, choice=chosen, rounding=insight.rounding,
            quarters=breakdowns.trend_quarters(known.periods, chosen, known.facts.first),
        )  # fmt: skip
        return insight.made((code, chosen), lambda: breakdowns.table(BY_CODE[code], view))
    if code.startswith("unmet"):
        return insight.made(
            (code, wanted.by, chosen), lambda: _unmet(insight, known, code, wanted.by, chosen)
        )
    zones = {ref: name for ref, name in known.areas.items() if ref.startswith("zone:")}
    if code == "coverage":
        key = (code, wanted.age, chosen.need)
        return await insight.of_offers(
            key, lambda found: coverage.table(found, zones, wanted.age, chosen.need)
        )
    if code == "coverage_all":
        return await insight.of_offers(code, lambda found: coverage.long(found, zones))
    return await insight.of_offers(
        (code, known.facts.to), lambda found: coverage.freshness(found, known.facts.to)
    )


def _unmet(insight: Insight, known: Known, code: str, by: str, chosen: Choice) -> Table:
    found = unmet.signs(known.facts, known.signals, chosen, by)
    if code == "unmet_needs":
        return unmet.by_need(found, insight.rounding, insight.labels)
    if code == "unmet_places":
        return unmet.by_place(found, insight.rounding, known.areas)
    return unmet.by_both(found, insight.rounding, insight.labels, known.areas)


def choice(insight: Insight, known: Known, wanted: Wanted, caller: Caller) -> Choice:
    """BadRequest for what is not offered, NotAllowed for an area that the caller is not bound to."""
    wrong: list[FieldError] = []
    period = known.usual
    if wanted.period:
        found = next((each for each in known.periods if each.code == wanted.period), None)
        if found is None:
            wrong.append(FieldError("period", "not one of those offered: see /api/insight"))
        else:
            period = found
    if wanted.area and wanted.area not in known.areas:
        wrong.append(FieldError("area", "not a zone or district, as zone:zone-03"))
    if wanted.outcome and wanted.outcome not in OUTCOME_LABELS:
        wrong.append(FieldError("outcome", f"one of {', '.join(OUTCOME_LABELS)}"))
    if wanted.need and wanted.need not in insight.labels:
        wrong.append(FieldError("need", "not a need of the rule book: see /api/insight"))
    if wanted.outcome and wanted.need:
        wrong.append(FieldError("need", "choose an outcome or a need, not both"))
    if wrong:
        raise BadRequest("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)
    if caller.areas and wanted.area and wanted.area not in caller.areas:
        raise NotAllowed("your account or key is for other areas")
    return Choice(
        period=period, area=wanted.area, outcome=wanted.outcome, need=wanted.need, scopes=caller.areas
    )


def about(insight: Insight, known: Known, chosen: Choice) -> Asked:
    return Asked(
        period=_period(chosen.period),
        area=Named(chosen.area, known.areas.get(chosen.area, chosen.area)) if chosen.area else None,
        outcome=Named(chosen.outcome, OUTCOME_LABELS[chosen.outcome]) if chosen.outcome else None,
        need=Named(chosen.need, insight.labels[chosen.need]) if chosen.need else None,
        to=_last(known),
        threshold=insight.rounding.base,
    )


def _last(known: Known) -> dt.date:
    """The last day that is counted."""
    return known.facts.to - dt.timedelta(days=1)


def _period(period: periods.Period) -> PeriodShown:
    return PeriodShown(
        period.code, period.label, period.start, period.end - dt.timedelta(days=1), period.whole
    )
