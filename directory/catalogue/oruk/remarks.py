"""What no schema of the standard says about a record, and families notice all the same. Pure."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

Remark = tuple[str, str, str]
"""Where (with [] for any item), what, and an example."""

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?\Z")
STALE = dt.timedelta(days=2 * 365)


def remarks(kind: str, record: Any) -> Iterator[Remark]:
    """`kind` is the name of the record in standard.py, without `_list` for an item of a list."""
    if not isinstance(record, dict):
        return
    if kind == "service":
        yield from _service(record)
    yield from _everywhere(record)


def _service(record: dict[str, Any]) -> Iterator[Remark]:
    id_ = str(record.get("id", ""))
    if not record.get("organization_id") and not isinstance(record.get("organization"), dict):
        yield "organization_id", "is missing: the standard's words ask for it, its schema does not", id_
    assured = _date(record.get("assured_date"))
    if assured and dt.datetime.now(dt.UTC).date() - assured > STALE:
        yield "assured_date", "is more than two years ago", str(record["assured_date"])
    if not record.get("description"):
        yield "description", "is missing: nobody can tell what it is", id_


def _everywhere(value: Any, where: str = "") -> Iterator[Remark]:
    if isinstance(value, dict):
        for name, each in value.items():
            here = f"{where}.{name}".lstrip(".")
            if each is None or each in ("", [], {}):
                yield here, "is empty: leave it out", ""
            elif isinstance(each, str):
                yield from _text(here, name, each)
            else:
                yield from _everywhere(each, here)
    elif isinstance(value, list):
        for each in value:
            yield from _everywhere(each, f"{where}[]")


def _text(where: str, name: str, text: str) -> Iterator[Remark]:
    if name in {"valid_from", "valid_to", "dtstart", "until", "assured_date"} and _date(text) is None:
        yield where, "is not a date (YYYY-MM-DD)", text[:40]
    if name in {"opens_at", "closes_at"} and not CLOCK.match(text):
        yield where, "is not a time of day (HH:MM)", text[:40]
    if name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        yield where, "is not an e-mail address that will work", text[:60]


def _date(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None
