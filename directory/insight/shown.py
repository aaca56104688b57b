"""Figures as they may be shown: every count rounded, every share and wait made of rounded counts. Pure."""

from collections.abc import Sequence

import numpy as np

from directory.insight.figures import BANDS, Counted, Cut, Figure, band
from directory.insight.shapes import FigureShown
from directory.insight.suppression import Count, Rounding, share, within

HALF, MOST = 0.5, 0.9
BEYOND = BANDS[-1] + 1  # stands for "more than the last band"


def figure(found: Figure, cut: Cut, rounding: Rounding) -> FigureShown:
    counted = found.of(cut)
    part = rounding.count(counted.keys, counted.part)
    whole = part if counted.part is counted.whole else rounding.count(counted.keys, counted.whole)
    value: float | None
    value, most, text = None, None, "too few to say"
    if found.unit == "count":
        value, text = float(part.value) if part.value else None, said(part)
    elif found.unit == "share":
        value = share(part, whole)
        if value is not None:
            text = percent(value, part)
    else:
        half, nine = waited(counted, rounding)
        value, most = half, nine
        if half is not None:
            text = days(half)
    return FigureShown(
        code=found.code, label=found.label, unit=found.unit, value=value, most=most, text=text,
        part=part.value, whole=whole.value, out_of=out_of(found, part, whole), definition=found.definition,
    )  # fmt: skip


def waited(counted: Counted, rounding: Rounding) -> tuple[float | None, float | None]:
    """Within how many working days half, and nine in ten, of those counted had waited; from the bands' shown counts."""
    bands = spread(counted, rounding)
    half, nine = within(bands, HALF), within(bands, MOST)
    return _upper(half), _upper(nine)


def spread(counted: Counted, rounding: Rounding) -> list[Count]:
    """How many waited how long, by band."""
    assert counted.waits is not None
    cells = band(counted.waits[counted.part]).astype(np.intp)
    return rounding.table(counted.keys[counted.part], cells, len(BANDS) + 1)


def _upper(at: int | None) -> float | None:
    return None if at is None else float(BANDS[at] if at < len(BANDS) else BEYOND)


def said(count: Count) -> str:
    return f"about {count.value:,}" if count.value else count.text


def percent(value: float, part: Count | None = None) -> str:
    if part is not None and not part.value:
        return "hardly any"
    return "nearly all" if value >= 1 else f"{value:.0%}"


def days(value: float) -> str:
    if value >= BEYOND:
        return f"more than {BANDS[-1]} working days"
    if value == 0:
        return "the same day"
    return f"{value:g} working day{'' if value == 1 else 's'}"


def out_of(found: Figure, part: Count, whole: Count) -> str:
    """The two counts behind a figure, in words."""
    if found.unit == "count":
        return ""
    if found.unit == "days":
        return f"{said(part)} of {said(whole)} so far"
    return f"{said(part)} of {said(whole)}"


def total(counts: Sequence[Count]) -> int:
    return sum(each.value for each in counts)
