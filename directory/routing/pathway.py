"""The steps for these needs at this level, each with its services and reasons. Pure."""

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from directory.catalogue.shapes import Card
from directory.routing.eligibility import SOMEWHERE, Asked, Facts, Venue, Verdict, judge
from directory.routing.ranking import Ranked, for_others, order, rank, reasons
from directory.routing.rule_shapes import Step
from directory.routing.rulebook import RuleBook
from directory.routing.shapes import RuledOut, Suggested
from directory.routing.shapes import Step as StepAnswer

HUBS = ("help_hub", "school_and_community_zone", "community_and_partnerships", "family_support_team")
RULED_OUT = 8


class Judged(Struct, frozen=True, kw_only=True):
    """`fit` may be offered; `out` failed exactly one rule, nearest to fitting first, with that rule's verdict."""

    fit: list[Ranked]
    out: list[tuple[Ranked, Verdict]]

    def told(self) -> list[RuledOut]:
        """The few that are worth saying."""
        return [
            RuledOut(id=each.facts.id, name=each.facts.name, rule=no.rule, reason=no.reason)
            for each, no in self.out[:RULED_OUT]
        ]


def facts_of(card: Card, today: int) -> Facts:
    """What the rules read of a card; `today` is the ordinal of the day."""
    return Facts(
        id=card.id,
        name=card.name,
        organization=sys.intern(card.organization),
        kind=card.kind.code if card.kind else None,
        level=card.level.code if card.level else None,
        status=card.status,
        capacity=card.capacity,
        wait=card.wait,
        referral=card.referral,
        minimum_age=card.minimum_age,
        maximum_age=card.maximum_age,
        needs=_shared(frozenset(need.code for need in card.needs if need.suggested is None)),
        suggested=_shared(frozenset(need.code for need in card.needs if need.suggested is not None)),
        areas=_shared(frozenset(card.areas)),
        remote=tuple(card.remote),
        venues=tuple(
            Venue(venue.name or venue.city or "", venue.latitude, venue.longitude)
            for venue in card.venues
            if venue.latitude is not None and venue.longitude is not None
        ),
        checked_days=_days_since(card.assured_date, today),
        free=card.free is True,
        phone=card.phone,
        audience=card.audience,
    )


@lru_cache(maxsize=4096)
def _shared(codes: frozenset[str]) -> frozenset[str]:
    """One set for all services that have the same."""
    return codes


def judged(
    found: Iterable[Facts],
    asked: Asked,
    miles: Mapping[str, float | None],
    *,
    level: str,
    book: RuleBook,
    rural: bool = False,
) -> Judged:
    """Hard rules first, then the order; `miles` by service id, to its nearest venue. Nothing here knows who asks."""
    weights = book.pathways.weights
    priority = {str(kind): lift for kind, lift in book.pathways.priority.items()}
    wanted = frozenset(asked.needs)
    fit: list[Ranked] = []
    near_misses: list[tuple[Ranked, Verdict]] = []
    for facts in found:
        distance = miles.get(facts.id)
        verdicts = judge(facts, asked, distance)
        no = [verdict for verdict in verdicts if verdict.answer == "no"]
        if len(no) > 1 or (no and (no[0].rule == "people" or wanted.isdisjoint(facts.needs))):
            continue
        # With no place said, somebody else's local group or hub is no answer; what covers the county is.
        if SOMEWHERE in verdicts:
            continue
        share = for_others(facts, asked, book.pathways.particular)
        if not share:
            continue
        ranked = rank(
            facts, asked, distance, level=level, weights=weights, rural=rural, priority=priority, share=share
        )
        if no:
            near_misses.append((ranked, no[0]))
        else:
            fit.append(ranked)
    near_misses.sort(key=lambda pair: order(pair[0]))
    return Judged(fit=sorted(fit, key=order), out=near_misses)


