"""The demonstration's open requests: every state that a queue can show, some on time and some not. Pure."""

import datetime as dt
import random
from collections.abc import Callable
from uuid import UUID

from directory.referrals import clocks
from seed.requests import people
from seed.requests.plots import NEEDS, Plot
from seed.requests.story import DESK, Story
from seed.requests.world import World

Make = Callable[[Plot], None]


def new(plot: Plot) -> None:
    """Nobody has looked at it."""


def looking(plot: Plot) -> None:
    plot.triage()


def taken_on(plot: Plot) -> None:
    plot.worker = plot.world.desk[0]
    plot.triage()
    plot.story.act("note", plot.worker, note="Rang once, no answer. Will try after school.")


def asked_more(plot: Plot) -> None:
    plot.triage()
    plot.wait(0)
    plot.story.act("ask_info", plot.worker, note="Which school is it, and when is it good to ring?")


def told_more(plot: Plot) -> None:
    asked_more(plot)
    plot.wait(0.5)
    plot.story.act("give_info", "family", "family", note="It is the school by the green. Mornings are best.")


def advice(plot: Plot) -> None:
    plot.triage()
    plot.wait(0)
    plot.story.act("advise", plot.worker, note="Told them of the drop-in on Tuesdays.")


def emergency(plot: Plot) -> None:
    plot.triage()
    plot.story.act(
        "advise_emergency", plot.worker, note="Advised 999; they rang while I was on the other line."
    )


def sent(plot: Plot) -> UUID:
    plot.triage()
    to = plot.offer()
    assert to is not None
    return plot.send(to)


def waiting(plot: Plot) -> None:
    sent(plot)


def opened(plot: Plot) -> None:
    referral = sent(plot)
    plot.wait(0.5)
    plot.answers(referral, "open")


def question(plot: Plot) -> None:
    referral = sent(plot)
    plot.wait(1)
    plot.answers(referral, "ask_info", note="Is the child known to speech and language already?")


def accepted(plot: Plot) -> None:
    plot.accept(sent(plot))


def trying(plot: Plot) -> None:
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(1)
    plot.answers(referral, "contact_attempt", channel="phone", result="left_message")


def helping(plot: Plot) -> None:
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(2)
    plot.answers(referral, "first_contact")
    if plot.rng.random() < 0.5:
        plot.wait(1)
        plot.answers(referral, "schedule", date=clocks.add_days(clocks.local_day(plot.story.at), 6))


def missed(plot: Plot) -> None:
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(1)
    plot.answers(referral, "first_contact")
    plot.wait(1)
    plot.answers(referral, "no_show")


def listed(plot: Plot) -> None:
    referral = sent(plot)
    plot.wait(1)
    plot.answers(referral, "waitlist", date=clocks.add_days(clocks.local_day(plot.story.at), 30))


def refused(plot: Plot) -> None:
    plot.decline(sent(plot))


def late(plot: Plot) -> None:
    referral = sent(plot)
    plot.wait(3)
    plot.story.remind(referral)
    plot.wait(2.5)
    plot.story.remind(referral, escalate=True)


def second_try(plot: Plot) -> None:
    referral = sent(plot)
    plot.decline(referral)
    to = plot.offer(but={plot.story.referrals[referral]["service_id"]})
    if to is not None:
        plot.send(to, instead_of=referral)


def done(plot: Plot) -> None:
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(1)
    plot.answers(referral, "first_contact")
    plot.wait(3)
    plot.answers(referral, "outcome", outcome="need_met")


def rung(plot: Plot) -> None:
    plot.triage()
    plot.wait(0)
    referral = plot.story.send(plot.world.statutory[0], plot.worker, by_phone=True)
    if plot.rng.random() < 0.6:
        plot.wait(0)
        plot.story.answer(
            "call_made", referral, plot.worker, DESK, note="Spoke with the duty worker at length."
        )


def withdrawing(plot: Plot) -> None:
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(1)
    plot.story.act("withdraw", "family", "family")
    plot.story.answer("request_cancel", referral, "family", "family", reason="family_withdrew")


def unreached(plot: Plot) -> None:
    """The family of a flagged referral did not answer, and the desk has not read that yet."""
    if not plot.story.request["safeguarding"]:
        said = "School rang: worried about what happens at home."
        plot.story.act("flag_safeguarding", plot.worker, note=said)
    referral = sent(plot)
    plot.accept(referral)
    plot.wait(1)
    plot.answers(referral, "contact_attempt", channel="phone", result="no_answer")


# How many of each, and how many working days ago they began.
QUEUE: tuple[tuple[Make, int, tuple[float, float]], ...] = (
    (new, 8, (0, 1)), (new, 2, (2, 4)), (looking, 4, (0, 2)), (taken_on, 3, (1, 3)), (asked_more, 3, (1, 5)),
    (told_more, 2, (2, 4)), (advice, 3, (3, 8)), (emergency, 1, (0, 1)), (waiting, 5, (0, 2)), (waiting, 2, (5, 7)),
    (opened, 3, (2, 3)), (question, 2, (3, 6)), (accepted, 4, (4, 7)), (trying, 3, (6, 9)), (helping, 5, (9, 20)),
    (missed, 1, (10, 14)), (listed, 3, (6, 15)), (refused, 3, (4, 7)), (late, 2, (9, 12)), (second_try, 2, (7, 10)),
    (done, 2, (14, 20)), (rung, 2, (1, 2)), (withdrawing, 1, (8, 10)), (unreached, 1, (7, 9)),
)  # fmt: skip
_FLAGGED: dict[Make, int] = {new: 2, rung: 2}  # the first of these are about somebody's safety


def queue(world: World, rng: random.Random, now: dt.datetime) -> list[Story]:
    """About 65 open requests. Some families are there twice, so that the desk sees who asked before."""
    found: list[Story] = []
    number = 0
    flagged = dict(_FLAGGED)
    before: people.Family | None = None
    for make, many, (least, most) in QUEUE:
        for _ in range(many):
            safety = flagged.get(make, 0) > 0
            flagged[make] = flagged.get(make, 0) - 1
            for again in range(90):
                number += 1
                # Early on a Monday little can have happened today: then it began some days earlier.
                ago = rng.uniform(least, most) + again // 12
                plot = _plot(world, rng, now, number, ago, safety, before)
                if plot is None or (make not in _ALONE and not plot.offers):
                    continue
                make(plot)
                if plot.story.at < now:
                    found.append(plot.story)
                    before = plot.who if number % 9 == 0 else None
                    break
    return found


_ALONE = {new, looking, taken_on, asked_more, told_more, advice, emergency, rung}


def _plot(
    world: World, rng: random.Random, now: dt.datetime, number: int, ago: float, safety: bool,
    before: people.Family | None,
) -> Plot | None:  # fmt: skip
    need = "domestic_abuse" if safety else rng.choice([one for one in NEEDS if one != "domestic_abuse"])
    home = rng.choice(world.homes)
    day = clocks.local_day(now)
    back = int(ago)
    while back > 0:
        day -= dt.timedelta(days=1)
        back -= clocks.working(day)
    at = dt.datetime.combine(day, dt.time(rng.randint(7, 16), rng.randint(0, 59)), clocks.LONDON).astimezone(
        dt.UTC
    )
    if at >= now - dt.timedelta(minutes=5):
        at = now - dt.timedelta(minutes=rng.randint(6, 240))
    who = before or people.family(rng, 700 + number, home.postcode, home.areas, now.date(), (3, 15))
    plot = Plot(world, rng, who, need, at)
    return plot if bool(plot.story.request["safeguarding"]) == safety else None
