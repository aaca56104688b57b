"""The coded words of requests and referrals: reasons, outcomes, how to reach a family; each with its plain label.

A reason marked `note` is refused without a written explanation. `family` is what a family is shown: never that a
need was "too high" or "too low".
"""

from typing import Literal, get_args

from msgspec import Struct

from directory.words import N_

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


_TRY = N_("This service could not help this time. We are looking for another.")

REASONS: dict[str, Reason] = {
    "no_capacity": Reason(
        N_("No capacity"), "service", N_("This service is full. We are looking for another.")
    ),
    "waitlist_closed": Reason(
        N_("Waiting list closed"),
        "service",
        N_("This service has closed its waiting list. We are looking for another."),
    ),
    "not_eligible": Reason(N_("Not eligible"), "fit", _TRY, note=True),
    "out_of_area": Reason(
        N_("Out of area"),
        "fit",
        N_("This service does not cover where you live. We are looking for another."),
    ),
    "wrong_age": Reason(
        N_("Wrong age"), "fit", N_("This service is for another age. We are looking for another.")
    ),
    "wrong_service": Reason(N_("Wrong service for the need"), "fit", _TRY, note=True),
    "need_too_high": Reason(N_("Needs more than this service gives"), "fit", _TRY, note=True),
    "need_too_low": Reason(N_("Needs less than this service gives"), "fit", _TRY, note=True),
    "already_supported": Reason(
        N_("Already supported here"), "family", N_("You are already getting help from this service.")
    ),
    "not_enough_information": Reason(
        N_("Not enough information"),
        "other",
        N_("This service needed to know more. We will be in touch."),
        note=True,
    ),
    "no_agreement": Reason(
        N_("The family did not agree"), "family", N_("You told us that you did not want this.")
    ),
    "could_not_contact": Reason(
        N_("Could not contact the family"),
        "family",
        N_("This service could not reach you. Tell us how best to."),
    ),
    "safety_of_staff_or_family": Reason(N_("Safety of staff or family"), "other", _TRY, note=True),
    "duplicate": Reason(
        N_("Duplicate"), "other", N_("You had asked for this already, so we joined the two.")
    ),
    "other": Reason(N_("Another reason"), "other", _TRY, note=True),
    "no_answer": Reason(
        N_("The service did not answer in time"),
        "service",
        N_("This service did not answer. We are looking for another."),
        receiver=False,
    ),
    "family_withdrew": Reason(
        N_("The family withdrew"), "family", N_("You asked us to stop."), receiver=False
    ),
    "circumstances_changed": Reason(
        N_("Circumstances changed"),
        "family",
        N_("Things changed, so this was stopped."),
        note=True,
        receiver=False,
    ),
    "entered_in_error": Reason(
        N_("Should never have been made"), "other", N_("This was made by mistake."), note=True, receiver=False
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
    "need_met": Outcome(N_("Need met"), N_("You got the help you asked for."), helped=True),
    "partly_met": Outcome(N_("Partly met"), N_("You got some of the help you asked for."), helped=True, note=True),
    "info_only": Outcome(N_("Information only"), N_("You were given information.")),
    "family_declined": Outcome(N_("Family declined"), N_("You decided not to go on.")),
    "could_not_contact": Outcome(N_("Could not contact"), N_("We could not reach you.")),
    "moved_away": Outcome(N_("Moved away"), N_("You moved away.")),
    "stepped_up": Outcome(N_("Stepped up"), N_("Another team is now helping you."), note=True),
    "stepped_down": Outcome(N_("Stepped down"), N_("Help goes on with another service."), helped=True),
    "duplicate": Outcome(N_("Duplicate"), N_("You had asked for this already, so we joined the two.")),
    "not_met_no_service": Outcome(
        N_("Not met: no service"), N_("We could not find a service for this. We have told those who plan them."),
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
    return OUTCOMES[code].family if code in OUTCOMES else N_("This has ended.")
