"""Progress in plain words for a family: what has happened, what happens next and by when. Pure."""

import datetime as dt
from collections.abc import Sequence

from directory.referrals import codes
from directory.referrals.clocks import LONDON

_STATES = {
    "received": "We have your request.",
    "in_triage": "Someone is looking at your request.",
    "needs_info": "We need to know a little more from you.",
    "advice_given": "We have given you advice.",
    "routed": "We have asked a service to help you.",
    "handed_over": "We have spoken with another team about your request.",
    "emergency_advised": "We told you who to call for help now.",
    "withdrawal_asked": "You asked us to stop. We are telling the services.",
    "closed": "Your request is closed.",
    "entered_in_error": "This request was made by mistake and is closed.",
}
_ATTEMPTS = {
    "draft": "We are getting ready to ask {service}.",
    "requested": "We have asked {service}. They have not answered yet.",
    "accepted": "{service} said yes.",
    "in_progress": "{service} is helping you.",
    "completed": "{service}: this has ended.",
    "cancelled": "{service}: this was stopped.",
    "entered_in_error": "{service}: this was made by mistake.",
}
_HOLDS = {
    "needs_info": "{service} has a question. We are answering it.",
    "waitlist": "You are on the waiting list of {service}.",
}


def day(moment: dt.datetime | dt.date) -> str:
    """ "Friday 27 November"."""
    local = moment.astimezone(LONDON).date() if isinstance(moment, dt.datetime) else moment
    return f"{local:%A} {local.day} {local:%B}"


def state_words(state: str) -> str:
    return _STATES[state]


def attempt_words(
    service: str,
    status: str,
    business: str,
    reason: str | None,
    outcome: str | None,
    promised: dt.date | None,
) -> str:
    """One line about one service. Never the service's own reason in its own words."""
    if status in {"rejected", "failed"}:
        return f"{service}: {codes.plain_reason(reason or '')}"
    if status == "completed":
        return f"{service}: {codes.plain_outcome(outcome or '')}"
    words = (_HOLDS.get(business) or "{service} is on hold.") if status == "on_hold" else _ATTEMPTS[status]
    words = words.format(service=service)
    if promised and status in {"accepted", "in_progress", "on_hold"}:
        words += {
            "accepted": f" They hope to contact you by {day(promised)}.",
            "in_progress": f" The next date is {day(promised)}.",
            "on_hold": f" They expect a place about {day(promised)}.",
        }[status]
    return words


def what_next(
    reference: str, due_at: dt.datetime | None, services: Sequence[str], *, reachable: bool
) -> list[str]:
    """The lines under "what happens next" when a request was sent."""
    lines = [f"Keep this reference: {reference}."]
    if services:
        names = " and ".join((", ".join(services[:-1]), services[-1])) if len(services) > 1 else services[0]
        lines.append(f"We have asked {names}. They answer within two working days.")
    elif due_at:
        lines.append(f"Someone will look at it by {day(due_at)}.")
    lines.append(
        "We will contact you in the way you chose."
        if reachable
        else "You did not ask us to contact you. Come back with your reference to see what is new."
    )
    lines.append("If anyone is in danger, call 999. Do not wait for us.")
    return lines
