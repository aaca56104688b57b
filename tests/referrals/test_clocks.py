import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.catalogue.calendars import bank_holidays
from directory.referrals import clocks

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 1))
MOMENTS = st.builds(dt.datetime.combine, DAYS, st.times(), st.just(dt.UTC))


def slow(day: dt.date, number: int) -> dt.date:
    """One day at a time, by the definition."""
    left = number
    while left:
        day += dt.timedelta(days=1)
        if day.isoweekday() <= 5 and day.toordinal() not in bank_holidays():
            left -= 1
    return day


@given(DAYS, st.integers(0, 30))
def test_adding_working_days_is_counting_them_one_by_one(day: dt.date, number: int) -> None:
    end = clocks.add_days(day, number)
    assert end == slow(day, number)
    assert clocks.days_between(day, end) == number


@given(MOMENTS, st.integers(1, 10))
def test_due_is_five_in_the_afternoon_of_a_working_day_in_london(moment: dt.datetime, number: int) -> None:
    local = clocks.due_in(moment, number).astimezone(clocks.LONDON)
    assert (local.hour, local.minute) == (17, 0)
    assert clocks.working(local.date())
    assert local > moment


@given(MOMENTS, st.integers(1, 10), st.integers(0, 60 * 24 * 20))
def test_a_pause_moves_the_due_moment_by_the_working_days_in_it(
    moment: dt.datetime, number: int, minutes: int
) -> None:
    due, now = clocks.due_in(moment, number), moment + dt.timedelta(minutes=minutes)
    later = clocks.resumed(due, moment, now)
    passed = clocks.days_between(clocks.local_day(moment), clocks.local_day(now))
    assert clocks.days_between(clocks.local_day(moment), clocks.local_day(later)) == number + passed


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (
            "2026-12-24T10:00+00:00",
            2,
            "2026-12-30T17:00+00:00",
        ),  # Christmas, Boxing Day on a Saturday: Monday off
        ("2026-03-27T09:00+00:00", 1, "2026-03-30T16:00+00:00"),  # the clocks go forward on the Sunday
        ("2026-10-23T09:00+01:00", 1, "2026-10-26T17:00+00:00"),  # and back
        ("2026-04-02T12:00+01:00", 2, "2026-04-08T16:00+00:00"),  # Good Friday and Easter Monday
        ("2026-11-21T12:00+00:00", 2, "2026-11-24T17:00+00:00"),  # from a Saturday
        ("2026-06-30T23:30+00:00", 1, "2026-07-02T16:00+00:00"),  # already Wednesday in London
    ],
)
def test_known_dates(start: str, days: int, due: str) -> None:
    assert clocks.due_in(dt.datetime.fromisoformat(start), days) == dt.datetime.fromisoformat(due)


@given(DAYS, st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: dt.date, months: int) -> None:
    later = clocks.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + dt.timedelta(days=1)).day == 1
