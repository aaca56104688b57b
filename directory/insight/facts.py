"""Requests and referrals as columns: all that the figures are made of, to the end of one day. Pure.

Days are ordinals (`date.toordinal`) in Europe/London, `NEVER` where something has not happened. Lengths are working
days as the clocks count them: 0 on the day itself.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from directory.insight.suppression import Keys, Mask
from directory.referrals import clocks

Ints = NDArray[np.int32]
NEVER = -1
FIRST_DAY = dt.date(2015, 1, 1).toordinal()
# How a service's first word on a referral fell, and how a request stands.
NONE, ACCEPTED, DECLINED, LAPSED = 0, 1, 2, 3


class Requests(Struct, frozen=True, kw_only=True):
    """One row a request; those made by mistake or twice are left out. `first` is the word on its first attempt."""

    keys: Keys
    received: Ints
    triaged: Ints  # working days
    reached: Ints  # working days from asking to the first contact with a service
    closed: Ints
    asked_again: Ints  # days from closing until the same family asked again
    known: Mask  # whether the family would be known again
    attempts: Ints
    rerouted: Ints
    first: Ints
    finished: Mask  # whether an attempt ended with somebody saying how
    accepted: Mask
    planned: Mask
    outcome: Ints  # index in codes.OUTCOMES, NEVER while open
    got_help: Ints  # index in codes.GOT_HELP
    score: Ints
    zone: Ints
    district: Ints
    needs: NDArray[np.uint64]  # a bit for each
    outcomes: NDArray[np.uint64]
    scopes: NDArray[np.object_]  # all areas, as frozensets: for those who may see some areas alone


class Referrals(Struct, frozen=True, kw_only=True):
    """One row a referral to a service; hand-overs by phone and mistakes are not here."""

    keys: Keys
    request: NDArray[np.intp]
    sent: Ints
    accepted: Ints  # working days, pauses taken out
    first: Ints
    reason: Ints  # index in codes.REASONS of a decline or lapse
    ended: Mask
    told: Mask  # ended, and somebody said how


class Facts(Struct, frozen=True, kw_only=True):
    """`to` is the first day that is not counted any more."""

    to: dt.date
    requests: Requests
    referrals: Referrals
    zones: tuple[str, ...]
    districts: tuple[str, ...]
    needs: tuple[str, ...]
    outcomes: tuple[str, ...]

    @property
    def first(self) -> dt.date:
        received = self.requests.received
        return dt.date.fromordinal(int(received.min())) if len(received) else self.to


def working_days(starts: Sequence[int] | Ints, ends: Sequence[int] | Ints) -> Ints:
    """Working days after each start up to and with each end, as `clocks.days_between`; NEVER where either is."""
    start, end = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
    both = (start >= 0) & (end >= 0)
    passed = _passed(int(end.max(initial=FIRST_DAY)))
    low, high = (np.clip(each - FIRST_DAY, 0, len(passed) - 1) for each in (start, end))
    return np.where(both, np.maximum(passed[high] - passed[low], 0), NEVER).astype(np.int32)


def _passed(last: int) -> NDArray[np.int64]:
    """How many working days there were from the first day up to and with each day."""
    days = range(FIRST_DAY, max(last, FIRST_DAY) + 1)
    return np.cumsum([clocks.working(dt.date.fromordinal(day)) for day in days])


def bits(codes: Sequence[Sequence[str]], words: Sequence[str]) -> NDArray[np.uint64]:
    """A bit for each word that a row has; words that are not known count for nothing."""
    at = {word: 1 << index for index, word in enumerate(words)}
    return np.array([sum({at.get(code, 0) for code in row}) for row in codes], dtype=np.uint64)
