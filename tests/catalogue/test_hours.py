"""Opening hours against a slow, obvious oracle (dateutil's rrule), and the words that people read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.catalogue import hours, hsds
from directory.catalogue.calendars import TERMS, bank_holidays
from directory.catalogue.recurrence import DAYS, HOLIDAYS, of_service, rules
from tests.catalogue.made import location, place, schedule, service

LONDON = ZoneInfo("Europe/London")
START = dt.date(2026, 1, 1)
dates = st.dates(dt.date(2025, 6, 1), dt.date(2027, 12, 31))
weekly = st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)
nth = st.sampled_from([1, 2, 3, 4, 5, -1, -2, -5])
monthly = st.lists(st.tuples(nth, st.sampled_from(DAYS)), min_size=1, max_size=3, unique=True)


def london(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def expected(found: hsds.Schedule, first: dt.date, days: int) -> list[dt.date]:
    """What dateutil says a schedule means, over `days` days from `first`."""
    start = dt.date.fromisoformat(found.dtstart or "2025-01-01")
    words: dict[str, object] = {
        "dtstart": dt.datetime.combine(start, dt.time()),
        "interval": found.interval or 1,
    }
    if found.byday:
        words["byweekday"] = rrule.rrulestr(f"FREQ=MONTHLY;BYDAY={found.byday}")._original_rule["byweekday"]
    if found.bymonthday:
        words["bymonthday"] = [int(each) for each in found.bymonthday.split(",")]
    if found.count:
        words["count"] = found.count
    if found.until:
        words["until"] = dt.datetime.fromisoformat(found.until)
    if found.wkst:
        words["wkst"] = getattr(rrule, found.wkst)
    rule = rrule.rrule(getattr(rrule, found.freq or "WEEKLY"), **words)  # type: ignore[arg-type]
    low = max(first, dt.date.fromisoformat(found.valid_from or "1900-01-01"))
    high = min(first + dt.timedelta(days), dt.date.fromisoformat(found.valid_to or "2999-01-01"))
    begin, end = (dt.datetime.combine(each, dt.time()) for each in (low, high))
    return [
        each.date() for each in rule.between(begin, end, inc=True) if each.date() < first + dt.timedelta(days)
    ]


def actual(found: hsds.Schedule, first: dt.date, days: int) -> list[dt.date]:
    made = rules([found])
    each_day = (first + dt.timedelta(ahead) for ahead in range(days))
    return [day for day in each_day if any(rule.recurs(day) for rule in made)]


@settings(max_examples=150, deadline=None)
@given(
    days=weekly, start=dates, interval=st.integers(1, 4), first=dates, wkst=st.sampled_from([None, "MO", "SU", "WE"]),
    count=st.none() | st.integers(1, 30), until=st.none() | dates, window=st.none() | st.tuples(dates, dates),
)  # fmt: skip
def test_weekly_rules_fall_where_dateutil_says(days, start, interval, first, wkst, count, until, window):
    found = schedule(
        byday=",".join(days), dtstart=str(start), interval=interval, wkst=wkst, count=count,
        until=str(until) if until and not count else None,
        valid_from=str(min(window)) if window and min(window) >= start else None,
        valid_to=str(max(window)) if window else None,
    )  # fmt: skip
    assert actual(found, first, 90) == expected(found, first, 90)


@settings(max_examples=150, deadline=None)
@given(
    days=monthly, start=dates, interval=st.integers(1, 4), first=dates, count=st.none() | st.integers(1, 12)
)
def test_monthly_rules_fall_where_dateutil_says(days, start, interval, first, count):
    byday = ",".join(f"{n}{day}" for n, day in days)
    found = schedule(freq="MONTHLY", byday=byday, dtstart=str(start), interval=interval, count=count)
    assert actual(found, first, 120) == expected(found, first, 120)


@settings(max_examples=100, deadline=None)
@given(
    days=st.lists(st.integers(1, 31) | st.integers(-31, -1), min_size=1, max_size=3, unique=True),
    weekdays=st.just([]) | weekly, start=dates, interval=st.integers(1, 3), first=dates,
)  # fmt: skip
def test_days_of_the_month_fall_where_dateutil_says(days, weekdays, start, interval, first):
    found = schedule(
        freq="MONTHLY", byday=",".join(weekdays) or None, bymonthday=",".join(map(str, days)), dtstart=str(start),
        interval=interval,
    )  # fmt: skip
    assert actual(found, first, 200) == expected(found, first, 200)


clock = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
sessions = st.builds(
    schedule, byday=weekly.map(",".join), opens_at=clock, closes_at=clock | st.none(), closed=st.booleans(),
    term_time=st.booleans(), dtstart=dates.map(str), interval=st.sampled_from([1, 1, 2]),
    valid_to=st.none() | dates.map(str),
) | st.builds(
    schedule, freq=st.just("MONTHLY"), byday=monthly.map(lambda found: ",".join(f"{n}{day}" for n, day in found)),
    opens_at=clock, closes_at=clock,
) | st.builds(
    schedule, freq=st.none(), byday=st.none(), opens_at=st.none(), closes_at=st.none(), closed=st.just(True),
    valid_from=dates.map(str), valid_to=dates.map(str),
)  # fmt: skip


def open_by_minutes(found: list, day: dt.date, minute: int) -> bool:
    """The slow way: look at every session of the last two days."""
    return any(
        start <= minute + back * 1440 < end
        for back in (0, 1)
        for start, end in hours.sessions(found, day - dt.timedelta(back))
    )


@settings(max_examples=200, deadline=None)
@given(
    found=st.lists(st.tuples(st.lists(sessions, max_size=3), st.lists(sessions, max_size=2)), min_size=1, max_size=4),
    day=dates, minute=st.integers(0, 1439),
)  # fmt: skip
def test_open_now_is_what_the_sessions_of_two_days_say(found, day, minute):
    for own, at_venue in found:
        each = service(location(), schedules=own)
        each.service_at_locations[0].schedules.extend(at_venue)
        made = of_service(each)
        assert (hours.at_minute(made, day, minute).open is True) == open_by_minutes(made, day, minute)


WEEK = [schedule(byday="MO,TU,WE,TH,FR", opens_at="09:30", closes_at="16:00")]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T10:00", "Open now, until 4pm"),
        ("2026-11-23T09:29", "Opens today 9.30am"),
        ("2026-11-23T16:00", "Opens tomorrow 9.30am"),
        ("2026-11-27T17:00", "Opens Monday 9.30am"),
        ("2026-12-23T17:00", "Opens tomorrow 9.30am"),
        ("2026-12-24T17:00", "Opens Tuesday 9.30am"),  # past two bank holidays and a weekend
    ],
)
def test_hours_in_the_words_that_people_use(moment, words):
    found = hours.at(rules(WEEK), london(moment))
    assert found.words == words
    assert (found.open is True) == words.startswith("Open now")


def test_past_midnight_belongs_to_the_evening_before():
    late = rules([schedule(byday="FR", opens_at="22:00", closes_at="02:00")])
    assert hours.at(late, london("2026-11-28T01:30")).words == "Open now, until 2am"
    assert hours.at(late, london("2026-11-27T01:30")).open is False


def test_a_line_that_never_closes_says_so():
    always = rules([schedule(byday="MO,TU,WE,TH,FR,SA,SU", opens_at="00:00", closes_at="23:59")])
    for moment in ("2026-11-23T23:59", "2026-12-25T03:00", "2027-03-28T01:30"):
        assert hours.at(always, london(moment)).words == "Open now, day and night"


def test_several_sessions_a_day():
    two = rules(
        [schedule(opens_at="09:00", closes_at="12:00"), schedule(opens_at="13:00", closes_at="15:00")]
    )
    assert hours.at(two, london("2026-11-23T11:00")).words == "Open now, until midday"
    assert hours.at(two, london("2026-11-23T12:30")).words == "Opens today 1pm"


def test_term_time_only_rests_in_the_holidays():
    found = rules([schedule(byday="TU", term_time=True)])
    assert hours.at(found, london("2026-11-24T10:00")).open is True
    holiday = hours.at(found, london("2026-10-27T10:00"))  # half term
    assert (holiday.open, holiday.words) == (False, "Term time only, opens Tuesday 3 November, 9.30am")
    assert hours.at(found, london("2029-01-09T10:00")).words == "Term time only"  # no dates for that year
    assert all(first <= last for first, last in TERMS)


def test_a_bank_holiday_is_never_called_open_unless_it_says_so():
    boxing_day = dt.date(2026, 12, 28)  # its substitute, a Monday
    assert boxing_day.toordinal() in bank_holidays()
    assert hours.at(rules(WEEK), london("2026-12-28T11:00")).open is False
    said = rules([schedule(notes="Open every day including bank holidays")])
    assert said[0].flags & HOLIDAYS
    assert hours.at(said, london("2026-12-28T11:00")).open is True


def test_closures_take_days_and_hours_out():
    closed_week = schedule(
        freq=None,
        byday=None,
        opens_at=None,
        closes_at=None,
        closed=True,
        valid_from="2026-11-23",
        valid_to="2026-11-27",
    )
    lunch = schedule(byday="MO,TU", opens_at="12:00", closes_at="13:00", closed=True)
    assert hours.at(rules([*WEEK, closed_week]), london("2026-11-24T10:00")).words == "Opens Monday 9.30am"
    found = rules([*WEEK, lunch])
    assert hours.at(found, london("2026-11-24T12:10")).words == "Opens today 1pm"
    assert hours.at(found, london("2026-11-24T11:10")).words == "Open now, until midday"


def test_one_venue_closing_does_not_close_the_other():
    each = service(location(), location(name="Quay Rooms"))
    for spot in each.service_at_locations:
        spot.schedules.append(schedule())
    each.service_at_locations[0].schedules.append(schedule(closed=True, opens_at=None, closes_at=None))
    assert hours.at(of_service(each), london("2026-11-23T10:00")).open is True


def test_what_is_not_known_is_not_called_open():
    untimed = hours.at(rules([schedule(opens_at=None, closes_at=None)]), london("2026-11-23T10:00"))
    assert (untimed.open, untimed.words) == (None, "Mondays: ask for times")
    no_end = hours.at(rules([schedule(closes_at=None)]), london("2026-11-23T10:00"))
    assert (no_end.open, no_end.words) == (None, "From 9.30am today, ask when it closes")
    which_week = hours.at(rules([schedule(interval=2)]), london("2026-11-23T10:00"))
    assert which_week.open is None
    assert hours.at([], london("2026-11-23T10:00")).words is None


def test_clock_changes_keep_the_wall_clock():
    sunday = rules([schedule(byday="SU", opens_at="00:30", closes_at="03:00")])
    for night in ("2026-03-29", "2026-10-25"):
        assert hours.at(sunday, london(f"{night}T02:30").astimezone(dt.UTC)).open is True
    summer = hours.at(rules(WEEK), london("2026-07-06T08:00"))
    assert summer.next_open == "2026-07-06T09:30:00+01:00"
    skipped = hours.at(
        rules([schedule(byday="SU", opens_at="01:30", closes_at="04:00")]), london("2026-03-28T12:00")
    )
    assert skipped.next_open == "2026-03-29T02:30:00+01:00"


def test_a_zone_in_a_time_is_not_believed():
    assert rules([schedule(opens_at="10:00Z")])[0].opens == 600


def test_schedules_in_words():
    hall = location(name="Quay Rooms")
    each = service(schedules=[schedule(byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="17:00")])
    each.service_at_locations.append(
        place(each.id, hall, schedules=[
            schedule(byday="TU,TH", opens_at="15:30", closes_at="18:00", term_time=True),
            schedule(freq="MONTHLY", byday="1SA,3SA", opens_at="10:00", closes_at="12:00", description="Dads"),
        ])
    )  # fmt: skip
    assert [(found.venue, found.words) for found in hours.times(each)] == [
        (None, "Monday to Friday 9am to 5pm"),
        ("Quay Rooms", "Tuesdays and Thursdays 3.30pm to 6pm, term time only"),
        ("Quay Rooms", "First and third Saturday of the month 10am to midday, Dads"),
    ]
