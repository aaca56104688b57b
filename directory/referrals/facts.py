"""The second fact: something that the family knows and that a code alone does not give away. Pure."""

import datetime as dt
import re
from collections.abc import Iterator

from directory.referrals import likeness
from directory.referrals.shapes import Details

SHORTEST_WORD = 4
KINDS = ("birth_date", "postcode", "phone", "email", "word")
_DATE = re.compile(r"^\s*(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})\s*$")


def plain(kind: str, text: str) -> str:
    """The fact in the one form that is compared; empty where `text` cannot be one."""
    match kind:
        case "birth_date":
            return _date(text)
        case "postcode":
            return next((what for found, what in likeness.sought(text) if found == "postcode"), "")
        case "phone":
            return likeness.phone_mark(text)
        case "email":
            return text.strip().lower() if "@" in text else ""
        case _:
            return "".join(re.findall(r"[^\W_]+", text.casefold()))


def known(details: Details) -> Iterator[tuple[str, str]]:
    """(kind, fact) of everything in a request that can serve."""
    if details.birth_date:
        yield "birth_date", details.birth_date.isoformat()
    for kind, what in likeness.marks(details):
        if kind in {"postcode", "phone", "email"}:
            yield kind, what


def fits(details: Details, text: str) -> bool:
    """Whether `text` is one of the facts, however it was written."""
    return any(plain(kind, text) == fact for kind, fact in known(details))


def _date(text: str) -> str:
    found = _DATE.match(text)
    if not found:
        return ""
    first, month, last = (int(part) for part in found.groups())
    year, day = (first, last) if first > 31 else (last, first)
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return ""
