"""How invented requests go: a year of them, from the first call to "how did it go?". Pure: one seed, one year.

The shares are made up to look like a busy front door: some needs and places are served worse than others, so that the
figures have something to say. They are nobody's real figures.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from directory.referrals import clocks
from seed.requests import people
from seed.requests.people import Family
from seed.requests.story import DESK, Offer, Story, chosen, in_hours
from seed.requests.world import Home, World

# How often each need is asked for, and how often a service has no room for it.
NEEDS: dict[str, tuple[float, float]] = {
    "parenting_support": (9, 0.08), "behaviour_at_home": (7, 0.22), "emotional_wellbeing": (10, 0.34),
    "neurodiversity": (9, 0.38), "send_support": (6, 0.2), "school_attendance": (7, 0.18),
    "housing_homelessness": (6, 0.34), "money_debt_benefits": (7, 0.1), "food_and_essentials": (6, 0.05),
    "social_isolation": (5, 0.1), "speech_language_communication": (4, 0.3), "early_years_childcare": (4, 0.14),
    "parental_conflict_separation": (4, 0.2), "bereavement_loss": (3, 0.15), "young_carer": (3, 0.16),
    "disability_short_breaks": (3, 0.36), "bullying": (3, 0.1), "domestic_abuse": (3, 0.12),
    "parent_mental_health": (4, 0.24), "substance_use": (2, 0.2), "pregnancy_perinatal": (2, 0.1),
    "activities_leisure": (3, 0.08), "training_employment": (2, 0.08), "online_safety": (1.5, 0.1),
    "youth_offending_asb": (1.5, 0.2), "migration_language": (1.5, 0.24), "school_behaviour_exclusion": (3, 0.24),
    "kinship_fostering_adoption": (1.5, 0.2), "child_health": (2, 0.12), "identity_belonging": (1, 0.2),
    "school_places_transport": (1.5, 0.3), "advocacy_and_voice": (1, 0.1),
}  # fmt: skip
# Zones that ask more, and where rooms are scarcer.
ZONES = {"zone-04": (1.6, 1.25), "zone-11": (1.5, 1.3), "zone-14": (1.4, 1.5), "zone-02": (1.2, 1.3)}
_AGES: dict[str, tuple[int, int]] = {
    "early_years_childcare": (1, 3), "pregnancy_perinatal": (0, 1), "speech_language_communication": (2, 6),
    "school_attendance": (8, 15), "youth_offending_asb": (12, 17), "training_employment": (16, 18),
    "young_carer": (8, 16), "online_safety": (8, 15), "parenting_support": (2, 9),
}  # fmt: skip
_SAFE = {"domestic_abuse": "domestic_abuse", "abuse_neglect_concern": "child_abuse"}
_DOORS = (("web", 5), ("phone", 6), ("school", 4), ("health", 2), ("voluntary", 2), ("council", 1))
_SENDERS = {"school": "key:demoschool", "health": "key:demohealth"}


class Plot:
    """One story as it is being made up."""

    def __init__(self, world: World, rng: random.Random, who: Family, need: str, at: dt.datetime) -> None:
        self.world, self.rng, self.who, self.need = world, rng, who, need
        self.full = 0.0  # how often a service has no room, where that is not left to need and place
        self.worker = rng.choice(world.desk)
        door = chosen(rng, _DOORS)
        asker = "professional" if door in {"school", "health"} else chosen(rng, (("self", 9), ("someone", 1)))
        kind = _SAFE.get(need)
        concern = "Says that voices were raised while we spoke." if kind and rng.random() < 0.4 else ""
        safeguarding = bool(kind) and (bool(concern) or rng.random() < 0.3)
        found = world.needs[need]
        age = max(0, (at.date() - who.born).days // 365)
        more = [need] + ([self._second()] if rng.random() < 0.3 else [])
        actor = {"web": "family"}.get(door) or _SENDERS.get(door) or self.worker
        party = {"web": "family"}.get(door) or ("sender" if door in _SENDERS else DESK)
        self.offers = world.near(need, who.areas)
        self.story = Story(
            rng, at, people.details(rng, who, need, asker, concern=concern), actor=actor, party=party, door=door,
            asker=asker, needs=more, outcomes=sorted({o for n in more for o in world.needs[n].outcomes[:1]}),
            level=found.level, ages=[age], areas=list(who.areas), safety_tier=1 if safeguarding else 0,
            safety_kinds=[kind] if kind and safeguarding else [], safeguarding=safeguarding,
            lawful_basis="agreement", rules_version=world.rules_version,
            route=_route(self.offers[:4], found.level),
        )  # fmt: skip

    def wait(self, days: float) -> None:
        self.story.until(in_hours(self.rng, self.story.at, days))

    def triage(self) -> None:
        urgent = self.story.request["priority"] == "urgent"
        self.wait(self.rng.choice((0, 0, 0.1)) if urgent else self.rng.choice((0, 0, 0, 1, 1, 1.2, 2, 3)))
        self.story.act("triage", self.worker)
        if self.story.request["safeguarding"]:
            self.wait(0)
            self.story.act("read_safeguarding", self.worker, note="Talked it through with the duty worker.")

    def offer(self, *, but: set[UUID] = frozenset()) -> Offer | None:  # type: ignore[assignment]
        here = [each for each in self.offers if each.id not in but]
        if not here:
            return None
        return here[min(int(self.rng.expovariate(0.6)), len(here) - 1)]

    def send(self, to: Offer, instead_of: UUID | None = None) -> UUID:
        self.wait(self.rng.choice((0, 0, 0.3, 1)))
        why = {
            "step": "near_you",
            "level": to.level or "",
            "reasons": ["It is for this need", "It covers the area"],
        }
        return self.story.send(to, self.worker, instead_of=instead_of, reasons=why)

    def answers(self, referral: UUID, action: str, **given: Any) -> None:
        self.story.answer(action, referral, self.receiver(referral), **given)

    def receiver(self, referral: UUID) -> str:
        return f"link:{referral}"

    def refused(self) -> bool:
        """Whether a service has no room for this one: by need, worse in some zones."""
        zone = self.who.areas[2].partition(":")[2]
        return self.rng.random() < (self.full or min(0.8, NEEDS[self.need][1] * ZONES.get(zone, (1, 1))[1]))

    def accept(self, referral: UUID) -> None:
        self.wait(self.rng.choice((0, 1, 1, 1, 2, 2, 3)))
        if self.rng.random() < 0.4 and self.story.referrals[referral]["status"] == "requested":
            self.answers(referral, "open")
            self.wait(self.rng.choice((0, 1)))
        self.answers(referral, "accept", date=clocks.add_days(clocks.local_day(self.story.at), 5))

    def decline(self, referral: UUID) -> None:
        self.wait(self.rng.choice((1, 1, 2, 3)))
        reason = chosen(self.rng, (("no_capacity", 5), ("waitlist_closed", 2), ("not_eligible", 2), ("wrong_age", 1),
                                   ("out_of_area", 1), ("need_too_high", 1)))  # fmt: skip
        noted = reason in {"not_eligible", "need_too_high"}
        self.answers(
            referral, "decline", reason=reason, note="We talked it over in the team." if noted else ""
        )

    def lapse(self, referral: UUID) -> None:
        self.wait(3)
        self.story.remind(referral)
        self.wait(2.5)
        self.story.remind(referral, escalate=True)
        self.wait(1)
        self.story.answer("lapse", referral, self.worker, DESK)

    def reach(self, referral: UUID) -> bool:
        """First contact, at the first try or a later one; False where nobody is reached in three."""
        for number in range(3):
            self.wait(self.rng.choice((1, 1, 2, 3, 4)) if number == 0 else 3)
            if self.rng.random() < 0.64:
                self.answers(referral, "first_contact")
                return True
            self.answers(referral, "contact_attempt", channel="phone", result="no_answer")
            if self.story.referrals[referral]["alert"] == "unread":
                self.wait(1)
                self.story.answer("read_alert", referral, self.worker, DESK)
        return False

    def work(self, referral: UUID, outcome: str) -> None:
        self.wait(self.rng.choice((2, 4, 6)))
        if self.rng.random() < 0.5:
            self.answers(referral, "schedule", date=clocks.add_days(clocks.local_day(self.story.at), 4))
            self.wait(4)
            if self.rng.random() < 0.15:
                self.answers(referral, "no_show")
                self.wait(4)
        self.wait(self.rng.choice((5, 10, 15, 25, 35)))
        note = (
            "Went well on the whole; there is more to do." if outcome in {"partly_met", "stepped_up"} else ""
        )
        self.answers(referral, "outcome", outcome=outcome, note=note)

    def close(self, outcome: str) -> None:
        self.wait(self.rng.choice((0, 0.5, 1)))
        for referral, row in self.story.referrals.items():
            if row["alert"] == "unread":
                self.story.answer("read_alert", referral, self.worker, DESK)
        noted = outcome in {"partly_met", "stepped_up", "not_met_no_service"}
        self.story.act(
            "close", self.worker, outcome=outcome, note="As agreed with the family." if noted else ""
        )

    def say_how_it_went(self, until: dt.datetime) -> None:
        """Some families say; those who were helped are happier, and most are asked in vain."""
        got = str(self.story.request["outcome"])
        helped = got in {"need_met", "partly_met", "stepped_down"}
        if self.rng.random() < (0.52 if helped else 0.34):
            self.wait(self.rng.choice((10, 11, 13, 16)))
            score = min(
                10, max(1, round(self.rng.gauss(8.4 if got == "need_met" else 6.8 if helped else 4.2, 1.6)))
            )
            words = "yes" if got in {"need_met", "stepped_down"} else "partly" if helped else "no"
            if self.story.at < until:
                self.story.act("score", "family", "family", score=score, got_help=words)
        due = self.story.request["follow_up_at"]
        if due is not None and due < until:
            self.story.quietly(follow_up_at=None)

    def _second(self) -> str:
        return self.rng.choice([need for need in NEEDS if need != self.need])


def routed(plot: Plot) -> None:
    """Asked, refused perhaps and asked elsewhere, reached, helped, closed."""
    plot.triage()
    tried: set[UUID] = set()
    last: UUID | None = None
    for number in range(6):
        to = plot.offer(but=tried)
        if to is None or (number and not plot.full and plot.rng.random() < 0.3):
            break
        last = plot.send(to, instead_of=last)
        tried.add(to.id)
        if plot.rng.random() < 0.06:
            plot.lapse(last)
        elif plot.refused():
            plot.decline(last)
        else:
            _helped(plot, last)
            return
    plot.close("not_met_no_service")


def _helped(plot: Plot, referral: UUID) -> None:
    if plot.rng.random() < 0.12:
        plot.wait(1)
        plot.answers(referral, "waitlist", date=clocks.add_days(clocks.local_day(plot.story.at), 25))
        plot.wait(plot.rng.choice((15, 20, 30)))
    plot.accept(referral)
    if not plot.reach(referral):
        plot.answers(referral, "unable", reason="could_not_contact")
        plot.close("could_not_contact")
        return
    if plot.rng.random() < 0.05:
        plot.wait(3)
        plot.story.answer("request_cancel", referral, plot.worker, DESK, reason="family_withdrew")
        plot.wait(1)
        plot.answers(referral, "confirm_cancel")
        plot.close("family_declined")
        return
    outcome = chosen(plot.rng, (("need_met", 56), ("partly_met", 22), ("info_only", 8), ("family_declined", 6),
                                ("stepped_down", 6), ("moved_away", 2)))  # fmt: skip
    plot.work(referral, outcome)
    plot.close(outcome)


def advised(plot: Plot) -> None:
    """Advice was enough."""
    plot.triage()
    plot.wait(0.3)
    plot.story.act("advise", plot.worker, note="Told them of the self-help pages and of the group near them.")
    plot.wait(plot.rng.choice((5, 8, 10)))
    plot.close(chosen(plot.rng, (("info_only", 5), ("need_met", 2), ("family_declined", 1))))


def together(plot: Plot) -> None:
    """Two services under one plan."""
    plot.triage()
    first, second = plot.offer(), None
    if first is not None:
        second = plot.offer(but={first.id})
    if first is None or second is None:
        advised_on(plot)
        return
    plot.story.act("override", plot.worker, note="More than one service is needed.", level="early_help")
    plot.story.act("start_plan", plot.worker)
    for number, to in enumerate((first, second)):
        referral = plot.send(to)
        plot.accept(referral)
        if not plot.reach(referral):
            plot.answers(referral, "first_contact")
        plot.work(referral, "need_met" if number else "partly_met")
    plot.story.act("close_plan", plot.worker)
    plot.close("need_met")


def advised_on(plot: Plot) -> None:
    """As `advised`, for one that is being looked at already."""
    plot.story.act("advise", plot.worker, note="Talked through what is near.")
    plot.wait(6)
    plot.close("info_only")


def stepped_up(plot: Plot) -> None:
    """Rung through to the statutory door, which takes it on."""
    plot.triage()
    plot.wait(0)
    to = plot.rng.choice(plot.world.statutory[:3]) if plot.world.statutory else None
    if to is None:
        advised_on(plot)
        return
    referral = plot.story.send(to, plot.worker, by_phone=True)
    plot.wait(0)
    plot.story.answer("call_made", referral, plot.worker, DESK, note="Spoke with the duty worker.")
    plot.wait(1)
    plot.story.answer("accept", referral, plot.worker, DESK, date=clocks.local_day(plot.story.at))
    plot.wait(3)
    plot.story.answer("letter_received", referral, plot.worker, DESK)
    plot.wait(1)
    plot.story.answer(
        "outcome", referral, plot.worker, DESK, outcome="stepped_up", note="They have taken it on."
    )
    plot.close("stepped_up")


def duplicate(plot: Plot) -> None:
    plot.triage()
    plot.close("duplicate")


def mistake(plot: Plot) -> None:
    plot.triage()
    plot.story.act("mark_error", plot.worker, note="Typed in for the wrong family.")


CLOSED: tuple[tuple[Callable[[Plot], None], float], ...] = (
    (routed, 68), (advised, 16), (together, 6), (stepped_up, 5), (duplicate, 2), (mistake, 2),
)  # fmt: skip


def year(
    world: World, rng: random.Random, number: int, now: dt.datetime, *, days: int = 520, full: float = 0.0
) -> Iterator[Story]:
    """`number` stories that ended before `now`, begun in the `days` before it; one family in six asks again.

    `full` is how often a service has no room, for a busier county: 0.75 makes about three referrals a request.
    """
    made, tries = 0, 0
    again: list[tuple[Family, str, dt.datetime]] = []
    while made < number:
        tries += 1
        who, need, at = _asks(world, rng, tries, now, days)
        if again:
            who, need, at = again.pop()
        if at >= now - dt.timedelta(days=2):
            continue
        plot = Plot(world, rng, who, need, at)
        plot.full = full
        grave = plot.story.request["safeguarding"] and rng.random() < 0.6
        goes = routed if full else stepped_up if grave else chosen(rng, CLOSED)
        goes(plot)
        if plot.story.at >= now or plot.story.request["closed_at"] is None:
            continue
        ended = plot.story.at
        if plot.story.state == "closed":
            plot.say_how_it_went(now)
            if rng.random() < 0.17:
                again.append((who, need, ended + dt.timedelta(days=8 + rng.expovariate(1 / 110))))
        made += 1
        yield plot.story


def _asks(
    world: World, rng: random.Random, number: int, now: dt.datetime, days: int
) -> tuple[Family, str, dt.datetime]:
    need = rng.choices(list(NEEDS), [weight for weight, _ in NEEDS.values()])[0]
    ago = days * (1 - rng.random() ** 0.85)  # a little more each month
    at = (now - dt.timedelta(days=ago + 1)).replace(
        hour=rng.randint(7, 20), minute=rng.randint(0, 59), second=0
    )
    ages = _AGES.get(need, (4, 15))
    who = people.family(rng, number, *_home(world, rng), at.date(), ages)
    return who, need, at


def _home(world: World, rng: random.Random) -> tuple[str, tuple[str, ...]]:
    while True:
        home: Home = rng.choice(world.homes)
        if rng.random() * 1.6 < ZONES.get(home.zone.partition(":")[2], (1.0, 1.0))[0]:
            return home.postcode, home.areas


def _route(offers: list[Offer], level: str) -> dict[str, Any]:
    suggestions = [
        {"service_id": str(each.id), "name": each.name, "step": "near_you", "level": each.level or level,
         "reasons": ["It is for this need", "It covers the area"]}
        for each in offers
    ]  # fmt: skip
    return {"steps": [{"step": "near_you", "level": level, "title": "Near you"}], "suggestions": suggestions}
