"""Progress in plain words for a family: what has happened, what happens next and by when, in any language. Pure."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from directory.referrals import codes
from directory.referrals.clocks import LONDON
from directory.words import N_

_STATES = {
    "received": N_("We have your request."),
    "in_triage": N_("Someone is looking at your request."),
    "needs_info": N_("We need to know a little more from you."),
    "advice_given": N_("We have given you advice."),
    "routed": N_("We have asked a service to help you."),
    "handed_over": N_("We have spoken with another team about your request."),
    "emergency_advised": N_("We told you who to call for help now."),
    "withdrawal_asked": N_("You asked us to stop. We are telling the services."),
    "closed": N_("Your request is closed."),
    "entered_in_error": N_("This request was made by mistake and is closed."),
}
_ATTEMPTS = {
    "draft": N_("We are getting ready to ask %(service)s."),
    "requested": N_("We have asked %(service)s. They have not answered yet."),
    "accepted": N_("%(service)s said yes."),
    "in_progress": N_("%(service)s is helping you."),
    "cancelled": N_("%(service)s: this was stopped."),
    "entered_in_error": N_("%(service)s: this was made by mistake."),
}
_HOLDS = {
    "needs_info": N_("%(service)s has a question. We are answering it."),
    "waitlist": N_("You are on the waiting list of %(service)s."),
}
_ON_HOLD = N_("%(service)s is on hold.")
_PROMISES = {
    "accepted": N_("They hope to contact you by %(day)s."),
    "in_progress": N_("The next date is %(day)s."),
    "on_hold": N_("They expect a place about %(day)s."),
}


class Tongue(Protocol):
    """A language: `say` gives a text in it, `day` writes a date as its speakers do."""

    def say(self, text: str, /) -> str: ...

    def day(self, day: dt.date, /) -> str: ...


class _English:
    def say(self, text: str, /) -> str:
        return text

    def day(self, day: dt.date, /) -> str:
        return f"{day:%A} {day.day} {day:%B}"


ENGLISH: Tongue = _English()


def day(moment: dt.datetime | dt.date, tongue: Tongue = ENGLISH) -> str:
    """ "Friday 27 November"."""
    return tongue.day(moment.astimezone(LONDON).date() if isinstance(moment, dt.datetime) else moment)


def state_words(state: str, tongue: Tongue = ENGLISH) -> str:
    return tongue.say(_STATES[state])


def attempt_words(
    service: str,
    status: str,
    business: str,
    reason: str | None,
    outcome: str | None,
    promised: dt.date | None,
    tongue: Tongue = ENGLISH,
) -> str:
    """One line about one service. Never the service's own reason in its own words."""
    if status in {"rejected", "failed"}:
        return f"{service}: {tongue.say(codes.plain_reason(reason or ''))}"
    if status == "completed":
        return f"{service}: {tongue.say(codes.plain_outcome(outcome or ''))}"
    words = (_HOLDS.get(business) or _ON_HOLD) if status == "on_hold" else _ATTEMPTS[status]
    said = tongue.say(words) % {"service": service}
    if promised and status in _PROMISES:
        said += " " + tongue.say(_PROMISES[status]) % {"day": day(promised, tongue)}
    return said


def what_next(
    reference: str,
    due_at: dt.datetime | None,
    services: Sequence[str],
    *,
    reachable: bool,
    tongue: Tongue = ENGLISH,
) -> list[str]:
    """The lines under "what happens next" when a request was sent."""
    lines = [tongue.say(N_("Keep this reference: %(reference)s.")) % {"reference": reference}]
    if services:
        asked = tongue.say(N_("We have asked %(services)s. They answer within two working days."))
        lines.append(asked % {"services": ", ".join(services)})
    if due_at:
        looks = tongue.say(N_("Someone will look at it by %(day)s.")) % {"day": day(due_at, tongue)}
        lines.append(looks)
    lines.append(
        tongue.say(N_("We will contact you in the way you chose."))
        if reachable
        else tongue.say(
            N_("You did not ask us to contact you. Come back with your reference to see what is new.")
        )
    )
    lines.append(tongue.say(N_("If anyone is in danger, call 999. Do not wait for us.")))
    return lines
