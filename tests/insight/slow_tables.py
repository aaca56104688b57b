"""The tables again, slowly and as plainly as they are defined, with every count as it is."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from directory.insight.figures import BANDS, Choice
from directory.referrals import clocks, codes
from tests.insight.slow import Record, Slow, first_word, last_said

ENOUGH = 4  # of a base of 1
ENDS = {"rejected", "failed", "completed", "cancelled"}
Rows = list[list[Any]]


class Sign(NamedTuple):
    """What one row of the counted gaps or misses says; `gap` is false for a search."""

    day: dt.date
    need: str
    area: str
    gap: bool
    many: int


class Tables:
    """One method a table, by its code: its rows in any order, None where there is nothing to show."""

    def __init__(self, slow: Slow, quarters: Sequence[tuple[str, Slow]]) -> None:
        self.slow, self.quarters = slow, quarters

    def trend(self) -> Rows:
        found: Rows = []
        for label, slow in self.quarters:
            counts = slow.counts()
            shares = [
                part / whole if whole >= ENOUGH else None
                for part, whole in (counts[code] for code in ("acceptance", "accuracy", "got_help"))
            ]
            found.append([label, float(len(slow.received)) or None, *shares])
        return found

    def waits(self) -> Rows:
        aims = {
            "triage_days": clocks.DAYS["triage"]["routine"],
            "accept_days": clocks.DAYS["answer"]["routine"],
        }
        labels = {
            "triage_days": "Until somebody looked at it",
            "accept_days": "Until a service said yes",
            "contact_days": "From asking to the first contact",
        }
        return [
            [label, within(waits, 5), within(waits, 9), aims.get(code), len(waits)]
            for code, label in labels.items()
            for waits in [self.slow.waits()[code]]
        ]

    def wait_bands(self) -> Rows:
        waits = self.slow.waits()["contact_days"]
        bands = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 10), (11, 15), (16, 20), (21, 40))
        rows: Rows = [
            [f"{low} to {high}", sum(low <= each <= high for each in waits) or None] for low, high in bands
        ]
        return [*rows, ["more than 40", sum(each > 40 for each in waits) or None]]

    def path(self) -> Rows:
        received = self.slow.received
        sent = [r for r in received if any(sending(e) for e in r["events"])]
        accepted = [r for r in sent if any(e["action"] == "accept" and e["referral_id"] for e in r["events"])]
        spoken = [r for r in accepted if any(e["action"] == "first_contact" for e in r["events"])]
        ended = [r for r in spoken if any(ending(e) for e in r["events"])]
        return [
            ["Asked", len(received) or None],
            ["Sent to a service", len(sent) or None],
            ["Accepted by a service", len(accepted) or None],
            ["Spoken with by the service", len(spoken) or None],
            ["Ended, and somebody said how", len(ended) or None],
        ]

    def ends(self) -> Rows:
        counts = Counter(r["closed"]["outcome"] for r in self.slow.closed)
        return [
            [each.label, counts[code] or None] for code, each in codes.OUTCOMES.items() if code != "duplicate"
        ]

    def refusals(self) -> Rows:
        counts: Counter[str] = Counter()
        for referral in self.slow.sent:
            word = first_word(referral)
            if word and word["action"] == "decline":
                counts[word["reason"]] += 1
            elif word and word["action"] == "lapse":
                counts["no_answer"] += 1
        return [[each.label, counts[code] or None] for code, each in codes.REASONS.items()]

    def said(self) -> Rows:
        counts = Counter(last_said(r, "got_help") for r in self.slow.received)
        labels = {"yes": "Yes", "partly": "Partly", "no": "No", "not_yet": "Not yet"}
        return [[label, counts[code] or None] for code, label in labels.items()]


def sending(event: Record) -> bool:
    return event["action"] == "send" and event["data"]["kind"] == "referral"


def ending(event: Record) -> bool:
    moved = event["from_state"] != event["to_state"] and event["to_state"] in ENDS
    return moved and event["action"] != "lapse" and event["referral_id"] is not None


def within(waits: list[int], tenths: int) -> float | None:
    """The end of the band in which the wait lies that so many tenths of them do not pass; 61 for longer than all."""
    if len(waits) < ENOUGH:
        return None
    wait = sorted(waits)[-(-tenths * len(waits) // 10) - 1]
    return float(next((last for last in BANDS if wait <= last), BANDS[-1] + 1))


def signs_of(
    slow: Slow, signs: list[Sign], choice: Choice, kind: str, needs: Sequence[str], areas: Sequence[str]
) -> Counter[tuple[str, str, str]]:
    """How many signs of each need, place (empty for elsewhere) and source."""
    found: Counter[tuple[str, str, str]] = Counter()
    for request in slow.turned_down():
        place = next((a for a in request["areas"] if a.startswith(kind) and a in areas), "")
        for need in request["needs"]:
            if need in needs and choice.need in {"", need}:
                found[need, place, "requests"] += 1
    for sign in signs:
        if not choice.period.start <= sign.day < min(choice.period.end, slow.to):
            continue
        if sign.need not in needs or choice.need not in {"", sign.need}:
            continue
        place = sign.area if sign.area in areas else ""
        # A route counts once for its zone and once for its district: those of one kind are told apart, no more.
        if choice.area:
            wanted = place == choice.area
        elif choice.scopes:
            wanted = place in choice.scopes and place.startswith(kind)
        else:
            wanted = not place or place.startswith(kind)
        if wanted:
            here = place if place.startswith(kind) else ""
            found[sign.need, here, "gaps" if sign.gap else "misses"] += sign.many
    return found
