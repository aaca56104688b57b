"""What somebody told on the pages of "send a request", step by step: what each step asks, and what it must bring. Pure.

Nothing is kept between the pages: all answers travel in the body of each POST, in hidden fields, until they are sent.
"""

import re
from typing import Literal
from uuid import UUID

from msgspec import field

from directory.referrals import facts
from directory.referrals.shapes import Agreed, NewRequest, Person
from directory.web import reaching
from directory.web.forms import TOO_LONG, Wrong
from directory.web.tell import ages as ages_of
from directory.web.wording import N_

Step = Literal["story", "who", "about", "reach", "safe", "agree", "check"]
STEPS: tuple[Step, ...] = ("story", "who", "about", "reach", "safe", "agree", "check")
FIELDS: dict[str, tuple[str, ...]] = {
    "story": ("text",),
    "who": ("whom", "sender_name", "sender_role", "allowed"),
    "about": ("ages", "near", "adjustments"),
    "reach": ("name", "channel", "phone", "mobile", "email", "address"),
    "safe": ("shared", "leave_message", "when", "not_safe"),
    "agree": ("share", "word", "code"),
    "check": (),
}
LONGEST = {"text": 10_000, "adjustments": 2_000, "address": 1_000, "not_safe": 2_000}
LONGEST_LINE = 200
MOST_SERVICES = 3
_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


class Sending(reaching.Reached, frozen=True, kw_only=True):
    """All the fields of all the steps. `key` is the form's own: the same key is the same request, however often sent.

    `go` is "back" or a step to change; `back_to_check` says that the answers were seen already and only one changes.
    """

    key: str = ""
    step: str = ""
    go: str = ""
    back_to_check: str = ""
    text: str = ""
    whom: str = ""
    sender_name: str = ""
    sender_role: str = ""
    allowed: str = ""
    ages: str = ""
    near: str = ""
    adjustments: str = ""
    name: str = ""
    share: str = ""
    word: str = ""
    code: str = ""
    service: list[str] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)
    saved: str = ""
    lang: str = ""
    quiet: bool = True

    @property
    def someone(self) -> bool:
        return self.whom == "someone"

    @property
    def spoken(self) -> str:
        """Every word that was written freely: what the safety rules listen to."""
        return "\n".join(
            filter(None, (self.text, self.adjustments, self.when, self.not_safe, self.sender_role))
        )


def steps(told: Sending) -> tuple[Step, ...]:
    """The steps that this request takes: nobody is asked how to be rung safely who will not be rung."""
    return tuple(each for each in STEPS if each != "safe" or told.channel != "none")


def own_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def wrong(told: Sending, step: str) -> list[Wrong]:
    """What a step still lacks, in the order of its page."""
    found = [
        Wrong(name, TOO_LONG)
        for name in FIELDS[step]
        if isinstance(value := getattr(told, name), str) and len(value) > LONGEST.get(name, LONGEST_LINE)
    ]
    match step:
        case "story" if not told.text:
            found.append(Wrong("text", N_("Write a few words about what is going on")))
        case "who":
            found += _who(told)
        case "reach":
            found += reaching.wrong(told)
        case "safe":
            found += reaching.unsafe(told)
        case "agree":
            if not told.share:
                found.append(Wrong("share", N_("Tick the box if we may pass this on, or ring us instead")))
            if len(facts.plain("word", told.word)) < facts.SHORTEST_WORD:
                found.append(Wrong("word", N_("Choose a word of four letters or more")))
    return found


def first_gap(told: Sending) -> tuple[Step, list[Wrong]] | None:
    """The first step that lacks something, and what."""
    return next(((step, found) for step in steps(told) if (found := wrong(told, step))), None)


def _who(told: Sending) -> list[Wrong]:
    if told.whom not in {"me", "family", "someone"}:
        return [Wrong("whom", N_("Choose who this is for"))]
    found = []
    if told.someone and not told.sender_name:
        found.append(Wrong("sender_name", N_("Write your name")))
    if told.someone and not told.allowed:
        found.append(Wrong("allowed", N_("Ask them first. Tick the box once they have said yes")))
    return found


def request_of(told: Sending, services: list[UUID]) -> NewRequest:
    """The request that the answers make. Call it once no step lacks anything."""
    return NewRequest(
        text=told.text,
        asker="someone" if told.someone else "self",
        door="web",
        name=told.name,
        near=told.near,
        ages=[int(age) for age in ages_of(told.ages)],
        language=told.lang if told.lang != "en" else "",
        adjustments=told.adjustments,
        contact=reaching.contact(told),
        sender=Person(name=told.sender_name, role=told.sender_role) if told.someone else Person(),
        agreement=Agreed(
            to_share=True,
            to_service=bool(services),
            to_contact=told.channel != "none",
            by="parent" if told.whom == "family" else "self",
        ),
        word=told.word,
        services=services,
        answers=told.answer,
    )
