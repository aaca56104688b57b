"""What staff call things: states, reasons, moments. Short words for people who know the work. Pure."""

import datetime as dt
from collections.abc import Mapping

from directory.referrals import codes
from directory.referrals.clocks import LONDON
from directory.web.languages import translations
from directory.web.wording import LEVELS, N_, plain

_ = translations("en").gettext

QUEUES = {
    "open": N_("All open"),
    "new": N_("New"),
    "safety": N_("Safety"),
    "due": N_("Due"),
    "decide": N_("To decide"),
    "waiting": N_("Waiting on others"),
    "mine": N_("Mine"),
    "closed": N_("Closed"),
}
REFERRAL_QUEUES = {
    "open": N_("All open"),
    "new": N_("New"),
    "due": N_("Due"),
    "waiting": N_("On hold"),
    "active": N_("With us now"),
    "ended": N_("Ended"),
}
STATES = {
    "received": N_("New"),
    "in_triage": N_("Being looked at"),
    "needs_info": N_("Waiting for the family"),
    "advice_given": N_("Advice given"),
    "routed": N_("With a service"),
    "handed_over": N_("Handed over by phone"),
    "emergency_advised": N_("999 or 111 advised"),
    "withdrawal_asked": N_("Withdrawing"),
    "closed": N_("Closed"),
    "entered_in_error": N_("Made by mistake"),
}
ATTEMPTS = {
    "draft": N_("Draft"),
    "requested": N_("Asked, no answer yet"),
    "accepted": N_("Accepted"),
    "in_progress": N_("Helping now"),
    "on_hold": N_("On hold"),
    "rejected": N_("Declined"),
    "failed": N_("Could not complete it"),
    "completed": N_("Ended"),
    "cancelled": N_("Cancelled"),
    "entered_in_error": N_("Made by mistake"),
}
BUSINESS = {
    "opened": N_("opened"),
    "needs_info": N_("a question is open"),
    "waitlist": N_("on the waiting list"),
    "contact_attempted": N_("not reached yet"),
    "scheduled": N_("appointment made"),
    "no_show": N_("did not come"),
    "cancel_requested": N_("asked to cancel"),
}
DOORS = {
    "web": N_("Web"),
    "phone": N_("Phone"),
    "school": N_("School"),
    "health": N_("Health"),
    "council": N_("Council"),
    "voluntary": N_("Voluntary"),
    "partner_site": N_("Partner site"),
    "other": N_("Other"),
}
ASKERS = {
    "self": N_("Family"),
    "someone": N_("Somebody for them"),
    "professional": N_("Professional"),
}
PARTIES = {
    "family": N_("the family"),
    "front_door": N_("the front door"),
    "sender": N_("the sender"),
    "receiver": N_("the service"),
    "system": N_("the directory"),
    "reader": N_("a reader"),
}
BASES = {
    "agreement": N_("the family's agreement"),
    "public_task": N_("a public task"),
    "vital_interests": N_("somebody's life or safety"),
    "legal_obligation": N_("a legal duty"),
}
CHANNELS = {
    "phone": N_("phone call"),
    "text": N_("text message"),
    "email": N_("e-mail"),
    "post": N_("letter"),
    "in_person": N_("in person"),
    "none": N_("do not contact"),
}
SHARES = {
    "phone": N_("phone"),
    "email": N_("e-mail"),
    "postcode": N_("postcode"),
    "name": N_("a name"),
    "birth": N_("date of birth"),
}
FACTS = {
    "birth_date": N_("the child's date of birth"),
    "postcode": N_("the postcode"),
    "phone": N_("the phone number"),
    "email": N_("the e-mail address"),
    "word": N_("a word of their own"),
}
MESSAGES = {
    "waiting": N_("Waiting"),
    "sent": N_("Sent"),
    "held": N_("Needs a call instead"),
    "dead": N_("Could not be sent"),
}


def of(words: Mapping[str, str], code: str | None) -> str:
    """The word for a code; the code as words where it is not known, never nothing."""
    return _(words[code]) if code and code in words else plain(code or "none")


def state(code: str) -> str:
    return of(STATES, code)


def attempt(status: str, business: str = "") -> str:
    words = of(ATTEMPTS, status)
    return f"{words}, {BUSINESS[business]}" if business in BUSINESS and status != "completed" else words


def level(code: str | None) -> str:
    return of(LEVELS, code) if code else ""


def reason(code: str) -> str:
    return codes.REASONS[code].label if code in codes.REASONS else plain(code)


def outcome(code: str) -> str:
    return codes.OUTCOMES[code].label if code in codes.OUTCOMES else plain(code)


def clock(moment: dt.datetime) -> str:
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{hour}{f':{local.minute:02}' if local.minute else ''}{'am' if local.hour < 12 else 'pm'}"


def day(moment: dt.datetime | dt.date, now: dt.datetime) -> str:
    """today, yesterday, tomorrow, a weekday within six days, else "3 Nov" with the year where it is another."""
    found = moment.astimezone(LONDON).date() if isinstance(moment, dt.datetime) else moment
    today = now.astimezone(LONDON).date()
    away = (found - today).days
    if away in {-1, 0, 1}:
        return ("yesterday", "today", "tomorrow")[away + 1]
    if 1 < away < 7:
        return f"{found:%A}"
    return f"{found.day} {found:%b}" + (f" {found.year}" if found.year != today.year else "")


def at(moment: dt.datetime, now: dt.datetime) -> str:
    """ "today 4:30pm", "3 Nov 9am"."""
    return f"{day(moment, now)} {clock(moment)}"


def ago(moment: dt.datetime, now: dt.datetime) -> str:
    """How long something has waited: "12 min", "3 h", "5 days"."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440} days"


def due(moment: dt.datetime | None, now: dt.datetime) -> str:
    """ "by tomorrow 5pm", or "3 h late"."""
    if moment is None:
        return ""
    return f"{ago(moment, now)} late" if moment < now else f"by {at(moment, now)}"


def ages(found: list[int]) -> str:
    return ", ".join("under 1" if age == 0 else str(age) for age in found)


def first(words: str) -> str:
    """With a capital at the beginning, and the rest as it is: months and names keep theirs."""
    return words[:1].upper() + words[1:]
