"""The hours of thousands of services at once: their rules as columns of numbers, asked in one go. Pure.

Says the same as hours.py says for one service; a test holds them together.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from directory.catalogue.calendars import bank_holidays, term_days
from directory.catalogue.recurrence import (
    ANY_DAY,
    CLOSED,
    DAYS,
    EVERY_WEEK,
    HOLIDAYS,
    MONTHLY,
    TERM,
    UNCERTAIN,
    Rule,
)

Flags = npt.NDArray[np.bool_]
GROUPS = 1000  # venues of one service that closures tell apart


class Openings:
    """`rules[n]` are the rules of service n (recurrence.of_service); answers are one flag for each service."""

    def __init__(self, rules: Sequence[Iterable[Rule]]) -> None:
        rows = [(owner, *rule) for owner, found in enumerate(rules) for rule in found]
        table = np.array(rows, dtype=np.int32).reshape(len(rows), 1 + len(Rule._fields)).T.copy()
        self.size = len(rules)
        (
            self.owner, self.group, self.weekday, self.opens, self.length, self.flags, self.weeks, self.monthday,
            self.first, self.last, self.step, self.anchor, self.shift,
        ) = table  # fmt: skip
        self.key = self.owner * GROUPS + np.minimum(self.group, GROUPS - 1)
        self.closure = (self.flags & CLOSED) != 0

    def falls_on(self, day: dt.date) -> Flags:
        """For each rule, whether it falls on `day`."""
        ordinal = day.toordinal()
        length = calendar.monthrange(day.year, day.month)[1]
        weeks = 1 << (day.day - 1) // 7 | 1 << 5 + (length - day.day) // 7
        monthly = (self.flags & MONTHLY) != 0
        count = np.where(monthly, day.year * 12 + day.month, (ordinal - 1 - self.shift) // 7)
        found: Flags = (
            (self.first <= ordinal)
            & (ordinal <= self.last)
            & ((self.weekday == ANY_DAY) | (self.weekday == day.weekday()))
            & ((self.step == 1) | ((count - self.anchor) % self.step == 0))
            & ((self.weeks == EVERY_WEEK) | ((self.weeks & weeks) != 0))
            & ((self.monthday == 0) | (self.monthday == day.day) | (self.monthday == day.day - length - 1))
        )
        if ordinal not in term_days():
            found &= (self.flags & TERM) == 0
        if ordinal in bank_holidays():
            found &= (self.flags & HOLIDAYS) != 0
        return found

    def open_at(self, day: dt.date, minute: int) -> Flags:
        """For each service, whether it is known to be open at that minute of that day in London."""
        answer = np.zeros(self.size, dtype=np.bool_)
        running = []  # (shift, rules that hold the minute, services and venues shut on the day they began)
        cut: set[int] = set()
        for shift in (0, 1440):
            found = self.falls_on(day - dt.timedelta(days=shift // 1440)) & ((self.flags & UNCERTAIN) == 0)
            now = minute + shift
            holds = found & (self.opens >= 0) & (self.opens <= now) & (now < self.opens + self.length)
            cut |= set(self.key[holds & self.closure].tolist())
            running.append((holds & ~self.closure, self.key[found & self.closure & (self.opens < 0)]))
        for holds, shut in running:
            closed = {*cut, *shut.tolist()}
            hit = np.flatnonzero(holds)
            if closed:
                barred = np.fromiter(closed, dtype=np.int64)
                hit = hit[~np.isin(self.key[hit], barred) & ~np.isin(self.owner[hit] * GROUPS, barred)]
            answer[self.owner[hit]] = True
        return answer

    def on_days(self, days: Iterable[str], today: dt.date) -> Flags:
        """For each service, whether it runs on one of `days` ("MO"...) from `today` on."""
        answer = np.zeros(self.size, dtype=np.bool_)
        wanted = [DAYS.index(day) for day in days]
        found = ~self.closure & np.isin(self.weekday, wanted) & (self.last >= today.toordinal())
        answer[self.owner[found]] = True
        return answer
