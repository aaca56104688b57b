"""What may happen next to a request or a referral, and what it becomes: pure, over the table in transitions.py.

Beyond the table: nothing ends without an outcome or a coded reason; a reason marked so needs a note; a safeguarding
concern is read, with a word on what was done about it, before its request ends; where the family of a flagged referral
was not reached, the sender reads that before the referral can end for that reason; a request ends only when no attempt
is open.
Errors: BadRequest for what the mover left out, Conflict for a move that this state does not allow, NotAllowed for one
that is somebody else's.
"""

import datetime as dt
from collections.abc import Collection
from functools import lru_cache

import msgspec
from msgspec import Struct

from directory.errors import BadRequest, Conflict, FieldError, NotAllowed
from directory.referrals import codes
from directory.referrals.transitions import (
    BY_NAME,
    MOVES,
    REFERRAL_ENDED,
    REFERRAL_OPEN,
    REQUEST_OPEN,
    SAME,
    Entity,
    Move,
)

NO_CONTACT = "could_not_contact"


class Ask(Struct, frozen=True, kw_only=True):
    """What a request's next move depends on."""

    state: str
    open_attempts: int = 0
    unread_alerts: int = 0
    safeguarding: bool = False
    safeguarding_read: bool = False


class Attempt(Struct, frozen=True, kw_only=True):
    """What a referral's next move depends on. `resume` is the status to go back to from on_hold.

    `alert` is "" (none), "unread" (the sender must read that the family was not reached) or "read".
    """

    status: str
    business: str = ""
    resume: str = ""
    flagged: bool = False
    alert: str = ""
    contacted: bool = False
    tries: int = 0
    replaced: bool = False


class Given(Struct, frozen=True, kw_only=True):
    """What the mover says with a move."""

    note: str = ""
    reason: str = ""
    outcome: str = ""
    date: dt.date | None = None
    channel: str = ""
    result: str = ""


class Allowed(Struct, frozen=True):
    """An action that may be taken now, for a button: what it is called and what it asks for."""

    action: str
    label: str
    needs: tuple[str, ...] = ()


def request_actions(ask: Ask, who: Collection[str]) -> list[Allowed]:
    return list(_ask_actions(ask, frozenset(who)))


def referral_actions(attempt: Attempt, who: Collection[str]) -> list[Allowed]:
    return list(_attempt_actions(attempt, frozenset(who)))


@lru_cache(maxsize=1024)
def _ask_actions(ask: Ask, who: frozenset[str]) -> tuple[Allowed, ...]:
    """Some hundreds of situations make up nearly all that is asked for."""
    return tuple(
        _allowed(move) for move in MOVES if move.entity == "request" and _open_to_ask(move, ask, who)
    )


@lru_cache(maxsize=4096)
def _attempt_actions(attempt: Attempt, who: frozenset[str]) -> tuple[Allowed, ...]:
    return tuple(
        _allowed(move) for move in MOVES if move.entity == "referral" and _open_to(move, attempt, who)
    )


def move_request(ask: Ask, action: str, who: Collection[str], given: Given) -> Ask:
    """The request after `action`."""
    move = _move("request", action, ask.state, who)
    _wants(move, given, receiver=False)
    if move.targets[0] in {"closed", "entered_in_error"}:
        if ask.safeguarding and not ask.safeguarding_read:
            raise Conflict(
                "a safeguarding concern has not been read: that comes first, with a note of what was done"
            )
        if ask.open_attempts:
            raise Conflict("a referral is still open: it ends first")
        if ask.unread_alerts:
            raise Conflict("the family was not reached, and nobody has read that yet")
    if action == "read_safeguarding":
        if not ask.safeguarding or ask.safeguarding_read:
            raise Conflict("there is no unread safeguarding concern")
        return msgspec.structs.replace(ask, safeguarding_read=True)
    if action == "clear_safeguarding":
        if not (ask.safeguarding and ask.safeguarding_read):
            raise Conflict("a safeguarding concern is taken off only once it was read")
        return msgspec.structs.replace(ask, safeguarding=False)
    if action == "flag_safeguarding":
        return msgspec.structs.replace(ask, safeguarding=True, safeguarding_read=False)
    target = move.targets[0]
    return ask if target == SAME else msgspec.structs.replace(ask, state=target)


def move_referral(attempt: Attempt, action: str, who: Collection[str], given: Given) -> Attempt:
    """The referral after `action`."""
    move = _move("referral", action, attempt.status, who)
    if not _open_to(move, attempt, who):
        raise Conflict(_why_not(action, attempt))
    _wants(move, given, receiver=set(who) == {"receiver"})
    if attempt.flagged and attempt.alert != "read" and NO_CONTACT in {given.reason, given.outcome}:
        raise Conflict(
            "this family has a safeguarding flag: record the missed contact first; "
            "it can end so only when the sender has read it"
        )
    return _TO.get(action, _plain)(attempt, move, given)


def _accept(attempt: Attempt, move: Move, given: Given) -> Attempt:
    return msgspec.structs.replace(attempt, status="accepted", business="", resume="")


def _decline(attempt: Attempt, move: Move, given: Given) -> Attempt:
    status = "failed" if attempt.contacted else "rejected"
    return msgspec.structs.replace(attempt, status=status, business="", resume="")


def _hold(attempt: Attempt, move: Move, given: Given) -> Attempt:
    word = "needs_info" if move.action == "ask_info" else "waitlist"
    return msgspec.structs.replace(attempt, status="on_hold", business=word, resume=attempt.status)


def _give_info(attempt: Attempt, move: Move, given: Given) -> Attempt:
    business = "opened" if attempt.resume == "requested" else ""
    return msgspec.structs.replace(attempt, status=attempt.resume, business=business, resume="")


