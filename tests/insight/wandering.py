"""Histories that nobody would plan: any move that the rules allow, in any order, over weekends and clock changes."""

import datetime as dt
import random
from uuid import UUID

from directory.referrals import codes, lifecycle
from directory.referrals.lifecycle import Allowed, Ask, Attempt
from seed.requests import people
from seed.requests.story import Offer, Story
from seed.requests.world import COUNTY

NEEDS = ("young_carer", "bullying", "neurodiversity")
OUTCOMES = ("understood", "safe_and_secure")
ZONES = ("zone-01", "zone-02")
DISTRICTS = ("E07000148", "E07000145")
_SKIP = {
    "submit",
    "route",
    "hand_over",
    "send",
    "draft",
    "re_route",
    "correct",
    "add",
    "note",
    "call",
    "assign",
}
_REASONS = [code for code, each in codes.REASONS.items() if each.receiver]


def wander(rng: random.Random, offers: list[Offer], start: dt.datetime, number: int) -> Story:
    """A request of one of few families, moved at random some thirty times."""
    areas = rng.choice([
        (COUNTY, f"district:{d}", f"zone:{z}") for d in DISTRICTS for z in ZONES
    ] + [()])  # fmt: skip
    who = people.family(rng, number % 7, "NR3 1FH", areas, start.date(), (3, 9))
    family = rng.random() < 0.5
    story = Story(
        rng, start, people.details(rng, who, rng.choice(NEEDS), "self"),
        actor="family" if family else "staff:x", party="family" if family else "front_door",
        door="web", asker="self", needs=rng.sample(NEEDS, rng.randint(0, 2)),
        outcomes=rng.sample(OUTCOMES, rng.randint(0, 2)), level="early_help", ages=[5], areas=list(areas),
        safety_tier=0, safety_kinds=[], safeguarding=rng.random() < 0.1, lawful_basis="agreement", rules_version="",
        route={},
    )  # fmt: skip
    for _ in range(rng.randint(0, 30)):
        story.until(story.at + dt.timedelta(hours=rng.choice((0, 1, 5, 20, 30, 80, 200))))
        _step(rng, story, offers)
    return story


def _step(rng: random.Random, story: Story, offers: list[Offer]) -> None:
    request = story.request
    ask = Ask(
        state=story.state, open_attempts=len(story.open),
        unread_alerts=sum(each["alert"] == "unread" for each in story.referrals.values()),
        safeguarding=request["safeguarding"], safeguarding_read=request["safeguarding_read_at"] is not None,
    )  # fmt: skip
    can_send = story.state not in {"closed", "entered_in_error", "withdrawal_asked"}
    moves: list[tuple[str, UUID | None, Allowed | None, str]] = []
    for party in ("front_door", "family"):
        moves += [
            ("request", None, allowed, party)
            for allowed in lifecycle.request_actions(ask, {party})
            if allowed.action not in _SKIP and (allowed.action != "mark_error" or rng.random() < 0.05)
        ]
    for id_, row in story.referrals.items():
        attempt = Attempt(**{name: row[name] for name in Attempt.__struct_fields__})
        for party in ("receiver", "front_door", "family", "sender"):
            for allowed in lifecycle.referral_actions(attempt, {party}):
                if allowed.action not in _SKIP and (allowed.action != "mark_error" or rng.random() < 0.05):
                    moves += [("referral", id_, allowed, party)] * 2
        if can_send and row["status"] in {"rejected", "failed", "cancelled"} and not row["replaced"]:
            moves += [("again", id_, None, "front_door")] * 3
    if can_send:
        moves += [("send", None, None, rng.choice(("front_door", "family")))] * 3
    if not moves:
        return
    what, id_, allowed, party = rng.choice(moves)
    if what in {"send", "again"}:
        taken = {row["service_id"] for row in story.referrals.values() if row["ended_at"] is None}
        free = [e for e in offers if e.id not in taken and (party != "family" or e.kind != "statutory")]
        if free:
            to = rng.choice(free)
            by_phone = rng.random() < 0.1 and party == "front_door"
            story.send(to, "staff:x", party, by_phone=by_phone or to.kind == "statutory", instead_of=id_)
        return
    assert allowed is not None
    given = _given(rng, allowed)
    if what == "request":
        story.act(allowed.action, "staff:x", party, **given)
        return
    assert id_ is not None
    row = story.referrals[id_]
    if row["flagged"] and row["alert"] != "read" and "could_not_contact" in given.values():
        return
    if allowed.action in {"call_made", "letter_received"} and row["kind"] != "phone_handover":
        return
    story.answer(allowed.action, id_, "staff:x", party, **given)


def _given(rng: random.Random, allowed: Allowed) -> dict[str, object]:
    given: dict[str, object] = {"note": "said"}
    if "reason" in allowed.needs:
        given["reason"] = rng.choice(_REASONS)
    if "outcome" in allowed.needs:
        usable = [code for code, each in codes.OUTCOMES.items() if each.attempt]
        given["outcome"] = rng.choice([each for each in usable if each != "duplicate" or rng.random() < 0.3])
    if "date" in allowed.needs:
        given["date"] = dt.date(2025, 6, 2)
    if "contact" in allowed.needs:
        given |= {"channel": "phone", "result": rng.choice(("reached", "no_answer"))}
    if allowed.action == "score":
        if rng.random() < 0.7:
            given["score"] = rng.randint(1, 10)
        if rng.random() < 0.7:
            given["got_help"] = rng.choice(codes.GOT_HELP)
    return given
