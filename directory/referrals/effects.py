"""What a move changes in its row besides the state: owners, clocks, reasons, dates. Pure.

The functions return columns and their new values. A referral's `due_at` is the answer, then the first contact, then
what was promised; it stands still only while a question waits for its answer.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from directory.referrals import clocks
from directory.referrals.lifecycle import Ask, Attempt
from directory.referrals.retention import erase_on
from directory.referrals.shapes import Act
from directory.referrals.transitions import REFERRAL_ENDED, REQUEST_ENDED

CHASE = 5  # working days to wait for a family's answer before asking again
_REASONS = {"lapse": "no_answer", "mark_error": "entered_in_error"}


def on_request(
    row: Mapping[str, Any], before: Ask, after: Ask, act: Act, actor: str, now: dt.datetime
) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "version": row["version"] + 1, "state": after.state, "last_action": act.action, "changed_at": now,
    }  # fmt: skip
    if after.state in REQUEST_ENDED and before.state not in REQUEST_ENDED:
        changes |= {
            "closed_at": now, "due_at": None, "outcome": act.outcome or None,
            "follow_up_at": clocks.due("follow_up", now) if after.state == "closed" else None,
            "erase_on": erase_on(after.state, act.outcome, clocks.local_day(now), safeguarding=after.safeguarding),
        }  # fmt: skip
    elif act.action == "reopen":
        changes |= {"closed_at": None, "outcome": None, "erase_on": None, "follow_up_at": None}
        changes["due_at"] = clocks.due("triage", now, row["priority"])
    elif after.state != before.state:
        changes |= {
            "due_at": _request_due(after.state, row["priority"], now),
            "escalated_at": None,
            "reminded_at": None,
        }
    changes |= _said(row, act, actor, now)
    return changes


def _request_due(state: str, priority: str, now: dt.datetime) -> dt.datetime | None:
    """When the front door has to look next; None while others have the next step."""
    match state:
        case "needs_info":
            return clocks.due_in(now, CHASE)
        case "advice_given":
            return clocks.due("follow_up", now, priority)
        case "handed_over":
            return clocks.due("statutory", now, priority)
        case "routed":
            return None
        case _:
            return clocks.due("triage", now, priority)


def _said(row: Mapping[str, Any], act: Act, actor: str, now: dt.datetime) -> dict[str, Any]:
    match act.action:
        case "triage":
            return {"owner": row["owner"] or actor}
        case "assign":
            return {"owner": act.owner or actor}
        case "override":
            said: dict[str, Any] = {}
            if act.needs is not None:
                said["needs"] = act.needs
            if act.level:
                said["level"] = act.level
            return said
        case "read_safeguarding":
            return {"safeguarding_read_at": now, "safeguarding_read_by": actor}
        case "clear_safeguarding":
            return {"safeguarding": False}
        case "flag_safeguarding":
            return {
                "safeguarding": True, "safeguarding_read_at": None, "safeguarding_read_by": None, "priority": "urgent",
                "due_at": clocks.due("triage", now, "urgent"),
            }  # fmt: skip
        case "score":
            return {
                "score": act.score if act.score is not None else row["score"],
                "got_help": act.got_help or row["got_help"],
                "follow_up_at": None,
            }
        case _:
            return {}


def on_referral(
    row: Mapping[str, Any], before: Attempt, after: Attempt, act: Act, now: dt.datetime
) -> dict[str, Any]:
    changes: dict[str, Any] = {name: getattr(after, name) for name in Attempt.__struct_fields__}
    changes |= {"version": row["version"] + 1, "last_action": act.action, "changed_at": now}
    if act.receiver_ref is not None:
        changes["receiver_ref"] = act.receiver_ref
    if act.action in {"accept", "waitlist", "decline"} and row["answered_at"] is None:
        changes["answered_at"] = now
    if act.action == "first_contact":
        changes["contacted_at"] = now
    if act.action in {"accept", "waitlist", "schedule"}:
        changes["promised"] = act.date
    if act.action == "outcome":
        changes["reason"] = None  # the outcome beats a cancellation that was asked for
    elif act.reason or act.action in _REASONS:
        changes["reason"] = act.reason or _REASONS[act.action]
    if after.status in REFERRAL_ENDED and before.status not in REFERRAL_ENDED:
        return changes | {
            "ended_at": now, "due_at": None, "paused_at": None,
            "outcome": act.outcome if after.status == "completed" else None,
        }  # fmt: skip
    return changes | _referral_clock(row, after, act, now)


def _referral_clock(row: Mapping[str, Any], after: Attempt, act: Act, now: dt.datetime) -> dict[str, Any]:
    fresh = {"reminded_at": None, "escalated_at": None, "paused_at": None}
    match act.action:
        case "send":
            return {**fresh, "due_at": clocks.due("answer", now, row["priority"])}
        case "accept":
            return {**fresh, "due_at": clocks.due("first_contact", now, row["priority"])}
        case "ask_info":
            return {"paused_at": now}
        case "give_info":
            due, paused = row["due_at"], row["paused_at"]
            return {**fresh, "due_at": clocks.resumed(due, paused, now) if due and paused else due}
        case "waitlist" | "schedule":
            return {**fresh, "due_at": clocks.closing(act.date) if act.date else None}
        case "first_contact":
            return {**fresh, "due_at": None}
        case _:
            return {}


def on_request_of(row: Mapping[str, Any], after: Attempt, act: Act, now: dt.datetime) -> dict[str, Any]:
    """What a referral's move does to its request's clocks; these are bookkeeping and raise no version."""
    if act.action == "first_contact" and row["follow_up_at"] is None and row["closed_at"] is None:
        return {"follow_up_at": clocks.due("follow_up", now)}
    if row["closed_at"] is not None or row["state"] != "routed":
        return {}
    if after.status in REFERRAL_ENDED or act.action == "ask_info":
        return {"due_at": clocks.due("triage", now, row["priority"])}
    return {}


def for_log(act: Act) -> dict[str, Any]:
    """The part of an action that is no personal data."""
    data: dict[str, Any] = {}
    for name in ("channel", "result", "owner", "needs", "level", "score", "got_help", "receiver_ref"):
        if (value := getattr(act, name)) not in ("", None):
            data[name] = value
    if act.date:
        data["date"] = act.date.isoformat()
    if act.correction:
        data["corrected"] = [
            f for f in act.correction.__struct_fields__ if getattr(act.correction, f) is not None
        ]
    return data
