"""Charts as SVG, drawn on the server: pure functions from rows to text.

Widths are shares of whatever room there is and heights are pixels, so that words keep their size on a telephone and on
paper. Every chart names itself (`title`, `desc`); a number stands beside each mark, and the table beside the chart has
them all. Colours come from classes alone.
"""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup
from msgspec import Struct

ROW, BAR, LINE = 46, 14, 18
LONGEST = 34  # characters of a label that fit beside a number on the narrowest screens
LEFT, RIGHT = 2.0, 96.0  # per cent of the width between which a scale runs


class Bar(Struct, frozen=True):
    """`value` None is too small to be shown: `text` says so."""

    label: str
    value: float | None
    text: str


class Range(Struct, frozen=True):
    """A wait: half within `low`, nine in ten within `high`; `aim` is what the clock gives."""

    label: str
    low: float | None
    high: float | None
    aim: float | None
    text: str


def bars(rows: Sequence[Bar], title: str, desc: str) -> Markup:
    """Horizontal bars, the label and the number above each."""
    most = max((row.value or 0 for row in rows), default=0) or 1
    parts, y = [], 0
    for row in rows:
        wide = 100 * (row.value or 0) / most
        *before, last = _lines(row.label)
        for line in before:
            parts.append(_text(0, y + 16, line))
            y += LINE
        parts.append(_text(0, y + 16, last) + _text(100, y + 16, row.text, "end", "chart-number"))
        parts.append(f'<rect class="chart-track" x="0" y="{y + 23}" width="100%" height="{BAR}"/>')
        if wide:
            parts.append(f'<rect class="chart-bar" x="0" y="{y + 23}" width="{wide:.1f}%" height="{BAR}"/>')
        y += ROW
    return _svg("".join(parts), y, title, desc)


def columns(rows: Sequence[Bar], title: str, desc: str) -> Markup:
    """Upright bars in the order of time. A label of two lines is split at its last space."""
    most = max((row.value or 0 for row in rows), default=0) or 1
    high, step = 150, 100 / max(len(rows), 1)
    parts = [f'<line class="chart-axis" x1="0" x2="100%" y1="{high + 22}" y2="{high + 22}"/>']
    for at, row in enumerate(rows):
        middle = (at + 0.5) * step
        tall = high * (row.value or 0) / most
        top = high + 22 - tall
        parts.append(
            f'<rect class="chart-bar" x="{middle - step * 0.36:.2f}%" y="{top:.1f}" width="{step * 0.72:.2f}%"'
            f' height="{tall:.1f}"/>'
        )
        parts.append(_text(middle, top - 6, row.text, "middle", "chart-number"))
        first, _, last = row.label.rpartition(" ")
        parts.append(
            _text(middle, high + 40, first or last, "middle")
            + _text(middle, high + 57, last if first else "", "middle")
        )
    return _svg("".join(parts), high + 64, title, desc)


def ranges(rows: Sequence[Range], title: str, desc: str) -> Markup:
    """Waits on one scale: a dot where half were served, a square where nine in ten were, a line for the clock."""
    most = max((row.high or row.low or row.aim or 0 for row in rows), default=0) or 1
    tall = 62
    parts = []
    for at, row in enumerate(rows):
        y = at * tall
        line = y + 38
        parts.append(_text(0, y + 16, row.label) + _text(100, y + 16, row.text, "end", "chart-number"))
        parts.append(f'<line class="chart-axis" x1="{LEFT}%" x2="{RIGHT}%" y1="{line}" y2="{line}"/>')
        if row.aim is not None and row.aim <= most:
            x = _at(row.aim, most)
            parts.append(f'<line class="chart-aim" x1="{x}%" x2="{x}%" y1="{line - 13}" y2="{line + 13}"/>')
        if row.low is not None and row.high is not None:
            low, high = _at(row.low, most), _at(row.high, most)
            parts.append(f'<line class="chart-span" x1="{low}%" x2="{high}%" y1="{line}" y2="{line}"/>')
            parts.append(
                f'<svg x="{high}%" y="{line}" overflow="visible">'
                '<rect class="chart-most" x="-6" y="-6" width="12" height="12"/></svg>'
            )
        if row.low is not None:
            parts.append(f'<circle class="chart-half" cx="{_at(row.low, most)}%" cy="{line}" r="7"/>')
    return _svg("".join(parts), len(rows) * tall, title, desc)


def _lines(label: str) -> list[str]:
    """A long label in two lines, parted near its middle."""
    if len(label) <= LONGEST or " " not in label:
        return [label]
    spaces = [at for at, letter in enumerate(label) if letter == " "]
    middle = min(spaces, key=lambda at: abs(at - len(label) // 2))
    return [label[:middle], label[middle + 1 :]]


def _at(value: float, most: float) -> str:
    return f"{LEFT + (RIGHT - LEFT) * value / most:.2f}"


def _text(x: float, y: float, words: str, anchor: str = "start", name: str = "") -> str:
    if not words:
        return ""
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{x:g}%" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(inside: str, height: float, title: str, desc: str) -> Markup:
    return Markup(  # noqa: S704  # every word in it was escaped
        f'<svg class="chart" role="img" width="100%" height="{height:g}" focusable="false">'
        f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>{inside}</svg>"
    )


def level(value: float | None, most: float, steps: int = 4) -> int:
    """The shade of a cell: 0 for nothing to show, then 1 to `steps` by equal parts of the greatest."""
    if not value or not most:
        return 0
    return max(1, min(steps, -int(-value * steps // most)))
