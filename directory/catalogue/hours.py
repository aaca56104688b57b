"""When a service is open: now, next, and in the words that people use. Pure; Europe/London wall clock.

A time that is not known is never said to be open: a door that turns out shut costs a family more than a phone call.
"""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from directory.catalogue import hsds
from directory.catalogue.calendars import term_days
from directory.catalogue.recurrence import CLOSED, DAYS, TERM, UNCERTAIN, Rule, of_service, rules
from directory.catalogue.shapes import Opening, Times

LONDON = ZoneInfo("Europe/London")
DAY = 1440
AHEAD = 100  # days that the next opening is looked for: longer than the summer holiday
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second to last"}

__all__ = ["at", "of_service", "rules", "sessions", "times"]

Session = tuple[int, int]
"""Start and end in minutes after a day's midnight; an end past 1440 is on the next day, an end equal to the start is
not known."""


def sessions(found: Sequence[Rule], day: dt.date) -> list[Session]:
    """What begins on `day`, in order, overlaps joined. A closure without times cancels what begins on its days, one
    with times cuts its time out."""
    opens = [
        (rule.opens, rule.opens + rule.length, rule.group)
        for rule in found
        if not rule.flags & (CLOSED | UNCERTAIN) and rule.falls_on(day)
    ]
    closures = [rule for rule in found if rule.flags & CLOSED] if opens else []
    shut = {rule.group for rule in closures if rule.opens < 0 and rule.falls_on(day)}
    cuts = [
        (rule.opens + ahead * DAY, rule.opens + rule.length + ahead * DAY, rule.group)
        for ahead in (-1, 0, 1)  # yesterday's may reach into today, and today's session into tomorrow's
        for rule in closures
        if rule.opens >= 0 and rule.falls_on(day + dt.timedelta(days=ahead))
    ]
    if not opens or 0 in shut:
        return []
    kept: list[Session] = []
    for start, end, group in opens:
        if group in shut:
            continue
        parts = [(start, end)]
        for cut_start, cut_end, cut_group in cuts:
            if cut_group in (0, group):
                parts = [piece for part in parts for piece in _without(part, cut_start, cut_end)]
        kept += parts
    return _joined(kept)


def _without(part: Session, start: int, end: int) -> list[Session]:
    if end <= part[0] or start >= max(part[1], part[0] + 1):
        return [part]
    return [piece for piece in ((part[0], start), (end, part[1])) if piece[0] < piece[1]]


def _joined(parts: list[Session]) -> list[Session]:
    found: list[Session] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1] and found[-1][0] < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def at(found: Sequence[Rule], moment: dt.datetime | None = None) -> Opening:
    """Hours at `moment` (aware; now). Nothing is said where no schedule says a day and a time."""
    return at_minute(found, *local_minute(moment))


def at_minute(found: Sequence[Rule], today: dt.date, minute: int) -> Opening:
    """As `at`, for a minute on the wall of a day in London."""
    if not any(not rule.flags & (CLOSED | UNCERTAIN) for rule in found):
        return Opening(words=_unsure(found))
    end = _open_until(found, today, minute)
    if end is not None:
        until = _moment(today, end)
        words = "Open now, day and night" if end >= 7 * DAY else f"Open now, until {clock(end)}"
        return Opening(open=True, words=words, until=None if end >= 7 * DAY else until.isoformat())
    begun = [start for start, stop in sessions(found, today) if start == stop and start <= minute]
    if begun:
        return Opening(words=f"From {clock(begun[-1])} today, ask when it closes")
    for ahead in range(AHEAD):
        day = today + dt.timedelta(days=ahead)
        for start, _ in sessions(found, day):
            if ahead * DAY + start > minute:
                words = f"Opens {_day_words(day, ahead)} {clock(start)}"
                if _term_only(found, today) and today.toordinal() not in term_days():
                    words = f"Term time only, o{words[1:]}"
                return Opening(open=False, words=words, next_open=_moment(day, start).isoformat())
    return Opening(open=False, words=_shut(found, today))


def local_minute(moment: dt.datetime | None = None) -> tuple[dt.date, int]:
    """The date in London at `moment` (aware; now) and the minutes on the wall since its midnight."""
    local = (moment or dt.datetime.now(dt.UTC)).astimezone(LONDON)
    return local.date(), local.hour * 60 + local.minute


def _open_until(found: Sequence[Rule], today: dt.date, minute: int) -> int | None:
    """The minute after today's midnight at which the session that holds `minute` ends; None when none does."""
    end = None
    for ahead in range(-1, 8):
        shift = ahead * DAY
        if ahead > 0 and (end is None or end < shift):
            break
        for start, stop in sessions(found, today + dt.timedelta(days=ahead)):
            reached = minute if end is None else end
            if start + shift <= reached < stop + shift:
                end = stop + shift
    return end


