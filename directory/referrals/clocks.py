"""When something is due, in working days of England: pure, on bank holidays bundled with `govuk-bank-holidays`.

A working day is no Saturday, Sunday or bank holiday, in Europe/London. "Due in n working days" means 17:00 London
time on the n-th working day after the day it starts on; that day itself never counts. Moments are aware, and UTC
when they come back, so that a change of the clocks moves nothing. Past the last bundled holiday only weekends count.
"""

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from directory.catalogue.calendars import bank_holidays

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = dt.time(17, 0)

Clock = Literal["triage", "answer", "first_contact", "follow_up", "statutory"]
DAYS: dict[Clock, dict[str, int]] = {
    "triage": {"routine": 1, "urgent": 1},
    "answer": {"routine": 2, "urgent": 1},
    "first_contact": {"routine": 5, "urgent": 1},
    "follow_up": {"routine": 10, "urgent": 5},
    "statutory": {"routine": 1, "urgent": 1},
}
GRACE = 2  # working days between a missed answer and the front door's turn
CONTACT_TRIES = 3


def working(day: dt.date) -> bool:
    return day.weekday() < 5 and day.toordinal() not in bank_holidays()


def add_days(day: dt.date, number: int) -> dt.date:
    """The `number`-th working day after `day`; `day` itself for 0."""
    while number > 0:
        day += dt.timedelta(days=1)
        number -= working(day)
    return day


def days_between(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and with `end`; 0 where `end` is not later."""
    return sum(working(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(LONDON).date()


def closing(day: dt.date) -> dt.datetime:
    """17:00 London time on `day`, in UTC."""
    return dt.datetime.combine(day, END_OF_DAY, LONDON).astimezone(dt.UTC)


def due_in(moment: dt.datetime, days: int) -> dt.datetime:
    return closing(add_days(local_day(moment), days))


def due(clock: Clock, moment: dt.datetime, priority: str = "routine") -> dt.datetime:
    return due_in(moment, DAYS[clock][priority])


def resumed(due_at: dt.datetime, paused_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The new due moment after a pause: later by the working days that passed in it. A pause within a day is free."""
    waited = days_between(local_day(paused_at), local_day(now))
    return closing(add_days(local_day(due_at), waited)) if waited else due_at


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month later, or that month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    first_of_next = dt.date(day.year + year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(
        dt.date(day.year + year, month + 1, 1) + dt.timedelta(days=day.day - 1),
        first_of_next - dt.timedelta(days=1),
    )