def steps(fit: Sequence[Ranked], asked: Asked, *, level: str, book: RuleBook) -> list[StepAnswer]:
    """The pathway of the level. A service stands on one step only, the first that takes it."""
    by_code = {step.code: step for step in book.pathways.step}
    labels = {need.code: need.plain for need in book.needs}
    shown: set[str] = set()
    found: list[StepAnswer] = []
    for code in book.pathways.order[level]:  # type: ignore[index]  # a level is one of the keys
        step = by_code[code]
        chosen = _fill(step, fit, asked, shown, book)
        shown |= {each.facts.id for each in chosen}
        found.append(
            StepAnswer(
                step=step.code,
                level=step.level,
                title=step.title,
                who=step.who,
                how=step.how,
                consent=step.consent,
                then=step.then,
                now=_now(step, asked, book),
                meanwhile=step.meanwhile,
                back=step.back,
                services=[
                    _suggested(each, reasons(each, asked, labels, book.pathways.weights)) for each in chosen
                ],
            )
        )
    return found


def _fill(step: Step, fit: Sequence[Ranked], asked: Asked, shown: set[str], book: RuleBook) -> list[Ranked]:
    wanted = set(asked.needs)
    preferred = _preferred(asked, book)
    chosen: list[Ranked] = []
    for each in fit:
        facts = each.facts
        if facts.id in shown or (step.kinds and facts.kind not in step.kinds):
            continue
        if step.levels and facts.level not in step.levels:
            continue
        helps = bool(wanted & (facts.needs | facts.suggested))
        if not helps and not _everybodys(facts, asked, step):
            continue
        chosen.append(each)
    if step.code == "hub_and_zone":
        return _one_of_each(chosen, asked, step.most)
    chosen.sort(key=lambda each: (-each.score - preferred.get(each.facts.kind or "", 0.0), *order(each)[1:]))
    least = book.pathways.weights.least_of_best * chosen[0].score if chosen else 0.0
    return [each for each in chosen if each.score >= least or each.facts.kind in HUBS][: step.most]


def _everybodys(facts: Facts, asked: Asked, step: Step) -> bool:
    """Whether it is there for a family whatever the need: a hub or a team of the place where they live."""
    if facts.kind == "family_support_team":
        return True
    local = facts.kind == "help_hub" or _narrowest(facts, asked) == 0
    return step.always and facts.kind in HUBS and local


def _one_of_each(chosen: Sequence[Ranked], asked: Asked, most: int) -> list[Ranked]:
    """The best of each kind: a hub, a zone team and a partnerships team rather than three desks of one hub.

    One that is for where the family lives comes before one that only happens to be near.
    """
    by_kind: dict[str | None, Ranked] = {}
    for each in sorted(
        chosen, key=lambda each: (_narrowest(each.facts, asked), each.facts.referral == "professional")
    ):
        by_kind.setdefault(each.facts.kind, each)
    return sorted(by_kind.values(), key=lambda each: HUBS.index(each.facts.kind or HUBS[-1]))[:most]


def _narrowest(facts: Facts, asked: Asked) -> int:
    """0 for a service of the family's own zone or district, 1 for one of the county, 2 for any other."""
    shared = facts.areas & asked.areas
    if any(not area.startswith("county:") for area in shared):
        return 0
    return 1 if shared else 2


def _preferred(asked: Asked, book: RuleBook) -> Mapping[str, float]:
    first = book.pathways.need.get(asked.needs[0]) if asked.needs else None
    return dict.fromkeys(first.first, 0.06) if first else {}


def _now(step: Step, asked: Asked, book: RuleBook) -> list[str]:
    """What a family can do today about its first need, on the first step that is theirs."""
    if step.code != "help_yourself" or not asked.needs:
        return []
    return list(book.pathways.need[asked.needs[0]].now)


def _suggested(each: Ranked, why: list[str]) -> Suggested:
    facts = each.facts
    return Suggested(
        id=facts.id,
        name=facts.name,
        organization=facts.organization,
        kind=facts.kind,
        distance_miles=None if each.distance is None else round(each.distance, 1),
        reasons=why,
        next_step=_next_step(facts),
        phone=facts.phone,
        url=f"/services/{facts.id}",
    )


def _next_step(facts: Facts) -> str:
    if facts.referral == "professional":
        return "Ask someone who works with you to contact them for you"
    ring = f"Ring {facts.phone}" if facts.phone else "Look at their page for how to get in touch"
    if facts.capacity == "waiting_list":
        return f"{ring} and ask to go on the waiting list"
    return f"{ring}, or go along" if facts.venues and facts.phone else ring


def _days_since(date: str | None, today: int) -> int | None:
    return today - dt.date.fromisoformat(date).toordinal() if date else None
