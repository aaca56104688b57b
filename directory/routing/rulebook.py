"""The rule book: needs, phrases, levels, pathways, questions, outcomes and doors, read from TOML and checked.

It is data that people who do not write programs can read and change. A council's own folder replaces files of the
same name here, one by one. The version is a hash over every file of the folder, the safety files included, so that an
answer can always be traced to the rules that gave it.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from directory.routing.rule_shapes import (
    OUT_OF_SCOPE,
    UNCLEAR,
    Door,
    Doors,
    LevelRule,
    Levels,
    Need,
    Needs,
    Outcomes,
    Pathways,
    Phrases,
    Questions,
    Signs,
    WordLists,
)
from directory.words import LEVELS, OUTCOMES

OWN = Path(__file__).parent / "rules"
LARGEST = 2_000_000
"""Bytes of one file. The largest of ours is a few tens of thousands."""

T = TypeVar("T")


class RuleBookError(ValueError):
    """The rule book cannot be used. Each line of `problems` names a file, and the key where there is one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RuleBook(Struct, frozen=True, kw_only=True):
    """Every rule of the router but safety, which reads its own files from the same folder.

    `version` is 12 hex digits. `phrases` maps a need code to its phrases. `files` maps each file's name to where it
    was read from.
    """

    version: str
    files: dict[str, str]
    needs: tuple[Need, ...]
    phrases: dict[str, Phrases]
    words: WordLists
    levels: Levels
    signs: Signs
    pathways: Pathways
    questions: Questions
    outcomes: Outcomes
    doors: Doors

    def need(self, code: str) -> Need:
        """The need of a code; `KeyError` where there is none."""
        for need in self.needs:
            if need.code == code:
                return need
        raise KeyError(code)

    def level(self, code: str) -> LevelRule:
        """The level of a code; `KeyError` where there is none."""
        for level in self.levels.level:
            if level.code == code:
                return level
        raise KeyError(code)

    def door(self, code: str) -> Door:
        """The door of a code, or the fallback for one that nobody has described."""
        by_code = {door.code: door for door in self.doors.door}
        return by_code.get(code) or by_code[self.doors.fallback]


def load_rulebook(folder: Path | None = None) -> RuleBook:
    """Read our rules, with the files of `folder` in place of ours where it has them.

    Raises `RuleBookError` with every problem found.
    """
    paths = rule_files(OWN)
    if folder is not None:
        if not folder.is_dir():
            raise RuleBookError([f"{folder}: there is no such folder"])
        paths |= rule_files(folder)
    problems: list[str] = []
    needs = _read(paths, "needs.toml", Needs, problems)
    parts = {
        "words": _read(paths, "words.toml", WordLists, problems),
        "levels": _read(paths, "levels.toml", Levels, problems),
        "signs": _read(paths, "signs.toml", Signs, problems),
        "pathways": _read(paths, "pathways.toml", Pathways, problems),
        "questions": _read(paths, "questions.toml", Questions, problems),
        "outcomes": _read(paths, "outcomes.toml", Outcomes, problems),
        "doors": _read(paths, "doors.toml", Doors, problems),
    }
    phrases: dict[str, Phrases] = {}
    for name in sorted(paths):
        if name.startswith("phrases/"):
            read = _read(paths, name, Phrases, problems)
            if read is not None:
                phrases[name.removeprefix("phrases/").removesuffix(".toml")] = read
    if problems or needs is None:
        raise RuleBookError(problems)
    book = msgspec.convert(
        {
            "version": version_of(paths),
            "files": {name: str(path) for name, path in paths.items()},
            "needs": needs.need,
            "phrases": phrases,
            **parts,
        },
        RuleBook,
        from_attributes=True,
    )
    problems = disagreements(book)
    if problems:
        raise RuleBookError(problems)
    return book


def rule_files(folder: Path) -> dict[str, Path]:
    """Name within the folder -> path, for every TOML file in it, in order of name."""
    found = (path for path in folder.rglob("*.toml") if path.is_file())
    return dict(sorted((path.relative_to(folder).as_posix(), path) for path in found))


