"""`/staff/insight`: how requests go, what is missing where, what the directory covers; the same for a board paper."""

import time
from typing import Annotated, Any, Literal

import shapely
from litestar import Request, Response, get
from markupsafe import Markup
from msgspec import Meta, Struct

from directory import query as queries
from directory.access import caller
from directory.errors import BadRequest, FieldError
from directory.insight import charts, coverage, report
from directory.insight.shapes import Answer, Figures, Offer, Table, Wanted
from directory.insight.shown import days as figure_days
from directory.query import query, reads
from directory.web import shading
from directory.web.staff.frame import StaffFrame, framed, shown

AnyRequest = Request[Any, Any, Any]
LOOK = {"access": "insight.read", "page": True}
HEADLINES = ("requests", "contact_days", "acceptance", "accuracy", "got_help", "score")
LOOP = ("trend", "path", "waits", "wait_bands", "ends", "refusals", "said")
TABS = (
    ("", "How requests go"), ("/unmet", "What is missing"), ("/coverage", "What there is"),
    ("/paper", "For a board paper"),
)  # fmt: skip
KEPT = 3600.0


class Asked(Struct, kw_only=True):
    """The query of these pages. `topic` is an outcome or a need, as `outcome:healthy` or `need:bullying`."""

    period: Annotated[str, Meta(max_length=40)] = ""
    area: Annotated[str, Meta(max_length=80)] = ""
    topic: Annotated[str, Meta(max_length=80)] = ""
    by: Literal["zone", "district"] = "zone"
    age: Literal["", "0-4", "5-10", "11-15", "16-25"] = ""

    def wanted(self) -> Wanted:
        kind, _, code = self.topic.partition(":")
        if kind not in {"", "outcome", "need"}:
            raise BadRequest(errors=[FieldError("topic", "an outcome or a need, as need:bullying")])
        return Wanted(
            period=self.period, area=self.area, outcome=code if kind == "outcome" else "",
            need=code if kind == "need" else "", by=self.by, age=self.age,
        )  # fmt: skip


class Drawn(Struct, frozen=True):
    """A table with its picture and the address of its CSV file."""

    table: Table
    picture: Markup
    csv: str


@get("/staff/insight", **reads(Asked, **LOOK))
async def overview(request: AnyRequest) -> Response[Any]:
    """Speed, acceptance, the loop, and what families say of it."""
    frame, asked = await framed(request), query(request, Asked)
    found = await _figures(request, asked)
    pictures = [await _drawn(request, code, asked) for code in LOOP]
    by_code = {each.code: each for each in found.figures}
    return await _page(
        request, frame, asked, "staff/insight.html", found=found, headlines=[by_code[code] for code in HEADLINES],
        charts=pictures, csv=_csv("figures", asked.wanted()),
    )  # fmt: skip


@get("/staff/insight/unmet", **reads(Asked, **LOOK))
async def unmet(request: AnyRequest) -> Response[Any]:
    """Signs of unmet need by need and place, with a map."""
    frame, asked = await framed(request), query(request, Asked)
    context = await _missing(request, asked)
    return await _page(request, frame, asked, "staff/insight_unmet.html", **context)


@get("/staff/insight/coverage", **reads(Asked, **LOOK))
async def offers(request: AnyRequest) -> Response[Any]:
    """What the directory offers for each outcome in each zone, and how fresh it is."""
    frame, asked = await framed(request), query(request, Asked)
    context = await _covered(request, asked)
    return await _page(request, frame, asked, "staff/insight_coverage.html", bands=coverage.BANDS, **context)


@get("/staff/insight/paper", **reads(Asked, **LOOK))
async def paper(request: AnyRequest) -> Response[Any]:
    """All of it on one sheet after another, with the tables open: to be printed."""
    frame, asked = await framed(request), query(request, Asked)
    return await _page(
        request, frame, asked, "staff/insight_paper.html", found=await _figures(request, asked),
        charts=[await _drawn(request, code, asked) for code in LOOP],
        missing=await _missing(request, asked), covered=await _covered(request, asked),
    )  # fmt: skip


async def _page(
    request: AnyRequest, frame: StaffFrame, asked: Asked, template: str, **context: Any
) -> Response[Any]:
    insight = request.app.state.insight
    offer = await report.offer(insight, caller(request))
    kept = {"period": asked.period, "area": asked.area, "topic": asked.topic}
    tabs = [
        (f"/staff/insight{path}", queries.text(Asked(**kept)), label)  # type: ignore[arg-type]
        for path, label in TABS
    ]
    return shown(
        frame, template, asked=asked, offer=offer, tabs=tabs, level=charts.level, days=figure_days,
        period=next(each for each in offer.periods if each.code == (asked.period or offer.usual)),
        chosen=_chosen(offer, asked), **context,
    )  # fmt: skip


def _chosen(offer: Offer, asked: Asked) -> list[str]:
    """The area and the topic in words."""
    names = {each.code: each.label for each in offer.areas}
    names |= {f"outcome:{each.code}": each.label for each in offer.outcomes}
    names |= {f"need:{each.code}": each.label for each in offer.needs}
    return [names.get(each, each) for each in (asked.area, asked.topic) if each]


async def _figures(request: AnyRequest, asked: Asked) -> Figures:
    return await report.figures(request.app.state.insight, asked.wanted(), caller(request))