def _moment(day: dt.date, minutes: int) -> dt.datetime:
    """The wall-clock time on the line of real time: one that the clocks skip in March is an hour later."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    return wall.replace(tzinfo=LONDON).astimezone(dt.UTC).astimezone(LONDON)


def _day_words(day: dt.date, ahead: int) -> str:
    if ahead == 0:
        return "today"
    if ahead == 1:
        return "tomorrow"
    name = NAMES[day.weekday()]
    return name if ahead < 7 else f"{name} {date_words(day)},"


def _shut(found: Sequence[Rule], today: dt.date) -> str:
    running = [rule for rule in found if not rule.flags & CLOSED and rule.last >= today.toordinal()]
    if not running:
        return "Dates are over"
    return "Term time only" if _term_only(found, today) else "Closed for now"


def _term_only(found: Sequence[Rule], today: dt.date) -> bool:
    running = (rule for rule in found if not rule.flags & CLOSED and rule.last >= today.toordinal())
    return all(rule.flags & TERM for rule in running)


def _unsure(found: Sequence[Rule]) -> str | None:
    days = sorted({rule.weekday for rule in found if not rule.flags & CLOSED and rule.weekday >= 0})
    return f"{_and([NAMES[day] + 's' for day in days])}: ask for times" if days else None


def times(service: hsds.Service) -> list[Times]:
    """Every schedule of the service and its venues in words, for a page; a venue's by the venue's name."""
    found = [_times(each, None) for each in service.schedules]
    for place in service.service_at_locations:
        name = place.location.name if place.location else None
        found += [_times(each, name) for each in place.schedules]
    return [each for each in found if each.words]


def _times(schedule: hsds.Schedule, venue: str | None) -> Times:
    made = rules([schedule])
    parts = [_days(made), _clocks(made)]
    if schedule.closed:
        parts.insert(0, "Closed")
    words = " ".join(part for part in parts if part)
    step = made[0].step if made else 1
    notes = [
        "term time only" if schedule.term_time and made else "",
        f"every {step} {'months' if schedule.freq == 'MONTHLY' else 'weeks'}" if step > 1 else "",
        schedule.description or schedule.notes or "",
    ]
    said = ", ".join(each for each in (words, *notes) if each)
    return Times(
        words=said[:1].upper() + said[1:],
        venue=venue,
        valid_from=schedule.valid_from,
        valid_to=schedule.valid_to or schedule.until,
        closed=schedule.closed,
    )


def _days(made: Sequence[Rule]) -> str:
    if not made:
        return ""
    if any(rule.monthday for rule in made):
        return f"on day {_and([str(rule.monthday) for rule in made])} of the month"
    if made[0].weekday < 0:
        first, last = made[0].first, made[0].last
        days = [date_words(dt.date.fromordinal(each), year=True) for each in (first, last)]
        return days[0] if first == last else f"{days[0]} to {days[1]}"
    ordinals = [n for n in NTH if any(rule.weeks & _bit(n) and rule.weeks != 1023 for rule in made)]
    days = [NAMES[each] for each in sorted({rule.weekday for rule in made})]
    if ordinals:
        return f"{_and([NTH[n] for n in ordinals])} {_and(days)} of the month"
    if len(days) == 7:
        return "Every day"
    if len(days) > 2 and [rule.weekday for rule in made] == list(
        range(made[0].weekday, made[-1].weekday + 1)
    ):
        return f"{days[0]} to {days[-1]}"
    return _and([f"{day}s" for day in days])


def _bit(nth: int) -> int:
    return 1 << (nth - 1 if nth > 0 else 4 - nth)


def _clocks(made: Sequence[Rule]) -> str:
    if not made or made[0].opens < 0:
        return ""
    opens, length = made[0].opens, made[0].length
    if length == DAY:
        return "all day and night"
    return f"{clock(opens)} to {clock(opens + length)}" if length else f"from {clock(opens)}"


def clock(minutes: int) -> str:
    """930 -> "3.30pm"; "midday" and "midnight" by name."""
    hour, minute = divmod(minutes % DAY, 60)
    if not minute and hour in (0, 12):
        return "midday" if hour else "midnight"
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}.{minute:02}{half}" if minute else f"{hour % 12 or 12}{half}"


def date_words(day: dt.date, *, year: bool = False) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if year else "")


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


assert len(DAYS) == len(NAMES)
