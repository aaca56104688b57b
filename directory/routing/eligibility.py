"""May this family use this service? One small function for each hard rule: yes, no with a reason, or ask. Pure."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import Struct

Point = tuple[float, float]


class Venue(Struct, frozen=True):
    """A place that may be named. Confidential ones never become a `Venue`."""

    name: str
    latitude: float
    longitude: float


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules read of one service, gathered in one SELECT."""

    id: str
    name: str
    organization: str
    kind: str | None
    level: str | None
    status: str
    capacity: str
    wait: str | None
    referral: str | None
    minimum_age: float | None
    maximum_age: float | None
    needs: frozenset[str]
    suggested: frozenset[str]
    areas: frozenset[str]
    remote: tuple[str, ...]
    venues: tuple[Venue, ...]
    checked_days: int | None
    free: bool
    phone: str | None
    audience: str | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """The family's side: `areas` are those that hold the point, `reach` how far is near here, in miles.

    `needs` are those that services are looked for; `heard` also those that were heard less surely. `soon`: today or
    now, so that a waiting list is worth little.
    """

    needs: tuple[str, ...]
    ages: tuple[float, ...]
    point: Point | None
    areas: frozenset[str]
    reach: float
    harmed: bool = False
    heard: frozenset[str] = frozenset()
    soon: bool = False


Answer = Literal["yes", "no", "ask"]


class Verdict(NamedTuple):
    rule: str
    answer: Answer
    reason: str = ""


_RUNNING, _TAKING, _AGE, _PLACE, _PEOPLE = (
    Verdict(rule, "yes") for rule in ("running", "capacity", "age", "place", "people")
)
_OLD = Verdict("age", "ask", "How old is the child?")
SOMEWHERE = Verdict("place", "ask", "Where do you live?")
"""It is for one place, and nobody said which theirs is."""

Rule = Callable[[Facts, Asked, "float | None"], Verdict]
COUNTY_KINDS = ("county:", "country:")


def running(facts: Facts, asked: Asked, distance: float | None) -> Verdict:
    """A service must be running: closed, inactive and paused ones are not offered."""
    if facts.status != "active":
        return Verdict(
            "running",
            "no",
            "It is closed for now" if facts.status == "temporarily closed" else "It has closed",
        )
    if facts.capacity == "paused":
        return Verdict("running", "no", "It is paused for now")
    return _RUNNING


def taking_people(facts: Facts, asked: Asked, distance: float | None) -> Verdict:
    """A full service is not offered; one with a waiting list is, and says so."""
    if facts.capacity == "full":
        return Verdict("capacity", "no", "It is full at the moment")
    return _TAKING


def right_age(facts: Facts, asked: Asked, distance: float | None) -> Verdict:
    """One child of the family must be in its age range; with no age given, a narrow range asks."""
    low, high = facts.minimum_age, facts.maximum_age
    if low is None and high is None:
        return _AGE
    if not asked.ages:
        return _OLD
    bottom, top = low if low is not None else 0.0, high if high is not None else 200.0
    if any(bottom <= age < top + 1 for age in asked.ages):
        return _AGE
    return Verdict("age", "no", f"It is for {ages(low, high)}")


def right_place(facts: Facts, asked: Asked, distance: float | None) -> Verdict:
    """It must cover where the family lives, or have a venue within reach. With no place given, a local one asks."""
    if not asked.areas and asked.point is None:
        wide = any(area.startswith(COUNTY_KINDS) for area in facts.areas) or (
            facts.remote and not facts.areas
        )
        return _PLACE if wide else SOMEWHERE
    if facts.areas:
        if facts.areas & asked.areas:
            return _PLACE
        if not facts.venues:
            return Verdict("place", "no", "It is for another area")
    if distance is not None and distance <= asked.reach:
        return _PLACE
    if distance is None:
        far = Verdict("place", "no", "It is for another area")
        return _PLACE if facts.remote and not facts.areas else far
    return Verdict("place", "no", f"It is {distance:.0f} miles away")


def right_people(facts: Facts, asked: Asked, distance: float | None) -> Verdict:
    """Some services are not for families: those for staff, and programmes for people who cause harm, which are never
    offered to somebody who may be the one harmed."""
    if facts.audience == "professionals":
        return Verdict("people", "no", "It is for people who work with families")
    if facts.audience == "people_who_harm" and asked.harmed:
        return Verdict("people", "no", "It is for people who want to change how they treat others")
    return _PEOPLE


RULES: tuple[Rule, ...] = (running, taking_people, right_age, right_place, right_people)


def judge(facts: Facts, asked: Asked, distance: float | None) -> list[Verdict]:
    """Every rule's verdict; a service may be offered when none says no."""
    return [rule(facts, asked, distance) for rule in RULES]


def ages(low: float | None, high: float | None) -> str:
    """The range in words, as on a page: "ages 5 to 11", "under 5s", "16 and over"."""
    if low in (None, 0) and high is not None:
        return f"children under {high + 1:g}" if high >= 1 else "babies"
    if high is None:
        return f"people aged {low:g} and over"
    return f"ages {low:g} to {high:g}" if low != high else f"age {low:g}"
