"""The numbers of the rank and the lists that staff can edit, read from `data/` once.

A council's own lists stand in `search/` of its rules folder, under the same names, and take the place of ours.
"""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

F = TypeVar("F", bound=Callable[[], Any])
FOLDER = Path(__file__).parent / "data"
OWN = frozenset(
    {"synonyms.toml", "topics.toml", "hints.toml", "needs.toml", "understood.toml", "stop.txt"}
)  # lists of words
_own: list[Path] = []
_made: list[Any] = []  # caches of what was made of the lists


def use(rules_dir: str) -> None:
    """Take lists of words from `search/` of this rules folder where it has them ("" for none)."""
    wanted = [Path(rules_dir) / "search"] if rules_dir else []
    if wanted != _own:
        _own[:] = wanted
        for made in _made:
            made.cache_clear()


def made_of_lists(function: F) -> F:
    """Keeps what a function without arguments makes, until other lists are used."""
    kept = cache(function)
    _made.append(kept)
    return kept  # type: ignore[return-value]


def _path(name: str) -> Path:
    found = (folder / name for folder in _own if name in OWN and (folder / name).exists())
    return next(found, FOLDER / name)


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    exact: float
    stem: float
    synonym: float
    prefix: float
    typo: float
    inner: float
    weak: float
    part: float
    whole_name: float
    order: float


class Need(Struct, frozen=True, forbid_unknown_fields=True):
    floor: float
    heard: float
    confident: float
    least_words: int
    focus: float
    akin: float
    about: float
    brief: float
    aside: float
    few: int
    fill: float
    fill_least: float
    fill_floor: float
    named: float
    named_floor: float
    echo: float
    echo_rows: int
    echo_least: float


class Hint(Struct, frozen=True, forbid_unknown_fields=True):
    age_wide: float
    age_open: float
    age_other: float
    form_other: float
    for_others: float
    own_harm: float
    for_staff: float
    whom: float


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    floor: float
    reach: float
    steep: float
    zone: float
    district: float
    county: float
    unknown: float
    elsewhere: float


class Freshness(Struct, frozen=True, forbid_unknown_fields=True):
    fresh: int
    stale: int
    floor: float
    aging: float


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """`weights.toml`; what each number means is said there."""

    fields: dict[str, float]
    words: Words
    need: Need
    hint: Hint
    place: Place
    freshness: Freshness
    capacity: dict[str, float]


class Pattern(Struct, frozen=True):
    code: str
    label: str
    found: re.Pattern[str]
    unless: re.Pattern[str] | None

    def matches(self, text: str) -> bool:
        return bool(self.found.search(text)) and not (self.unless and self.unless.search(text))


@cache
def weights() -> Weights:
    return msgspec.convert(_toml("weights.toml"), Weights)


@cache
def accessible() -> tuple[Pattern, ...]:
    """What a venue's accessibility can be filtered by."""
    return tuple(
        Pattern(code, each["label"], re.compile(each["pattern"]), _pattern(each.get("not")))
        for code, each in _toml("accessible.toml").items()
    )


@made_of_lists
def stop_words() -> frozenset[str]:
    """Words that carry nothing in a search."""
    lines = _path("stop.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class Free(Struct, frozen=True):
    words: list[str]
    not_before: list[str]
    not_after: list[str]


class PlaceWords(Struct, frozen=True):
    before: list[str]
    leads: list[str]
    not_: list[str] = field(name="not")


class Passing(Struct, frozen=True):
    """What tells a filter from a word said in passing."""

    words: list[str] = []
    not_after: list[str] = []
    not_before: list[str] = []


class UnderstoodWords(Struct, frozen=True):
    days: dict[str, list[str]]
    free: Free
    place: PlaceWords
    numbers: dict[str, int]
    day_asked: Passing = Passing()
    own_age: Passing = Passing()
    sounds: dict[str, str] = {}
    spelt: list[str] = []


@made_of_lists
def understood() -> UnderstoodWords:
    """Words that are read as filters: `understood.toml`."""
    return msgspec.convert(_toml("understood.toml"), UnderstoodWords)


class AgeHint(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    low: int
    high: int
    words: list[str]


class FormHint(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    words: list[str]
    by: list[str] = []
    kind: list[str] = []


class WhomHint(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    named: list[str]
    said: list[str]


class WeakWords(Struct, frozen=True, forbid_unknown_fields=True):
    words: list[str]


class OwnHarm(Struct, frozen=True, forbid_unknown_fields=True):
    acts: list[str]
    temper: list[str]
    partners: list[str]
    others: list[str]
    subjects: list[str]


class HintLists(Struct, frozen=True, forbid_unknown_fields=True):
    age: list[AgeHint]
    form: list[FormHint]
    weak: WeakWords
    together: WeakWords
    own_harm: OwnHarm | None = None
    whom: list[WhomHint] = []


@made_of_lists
def hint_lists() -> HintLists:
    """What words say of ages and of the form of help: `hints.toml`."""
    return msgspec.convert(_toml("hints.toml"), HintLists)


@made_of_lists
def need_words() -> dict[str, list[str]]:
    """Code of a need -> words that name it: `needs.toml`."""
    return msgspec.convert(_toml("needs.toml"), dict[str, list[str]])


def meilisearch_settings() -> dict[str, Any]:
    """`meilisearch.toml`."""
    return _toml("meilisearch.toml")


def synonym_lists() -> tuple[list[list[str]], list[list[str]]]:
    """(words that mean the same, words that also find others): `synonyms.toml`."""
    found = _toml("synonyms.toml")
    return found["same"], found["also"]


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """One matter of help: what services call it (`finds`), what people say who are in the middle of it (`said`), and
    how they tell of it at length (`told`)."""

    finds: tuple[str, ...]
    said: tuple[str, ...]
    told: tuple[str, ...] = ()


def topics() -> list[Topic]:
    return msgspec.convert(_toml("topics.toml")["topic"], list[Topic])


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_path(name).read_text("utf-8"))