def version_of(paths: Mapping[str, Path]) -> str:
    """12 hex digits that change with any character of any rule file, wherever it lies."""
    seen = hashlib.sha256()
    for name in sorted(paths):
        seen.update(name.encode() + b"\0" + paths[name].read_bytes() + b"\0")
    return seen.hexdigest()[:12]


def _read(paths: Mapping[str, Path], name: str, shape: type[T], problems: list[str]) -> T | None:
    path = paths.get(name)
    if path is None:
        problems.append(f"{name}: the file is missing")
        return None
    if path.stat().st_size > LARGEST:
        problems.append(f"{name}: larger than {LARGEST} bytes")
        return None
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), shape)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        problems.append(f"{name}: {error}")
        return None


def disagreements(book: RuleBook) -> list[str]:
    """What the files say that does not fit together, a line each; empty for a sound book."""
    out: list[str] = []
    codes = [need.code for need in book.needs]
    known = set(codes)
    out += [
        f"needs.toml: the code {code} comes twice"
        for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    out += [
        f"needs.toml: {code} is needed and missing" for code in (OUT_OF_SCOPE, UNCLEAR) if code not in known
    ]
    for code in codes:
        if not book.phrases.get(code, Phrases()).every():
            out.append(f"phrases/{code}.toml: {code} has no phrases")
    out += [
        f"phrases/{code}.toml: there is no need {code} in needs.toml"
        for code in book.phrases
        if code not in known
    ]
    out += _same_phrase_twice(book)
    if tuple(level.code for level in book.levels.level) != LEVELS:
        out.append(f"levels.toml: the levels must be {', '.join(LEVELS)}, in that order")
    for shift in book.levels.rise + book.levels.ease:
        out += [
            f"levels.toml: {shift.id} names {code}, which is no need"
            for code in shift.needs
            if code not in known
        ]
    steps = [step.code for step in book.pathways.step]
    out += [
        f"pathways.toml: the step {code} comes twice"
        for code in sorted({c for c in steps if steps.count(c) > 1})
    ]
    for level in LEVELS:
        shown = {str(k): v for k, v in book.pathways.order.items()}.get(level, ())
        out += [
            f"pathways.toml: order.{level} names {code}, which is no step"
            for code in shown
            if code not in steps
        ]
        if not any(step.always for step in book.pathways.step if step.code in shown):
            out.append(f"pathways.toml: order.{level} needs a step marked always, so that no route is empty")
    out += [f"pathways.toml: need.{code} is no need" for code in book.pathways.need if code not in known]
    routed = [code for code in codes if code not in (OUT_OF_SCOPE, UNCLEAR)]
    out += [f"pathways.toml: need.{code} is missing" for code in routed if code not in book.pathways.need]
    for question in book.questions.question:
        named = [*question.needs, *(code for option in question.options for code in option.needs)]
        out += [
            f"questions.toml: {question.id} names {code}, which is no need"
            for code in named
            if code not in known
        ]
        if not question.options and not question.free:
            out.append(f"questions.toml: {question.id} has neither options nor free = true")
    if {outcome.code for outcome in book.outcomes.outcome} != set(OUTCOMES):
        out.append(f"outcomes.toml: the outcomes must be {', '.join(OUTCOMES)}")
    if sorted(line.number for line in book.outcomes.headline) != list(range(1, 11)):
        out.append("outcomes.toml: the headlines must be numbered 1 to 10")
    if book.doors.fallback not in {door.code for door in book.doors.door}:
        out.append(f"doors.toml: fallback {book.doors.fallback} is no door")
    return out if routed else [*out, "needs.toml: there is no need to route to"]


def _same_phrase_twice(book: RuleBook) -> list[str]:
    """A phrase listed for two needs teaches neither."""
    owners: dict[str, str] = {}
    out: list[str] = []
    for code, phrases in book.phrases.items():
        for phrase in phrases.every():
            key = " ".join(phrase.lower().split())
            owner = owners.setdefault(key, code)
            if owner != code:
                out.append(f"phrases/{code}.toml: {phrase!r} is in {owner} too")
    return out