async def _answer(request: AnyRequest, code: str, asked: Asked) -> Answer:
    return await report.answer(request.app.state.insight, code, asked.wanted(), caller(request))


async def _drawn(request: AnyRequest, code: str, asked: Asked) -> Drawn:
    table = (await _answer(request, code, asked)).table
    return Drawn(table, picture(table), _csv(f"tables/{code}", asked.wanted()))


async def _missing(request: AnyRequest, asked: Asked) -> dict[str, Any]:
    state, wanted = request.app.state, asked.wanted()
    places = (await _answer(request, "unmet_places", asked)).table
    names = (await state.insight.known()).areas
    by_name = {str(row[0]): (_number(row[-1]), text[-1]) for row, text in _lines(places)}
    both = await _drawn(request, "unmet", asked)
    shapes = await zone_shapes(state, asked.by)
    numbers = {ref: by_name.get(names.get(ref, ""), (None, "")) for ref in shapes}
    return {
        "needs": await _drawn(request, "unmet_needs", asked),
        "places": Drawn(places, picture(places), _csv("tables/unmet_places", wanted)),
        "both": both,
        "most": _most(both.table),
        "map": shading.shaded(
            shapes, names, {ref: value for ref, (value, _) in numbers.items()},
            {ref: text for ref, (_, text) in numbers.items()},
        ),
    }  # fmt: skip


async def _covered(request: AnyRequest, asked: Asked) -> dict[str, Any]:
    """The map shades zones by how many local services they have."""
    state, wanted = request.app.state, asked.wanted()
    table = (await _answer(request, "coverage", asked)).table
    names = (await state.insight.known()).areas
    shapes = await zone_shapes(state, "zone")
    values: dict[str, float | None] = await state.insight.of_offers(
        ("zones", asked.age, wanted.need),
        lambda found: {ref: float(coverage.local(found, ref, "", asked.age, wanted.need)) for ref in shapes},
    )
    return {
        "offered": Drawn(table, Markup(), _csv("tables/coverage", wanted)),
        "most": _most(table),
        "all_csv": _csv("tables/coverage_all", Wanted()),
        "fresh": await _drawn(request, "freshness", asked),
        "map": shading.shaded(
            shapes, names, values,
            {ref: f"{value:.0f}" for ref, value in values.items()},
        ),
    }  # fmt: skip


def picture(table: Table) -> Markup:
    """The chart of a table: by its code, else bars of its first count."""
    desc = f"{table.about}. The table has every number."
    if table.code == "trend":
        rows = [
            charts.Bar(_short(str(row[0])), _number(row[1]), text[1].removeprefix("about "))
            for row, text in _lines(table)
        ]
        return charts.columns(rows, table.about, desc)
    if table.code == "waits":
        spans = [
            charts.Range(str(row[0]), _number(row[1]), _number(row[2]), _number(row[3]), text[1])
            for row, text in _lines(table)
        ]
        return charts.ranges(spans, table.about, desc + " A dot: half within. A square: nine in ten within.")
    if table.code == "freshness":
        rows = [_checked(row) for row, _ in _lines(table)]
        return charts.bars(rows, "Services checked in the last 12 months", desc)
    last = len(table.columns) - 1
    shown_ = [
        (row, text)
        for row, text in _lines(table)
        if row[last] is not None or table.code in {"path", "wait_bands", "said"}
    ]
    return charts.bars(
        [charts.Bar(str(row[0]), _number(row[last]), text[last]) for row, text in shown_[:12]],
        table.about,
        desc,
    )


def _checked(row: Any) -> charts.Bar:
    share = row[4] / row[1] if row[1] else 0.0
    return charts.Bar(str(row[0]), share, f"{share:.0%} of {row[1]}")


def _lines(table: Table) -> Any:
    return zip(table.rows, table.texts, strict=True)


def _most(table: Table) -> float:
    """The greatest number in it, the last row of `coverage` (the whole county) aside."""
    rows = table.rows[:-1] if table.code == "coverage" else table.rows
    return max((_number(each) or 0.0 for row in rows for each in row[1:]), default=0.0)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(label: str) -> str:
    """ "July to September 2026" as "Jul–Sep 2026"."""
    first, _, rest = label.partition(" to ")
    last, _, year = rest.partition(" ")
    return f"{first[:3]}–{last[:3]} {year}"


def _csv(what: str, wanted: Wanted) -> str:
    wanted.format = "csv"
    return f"/api/insight/{what}?{queries.text(wanted)}"


async def zone_shapes(state: Any, kind: str) -> dict[str, shapely.Geometry]:
    """The outlines of the zones or districts, kept for an hour."""
    kept: dict[str, tuple[float, dict[str, shapely.Geometry]]] = getattr(state, "insight_shapes", {})
    if kind in kept and time.monotonic() - kept[kind][0] < KEPT:
        return kept[kind][1]
    rows = await state.database.pool.fetch(
        "select kind || ':' || code as ref, outline from area where kind = $1 and outline is not null"
        " and (valid_to is null or valid_to >= current_date) order by code",
        kind,
    )
    shapes = {row["ref"]: shapely.from_wkb(bytes(row["outline"])) for row in rows}
    if shapes:
        state.insight_shapes = kept | {kind: (time.monotonic(), shapes)}
    return shapes


handlers: list[Any] = [overview, unmet, offers, paper]