def _tried(attempt: Attempt, move: Move, given: Given) -> Attempt:
    business = "no_show" if move.action == "no_show" else "contact_attempted"
    if attempt.business in {"waitlist", "needs_info"}:
        business = attempt.business  # still waiting: the try is in the log and in the count
    alert = "unread" if attempt.flagged and given.result != "reached" else attempt.alert
    tries = attempt.tries + (move.action == "contact_attempt")
    return msgspec.structs.replace(attempt, business=business, alert=alert, tries=tries)


def _first_contact(attempt: Attempt, move: Move, given: Given) -> Attempt:
    return msgspec.structs.replace(attempt, status="in_progress", business="", resume="", contacted=True)


def _request_cancel(attempt: Attempt, move: Move, given: Given) -> Attempt:
    if "requested" in {attempt.status, attempt.resume}:  # nobody has begun: there is no one to ask
        return msgspec.structs.replace(attempt, status="cancelled", business="", resume="")
    return msgspec.structs.replace(attempt, business="cancel_requested")


def _read_alert(attempt: Attempt, move: Move, given: Given) -> Attempt:
    return msgspec.structs.replace(attempt, alert="read")


def _re_route(attempt: Attempt, move: Move, given: Given) -> Attempt:
    return msgspec.structs.replace(attempt, replaced=True)


def _plain(attempt: Attempt, move: Move, given: Given) -> Attempt:
    target = attempt.status if move.targets[0] == SAME else move.targets[0]
    business = {"open": "opened", "schedule": "scheduled"}.get(move.action)
    if business is None:
        business = attempt.business if target == attempt.status else ""
    resume = attempt.resume if target == "on_hold" else ""
    return msgspec.structs.replace(attempt, status=target, business=business, resume=resume)


_TO = {
    "accept": _accept, "decline": _decline, "ask_info": _hold, "waitlist": _hold, "give_info": _give_info,
    "contact_attempt": _tried, "no_show": _tried, "first_contact": _first_contact,
    "request_cancel": _request_cancel, "read_alert": _read_alert, "re_route": _re_route,
}  # fmt: skip


def _move(entity: Entity, action: str, state: str, who: Collection[str]) -> Move:
    move = BY_NAME.get((entity, action))
    if move is None:
        raise BadRequest(errors=[FieldError("action", f"there is no action {action[:40]!r}")])
    if not set(move.who) & set(who):
        raise NotAllowed(f"{move.label!r} is not yours to do")
    if state not in move.sources:
        raise Conflict(f"{move.label!r} cannot follow {state or 'nothing'}")
    return move


def _open_to_ask(move: Move, ask: Ask, who: Collection[str]) -> bool:
    if ask.state not in move.sources or not set(move.who) & set(who):
        return False
    if move.action == "read_safeguarding":
        return ask.safeguarding and not ask.safeguarding_read
    if move.action == "clear_safeguarding":
        return ask.safeguarding and ask.safeguarding_read
    if move.targets[0] in {"closed", "entered_in_error"}:
        return not (
            ask.open_attempts or ask.unread_alerts or (ask.safeguarding and not ask.safeguarding_read)
        )
    return True


def _open_to(move: Move, attempt: Attempt, who: Collection[str]) -> bool:
    """The table, and what the table cannot say: which kind of hold, whose turn, once only."""
    if attempt.status not in move.sources or not set(move.who) & set(who):
        return False
    match move.action:
        case "give_info":
            return attempt.business == "needs_info"
        case "accept" | "first_contact":
            return attempt.business != "needs_info"
        case "outcome" | "unable":
            return attempt.resume != "requested"  # nobody has accepted it yet
        case "confirm_cancel":
            return attempt.business == "cancel_requested"
        case "request_cancel":
            return attempt.business != "cancel_requested"
        case "open":
            return attempt.business == ""
        case "read_alert":
            return attempt.alert == "unread"
        case "re_route":
            return not attempt.replaced
        case _:
            return True


def _why_not(action: str, attempt: Attempt) -> str:
    state = " ".join(filter(None, (attempt.status, attempt.business and f"({attempt.business})")))
    return f"{BY_NAME['referral', action].label!r} cannot follow {state}"


def _wants(move: Move, given: Given, *, receiver: bool) -> None:
    """BadRequest naming every field that the move needs and was not given."""
    wrong: list[FieldError] = []
    note_needed = "note" in move.needs
    if "reason" in move.needs or given.reason:
        reason = codes.REASONS.get(given.reason)
        if reason is None or (receiver and not reason.receiver):
            wrong.append(FieldError("reason", "choose a reason from the list"))
        else:
            note_needed |= reason.note
    if "outcome" in move.needs or given.outcome:
        outcome = codes.OUTCOMES.get(given.outcome)
        if outcome is None or (move.entity == "referral" and not outcome.attempt):
            wrong.append(FieldError("outcome", "choose an outcome from the list"))
        else:
            note_needed |= outcome.note
    if "date" in move.needs and given.date is None:
        wrong.append(FieldError("date", "a date is needed"))
    if "contact" in move.needs and not (given.channel and given.result):
        wrong.append(FieldError("channel", "say how you tried, and what came of it"))
    if note_needed and not given.note.strip():
        wrong.append(FieldError("note", "a few words are needed here"))
    if wrong:
        raise BadRequest("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)


def _allowed(move: Move) -> Allowed:
    return Allowed(move.action, move.label, move.needs)


def ended(status: str) -> bool:
    return status in REFERRAL_ENDED


def is_open(entity: Entity, status: str) -> bool:
    return status in (REQUEST_OPEN if entity == "request" else REFERRAL_OPEN)
