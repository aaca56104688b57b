"""A service's sessions as an iCalendar file (RFC 5545): plain events, each on its own day, so that every programme
shows the same. Pure."""

import datetime as dt
from collections.abc import Sequence

from directory.catalogue import hsds
from directory.catalogue.hours import sessions
from directory.catalogue.recurrence import CLOSED, Rule
from directory.web.wording import LONDON

WEEKS = 12
MOST = 200  # events


def calendar(service: hsds.Service, rules: Sequence[Rule], base: str, now: dt.datetime) -> str:
    """The sessions of the next twelve weeks from `now` (aware), venue by venue."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Flourish Directory//Sessions//EN",
        "CALSCALE:GREGORIAN",
    ]
    today = now.astimezone(LONDON).date()
    events = 0
    for group in sorted({rule.group for rule in rules if not rule.flags & CLOSED}):
        own = [rule for rule in rules if rule.group == group or (rule.flags & CLOSED and rule.group == 0)]
        for ahead in range(WEEKS * 7):
            day = today + dt.timedelta(days=ahead)
            for start, end in sessions(own, day):
                if events < MOST:
                    lines += _event(service, group, day, start, end, base, now)
                    events += 1
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines)


def _event(
    service: hsds.Service, group: int, day: dt.date, start: int, end: int, base: str, now: dt.datetime
) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{service.id}-{group}-{day:%Y%m%d}-{start}@flourish-directory",
        f"DTSTAMP:{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{_moment(day, start)}",
        f"DTEND:{_moment(day, end if end > start else start + 60)}",
        f"SUMMARY:{_text(service.name)}",
        f"URL:{base}/services/{service.id}",
    ]
    place = _place(service, group)
    return [*lines, *([f"LOCATION:{_text(place)}"] if place else []), "END:VEVENT"]


def _place(service: hsds.Service, group: int) -> str:
    """Where the group's sessions are: the group-th venue, or the only one; nothing for a private address."""
    venues = service.service_at_locations
    at = venues[group - 1] if 0 < group <= len(venues) else venues[0] if len(venues) == 1 else None
    location = at.location if at else None
    if location is None:
        return ""
    address = next(iter(location.addresses), None)
    parts = [location.name, *((address.address_1, address.city, address.postal_code) if address else ())]
    return ", ".join(part for part in parts if part)


def _moment(day: dt.date, minutes: int) -> str:
    """In UTC: no time zone has to be described."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    return wall.replace(tzinfo=LONDON).astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, "\\" + mark)
    return " ".join(words.split())


def folded(line: str) -> str:
    """At most 75 bytes a line, cut between characters; what follows starts with a space."""
    out, room, size = "", 75, 0
    for character in line:
        wide = len(character.encode())
        if size + wide > room:
            out, size, room = out + "\r\n ", 1, 75
        out, size = out + character, size + wide
    return out + "\r\n"
