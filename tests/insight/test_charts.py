"""Charts, periods and spreadsheets: well-formed, named, escaped, and with every number that they claim."""

import datetime as dt
import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.insight import charts, periods, spreadsheet
from directory.insight.charts import Bar, Range
from directory.insight.coverage import Offer, freshness
from directory.insight.coverage import table as covered
from directory.insight.shapes import Asked, Column, PeriodShown, Table

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
VALUE = st.none() | st.integers(0, 5000).map(float)
SVG = "{http://www.w3.org/2000/svg}"


@given(st.lists(st.builds(Bar, TEXT, VALUE, TEXT), max_size=12), TEXT, TEXT)
def test_a_chart_is_whole_names_itself_and_says_every_number(rows: list[Bar], title: str, desc: str) -> None:
    for drawn in (charts.bars(rows, title, desc), charts.columns(rows, title, desc)):
        root = ET.fromstring(drawn)
        assert root.get("role") == "img"
        assert [each.text or "" for each in root[:2]] == [title, desc]
        assert "style" not in drawn.partition(">")[0]
        said = [each.text for each in root.iter("text")]
        assert all(row.text in said for row in rows if row.text)
        for mark in root.iter("rect"):
            assert float(mark.get("width", "0").rstrip("%")) <= 100


def test_the_longest_bar_is_the_greatest_number() -> None:
    root = ET.fromstring(charts.bars([Bar("a", 5, "5"), Bar("b", 20, "20"), Bar("c", None, "few")], "t", "d"))
    wide = [each.get("width") for each in root.iter("rect") if each.get("class") == "chart-bar"]
    assert wide == ["25.0%", "100.0%"]


def test_a_wait_shows_half_nine_in_ten_and_the_clock() -> None:
    drawn = charts.ranges(
        [Range("Until yes", 2, 8, 2, "2 working days"), Range("Never", None, None, None, "too few")], "t", "d"
    )
    root = ET.fromstring(drawn)
    assert [each.get("cx") for each in root.iter("circle")] == ["25.50%"]
    assert len([each for each in root.iter("line") if each.get("class") == "chart-aim"]) == 1


@pytest.mark.parametrize(
    ("value", "shade"), [(None, 0), (0, 0), (1, 1), (25, 1), (26, 2), (50, 2), (99, 4), (100, 4)]
)
def test_a_shade_is_a_quarter_of_the_greatest(value: float | None, shade: int) -> None:
    assert charts.level(value, 100) == shade


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 1500))
def test_quarters_follow_each_other_without_a_gap_and_no_other_days_can_be_chosen(
    first: dt.date, ahead: int
) -> None:
    today = first + dt.timedelta(days=ahead)
    found = periods.offered(first, today)
    quarters = sorted(
        (each for each in found if not each.code.startswith("year")), key=lambda each: each.start
    )
    assert all(a.end == b.start for a, b in itertools.pairwise(quarters))
    assert quarters[-1].start <= today < quarters[-1].end
    for each in found:
        assert each.start.day == each.end.day == 1
        assert each.start.month % 3 == each.end.month % 3 == 1
        assert each.whole == (each.end <= today)
        assert periods.read(each.code, first, today) == each
    assert periods.read("2020-01-01", first, today) is None


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    day = dt.date(2026, 1, 1)
    asked = Asked(
        period=PeriodShown("x", "=1+1", day, day, True),
        area=None,
        outcome=None,
        need=None,
        to=day,
        threshold=5,
    )
    table = Table(
        code="x", title="@finding", about="a", definition="d", columns=[Column("a", "+a"), Column("b", "b", "count")],
        rows=[["-cmd", 5], ["plain", None]],
    )  # fmt: skip
    lines = spreadsheet.table(asked, table).splitlines()
    assert lines[0] == "Finding,'@finding"
    assert "Period,'=1+1" in lines
    assert lines[-3:] == ["'+a,b", "'-cmd,5", "plain,"]


def offer(**over: object) -> Offer:
    plain = {
        "outcomes": frozenset({"healthy"}), "needs": frozenset({"bullying"}), "kind": "help_hub", "low": None,
        "high": None, "zones": frozenset({"zone:a"}), "checked": dt.date(2026, 1, 1),
    }  # fmt: skip
    return Offer(**(plain | over))  # type: ignore[arg-type]


def test_coverage_counts_who_is_local_and_takes_the_age() -> None:
    zones = {"zone:a": "A", "zone:b": "B"}
    offers = [
        offer(),
        offer(low=0.0, high=4.0),
        offer(zones=frozenset()),
        offer(zones=frozenset({"zone:b"}), low=12.0),
    ]
    at = 1 + [each.code for each in covered(offers, zones, "").columns[1:]].index("healthy")
    column = [row[at] for row in covered(offers, zones, "").rows]
    assert column == [2, 1, 1]
    assert [row[at] for row in covered(offers, zones, "0-4").rows] == [2, 0, 1]
    assert [row[at] for row in covered(offers, zones, "", need="young_carer").rows] == [0, 0, 0]


def test_freshness_counts_by_the_day_of_the_last_check() -> None:
    days = [dt.date(2026, 6, 1), dt.date(2026, 1, 1), dt.date(2025, 8, 1), dt.date(2020, 1, 1), None]
    found = freshness([offer(checked=each) for each in days], dt.date(2026, 6, 20))
    assert found.rows[-1][:6] == ["All", 5, 1, 2, 3, 2]
    assert found.title.startswith("60%")
