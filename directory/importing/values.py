"""One value of a feed, whatever it looks like -> the value that the standard means, or nothing and why. Pure.

Every reader takes any JSON value and returns the clean value, or None; one that had to give something up says so
through `Doubt`, in words for the people who keep the feed.
"""

import datetime as dt
import html
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from directory.words import STATUSES

LONGEST = 20_000  # characters of a text
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Doubt(ValueError):
    """What is wrong with a value; it is left out, the record stays."""


_EMPTY = {"", "null", "none", "n/a", "undefined", "nan"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]{0,200}>", re.I)
_EMAIL = re.compile(r"[!#-'*+\-./-9=?A-Z^-~]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LINK = re.compile(r"https?://[!-~]+\Z")
_HOST = re.compile(r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9-]{2,}(?::\d+)?\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+\Z")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?(?:[:.]\d{2}(?:\.\d+)?)?\s*([ap])?\.?\s*m?\.?", re.I)
_ZONED = re.compile(r"(?:z|[+-]\d{2}:?\d{2})\Z", re.I)
_DAY = re.compile(r"([+-]?[1-5])?\s*(mo|tu|we|th|fr|sa|su)[a-z]*\.?\Z", re.I)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_STATUS = {
    "open": "active", "live": "active", "published": "active", "approved": "active", "current": "active",
    "draft": "inactive", "archived": "inactive", "suspended": "inactive", "unpublished": "inactive",
    "pending": "inactive", "paused": "temporarily closed", "temporarily_closed": "temporarily closed",
    "closed": "defunct", "deleted": "defunct", "ended": "defunct",
}  # fmt: skip
_GREAT_BRITAIN = {"uk", "gb", "gbr", "united kingdom", "great britain", "england", "scotland", "wales",
                  "northern ireland", "u.k.", "gb-eng"}  # fmt: skip


def text(value: Any) -> str | None:
    """Plain text, lines kept: tags and control characters out, entities read, blank means nothing."""
    if value is None or isinstance(value, bool | dict | list):
        if isinstance(value, dict | list) and value:
            raise Doubt("is not text")
        return None
    found = _CONTROL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    if "<" in found and _TAG.search(found):
        found = _TAG.sub("", _BREAK.sub("\n", found))
        found = html.unescape(found)
    elif "&" in found:
        found = html.unescape(found)
    found = unicodedata.normalize("NFC", _CONTROL.sub("", found)).strip()
    if found.lower() in _EMPTY:
        return None
    if len(found) > LONGEST:
        found = found[:LONGEST].rsplit(" ", 1)[0] + " …"
    return found


def line(value: Any) -> str | None:
    """Text on one line."""
    found = text(value)
    return " ".join(found.split()) or None if found else None


