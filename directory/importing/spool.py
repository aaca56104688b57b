"""The records of a crawl on disk, a line each, and how far it came: where a break leaves off the next run goes on."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from directory.importing.shapes import Item

KEPT = 24 * 3600.0
"""Seconds that a broken crawl can be taken up again; after that the feed will have moved on too far."""


class State(Struct, kw_only=True):
    """How far a crawl of `address` came: `page` is the last one that is wholly in the file of `size` bytes."""

    address: str
    query: str = ""
    page: int = 0
    size: int = 0
    at: float = 0.0


class Spool:
    """Holds one crawl in `folder`. Records that were there already are not written twice."""

    def __init__(self, folder: Path) -> None:
        self.records = folder / "records.ndjson"
        self.state_file = folder / "crawl.json"
        self.seen: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def open(self, address: str, query: str) -> State:
        """The state to go on from: that of a broken crawl of the same thing, or a new one."""
        state = self._found()
        if state is None or (state.address, state.query) != (address, query) or time.time() - state.at > KEPT:
            self.records.write_bytes(b"")
            return State(address=address, query=query)
        with self.records.open("r+b") as out:
            out.truncate(state.size)
        self.seen = {key(item.record) for item in self.read("")}
        return state

    def _found(self) -> State | None:
        try:
            state = msgspec.json.decode(self.state_file.read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            return None
        whole = self.records.exists() and self.records.stat().st_size >= state.size
        return state if whole else None

    def write(self, records: Iterable[Any], state: State) -> None:
        """Put a page's records away and remember that it is done."""
        with self.records.open("ab") as out:
            for each in records:
                if key(each) not in self.seen:
                    self.seen.add(key(each))
                    out.write(msgspec.json.encode(each) + b"\n")
            state.size = out.tell()
        state.at = time.time()
        self.state_file.write_bytes(msgspec.json.encode(state))

    def read(self, name: str) -> Iterator[Item]:
        with self.records.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield Item(f"{name}, record {number}", msgspec.json.decode(line))

    def clear(self) -> None:
        """The crawl is done with."""
        self.records.unlink(missing_ok=True)
        self.state_file.unlink(missing_ok=True)


def key(record: Any) -> str:
    return str(record.get("id")) if isinstance(record, dict) else ""
