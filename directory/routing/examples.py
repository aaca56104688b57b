"""Examples of danger and of calm, read from `danger/` of the rule book: what the alarm learns from. Pure.

`danger/<kind>.toml` holds one kind; `danger/voices/<voice>.toml` holds how one sort of person writes, of every kind;
`danger/frames.toml` holds sentences with slots, from which examples are made, the same ones every time.
"""

import re
import tomllib
from collections.abc import Container, Mapping
from pathlib import Path
from random import Random
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from directory.routing.rulebook import RuleBookError

CALM = "calm"
GRADES = ("calm", "soft", "red", "now")
T = TypeVar("T")
_SLOT = re.compile(r"\{([a-z]+)\}")
_DEEP = 4  # a slot's words may hold slots themselves


class Examples(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ways of saying one kind of danger. `now`: ring 999 or act at once; `red`: interrupt; `soft`: ask; `calm`: no
    danger at all."""

    now: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    calm: tuple[str, ...] = ()


class Frame(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sentences with `{slots}`, of which `take` different ones are made. `group` names frames that share words."""

    group: str
    kind: str = CALM
    grade: Literal["calm", "soft", "red", "now"]
    take: Annotated[int, Meta(ge=1, le=500)]
    says: Annotated[tuple[str, ...], Meta(min_length=1)]


class _Frames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lists: dict[str, tuple[str, ...]]
    frame: tuple[Frame, ...]


class Example(NamedTuple):
    """One text with its grade (0 calm, 1 soft, 2 red, 3 now), its kind, and the file or group that it comes from."""

    text: str
    grade: int
    kind: str
    source: str


def read_examples(folder: Path, kinds: Container[str]) -> list[Example]:
    """Every example of a rule book's folder, in a fixed order. Raises RuleBookError, also where one is of a kind
    that is not among `kinds`: an alarm that named it would have nobody to offer."""
    danger = folder / "danger"
    found: list[Example] = []
    for path in sorted(danger.glob("*.toml")):
        if path.stem != "frames":
            found += _graded({path.stem: _read(path, Examples)}, path.stem)
    for path in sorted((danger / "voices").glob("*.toml")):
        found += _graded(_read(path, dict[str, Examples]), path.stem)
    if (danger / "frames.toml").exists():
        found += _made(_read(danger / "frames.toml", _Frames))
    strange = {(each.source, each.kind) for each in found if each.kind != CALM and each.kind not in kinds}
    if strange:
        raise RuleBookError(
            [f"danger: {name} tells of {kind}, which is no kind" for name, kind in sorted(strange)]
        )
    return found


def _graded(kinds: Mapping[str, Examples], source: str) -> list[Example]:
    return [
        Example(text, at, kind, source)
        for kind, each in kinds.items()
        for at, grade in enumerate(GRADES)
        for text in getattr(each, grade)
    ]


def _made(frames: _Frames) -> list[Example]:
    """The sentences of the frames with their slots filled. Raises RuleBookError for a list that is missing."""
    found: list[Example] = []
    for frame in frames.frame:
        chance = Random(frame.group + frame.kind + frame.grade)  # the same words every time
        made: dict[str, None] = {}
        for turn in range(3 * frame.take):
            if len(made) == frame.take:
                break
            made[_filled(frame.says[turn % len(frame.says)], frames.lists, chance)] = None
        found += [Example(text, GRADES.index(frame.grade), frame.kind, frame.group) for text in made]
    return found


def _filled(says: str, lists: Mapping[str, tuple[str, ...]], chance: Random) -> str:
    def choose(slot: re.Match[str]) -> str:
        if slot[1] not in lists:
            raise RuleBookError([f"danger/frames.toml: there is no list called {slot[1]}"])
        return chance.choice(lists[slot[1]])

    for _ in range(_DEEP):
        if "{" not in says:
            break
        says = _SLOT.sub(choose, says)
    return says


def _read(path: Path, shape: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), shape)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise RuleBookError([f"danger/{path.name}: {error}"]) from None
