"""The numbers of the rank and the lists that staff can edit, read from `data/` once."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

FOLDER = Path(__file__).parent / "data"


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
    aside: float
    few: int
    fill: float
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


@cache
def stop_words() -> frozenset[str]:
    """Words that carry nothing in a search."""
    lines = (FOLDER / "stop.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class Free(Struct, frozen=True):
    words: list[str]
    not_before: list[str]
    not_after: list[str]


class PlaceWords(Struct, frozen=True):
    before: list[str]
    leads: list[str]
    not_: list[str] = field(name="not")


class UnderstoodWords(Struct, frozen=True):
    days: dict[str, list[str]]
    free: Free
    place: PlaceWords
    numbers: dict[str, int]


@cache
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


class WeakWords(Struct, frozen=True, forbid_unknown_fields=True):
    words: list[str]


class HintLists(Struct, frozen=True, forbid_unknown_fields=True):
    age: list[AgeHint]
    form: list[FormHint]
    weak: WeakWords
    together: WeakWords


@cache
def hint_lists() -> HintLists:
    """What words say of ages and of the form of help: `hints.toml`."""
    return msgspec.convert(_toml("hints.toml"), HintLists)


@cache
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


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))
