"""Every move that a request or a referral can make, as data: the code, the database and the docs read this one table.

`SAME` as a target keeps the status (something else changes). `needs` names what the mover must give: `note`,
`reason`, `outcome`, `date`, `contact`. The words are those of FHIR Task; "" is "does not exist yet".
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Entity = Literal["request", "referral"]

SAME = "="


class Move(Struct, frozen=True):
    entity: Entity
    action: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()


REQUEST_OPEN = (
    "received", "in_triage", "needs_info", "advice_given", "routed", "handed_over", "emergency_advised",
    "withdrawal_asked",
)  # fmt: skip
REQUEST_ENDED = ("closed", "entered_in_error")
REQUEST_STATES = (*REQUEST_OPEN, *REQUEST_ENDED)

REFERRAL_ACTIVE = ("accepted", "in_progress", "on_hold")
REFERRAL_OPEN = ("draft", "requested", *REFERRAL_ACTIVE)
REFERRAL_ENDED = ("rejected", "failed", "completed", "cancelled", "entered_in_error")
REFERRAL_STATES = (*REFERRAL_OPEN, *REFERRAL_ENDED)

_DESK = ("front_door",)
_GIVE = ("front_door", "sender", "family")
_SEND = ("front_door", "sender")
_ANSWER = ("receiver", "front_door")
_BEFORE_ROUTE = (
    "received",
    "in_triage",
    "needs_info",
    "advice_given",
    "routed",
    "handed_over",
    "emergency_advised",
)

MOVES: tuple[Move, ...] = (
    Move("request", "submit", "Send", ("",), ("received",), (*_GIVE, "system")),
    Move("request", "triage", "Start looking at it", ("received", "needs_info"), ("in_triage",), _DESK),
    Move("request", "ask_info", "Ask for more", ("received", "in_triage", "advice_given", "routed"),
         ("needs_info",), _DESK, ("note",)),
    Move("request", "give_info", "Add what was asked for", ("needs_info",), ("in_triage",), _GIVE, ("note",)),
    Move("request", "advise", "Give advice", ("received", "in_triage", "needs_info"), ("advice_given",), _DESK,
         ("note",)),
    Move("request", "route", "Send to a service", _BEFORE_ROUTE, ("routed",), (*_SEND, "family")),
    Move("request", "hand_over", "Hand over by phone", _BEFORE_ROUTE, ("handed_over",), _SEND),
    Move("request", "advise_emergency", "Advise 999 or 111", _BEFORE_ROUTE, ("emergency_advised",), _DESK, ("note",)),
    Move("request", "withdraw", "Withdraw", tuple(s for s in REQUEST_OPEN if s != "withdrawal_asked"),
         ("withdrawal_asked",), _GIVE),
    Move("request", "close", "Close", REQUEST_OPEN, ("closed",), (*_DESK, "system"), ("outcome",)),
    Move("request", "reopen", "Open again", ("closed",), ("in_triage",), _DESK, ("note",)),
    Move("request", "mark_error", "Mark as made by mistake", REQUEST_OPEN, ("entered_in_error",), _DESK, ("note",)),
    Move("request", "note", "Write a note", REQUEST_STATES, (SAME,), _SEND, ("note",)),
    Move("request", "add", "Add to it", REQUEST_OPEN, (SAME,), _GIVE, ("note",)),
    Move("request", "correct", "Correct it", REQUEST_OPEN, (SAME,), _GIVE),
    Move("request", "assign", "Take it on", REQUEST_OPEN, (SAME,), _DESK),
    Move("request", "override", "Choose another answer", REQUEST_OPEN, (SAME,), _DESK, ("note",)),
    Move("request", "read_safeguarding", "I have read the safeguarding concern", REQUEST_STATES, (SAME,), _DESK,
         ("note",)),
    Move("request", "flag_safeguarding", "Raise a safeguarding concern", REQUEST_OPEN, (SAME,),
         (*_SEND, "receiver", "system"), ("note",)),
    Move("request", "start_plan", "A shared plan was begun with the family", REQUEST_OPEN, (SAME,), _DESK),
    Move("request", "close_plan", "The shared plan was closed with the family", REQUEST_OPEN, (SAME,), _DESK),
    Move("request", "clear_safeguarding", "Take the safeguarding concern off", REQUEST_OPEN, (SAME,), ("person",),
         ("note",)),
    Move("request", "call", "Record a call", REQUEST_OPEN, (SAME,), _DESK, ("note",)),
    Move("request", "score", "Say how it went", REQUEST_STATES, (SAME,), _GIVE),
    Move("request", "withdraw_agreement", "Withdraw agreement to share", REQUEST_STATES, (SAME,), _GIVE),

    Move("referral", "draft", "Draft", ("",), ("draft",), _SEND),
    Move("referral", "send", "Send", ("", "draft"), ("requested",), (*_SEND, "family", "system")),
    Move("referral", "open", "Opened", ("requested",), (SAME,), _ANSWER),
    Move("referral", "ask_info", "Ask for more", ("requested", "accepted", "in_progress"), ("on_hold",), _ANSWER,
         ("note",)),
    Move("referral", "give_info", "Answer the question", ("on_hold",), ("requested", "accepted", "in_progress"), _GIVE,
         ("note",)),
    Move("referral", "accept", "Accept", ("requested", "on_hold"), ("accepted",), _ANSWER, ("date",)),
    Move("referral", "decline", "Decline", ("requested", *REFERRAL_ACTIVE), ("rejected", "failed"), _ANSWER,
         ("reason",)),
    Move("referral", "waitlist", "Put on the waiting list", ("requested", "accepted"), ("on_hold",), _ANSWER,
         ("date",)),
    Move("referral", "contact_attempt", "Tried to reach the family", REFERRAL_ACTIVE, (SAME,), _ANSWER, ("contact",)),
    Move("referral", "first_contact", "Spoke with the family", ("accepted", "on_hold"), ("in_progress",), _ANSWER),
    Move("referral", "schedule", "Appointment made", ("accepted", "in_progress"), (SAME,), _ANSWER, ("date",)),
    Move("referral", "no_show", "Did not come", ("accepted", "in_progress"), (SAME,), _ANSWER),
    Move("referral", "outcome", "Say how it ended", REFERRAL_ACTIVE, ("completed",), _ANSWER, ("outcome",)),
    Move("referral", "unable", "Could not complete it", REFERRAL_ACTIVE, ("failed",), _ANSWER, ("reason",)),
    Move("referral", "request_cancel", "Ask to cancel", ("requested", *REFERRAL_ACTIVE), ("cancelled", SAME), _GIVE,
         ("reason",)),
    Move("referral", "confirm_cancel", "Confirm the cancellation", REFERRAL_ACTIVE, ("cancelled",), _ANSWER),
    Move("referral", "lapse", "Give up waiting for an answer", ("requested",), ("cancelled",), (*_DESK, "system")),
    Move("referral", "mark_error", "Mark as made by mistake", REFERRAL_OPEN, ("entered_in_error",), _SEND, ("note",)),
    Move("referral", "re_route", "Try another service", ("rejected", "failed", "cancelled"), (SAME,),
         ("front_door", "system")),
    Move("referral", "read_alert", "I have read that the family was not reached", REFERRAL_STATES, (SAME,), _DESK),
    Move("referral", "call_made", "Record the hand-over call", ("requested", *REFERRAL_ACTIVE), (SAME,), _SEND,
         ("note",)),
    Move("referral", "letter_received", "Record the feedback letter", REFERRAL_STATES, (SAME,), _SEND),
    Move("referral", "note", "Write a note", REFERRAL_STATES, (SAME,), (*_SEND, "receiver"), ("note",)),
    Move("referral", "escalate", "Told the front door that it is overdue", REFERRAL_OPEN, (SAME,), ("system",)),
)  # fmt: skip

BY_NAME: dict[tuple[str, str], Move] = {(move.entity, move.action): move for move in MOVES}


def edges() -> Iterator[tuple[str, str, str, str]]:
    """(entity, from, action, to): the rows of the database's table `transition`."""
    for move in MOVES:
        for source in move.sources:
            for target in move.targets:
                yield move.entity, source, move.action, source if target == SAME else target
