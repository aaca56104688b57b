"""Forms of actions: which boxes each has, and what somebody typed as an `Act`. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from directory.errors import BadRequest, FieldError
from directory.referrals import codes
from directory.referrals.lifecycle import Allowed
from directory.referrals.shapes import Act, Contact, Correction, Event
from directory.referrals.transitions import BY_NAME
from directory.web.wording import N_

# Boxes beyond those that a move must have.
OPTIONAL: dict[tuple[str, str], tuple[str, ...]] = {
    ("request", "triage"): (),
    ("request", "assign"): (),
    ("request", "override"): ("needs", "level", "note"),
    ("request", "start_plan"): ("note",),
    ("request", "close_plan"): ("note",),
    ("request", "call"): ("channel", "result", "note"),
    ("request", "close"): ("outcome", "note"),
    ("request", "score"): ("score", "got_help"),
    ("request", "correct"): ("correction",),
    ("request", "withdraw"): ("note",),
    ("request", "withdraw_agreement"): ("note",),
    ("request", "read_safeguarding"): ("note",),
    ("referral", "accept"): ("date", "note"),
    ("referral", "decline"): ("reason", "note"),
    ("referral", "waitlist"): ("date", "note"),
    ("referral", "contact_attempt"): ("channel", "result", "note"),
    ("referral", "first_contact"): ("note",),
    ("referral", "schedule"): ("date", "note"),
    ("referral", "no_show"): ("note",),
    ("referral", "outcome"): ("outcome", "note"),
    ("referral", "unable"): ("reason", "note"),
    ("referral", "request_cancel"): ("reason", "note"),
    ("referral", "confirm_cancel"): ("note",),
    ("referral", "lapse"): ("note",),
    ("referral", "letter_received"): ("note",),
}
ELSEWHERE = {"submit", "route", "hand_over", "send", "draft", "re_route"}  # they have forms of their own
CALLS = {"call_made", "letter_received"}  # a referral that went by message has no call of its own
ORDER = (
    "triage", "assign", "call", "note", "ask_info", "give_info", "advise", "advise_emergency", "override", "start_plan",
    "close_plan", "correct", "add", "flag_safeguarding", "close", "reopen", "score", "withdraw", "withdraw_agreement",
    "mark_error",
    "open", "accept", "first_contact", "contact_attempt", "schedule", "waitlist", "outcome", "no_show", "decline",
    "unable", "call_made", "letter_received", "request_cancel", "confirm_cancel", "lapse",
)  # fmt: skip
# Everyday work first; the rest folds away.
RARE = {"close_plan",
        "withdraw", "withdraw_agreement", "mark_error", "score", "reopen", "add", "flag_safeguarding", "lapse",
        "request_cancel", "confirm_cancel", "open"}  # fmt: skip
RESULTS = {
    "reached": N_("Spoke with them"),
    "left_message": N_("Left a message"),
    "no_answer": N_("No answer"),
    "wrong_number": N_("Wrong number"),
}
# What a note is for, as its label.
NOTES = {
    "ask_info": N_("What do you need to know?"),
    "advise": N_("What did you advise?"),
    "advise_emergency": N_("What did you advise, and why?"),
    "call": N_("What was said?"),
    "call_made": N_("Whom did you speak with, and what was decided?"),
    "note": N_("Note"),
    "override": N_("Why another answer?"),
    "read_safeguarding": N_("What did you do about it, or why is it none?"),
    "flag_safeguarding": N_("What worries you?"),
    "clear_safeguarding": N_("Why is it no concern any more?"),
    "reopen": N_("Why is it opened again?"),
    "mark_error": N_("What went wrong?"),
    "give_info": N_("What did they say?"),
    "add": N_("What is to be added?"),
    "close": N_("A few words"),
}


class Form(Struct, frozen=True, kw_only=True):
    """One action as a form. `boxes` are (name, whether it must be filled in)."""

    action: str
    label: str
    boxes: list[tuple[str, bool]]
    rare: bool


class Draft(Struct, frozen=True, kw_only=True):
    """What somebody typed into a form that did not go through: `of` is "request" or a referral's id."""

    of: str
    action: str
    fields: Mapping[str, str]


def forms(entity: str, actions: Sequence[Allowed], kind: str = "") -> list[Form]:
    """The forms of the actions that are allowed now, everyday ones first. `kind` is a referral's."""
    found = []
    for each in actions:
        if each.action in ELSEWHERE or (each.action in CALLS and kind != "phone_handover"):
            continue
        key = (entity, each.action)
        needed = {"channel", "result"} if "contact" in each.needs else set()
        needed |= {name for name in each.needs if name != "contact"}
        order = OPTIONAL.get(key, ())
        names = [*order, *(name for name in each.needs if name != "contact" and name not in order)]
        found.append(
            Form(
                action=each.action,
                label=each.label,
                boxes=[(name, name in needed) for name in names],
                rare=each.action in RARE,
            )
        )
    return sorted(found, key=lambda form: _place(entity, form.action))


