"""The rule book in words: what the router looks for, what it says and whom it names, with its version. Pure."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from directory.routing.history import VersionInWords
from directory.routing.rulebook import RuleBook
from directory.routing.safety_rules import Book

_SOME_WORDS = 8  # of a sign, for people to see what is meant


class SafetyRule(Struct, frozen=True):
    id: str
    title: str
    tier: int
    urgent: bool


class SafetyKind(Struct, frozen=True):
    id: str
    label: str
    message: str
    staff_message: str
    quick_exit: bool
    contacts: list[str]
    rules: list[SafetyRule]


class ContactInWords(Struct, frozen=True):
    id: str
    name: str
    number: str
    when: str
    source: str
    checked_on: str
    review_by: str
    owner: str


class NeedInWords(Struct, frozen=True):
    code: str
    label: str
    plain: str
    definition: str
    outcomes: list[str]
    level: str
    sensitive: bool
    phrases: int


class LevelInWords(Struct, frozen=True):
    code: str
    label: str
    who: str
    route: str
    consent: str


class ShiftInWords(Struct, frozen=True):
    id: str
    to: str
    reason: str
    eases: bool


class SignInWords(Struct, frozen=True):
    """`points` below 0 make a matter lighter; `words` are some of those that it is known by."""

    id: str
    reason: str
    points: int
    words: list[str]


class StepInWords(Struct, frozen=True):
    code: str
    level: str
    title: str
    who: str
    how: str
    consent: str
    then: str
    kinds: list[str]


class QuestionInWords(Struct, frozen=True):
    id: str
    text: str
    why: str
    options: list[str]


class DoorInWords(Struct, frozen=True):
    code: str
    label: str
    channel: str
    consent: str


class Handbook(Struct, frozen=True):
    version: str
    model: str
    safety: list[SafetyKind]
    contacts: list[ContactInWords]
    needs: list[NeedInWords]
    levels: list[LevelInWords]
    shifts: list[ShiftInWords]
    signs: list[SignInWords]
    order: dict[str, list[str]]
    steps: list[StepInWords]
    questions: list[QuestionInWords]
    doors: list[DoorInWords]
    overdue: list[str]
    """Ids of contacts whose day to check again has passed."""
    versions: list[VersionInWords]


def handbook(
    book: RuleBook,
    danger: Book,
    model: str = "",
    *,
    today: dt.date | None = None,
    versions: Sequence[VersionInWords] = (),
) -> Handbook:
    """`model` is the sentence model that has its say, empty for none; `versions` those that answered here."""
    return Handbook(
        version=book.version,
        model=model,
        safety=[
            SafetyKind(
                kind.id,
                kind.label,
                kind.families,
                kind.staff,
                kind.quick_exit,
                list(kind.contacts),
                [
                    SafetyRule(ready.rule.id, ready.rule.title, ready.rule.tier, ready.rule.urgent)
                    for ready in danger.rules
                    if ready.rule.kind == kind.id
                ],
            )
            for kind in danger.kinds.values()
        ],
        contacts=[
            ContactInWords(
                each.id,
                each.name,
                each.number,
                each.when,
                each.source,
                each.checked_on.isoformat(),
                each.review_by.isoformat(),
                each.owner,
            )
            for each in danger.contacts.values()
        ],
        needs=[
            NeedInWords(
                need.code,
                need.label,
                need.plain,
                need.definition,
                [need.outcome, *need.also],
                need.level,
                need.sensitive,
                len(book.phrases[need.code].every()),
            )
            for need in book.needs
        ],
        levels=[
            LevelInWords(each.code, each.label, each.who, each.route, each.consent)
            for each in book.levels.level
        ],
        shifts=[
            ShiftInWords(shift.id, shift.to, shift.reason, eases)
            for eases, shifts in ((False, book.levels.rise), (True, book.levels.ease))
            for shift in shifts
        ],
        signs=[
            SignInWords(sign.id, sign.reason, sign.points, list(sign.words[:_SOME_WORDS]))
            for sign in book.signs.sign
        ],
        order={level: list(steps) for level, steps in book.pathways.order.items()},
        steps=[
            StepInWords(
                step.code,
                step.level,
                step.title,
                step.who,
                step.how,
                step.consent,
                step.then,
                list(step.kinds),
            )
            for step in book.pathways.step
        ],
        questions=[
            QuestionInWords(each.id, each.text, each.why, [option.label for option in each.options])
            for each in book.questions.question
        ],
        doors=[DoorInWords(each.code, each.label, each.channel, each.consent) for each in book.doors.door],
        overdue=[each.id for each in danger.contacts.values() if today and each.review_by < today],
        versions=list(versions),
    )
