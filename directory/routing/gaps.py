"""What was needed and could not be offered, counted by need, area and reason. No text is kept.

A gap is one of two things: a service for the need failed exactly one rule, or nothing at all fits the need.
"""

import datetime as dt
from collections.abc import Iterable

from directory.catalogue.hours import LONDON
from directory.counted import Counted
from directory.routing.ranking import Ranked

NOTHING = "nothing"
_COUNTED = ("zone", "district")
_RULES = frozenset(("running", "capacity", "age", "place"))
MOST_NEEDS = 3


class Gaps(Counted):
    """Kept in `route_gap`."""

    def __init__(self) -> None:
        super().__init__("route_gap", ("need", "area", "reason"))

    def count(
        self,
        needs: Iterable[str],
        areas: Iterable[str],
        fit: Iterable[Ranked],
        out: Iterable[tuple[Ranked, str]],
    ) -> None:
        """One route: `fit` may be offered, `out` are the services that failed one rule, with that rule."""
        met = {code for each in fit for code in each.facts.needs}
        missed = [(code, rule) for each, rule in out if rule in _RULES for code in each.facts.needs]
        where = [area for area in areas if area.partition(":")[0] in _COUNTED] or [""]
        day = dt.datetime.now(LONDON).date()
        for need in list(needs)[:MOST_NEEDS]:
            reasons = {rule for code, rule in missed if code == need}
            if need not in met:
                reasons.add(NOTHING)
            for area in where:
                for reason in sorted(reasons):
                    self.add(day, need, area, reason)
