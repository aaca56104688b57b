"""The stretches of time that figures are given for: quarters, and years of four whole quarters. Pure.

Nothing in between: whoever could choose any two days could take one away from the other. Days are those of
Europe/London, and a quarter is one of the calendar.
"""

import datetime as dt
import re
from collections.abc import Iterator

from msgspec import Struct

_CODE = re.compile(r"(year-to-)?(\d{4})-q([1-4])")
_MONTHS = ("January to March", "April to June", "July to September", "October to December")
MOST = 12  # quarters that are offered


class Period(Struct, frozen=True):
    """The days from `start` up to and without `end`. `code` is "2026-q3" or "year-to-2026-q3"."""

    code: str
    label: str
    start: dt.date
    end: dt.date
    whole: bool = True


def quarter(day: dt.date, *, today: dt.date | None = None) -> Period:
    """The quarter that holds a day; not whole where `today` is in it."""
    number = (day.month - 1) // 3
    start = dt.date(day.year, number * 3 + 1, 1)
    end = _later(start, 1)
    whole = today is None or end <= today
    label = f"{_MONTHS[number]} {day.year}" + ("" if whole else ", so far")
    return Period(f"{day.year}-q{number + 1}", label, start, end, whole)


def year_to(last: Period) -> Period:
    """The four quarters that end with `last`."""
    start = _later(last.start, -3)
    final = (last.end - dt.timedelta(days=1)).strftime("%B %Y")
    return Period(f"year-to-{last.code}", f"The year to {final}", start, last.end, last.whole)


def offered(first: dt.date, today: dt.date) -> list[Period]:
    """Years first, then quarters, the newest first: from the first day with a request up to the quarter that runs."""
    quarters = list(_quarters(first, today))
    whole = [each for each in quarters if each.whole]
    years = [
        year_to(each) for each in whole if _later(each.start, -3) >= quarter(first).start or each is whole[0]
    ]
    return years + quarters


def usual(first: dt.date, today: dt.date) -> Period:
    """What is shown where nobody chose: the last four whole quarters; the quarter that runs where there is no other."""
    return offered(first, today)[0]


def read(code: str, first: dt.date, today: dt.date) -> Period | None:
    """The offered period of that code."""
    if not _CODE.fullmatch(code):
        return None
    return next((each for each in offered(first, today) if each.code == code), None)


def _quarters(first: dt.date, today: dt.date) -> Iterator[Period]:
    at = quarter(today, today=today)
    for _ in range(MOST):
        yield at
        if at.start <= first:
            return
        at = quarter(_later(at.start, -1), today=today)


def _later(start: dt.date, quarters: int) -> dt.date:
    months = start.year * 12 + start.month - 1 + 3 * quarters
    return dt.date(months // 12, months % 12 + 1, 1)
