"""How to reach a family safely, as two pages ask it: fields, what they still lack, the contact they make. Pure."""

import re

from msgspec import Struct

from directory.referrals.codes import Channel
from directory.referrals.shapes import Contact
from directory.web.forms import Wrong
from directory.web.wording import N_

SHARED = ("phone", "email", "post")


class Reached(Struct, frozen=True, kw_only=True):
    """The fields of both forms. `phone` is to be rung, `mobile` to be texted: each stands under its own choice."""

    channel: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    address: str = ""
    shared: list[str] = []
    leave_message: str = ""
    when: str = ""
    not_safe: str = ""


_NEEDS: dict[str, tuple[str, str]] = {
    "phone": ("phone", N_("Write the number we should ring")),
    "text": ("mobile", N_("Write the mobile number we should text")),
    "email": ("email", N_("Write an email address, like name@example.com")),
    "post": ("address", N_("Write the address we should write to")),
}


def wrong(told: Reached) -> list[Wrong]:
    if told.channel not in (*_NEEDS, "none"):
        return [Wrong("channel", N_("Choose how we should get in touch"))]
    field, message = _NEEDS.get(told.channel, ("", ""))
    value = getattr(told, field) if field else ""
    digits = sum(each.isdigit() for each in value)
    fine = {
        "phone": digits >= 7,
        "mobile": digits >= 7,
        "email": re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None,
        "": True,
    }.get(field, bool(value))
    return [] if fine else [Wrong(field, message)]


_SEES = {"text": "phone", "email": "email", "post": "post"}


def unsafe(told: Reached) -> list[Wrong]:
    """We write nowhere that somebody else sees: then another way is needed, or none."""
    if _SEES.get(told.channel) not in told.shared:
        return []
    return [Wrong("shared", N_("Someone else sees it there. Go back and choose another way to get in touch"))]


def contact(told: Reached) -> Contact:
    """Only what belongs to the chosen way: what was typed for another and changed is not kept."""
    channel: Channel = told.channel  # type: ignore[assignment]  # `wrong` let nothing else through
    if channel == "none":
        return Contact(channel="none")
    return Contact(
        channel=channel,
        phone={"phone": told.phone, "text": told.mobile}.get(channel, ""),
        email=told.email if channel == "email" else "",
        address=told.address if channel == "post" else "",
        shared=[each for each in SHARED if each in told.shared],  # type: ignore[misc]
        leave_message=bool(told.leave_message),
        when=told.when,
        not_safe=told.not_safe,
    )


def told_of(known: Contact) -> dict[str, object]:
    """A contact as the fields of the form, to be changed there."""
    return {
        "channel": known.channel if known.channel != "in_person" else "",
        "phone": known.phone if known.channel == "phone" else "",
        "mobile": known.phone if known.channel == "text" else "",
        "email": known.email,
        "address": known.address,
        "shared": list(known.shared),
        "leave_message": "yes" if known.leave_message else "",
        "when": known.when,
        "not_safe": known.not_safe,
    }
