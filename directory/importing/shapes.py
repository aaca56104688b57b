"""What an import says of itself: notes on values, quarantined records, the report."""

from typing import Any, NamedTuple

from msgspec import Struct

from directory.catalogue import hsds


class Item(NamedTuple):
    """One raw record of a source; `where` names it for people: "page_1.json, record 3"."""

    where: str
    record: Any


class Note(NamedTuple):
    """One value that was mended or left out. `pointer` is a JSON pointer inside the record as its feed wrote it."""

    pointer: str
    problem: str
    value: str


class Cleaned(Struct, kw_only=True):
    """A record as it will be stored, or the reasons why it is not. `sources`: our id -> the feed's own; `mark`: its
    fingerprint, where that is known already."""

    where: str
    source_id: str = ""
    name: str = ""
    service: hsds.Service | None = None
    notes: list[Note] = []
    reasons: list[str] = []
    sources: dict[str, str] = {}
    mark: bytes = b""


class Quarantined(Struct, frozen=True):
    """A record that was not imported, and why."""

    where: str
    source_id: str
    name: str
    reasons: list[str]


class Finding(Struct, frozen=True):
    """One kind of trouble with values: how often, and the first place where it was met."""

    field: str
    problem: str
    count: int
    example: str
    value: str


class Report(Struct, kw_only=True):
    """One run. Every record read is in exactly one of added, changed, same and quarantined."""

    source: str
    feed: str
    dialect: str = ""
    dry_run: bool = False
    complete: bool = True
    read: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    missing: int = 0
    withdrawn: int = 0
    suggested: int = 0
    seconds: float = 0.0
    quarantined: list[Quarantined] = []
    quarantined_count: int = 0
    findings: list[Finding] = []
    remarks: list[str] = []
