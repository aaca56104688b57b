"""What goes into the router and what comes out: the body of `POST /api/routes` and its answer."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

LONGEST = 10_000  # characters of one text


class Ask(Struct, kw_only=True, forbid_unknown_fields=True):
    """What somebody asks. Nothing of it is stored. `door` changes wording only; `answers` are to our questions."""

    text: Annotated[str, Meta(max_length=LONGEST)] = ""
    near: Annotated[str, Meta(max_length=200)] | None = None
    ages: Annotated[list[Annotated[float, Meta(ge=0, le=130)]], Meta(max_length=12)] = []
    needs: Annotated[list[str], Meta(max_length=6)] = []
    door: Annotated[str, Meta(max_length=40)] = "self"
    answers: Annotated[dict[str, Annotated[str, Meta(max_length=80)]], Meta(max_length=10)] = {}


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number to ring or text; `dial` is the link behind it."""

    id: str
    name: str
    number: str
    dial: str
    when: str = ""


class FlagSeen(Struct, frozen=True, kw_only=True):
    """`span` is [start, end) in the text that was sent; `words` are those characters."""

    rule: str
    kind: str
    tier: int
    span: tuple[int, int]
    words: str


class SafetyAnswer(Struct, frozen=True, kw_only=True):
    tier: Literal[0, 1, 2]
    urgent: bool
    flags: list[FlagSeen]
    contacts: list[Contact]
    message: str
    ask: str
    quick_exit: bool
    language: str


class NeedHeard(Struct, frozen=True, kw_only=True):
    """`confidence` 0 to 1, calibrated; `evidence` the words and phrases that spoke for it."""

    code: str
    label: str
    confidence: float
    evidence: list[str]


class LevelAnswer(Struct, frozen=True, kw_only=True):
    code: str
    label: str
    reasons: list[str]


class Suggested(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service on a step. `reasons` say why it is here, best first; `next_step` what to do."""

    id: str
    name: str
    organization: str
    kind: str | None = None
    distance_miles: float | None = None
    venue: str | None = None
    reasons: list[str]
    next_step: str
    phone: str | None = None
    url: str


class Step(Struct, frozen=True, kw_only=True):
    """`how` is how to enter, `consent` the agreement it takes, `then` what happens next.

    `now` is what a family can do today, `meanwhile` what to do while waiting, `back` the step down afterwards.
    """

    step: str
    level: str
    title: str
    who: str
    how: str
    consent: str
    then: str
    now: list[str]
    meanwhile: str
    back: str
    services: list[Suggested]


class RuledOut(Struct, frozen=True, kw_only=True):
    """A service that failed exactly one rule."""

    id: str
    name: str
    rule: str
    reason: str


class Option(Struct, frozen=True, kw_only=True):
    code: str
    label: str


class Question(Struct, frozen=True, kw_only=True):
    id: str
    text: str
    why: str
    options: list[Option]
    free: bool = False


class Person(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom to talk to: always there."""

    name: str
    phone: str
    dial: str
    why: str
    hub: str | None = None
    hub_id: str | None = None
    hub_phone: str | None = None
    zone: str | None = None


class PlaceHeard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`said` is true for a place that was read out of the text: a `near` in the body takes its place."""

    text: str
    kind: str
    latitude: float | None = None
    longitude: float | None = None
    areas: list[str] = []
    sentence: str = ""
    said: bool = False


class Wording(Struct, frozen=True, kw_only=True):
    """The only part that the door changes: how to say it, whom to ring from there, and who presses the button."""

    door: str
    intro: str
    message: str
    contacts: list[Contact]
    channel: str
    consent: str
    who_presses: str


class Plan(Struct, frozen=True, kw_only=True):
    """When several services are needed: one assessment and plan, with the family's agreement."""

    name: str
    short: str
    first: str
    consent: str
    elements: list[str]


class CallSheet(Struct, frozen=True, kw_only=True):
    """What the advice and duty service will ask: it takes no written referrals."""

    title: str
    before: list[str]
    asks: list[str]
    after: list[str]


class Route(Struct, frozen=True, kw_only=True):
    safety: SafetyAnswer
    needs: list[NeedHeard]
    outcomes: list[str]
    ages: list[float]
    urgency: str
    """How soon, as the text says it: "now", "today", "soon" or empty. It lowers nothing."""
    days: list[str]
    level: LevelAnswer
    pathway: list[Step]
    ruled_out: list[RuledOut]
    questions: list[Question]
    rather_talk: str
    person: Person
    plan: Plan | None
    call_sheet: CallSheet | None
    place: PlaceHeard | None
    sensitive: bool
    in_scope: bool
    rules_version: str
    model: str
    """The sentence model that had its say beside the phrases, with the hash of its weights; empty: none."""
    wording: Wording
