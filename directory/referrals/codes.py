"""The coded words of requests and referrals: reasons, outcomes, how to reach a family; each with its plain label.

A reason marked `note` is refused without a written explanation. `family` is what a family is shown: never that a
need was "too high" or "too low".
"""

from typing import Literal, get_args

from msgspec import Struct

Door = Literal["web", "phone", "school", "health", "council", "voluntary", "partner_site", "other"]
Asker = Literal["self", "someone", "professional"]
Basis = Literal["agreement", "public_task", "vital_interests", "legal_obligation"]
Channel = Literal["phone", "text", "email", "post", "in_person", "none"]
Priority = Literal["routine", "urgent"]
GotHelp = Literal["yes", "partly", "no", "not_yet"]
Who = Literal["front_door", "sender", "receiver", "family", "system"]

DOORS: tuple[str, ...] = get_args(Door)
ASKERS: tuple[str, ...] = get_args(Asker)
BASES: tuple[str, ...] = get_args(Basis)
PRIORITIES: tuple[str, ...] = get_args(Priority)
GOT_HELP: tuple[str, ...] = get_args(GotHelp)


class Reason(Struct, frozen=True):
    """Why an attempt did not go on. `group` is family, service, fit or other."""

    label: str
    group: Literal["family", "service", "fit", "other"]
    family: str
    note: bool = False
    receiver: bool = True  # whether the service may give it; the others are the front door's alone


_TRY = "This service could not help this time. We are looking for another."

REASONS: dict[str, Reason] = {
    "no_capacity": Reason("No capacity", "service", "This service is full. We are looking for another."),
    "waitlist_closed": Reason(
        "Waiting list closed",
        "service",
        "This service has closed its waiting list. We are looking for another.",
    ),
    "not_eligible": Reason("Not eligible", "fit", _TRY, note=True),
    "out_of_area": Reason(
        "Out of area", "fit", "This service does not cover where you live. We are looking for another."
    ),
    "wrong_age": Reason("Wrong age", "fit", "This service is for another age. We are looking for another."),
    "wrong_service": Reason("Wrong service for the need", "fit", _TRY, note=True),
    "need_too_high": Reason("Needs more than this service gives", "fit", _TRY, note=True),
    "need_too_low": Reason("Needs less than this service gives", "fit", _TRY, note=True),
    "already_supported": Reason(
        "Already supported here", "family", "You are already getting help from this service."
    ),
    "not_enough_information": Reason(
        "Not enough information", "other", "This service needed to know more. We will be in touch.", note=True
    ),
    "no_agreement": Reason("The family did not agree", "family", "You told us that you did not want this."),
    "could_not_contact": Reason(
        "Could not contact the family", "family", "This service could not reach you. Tell us how best to."
    ),
    "safety_of_staff_or_family": Reason("Safety of staff or family", "other", _TRY, note=True),
    "duplicate": Reason("Duplicate", "other", "You had asked for this already, so we joined the two."),
    "other": Reason("Another reason", "other", _TRY, note=True),
    "no_answer": Reason(
        "The service did not answer in time",
        "service",
        "This service did not answer. We are looking for another.",
        receiver=False,
    ),
    "family_withdrew": Reason("The family withdrew", "family", "You asked us to stop.", receiver=False),
    "circumstances_changed": Reason(
        "Circumstances changed", "family", "Things changed, so this was stopped.", note=True, receiver=False
    ),
    "entered_in_error": Reason(
        "Should never have been made", "other", "This was made by mistake.", note=True, receiver=False
    ),
}


class Outcome(Struct, frozen=True):
    """How it ended. `helped`: the family got at least some of the help that was asked for."""

    label: str
    family: str
    helped: bool = False
    note: bool = False
    attempt: bool = True  # whether one attempt can end so; the others end a whole request


OUTCOMES: dict[str, Outcome] = {
    "need_met": Outcome("Need met", "You got the help you asked for.", helped=True),
    "partly_met": Outcome("Partly met", "You got some of the help you asked for.", helped=True, note=True),
    "info_only": Outcome("Information only", "You were given information."),
    "family_declined": Outcome("Family declined", "You decided not to go on."),
    "could_not_contact": Outcome("Could not contact", "We could not reach you."),
    "moved_away": Outcome("Moved away", "You moved away."),
    "stepped_up": Outcome("Stepped up", "Another team is now helping you.", note=True),
    "stepped_down": Outcome("Stepped down", "Help goes on with another service.", helped=True),
    "duplicate": Outcome("Duplicate", "You had asked for this already, so we joined the two."),
    "not_met_no_service": Outcome(
        "Not met: no service", "We could not find a service for this. We have told those who plan them.",
        note=True, attempt=False,
    ),
}  # fmt: skip

BUSINESS = (
    "", "opened", "needs_info", "waitlist", "contact_attempted", "scheduled", "no_show", "cancel_requested",
)  # fmt: skip


def plain_reason(code: str) -> str:
    """What a family is told of a reason; an unknown one says only that another service is being looked for."""
    return REASONS[code].family if code in REASONS else _TRY


def plain_outcome(code: str) -> str:
    return OUTCOMES[code].family if code in OUTCOMES else "This has ended."
