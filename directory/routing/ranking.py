"""In which order services that may be offered stand on a step, and why, in words. Pure.

score = need match x (level fit + nearness + freshness + capacity), weighed as `pathways.toml` says (`Weighing`);
every part is between 0 and 1. A council's own priority for a kind is added on top.
"""

import math
from collections.abc import Mapping

from msgspec import Struct

from directory.routing.eligibility import Asked, Facts
from directory.routing.rule_shapes import Weighing
from directory.words import LEVELS


class Ranked(Struct, frozen=True, kw_only=True):
    facts: Facts
    score: float
    distance: float | None
    met: tuple[str, ...] = ()
    """The needs that it meets, first need first."""


EVERYBODYS = frozenset(
    (
        "help_hub",
        "family_hub",
        "school_and_community_zone",
        "community_and_partnerships",
        "family_support_team",
    )
)
BABY = 1.5  # years
UNHEARD = 0.3  # how much a service loses whose needs are all others than those that were heard
CAPACITY = {"open": 1.0, "limited": 0.8, "waiting_list": 0.45, "full": 0.1, "paused": 0.0}


def rank(
    facts: Facts,
    asked: Asked,
    distance: float | None,
    *,
    level: str,
    weights: Weighing,
    rural: bool = False,
    priority: Mapping[str, float] | None = None,
    share: float = 1.0,
) -> Ranked:
    """Score one service. `rural` halves what distance costs; `share` is what `for_others` leaves to it."""
    match, met = _need_match(facts, asked, weights)
    parts = (
        weights.level * _level_fit(facts.level, level)
        + weights.nearness
        * _nearness(facts, distance, weights.rural_half_miles if rural else weights.half_miles)
        + weights.freshness * _freshness(facts.checked_days, weights)
        + weights.capacity * _capacity(facts, asked)
    )
    parts *= share
    bonus = (priority or {}).get(facts.kind or "", 0.0)
    return Ranked(facts=facts, score=match * parts + bonus, distance=distance, met=tuple(met))


def reasons(ranked: Ranked, asked: Asked, labels: Mapping[str, str], weights: Weighing) -> list[str]:
    """Why it is offered, in words. `labels` are the plain names of needs."""
    facts = ranked.facts
    said: list[str] = []
    if ranked.met:
        said.append("Helps with " + _listed([labels.get(code, code).lower() for code in ranked.met[:2]]))
    if ranked.distance is not None:
        said.append(f"{_miles(ranked.distance)} away, as the crow flies")
    elif facts.remote:
        said.append(_remote(facts.remote))
    elif facts.areas & asked.areas:
        said.append("Covers where you live")
    if facts.checked_days is not None and facts.checked_days > weights.stale_days:
        said.append("Not checked for over a year: ring first")
    if facts.capacity == "waiting_list":
        said.append(f"Has a waiting list{f': {facts.wait}' if facts.wait else ''}")
    elif facts.capacity == "limited":
        said.append("A few places left")
    if facts.free:
        said.append("Free")
    return said


def _capacity(facts: Facts, asked: Asked) -> float:
    """A waiting list is worth little to somebody who needs it today."""
    if asked.soon and facts.capacity == "waiting_list":
        return CAPACITY["full"]
    return CAPACITY.get(facts.capacity, 0.5)


def for_others(facts: Facts, asked: Asked, particular: Mapping[str, float]) -> float:
    """1 where nothing says that the service is for other people; less where it is for a need that was not heard.

    Hubs and teams are for everybody, whatever they name; a council office is never left out altogether. A baby in the
    family is heard as the first year.
    """
    if facts.kind in EVERYBODYS:
        return 1.0
    other = facts.needs.intersection(particular).difference(asked.heard, asked.needs)
    if any(age <= BABY for age in asked.ages):
        other -= {"pregnancy_perinatal"}
    least = min((particular[code] for code in other), default=1.0)
    return 1.0 if facts.kind == "statutory" and not least else least


def order(ranked: Ranked) -> tuple[float, float, str]:
    """The sort key: best score, then nearest, then name, so that the order never depends on chance."""
    return (-ranked.score, ranked.distance if ranked.distance is not None else math.inf, ranked.facts.name)


def _need_match(facts: Facts, asked: Asked, weights: Weighing) -> tuple[float, list[str]]:
    best, met = 0.0, []
    for place, code in enumerate(asked.needs):
        if code in facts.needs:
            sure = 1.0
        elif code in facts.suggested:
            sure = weights.suggested
        else:
            continue
        met.append(code)
        best = max(best, sure * weights.second_need ** min(place, 2))
    # A service for everything is for nothing in particular.
    unheard = 0.0 if facts.kind in EVERYBODYS else 1.0 - len(met) / max(len(facts.needs), 1)
    focus = 1.0 - UNHEARD * unheard
    return min(1.0, best * focus + 0.1 * max(0, len(met) - 1)), met


def _nearness(facts: Facts, distance: float | None, half: float) -> float:
    if distance is not None:
        near = math.pow(0.5, distance / half)
        return max(near, 0.55) if facts.remote else near
    return 0.6 if facts.remote or facts.areas else 0.3


def _freshness(days: int | None, weights: Weighing) -> float:
    if days is None:
        return 0.3
    if days <= weights.fresh_days:
        return 1.0
    span = max(1, weights.stale_days - weights.fresh_days)
    return max(0.1, 1.0 - 0.9 * (days - weights.fresh_days) / span)


def _level_fit(own: str | None, wanted: str) -> float:
    if own is None:
        return 0.4
    return 1.0 - 0.3 * abs(LEVELS.index(own) - LEVELS.index(wanted))


def _remote(ways: tuple[str, ...]) -> str:
    words = {
        "phone": "by phone",
        "online": "online",
        "text": "by text",
        "home_visit": "at your home",
        "in_school": "in school",
    }
    return "Helps " + _listed([words[way] for way in ways if way in words][:3])


def _miles(distance: float) -> str:
    return "Under half a mile" if distance < 0.5 else f"{distance:.1f} miles"


def _listed(parts: list[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + " and " + parts[-1]
