"""What changed between two versions of the rule book, by the names of its parts. Pure.

Only fingerprints are kept: which need, rule, step or number was added, changed or taken away, not what it said.
"""

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from directory.routing.rulebook import RuleBook
from directory.routing.safety_rules import Book

Sections = dict[str, dict[str, str]]
"""Section -> name of a part -> fingerprint of what it says."""


class Change(Struct, frozen=True):
    """Of one section, by name."""

    section: str
    added: list[str]
    changed: list[str]
    removed: list[str]


class VersionInWords(Struct, frozen=True):
    """A version that answered here: since when (ISO time, UTC), and what it changed; nothing for the first."""

    version: str
    since: str
    changes: list[Change]


def sections(book: RuleBook, danger: Book) -> Sections:
    """The rule book by its parts."""
    parts: dict[str, dict[str, object]] = {
        "needs": {need.code: need for need in book.needs},
        "phrases": dict(book.phrases.items()),
        "words": {"people": book.words.people, "ideas": book.words.alike, "ignored": book.words.ignore},
        "levels": {level.code: level for level in book.levels.level},
        "level_rules": {rule.id: rule for rule in (*book.levels.rise, *book.levels.ease)},
        "signs": {"moves": book.signs.moves, **{sign.id: sign for sign in book.signs.sign}},
        "steps": {step.code: step for step in book.pathways.step},
        "pathways": dict(book.pathways.need.items()),
        "weights": {"weights": book.pathways.weights, "priority": book.pathways.priority},
        "questions": {question.id: question for question in book.questions.question},
        "doors": {door.code: door for door in book.doors.door},
        "outcomes": {"outcomes": book.outcomes},
        "danger": {ready.rule.id: ready.rule for ready in danger.rules},
        "kinds_of_danger": {kind.id: kind for kind in danger.kinds.values()},
        "contacts": {contact.id: contact for contact in danger.contacts.values()},
    }
    return {section: {name: _print(what) for name, what in named.items()} for section, named in parts.items()}


def changes(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> list[Change]:
    """Sections in which something differs, in the order of `after`."""
    found: list[Change] = []
    for section in dict.fromkeys([*after, *before]):
        old, new = before.get(section, {}), after.get(section, {})
        change = Change(
            section,
            [name for name in new if name not in old],
            [name for name in new if name in old and old[name] != new[name]],
            [name for name in old if name not in new],
        )
        if change.added or change.changed or change.removed:
            found.append(change)
    return found


def _print(what: object) -> str:
    text = msgspec.json.encode(what, order="sorted", enc_hook=str)
    return hashlib.blake2b(text, digest_size=6).hexdigest()
