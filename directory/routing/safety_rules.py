"""The safety part of the rule book: kinds, rules, contacts and messages, read from TOML and compiled once.

A folder holds `contacts.toml`, `safety.toml` (the kinds, their contacts and messages, and what turns a match down),
`languages.toml`, and `safety/words.toml` (word lists) with one `safety/<kind>.toml` of rules for each kind.
A council's own folder has the same files.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from directory.routing.pattern import Lexicon, Pattern, PatternError

Name = Annotated[str, Meta(pattern=r"^[a-z0-9]+([_.-][a-z0-9]+)*$", max_length=80)]
T = TypeVar("T")
Turn = Literal["negation", "history", "joking", "information", "pretend"]
TURNS: tuple[Turn, ...] = ("negation", "history", "joking", "information", "pretend")


class RulesError(ValueError):
    """The safety rules cannot be used; the message says which file and what is wrong."""


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that people in danger may be shown. `dial` is a tel: or sms: link; `when` may be empty."""

    id: Name
    name: str
    number: str
    dial: Annotated[str, Meta(pattern=r"^(tel|sms):[0-9]{3,11}$")]
    channel: Literal["phone", "text"]
    audience: Literal[
        "anyone", "public", "professionals", "children", "adults", "women", "men", "lgbt", "norfolk"
    ]
    when: str = ""
    source: str
    evidence: str
    checked_on: date
    review_by: date
    owner: str


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of danger: who to reach, in order, and what to say. Earlier kinds in the file speak first."""

    id: Name
    label: str
    quick_exit: bool = False
    contacts: tuple[str, ...]
    staff_contacts: tuple[str, ...]
    families: str
    staff: str


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to notice. `urgent` needs 999 or 111 now; `at_most` limits it to texts of so many words.

    `sure`: it says so much by itself that it interrupts however calm the rest sounds."""

    id: Name
    title: str
    tier: Literal[1, 2]
    urgent: bool = False
    sure: bool = False
    says: Annotated[tuple[str, ...], Meta(min_length=1)]
    unless: tuple[str, ...] = ()
    soften: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = TURNS
    at_most: int = 0
    kind: str = ""


class Cue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A weak sign. Several different ones together ask the soft question, none of them does alone."""

    id: Name
    kind: Name
    points: Annotated[int, Meta(ge=1, le=3)]
    says: tuple[str, ...]


class TurnText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What turns a match down, and what keeps it up all the same (`not_with`)."""

    id: Turn
    title: str
    says: tuple[str, ...]
    not_with: tuple[str, ...] = ()


class Ready(NamedTuple):
    """A rule with its patterns compiled; each carries whether it speaks of "not" itself."""

    rule: Rule
    unless: tuple[Pattern, ...]
    soften: tuple[Pattern, ...]


class Shared(NamedTuple):
    says: tuple[Pattern, ...]
    not_with: tuple[Pattern, ...]


class Language(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A language people write in: its name in itself, the message, and the small words that give it away."""

    code: Name
    name: str
    message: str
    script: Literal["latin", "cyrillic", "arabic", "bengali", "han"]
    words: str = ""
    letters: str = ""
    right_to_left: bool = False
    reviewed: bool = False


class Book(NamedTuple):
    """Everything `check` needs, compiled. Immutable in use; safe to share between threads."""

    contacts: dict[str, Contact]
    kinds: dict[str, Kind]
    always: tuple[str, ...]
    quiet: str
    ask: str
    rules: tuple[Ready, ...]
    says: dict[int, list[tuple[Pattern, int]]]
    cues: tuple[tuple[Cue, tuple[Pattern, ...]], ...]
    points: int
    turns: dict[str, Shared]
    lexicon: Lexicon
    languages: tuple[Language, ...]


class _Head(Struct, kw_only=True, forbid_unknown_fields=True):
    always: tuple[str, ...]
    quiet: str
    ask: str
    points: int
    kind: list[Kind]
    turn: list[TurnText]
    cue: list[Cue] = []


class _Rules(Struct, kw_only=True, forbid_unknown_fields=True):
    about: str = ""
    rule: list[Rule]


class _Contacts(Struct, kw_only=True, forbid_unknown_fields=True):
    contact: list[Contact]


class _Languages(Struct, kw_only=True, forbid_unknown_fields=True):
    language: list[Language]


class _Words(Struct, kw_only=True, forbid_unknown_fields=True):
    words: dict[str, str]


def load(folder: Path) -> Book:
    """Read and compile the safety rules of a rule book folder. Raises RulesError with the file and the fault."""
    head = _read(folder / "safety.toml", _Head)
    contacts = {c.id: c for c in _read(folder / "contacts.toml", _Contacts).contact}
    lexicon = Lexicon(_read(folder / "safety" / "words.toml", _Words).words)
    kinds = {k.id: k for k in head.kind}
    ready: list[Ready] = []
    says: dict[int, list[tuple[Pattern, int]]] = {}
    seen: set[str] = set()
    for path in sorted((folder / "safety").glob("*.toml")):
        if path.stem == "words":
            continue
        for rule in _read(path, _Rules).rule:
            rule = msgspec.structs.replace(rule, kind=rule.kind or path.stem)
            if rule.id in seen:
                raise RulesError(f"{path.name}: two rules are called {rule.id}")
            if rule.kind not in kinds:
                raise RulesError(f"{path.name}: {rule.id}: there is no kind called {rule.kind}")
            seen.add(rule.id)
            with_patterns = _Compile(lexicon, f"{path.name}: {rule.id}")
            for pattern in with_patterns(rule.says):
                says.setdefault(pattern.anchor, []).append((pattern, len(ready)))
            ready.append(Ready(rule, with_patterns(rule.unless), with_patterns(rule.soften)))
    _whole(head, contacts, kinds)
    compiled = _Compile(lexicon, "safety.toml")
    return Book(
        contacts=contacts,
        kinds=kinds,
        always=head.always,
        quiet=head.quiet,
        ask=head.ask,
        rules=tuple(ready),
        says=says,
        cues=tuple((c, compiled(c.says)) for c in head.cue),
        points=head.points,
        turns={t.id: Shared(compiled(t.says), compiled(t.not_with)) for t in head.turn},
        lexicon=lexicon,
        languages=tuple(_read(folder / "languages.toml", _Languages).language),
    )


class _Compile(NamedTuple):
    lexicon: Lexicon
    where: str

    def __call__(self, says: tuple[str, ...]) -> tuple[Pattern, ...]:
        try:
            return tuple(self.lexicon.compile(text) for text in says)
        except PatternError as wrong:
            raise RulesError(f"{self.where}: {wrong}") from None


def _whole(head: _Head, contacts: dict[str, Contact], kinds: dict[str, Kind]) -> None:
    shown = {*head.always, *(c for k in head.kind for c in (*k.contacts, *k.staff_contacts))}
    for missing in sorted(shown - contacts.keys()):
        raise RulesError(f"safety.toml: there is no contact called {missing}")
    for cue in head.cue:
        if cue.kind not in kinds:
            raise RulesError(f"safety.toml: {cue.id}: there is no kind called {cue.kind}")
    for missing in sorted(set(TURNS) - {t.id for t in head.turn}):
        raise RulesError(f"safety.toml: the turn {missing} is missing")


def _read(path: Path, shape: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), shape)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as wrong:
        raise RulesError(f"{path.name}: {wrong}") from wrong