def _place(entity: str, action: str) -> int:
    """Where an action stands: on a referral the answers come before words about it."""
    at = ORDER.index(action) if action in ORDER else len(ORDER)
    return at + len(ORDER) * (entity == "referral" and action in {"note", "ask_info", "give_info"})


def act(entity: str, fields: Mapping[str, str]) -> Act:
    """The action that a form says. BadRequest names the box that is wrong."""
    wrong: list[FieldError] = []
    values: dict[str, Any] = {
        name: fields[name]
        for name in ("action", "note", "reason", "outcome", "channel", "result", "owner")
        if fields.get(name)
    }
    if fields.get("version", "").isdecimal():
        values["version"] = int(fields["version"])
    else:  # nobody changes what they have not seen
        wrong.append(FieldError("version", "open the page again"))
    if text := fields.get("date"):
        try:
            values["date"] = dt.date.fromisoformat(text)
        except ValueError:
            wrong.append(FieldError("date", "a date, as 2027-03-14"))
    if fields.get("score"):
        values["score"] = fields["score"]
    if fields.get("got_help"):
        values["got_help"] = fields["got_help"]
    if fields.get("level"):
        values["level"] = fields["level"]
    if any(name.startswith("need.") for name in fields):
        values["needs"] = [name.partition(".")[2] for name in fields if name.startswith("need.")][:6]
    if values.get("action") == "correct":
        values["correction"] = _correction(fields, wrong)
    if wrong:
        raise BadRequest("; ".join(each.message for each in wrong), errors=wrong)
    try:
        return msgspec.convert(values, Act, strict=False)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        field = where.rstrip("`") or "action"
        raise BadRequest(errors=[FieldError(field, message.lower())]) from None


def _correction(fields: Mapping[str, str], wrong: list[FieldError]) -> Correction:
    """Every box of the form as it stands now; emptied ones are emptied."""
    born: dt.date | None = None
    if text := fields.get("c.birth_date"):
        try:
            born = dt.date.fromisoformat(text)
        except ValueError:
            wrong.append(FieldError("c.birth_date", "a date, as 2019-03-14"))
    try:
        contact = msgspec.convert(contact_fields(fields, "c."), Contact)
    except msgspec.ValidationError:
        wrong.append(FieldError("c.channel", "this is not one of the ways"))
        contact = Contact()
    return Correction(
        name=fields.get("c.name", ""), child_name=fields.get("c.child_name", ""), birth_date=born,
        near=fields.get("c.near", ""), language=fields.get("c.language", ""),
        adjustments=fields.get("c.adjustments", ""), contact=contact,
    )  # fmt: skip


def contact_fields(fields: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """How to reach a family, out of a form's boxes."""
    return {
        "channel": fields.get(f"{prefix}channel") or "none",
        "phone": fields.get(f"{prefix}phone", ""),
        "email": fields.get(f"{prefix}email", ""),
        "address": fields.get(f"{prefix}address", ""),
        "when": fields.get(f"{prefix}when", ""),
        "not_safe": fields.get(f"{prefix}not_safe", ""),
        "leave_message": f"{prefix}leave_message" in fields,
        "shared": [each for each in ("phone", "email", "post") if f"{prefix}shared.{each}" in fields],
    }


def since(events: Sequence[Event], seen: str) -> list[Event]:
    """What happened after the last line of the log that somebody saw."""
    last = int(seen) if seen.isdecimal() else 0
    return [event for event in events if event.id > last] if last else []


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in parts, each with whether it is inside one of the spans."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end <= start:
            continue
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts


def choices(*, receiver: bool = False) -> dict[str, list[tuple[str, str]]]:
    """What the boxes of reasons and outcomes offer: (code, words)."""
    return {
        "reasons": [
            (code, each.label) for code, each in codes.REASONS.items() if each.receiver or not receiver
        ],
        "outcomes": [(code, each.label) for code, each in codes.OUTCOMES.items()],
        "ends": [(code, each.label) for code, each in codes.OUTCOMES.items() if each.attempt],
    }


def done(did: str) -> str:
    """What is said once something was done; nothing for a word that is none of ours."""
    if did.startswith("sent-"):
        return "Sent. The service is told at once."
    if did == "taken":
        return "Saved, and yours. Tell them the reference and what happens next."
    if did == "code-ended":
        return "No code opens this request any more."
    move = BY_NAME.get(("request", did)) or BY_NAME.get(("referral", did))
    return f"Done: {move.label[0].lower()}{move.label[1:]}." if move else ""
