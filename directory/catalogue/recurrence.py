"""HSDS schedules read into small rows of whole numbers, and the one question about them: does it fall on this day.

A `Rule` is numbers only, so that the search index holds thousands in arrays (openings.py) and a prebuilt record
holds its own (hours.py). Times are Europe/London wall clock. What a schedule leaves unsaid is never guessed in
favour of "open": a rule whose day is known but whose time or week is not is marked UNCERTAIN.
"""

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from directory.catalogue import hsds
from directory.catalogue.calendars import bank_holidays, term_days

TERM, CLOSED, HOLIDAYS, UNCERTAIN, MONTHLY = 1, 2, 4, 8, 16
ANY_DAY = -1
EVERY_WEEK = (1 << 10) - 1
NEVER, EVER = 1, dt.date.max.toordinal()
FARTHEST = 366 * 20  # days that `count` is followed for
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
ON_HOLIDAYS = re.compile(r"\b(including|and|incl\.?) (all )?(bank|public) holidays\b", re.IGNORECASE)


class Rule(NamedTuple):
    """One weekday (or day of the month) of one schedule.

    `group` 0 is the whole service, n its n-th venue. `opens` is minutes after midnight (-1 unknown), `length`
    minutes (0: it is not said when it closes). `weeks` has bits 0-4 for the first to fifth such weekday of a month,
    5-9 counted from its end. `first` and `last` are day ordinals; `anchor` is the week or month that `step` counts
    from.
    """

    group: int
    weekday: int
    opens: int
    length: int
    flags: int
    weeks: int = EVERY_WEEK
    monthday: int = 0
    first: int = NEVER
    last: int = EVER
    step: int = 1
    anchor: int = 0
    shift: int = 0  # the weekday that weeks begin on

    def recurs(self, day: dt.date) -> bool:
        """Whether the plain recurrence holds `day`; holidays and terms are not looked at."""
        ordinal = day.toordinal()
        if not self.first <= ordinal <= self.last or self.weekday not in (ANY_DAY, day.weekday()):
            return False
        if self.flags & MONTHLY:
            if (day.year * 12 + day.month - self.anchor) % self.step:
                return False
        elif self.step > 1 and (week_of(ordinal, self.shift) - self.anchor) % self.step:
            return False
        if self.weeks == EVERY_WEEK and not self.monthday:
            return True
        length = calendar.monthrange(day.year, day.month)[1]
        if self.monthday and self.monthday not in (day.day, day.day - length - 1):
            return False
        return bool(self.weeks & (1 << (day.day - 1) // 7 | 1 << 5 + (length - day.day) // 7))

    def falls_on(self, day: dt.date) -> bool:
        """`recurs`, in term if it is for terms, and not on a bank holiday unless it says that it runs then."""
        ordinal = day.toordinal()
        return (
            self.recurs(day)
            and (not self.flags & TERM or ordinal in term_days())
            and (bool(self.flags & HOLIDAYS) or ordinal not in bank_holidays())
        )


def of_service(service: hsds.Service) -> list[Rule]:
    """The rules of a service and its venues. A venue's own opening hours are the building's, and are not read."""
    found = rules(service.schedules)
    for group, place in enumerate(service.service_at_locations, 1):
        found += rules(place.schedules, group)
    return found


def rules(schedules: Iterable[hsds.Schedule], group: int = 0) -> list[Rule]:
    """Every schedule as rules; one that says no day at all gives none."""
    found = [rule for each in schedules for rule in _rules(_Said(*_said(each)))]
    return [rule._replace(group=group) for rule in found] if group else found


class _Said(Struct, frozen=True, gc=False):
    """What of a schedule makes its rules."""

    valid_from: str | None
    valid_to: str | None
    dtstart: str | None
    until: str | None
    count: int | None
    wkst: str | None
    freq: str | None
    interval: int | None
    byday: str | None
    byweekno: str | None
    bymonthday: str | None
    byyearday: str | None
    opens_at: str | None
    closes_at: str | None
    description: str | None
    notes: str | None
    closed: bool
    term_time: bool


_said = attrgetter(*_Said.__struct_fields__)


@lru_cache(maxsize=4096)  # many say the same: Mondays from nine to five
def _rules(schedule: _Said) -> tuple[Rule, ...]:
    start = day_of(schedule.dtstart)
    first = max(ordinals := [each for each in (start, day_of(schedule.valid_from)) if each] or [NEVER])
    last = min(each for each in (day_of(schedule.valid_to), day_of(schedule.until), EVER) if each)
    days = [(int(nth or 0), DAYS.index(day)) for nth, day in DAY.findall((schedule.byday or "").upper())]
    monthdays = [int(each) for each in re.findall(r"-?\d+", schedule.bymonthday or "")]
    opens, length = _times(schedule)
    flags = (CLOSED | HOLIDAYS if schedule.closed else 0) | (TERM if schedule.term_time else 0)
    monthly = schedule.freq == "MONTHLY" or any(nth for nth, _ in days) or bool(monthdays)
    flags |= MONTHLY if monthly else 0
    if ON_HOLIDAYS.search(f"{schedule.description} {schedule.notes}") or {day for _, day in days} == set(
        range(7)
    ):
        flags |= HOLIDAYS
    step = max(1, schedule.interval or 1)
    anchored = start or (ordinals[-1] if ordinals[-1] != NEVER else 0)
    unknown = ((step > 1 or schedule.count) and not anchored) or schedule.byweekno or schedule.byyearday
    if not schedule.closed and (opens < 0 or unknown):
        flags |= UNCERTAIN
    shift = DAYS.index(schedule.wkst) if schedule.wkst in DAYS else 0

    if not days and not monthdays:
        if start and schedule.freq:
            began = dt.date.fromordinal(start)
            days = [] if monthly else [(0, began.weekday())]
            monthdays = [began.day] if monthly else []
        elif start:
            last, flags = min(last, max(start, day_of(schedule.valid_to) or start)), flags | HOLIDAYS
            days = [(0, ANY_DAY)]
        elif schedule.closed and (first, last) != (NEVER, EVER):
            days = [(0, ANY_DAY)]
        else:
            return ()
    weeks: dict[int, int] = {}
    for nth, day in days or [(0, ANY_DAY)]:
        weeks[day] = weeks.get(day, 0) | _bit(nth)
    anchor = 0
    if step > 1 and anchored:
        began = dt.date.fromordinal(anchored)
        anchor = began.year * 12 + began.month if monthly else week_of(anchored, shift)
    made = [
        Rule(0, day, opens, length, flags, mask, monthday, first, last, step, anchor, shift)
        for (day, mask), monthday in itertools.product(weeks.items(), monthdays or [0])
    ]
    if schedule.count and anchored:
        end = _last_of(made, anchored, schedule.count)
        made = [rule._replace(last=min(rule.last, end)) for rule in made]
    return tuple(made)


def _last_of(made: list[Rule], anchored: int, count: int) -> int:
    """The day of the `count`-th occurrence from the anchor on; validity ends are not what a count counts."""
    free = [rule._replace(first=anchored, last=EVER) for rule in made]
    for ordinal in range(anchored, anchored + FARTHEST):
        day = dt.date.fromordinal(ordinal)
        if any(rule.recurs(day) for rule in free):
            count -= 1
            if count <= 0:
                return ordinal
    return EVER


def _bit(nth: int) -> int:
    if nth == 0:
        return EVERY_WEEK
    place = nth - 1 if nth > 0 else 4 - nth
    return 1 << place if -5 <= nth <= 5 else 0


def _times(schedule: _Said) -> tuple[int, int]:
    opens, closes = minute_of(schedule.opens_at), minute_of(schedule.closes_at)
    if opens is None:
        return -1, 0
    if closes is None:
        return opens % 1440, 0
    if closes == 1439:  # how the standard writes midnight
        closes = 1440
    return opens % 1440, closes - opens if closes > opens else closes - opens + 1440


def week_of(ordinal: int, shift: int = 0) -> int:
    """A running number of weeks that begin on weekday `shift` (0 is Monday)."""
    return (ordinal - 1 - shift) // 7


def day_of(text: str | None) -> int:
    """The ordinal of a date, 0 where there is none that can be read."""
    try:
        return dt.date.fromisoformat((text or "")[:10]).toordinal()
    except ValueError:
        return 0


def minute_of(text: str | None) -> int | None:
    """Minutes after midnight of "HH:MM..."; a zone after it is not believed, it is wrong half the year."""
    found = CLOCK.match(text or "")
    return int(found[1]) * 60 + int(found[2]) if found else None
