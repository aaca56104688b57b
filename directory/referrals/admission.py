"""What a request must bring before it is taken: somebody's agreement or a reason to go without, and a way on. Pure."""

import datetime as dt

from directory.access.roles import Caller
from directory.errors import BadRequest, FieldError
from directory.referrals import facts
from directory.referrals.shapes import NewRequest

_REACH = {"phone": "phone", "text": "phone", "email": "email", "post": "address"}


def check(new: NewRequest, caller: Caller, today: dt.date) -> None:
    """BadRequest naming everything that is missing, each in words for whoever fills in the form."""
    wrong: list[FieldError] = []
    if not new.text.strip():
        wrong.append(FieldError("text", "say in a few words what is going on"))
    wrong += _agreement(new, caller) + _contact(new)
    if new.birth_date and not today - dt.timedelta(days=120 * 366) < new.birth_date <= today:
        wrong.append(FieldError("birth_date", "a date of birth is in the past"))
    if new.word and len(facts.plain("word", new.word)) < facts.SHORTEST_WORD:
        wrong.append(FieldError("word", "a word of at least four letters that only you know"))
    if len(set(new.services)) != len(new.services):
        wrong.append(FieldError("services", "the same service twice"))
    if wrong:
        raise BadRequest("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)


def _agreement(new: NewRequest, caller: Caller) -> list[FieldError]:
    wrong: list[FieldError] = []
    if new.lawful_basis == "agreement":
        if not new.agreement.to_share:
            wrong.append(FieldError("agreement.to_share", "we may only pass this on if the family agrees"))
        if new.services and not new.agreement.to_service:
            wrong.append(FieldError("agreement.to_service", "the family agrees to the service first"))
        if new.override_reason:
            wrong.append(
                FieldError("override_reason", "with the family's agreement there is nothing to override")
            )
        return wrong
    if new.asker != "professional" or caller.kind == "family":
        wrong.append(FieldError("lawful_basis", "only a professional can go without the family's agreement"))
    if not new.agreement.to_share and not new.override_reason.strip():
        wrong.append(FieldError("override_reason", "say why this goes on without the family's agreement"))
    return wrong


def _contact(new: NewRequest) -> list[FieldError]:
    contact, wrong = new.contact, []
    if (field := _REACH.get(contact.channel)) and not getattr(contact, field).strip():
        wrong.append(FieldError(f"contact.{field}", "we need this to reach you the way you chose"))
    if contact.email and ("@" not in contact.email or " " in contact.email.strip()):
        wrong.append(FieldError("contact.email", "an e-mail address has an @ and no spaces"))
    if new.asker == "professional" and not (new.sender.name and (new.sender.phone or new.sender.email)):
        wrong.append(FieldError("sender", "who you are and how we reach you"))
    if new.asker == "someone" and not new.sender.name.strip():
        wrong.append(FieldError("sender.name", "who you are"))
    return wrong
