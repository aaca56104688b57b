"""What messages say: never a name, a need, a service or a word of a request. Only that something waits, and where.

A text message is the subject and the link. `notices` says which messages a move causes, and for whom. Pure.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from directory.referrals.lifecycle import Attempt

Audience = Literal["family", "receiver", "sender", "desk"]


class Template(Struct, frozen=True):
    """`{reference}` and `{link}` are all that can be filled in."""

    subject: str
    body: str


_FAMILY = (
    "\n\nYou can see it here: {link}\nYour reference is {reference}."
    "\nDo not answer this message: nobody reads it."
)
_WORK = "\n\nOpen it here: {link}\nReference {reference}. This message holds no personal details on purpose."

TEMPLATES: dict[str, Template] = {
    "family_received": Template(
        "We have your request {reference}", "Thank you. We have your request." + _FAMILY
    ),
    "family_changed": Template(
        "There is news on {reference}", "Something has changed on your request." + _FAMILY
    ),
    "family_question": Template(
        "We have a question about {reference}", "We need to know a little more." + _FAMILY
    ),
    "family_follow_up": Template(
        "How did it go? {reference}",
        "We would like to know whether you got help. It takes one minute." + _FAMILY,
    ),
    "receiver_new": Template("A referral waits for your answer", "A family waits for your answer." + _WORK),
    "receiver_changed": Template(
        "News on a referral you have", "Something has changed on a referral." + _WORK
    ),
    "receiver_reminder": Template(
        "A referral still waits for you", "A family is still waiting for you." + _WORK
    ),
    "receiver_next": Template(
        "Your answer is noted", "Thank you. Use this link for what comes next." + _WORK
    ),
    "sender_changed": Template(
        "News on a referral you made", "Something has changed on a referral you made." + _WORK
    ),
    "sender_alert": Template(
        "Read now: a flagged family was not reached",
        "A family with a safeguarding flag was not reached. Please read it today." + _WORK,
    ),
    "desk_new": Template("A new request {reference}", "A new request is in the queue." + _WORK),
    "desk_safety": Template(
        "Read now: a safety concern on {reference}", "A request has a safety concern." + _WORK
    ),
    "desk_changed": Template(
        "A request needs a decision", "A referral ended or asks something of you." + _WORK
    ),
    "desk_overdue": Template("Overdue: {reference}", "Nobody has acted in time. It is yours now." + _WORK),
}

_TO_SENDER = {
    "accept", "decline", "unable", "waitlist", "outcome", "confirm_cancel", "ask_info", "contact_attempt", "no_show",
}  # fmt: skip
_TO_FAMILY = {"accept", "decline", "unable", "waitlist", "lapse", "confirm_cancel", "schedule", "outcome"}
_TO_DESK = {"decline", "unable", "lapse", "ask_info"}
_TO_RECEIVER = {"give_info", "request_cancel", "mark_error", "lapse"}
ENOUGH_TRIES = 3


def notices(action: str, before: Attempt, after: Attempt) -> Iterator[tuple[str, Audience]]:
    """(template, for whom) of every message that a referral's move causes."""
    if after.alert == "unread" and (before.alert != "unread" or action in {"no_show", "contact_attempt"}):
        yield "sender_alert", "sender"
        yield "sender_alert", "desk"
    elif action in _TO_SENDER:
        yield "sender_changed", "sender"
    if action in _TO_DESK or (action == "contact_attempt" and after.tries == ENOUGH_TRIES):
        yield "desk_changed", "desk"
    if action in _TO_FAMILY:
        yield "family_changed", "family"
    if action in _TO_RECEIVER:
        yield "receiver_changed", "receiver"
    if action == "send":
        yield "receiver_new", "receiver"


def rendered(template: str, reference: str, link: str) -> tuple[str, str]:
    """(subject, body)."""
    found = TEMPLATES[template]
    return found.subject.format(reference=reference), found.body.format(reference=reference, link=link)


def safe_address(channel: str, phone: str, email: str, shared: list[str]) -> tuple[str, str] | None:
    """(channel, address) that a family may be written to; None where they want no messages or others would see them."""
    if channel == "text" and phone and "phone" not in shared:
        return "text", phone
    if channel == "email" and email and "email" not in shared:
        return "email", email
    return None
