"""Figures and tables as CSV, with what they are about in its first lines. Pure."""

import csv
import io

from directory.insight.shapes import Asked, Figures, Table, Value


def figures(found: Figures) -> str:
    rows: list[list[Value]] = [
        ["code", "figure", "unit", "value", "nine_in_ten", "counted", "out_of", "definition"]
    ]
    rows += [
        [
            each.code,
            each.label,
            each.unit,
            each.value,
            each.most,
            each.part or None,
            each.whole or None,
            each.definition,
        ]
        for each in found.figures
    ]
    return _written([*_about(found.about), [], *rows])


def table(asked: Asked, found: Table) -> str:
    head: list[list[Value]] = [
        ["Finding", found.title],
        ["Table", found.about],
        ["How it is counted", found.definition],
    ]
    return _written([*head, *_about(asked), [], [each.label for each in found.columns], *found.rows])


def _about(asked: Asked) -> list[list[Value]]:
    rows: list[list[Value]] = [["Period", asked.period.label]]
    for name, each in (("Area", asked.area), ("Outcome", asked.outcome), ("Need", asked.need)):
        if each is not None:
            rows.append([name, each.label])
    how = (
        f"counts of families are rounded at random to a multiple of {asked.threshold}; empty: too few to show"
    )
    return [*rows, ["Counted to the end of", asked.to.isoformat()], ["Rounding", how]]


def _written(rows: list[list[Value]]) -> str:
    """A cell that a spreadsheet would take for a formula is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if each is None else _safe(each) for each in row])
    return out.getvalue()


def _safe(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value