def email(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    match = _EMAIL.search(found)
    if match is None:
        raise Doubt("is not an e-mail address")
    return match.group().rstrip(".")


def link(value: Any) -> str | None:
    """A web address that a person can press: http or https, ASCII, with a real host."""
    found = line(value)
    if found is None:
        return None
    found = found.split()[0] if re.match(r"\S+\.\S+\s", found) and "://" in found else found
    if "://" not in found and not found.lower().startswith(("mailto:", "tel:", "javascript:", "data:")):
        found = "https://" + found.lstrip("/")
    found = quote(found, safe=":/?#@!$&'()*+,;=%-._~")
    head, mark, fragment = found.partition("#")
    found = head + mark + fragment.replace("#", "%23")
    try:
        host = urlsplit(found).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    if not _LINK.match(found) or not _HOST.match(host):
        raise Doubt("is not a web address")
    return found


def uri(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    found = quote(found, safe=":/?#[]@!$&'()*+,;=%-._~")
    if not _URI.match(found):
        raise Doubt("is not a URI")
    return found


def number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        found = float(value) if abs(value) < 1e15 else math.nan
    else:
        words = (line(value) or "").replace(",", "").replace("£", "").strip()
        if not words:
            return None
        if not _NUMBER.match(words) or len(words) > 15:
            raise Doubt("is not a number")
        found = float(words)
    if not math.isfinite(found):
        raise Doubt("is not a number")
    return found


def count(value: Any) -> int | None:
    """A whole number of one or more."""
    found = number(value)
    if found is None:
        return None
    if found != int(found) or not 1 <= found <= 100_000:
        raise Doubt("is not a whole number of one or more")
    return int(found)


def year(value: Any) -> int | None:
    found = count(value)
    if found is not None and not 1000 <= found <= 2200:
        raise Doubt("is not a year")
    return found


def age(value: Any) -> float | None:
    found = number(value)
    if found is not None and not 0 <= found <= 150:
        raise Doubt("is not an age in years")
    return found


def amount(value: Any) -> float | None:
    found = number(value)
    if found is not None and found < 0:
        raise Doubt("is less than nothing")
    return None if found is None else round(found, 2)


def flag(value: Any) -> bool:
    return value is True or str(value).strip().lower() in {"true", "yes", "1", "y"}


def date(value: Any) -> str | None:
    """YYYY-MM-DD, from that, from a moment, or from the British day/month/year."""
    found = line(value)
    if found is None:
        return None
    if british := re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b", found):
        day, month, years = british.groups()
        found = f"{years}-{int(month):02}-{int(day):02}"
    try:
        return dt.date.fromisoformat(found[:10]).isoformat()
    except ValueError:
        raise Doubt("is not a date") from None


def moment(value: Any) -> str | None:
    """RFC 3339 in UTC with milliseconds; one without a zone is taken as UTC."""
    found = line(value)
    if found is None:
        return None
    try:
        read = dt.datetime.fromisoformat(found)
        read = read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Doubt("is not a date and time") from None
    if read.year < 1900:
        raise Doubt("is not a date and time")
    return read.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(value: Any) -> str | None:
    """HH:MM as on the wall. A zone after it is left away: feeds write "10:00Z" and mean ten o'clock."""
    found = line(value)
    if found is None:
        return None
    if "T" in found:
        found = found.partition("T")[2]
    words = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}
    found = words.get(found.lower(), _ZONED.sub("", found).strip())
    match = _CLOCK.fullmatch(found)
    if match is None:
        raise Doubt("is not a time of day")
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half and not 1 <= hour <= 12:
        half = ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return "23:59"
    if hour > 23 or minute > 59:
        raise Doubt("is not a time of day")
    return f"{hour:02}:{minute:02}"


def byday(value: Any) -> str | None:
    """ "MO,WE" or "2TU", from codes or names of days."""
    if isinstance(value, list):
        value = ",".join(str(each) for each in value)
    found = line(value)
    if found is None:
        return None
    days = []
    for part in re.split(r"[,;/&]|\band\b", found):
        if not part.strip():
            continue
        match = _DAY.match(part.strip())
        if match is None:
            raise Doubt("names no day of the week")
        days.append(f"{(match[1] or '').lstrip('+')}{match[2].upper()}")
    return ",".join(dict.fromkeys(days)) or None


def wkst(value: Any) -> str | None:
    found = byday(value)
    if found is not None and found not in DAYS:
        raise Doubt("is not a day of the week")
    return found


def freq(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    if found.upper() not in {"WEEKLY", "MONTHLY", "DAILY"}:
        raise Doubt("is neither WEEKLY nor MONTHLY")
    return found.upper()


def number_list(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    if not re.fullmatch(r"-?\d{1,3}(\s*,\s*-?\d{1,3})*", found):
        raise Doubt("is not a list of day or week numbers")
    return re.sub(r"\s", "", found)


def phone(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    found = found.removeprefix("tel:").strip(" .,;:")
    if sum(character.isdigit() for character in found) < 3:
        raise Doubt("is not a telephone number")
    return found[:200]


def status(value: Any) -> str:
    """A status of the standard; nothing said means active, an unknown word means that it is not shown as running."""
    found = line(value)
    if found is None:
        return "active"
    lower = found.lower()
    return lower if lower in STATUSES else _STATUS.get(lower, "inactive")


def country(value: Any) -> str:
    found = line(value) or "GB"
    if found.lower() in _GREAT_BRITAIN:
        return "GB"
    if not re.fullmatch(r"[A-Za-z]{2}", found):
        raise Doubt("is not a two-letter country code")
    return found.upper()


def currency(value: Any) -> str | None:
    found = line(value)
    if found is None:
        return None
    if found in {"£", "GBP", "gbp"}:
        return "GBP"
    if not re.fullmatch(r"[A-Za-z]{3}", found):
        raise Doubt("is not a three-letter currency code")
    return found.upper()


def one_of(*allowed: str) -> Callable[[Any], str | None]:
    def read(value: Any) -> str | None:
        found = line(value)
        if found is None:
            return None
        lower = found.lower()
        if lower not in allowed:
            raise Doubt(f"is none of {', '.join(allowed)}")
        return lower

    return read


def short(value: Any) -> str:
    """The value as a report shows it."""
    found = value if isinstance(value, str) else str(value)
    found = " ".join(_CONTROL.sub("", found).split())
    return found if len(found) <= 60 else found[:57] + "..."
