"""The figures again, slowly and as plainly as they are defined: one request after another, straight from the log."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from directory.db import Reader
from directory.referrals import clocks, codes

Record = dict[str, Any]


async def told(reader: Reader, to: dt.date) -> list[Record]:
    """Every request with its own events and those of its referrals, as they were when the day `to` began."""
    end = dt.datetime.combine(to, dt.time(0), clocks.LONDON)
    events = defaultdict(list)
    for row in await reader.fetch("select * from referral_event order by id"):
        if row["at"] < end:
            event = dict(row)
            import json

            event["data"] = json.loads(row["data"])
            events[row["request_id"]].append(event)
    marks = defaultdict(set)
    for row in await reader.fetch(
        "select request_id, digest from request_index where kind = any($1)", ["phone", "email"]
    ):
        marks[row["request_id"]].add(row["digest"])
    found = []
    for row in await reader.fetch("select id, needs, outcomes, areas from request"):
        if row["id"] not in events:
            continue
        request: Record = dict(row) | {"marks": marks[row["id"]], "events": events[row["id"]]}
        request["own"] = [e for e in request["events"] if e["referral_id"] is None]
        referrals = defaultdict(list)
        for event in request["events"]:
            if event["referral_id"] is not None:
                referrals[event["referral_id"]].append(event)
        request["referrals"] = [
            each
            for each in referrals.values()
            if each[0]["data"]["kind"] == "referral" and each[-1]["to_state"] != "entered_in_error"
        ]
        request["received"] = request["own"][0]["at"]
        state = request["own"][-1]["to_state"]
        closing = [e for e in request["own"] if e["to_state"] == "closed" and e["from_state"] != "closed"]
        request["closed"] = closing[-1] if state == "closed" else None
        if state == "entered_in_error" or (request["closed"] and request["closed"]["outcome"] == "duplicate"):
            continue
        found.append(request)
    return found


def day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clocks.LONDON).date()


def waited(start: dt.datetime, end: dt.datetime) -> int:
    return clocks.days_between(day(start), day(end))


def first_word(referral: list[Record]) -> Record | None:
    return next((e for e in referral if e["action"] in {"accept", "decline", "lapse"}), None)


def accept_days(referral: list[Record]) -> int | None:
    accepted = next((e for e in referral if e["action"] == "accept"), None)
    if accepted is None:
        return None
    paused, asked = 0, None
    for event in referral:
        if event["id"] > accepted["id"]:
            break
        if event["action"] == "ask_info":
            asked = event["at"]
        elif event["action"] == "give_info" and asked is not None:
            paused, asked = paused + waited(asked, event["at"]), None
    return max(0, waited(referral[0]["at"], accepted["at"]) - paused)


def last_said(request: Record, what: str) -> Any:
    said = [e["data"][what] for e in request["events"] if e["action"] == "score" and what in e["data"]]
    return said[-1] if said else None


def sent_of(request: Record) -> list[Record]:
    return [e for e in request["events"] if e["action"] == "send" and e["data"]["kind"] == "referral"]


class Slow:
    """`chosen` says which requests are looked at; the period is from `start` up to and without `end`."""

    def __init__(
        self,
        requests: list[Record],
        chosen: Callable[[Record], bool],
        start: dt.date,
        end: dt.date,
        to: dt.date,
    ) -> None:
        self.all = requests
        self.to = to
        kept = [request for request in requests if chosen(request)]
        self.received = [r for r in kept if start <= day(r["received"]) < end]
        self.closed = [r for r in kept if r["closed"] and start <= day(r["closed"]["at"]) < end]
        self.sent = [f for r in kept for f in r["referrals"] if start <= day(f[0]["at"]) < end]

    def requests(self) -> tuple[int, int]:
        return len(self.received), len(self.received)

    def triage_days(self) -> Iterator[int]:
        for request in self.received:
            for event in request["own"]:
                if event["party"] == "front_door" and event["action"] != "submit":
                    if event["from_state"] == event["to_state"]:
                        continue
                    yield waited(request["received"], event["at"])
                    break

    def accept_days(self) -> Iterator[int]:
        for referral in self.sent:
            if (days := accept_days(referral)) is not None:
                yield days

    def contact_days(self) -> Iterator[int]:
        for request in self.received:
            for event in request["events"]:
                if event["action"] == "first_contact":
                    yield waited(request["received"], event["at"])
                    break

    def acceptance(self) -> tuple[int, int]:
        words = [word["action"] for referral in self.sent if (word := first_word(referral))]
        return words.count("accept"), len(words)

    def accuracy(self) -> tuple[int, int]:
        words = []
        for request in self.received:
            sent = sent_of(request)
            first = next((f for f in request["referrals"] if sent and f[0]["id"] == sent[0]["id"]), None)
            if first and (word := first_word(first)):
                words.append(word["action"])
        return words.count("accept"), len(words)

    def re_routed(self) -> tuple[int, int]:
        sent = [sent_of(request) for request in self.received if sent_of(request)]
        return sum(any("replaces" in e["data"] for e in each) for each in sent), len(sent)

    def closed_loop(self) -> tuple[int, int]:
        ended = 0
        for referral in self.sent:
            moves = [e for e in referral if e["from_state"] != e["to_state"]]
            last = moves[-1]
            if (
                last["to_state"] in {"rejected", "failed", "completed", "cancelled"}
                and last["action"] != "lapse"
            ):
                ended += 1
        return ended, len(self.sent)

    def got_help(self) -> tuple[int, int]:
        said = [s for r in self.received if (s := last_said(r, "got_help"))]
        return sum(s in {"yes", "partly"} for s in said), len(said)

    def score(self) -> tuple[int, int]:
        said = [s for r in self.received if (s := last_said(r, "score")) is not None]
        return sum(s >= 8 for s in said), len(said)

    def again(self, within: int) -> tuple[int, int]:
        part = whole = 0
        for request in self.closed:
            closed = day(request["closed"]["at"])
            if not request["marks"] or closed + dt.timedelta(days=within) >= self.to:
                continue
            whole += 1
            part += any(
                other is not request
                and other["marks"] & request["marks"]
                and other["received"] > request["closed"]["at"]
                and (day(other["received"]) - closed).days <= within
                for other in self.all
            )
        return part, whole

    def ended(self, outcome: str) -> tuple[int, int]:
        return sum(r["closed"]["outcome"] == outcome for r in self.closed), len(self.closed)

    def plans(self) -> tuple[int, int]:
        begun = [r for r in self.received if any(e["action"] == "start_plan" for e in r["own"])]
        return len(begun), len(self.received)

    def turned_down(self) -> list[Record]:
        found = []
        for request in self.received:
            words = [word for referral in request["referrals"] if (word := first_word(referral))]
            refused = any(
                word["action"] == "lapse"
                or (word["action"] == "decline" and codes.REASONS[word["reason"]].group in {"service", "fit"})
                for word in words
            )
            if refused or (request["closed"] and request["closed"]["outcome"] == "not_met_no_service"):
                found.append(request)
        return found

    def counts(self) -> dict[str, tuple[int, int]]:
        return {
            "requests": self.requests(), "acceptance": self.acceptance(), "accuracy": self.accuracy(),
            "re_routed": self.re_routed(), "closed_loop": self.closed_loop(), "got_help": self.got_help(),
            "score": self.score(), "again_90": self.again(90), "again_365": self.again(365),
            "stepped_down": self.ended("stepped_down"), "stepped_up": self.ended("stepped_up"),
            "not_met": self.ended("not_met_no_service"), "plans": self.plans(),
        }  # fmt: skip

    def waits(self) -> dict[str, list[int]]:
        return {
            "triage_days": sorted(self.triage_days()), "accept_days": sorted(self.accept_days()),
            "contact_days": sorted(self.contact_days()),
        }  # fmt: skip
