"""Partners whose pages carry the search: a key that is no secret, the exact origins it serves, a limit, a look.

The key only names the partner. What it opens is what anybody may see; the list of origins keeps other sites from
speaking in the partner's name, and the limit keeps the service up.
"""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from directory.access.origins import origin
from directory.db import Database
from directory.errors import BadRequest, FieldError, NotFound

PREFIX = "fdw"
PER_MINUTE = 600
MOST_ORIGINS = 40
# What a partner may set, and the shape that each value must have: nothing that could close a rule or load anything.
_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_LENGTH = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:px|em|rem|ch|%)")
_FONT = re.compile(r"[A-Za-z0-9 ,'\"_-]{1,200}")
THEME: dict[str, re.Pattern[str]] = {
    "accent": _COLOUR, "on-accent": _COLOUR, "accent-soft": _COLOUR, "ink": _COLOUR, "quiet": _COLOUR,
    "ground": _COLOUR, "panel": _COLOUR, "line": _COLOUR, "edge": _COLOUR, "link": _COLOUR, "focus": _COLOUR,
    "urgent": _COLOUR, "on-urgent": _COLOUR, "alarm": _COLOUR, "alarm-soft": _COLOUR, "font": _FONT,
    "font-size": _LENGTH, "radius": _LENGTH, "gap": _LENGTH, "width": _LENGTH,
}  # fmt: skip


class Partner(Struct, frozen=True, kw_only=True):
    """`theme` holds values of the widget's custom properties, without their `--fd-`."""

    id: str
    label: str
    origins: list[str]
    per_minute: int
    theme: dict[str, str]
    created_at: dt.datetime
    revoked_at: dt.datetime | None


class Use(Struct, frozen=True, kw_only=True):
    """What a partner's pages did on one day: counts by kind (`uses.KINDS`), never words."""

    day: dt.date
    counts: dict[str, int]


async def add(
    database: Database,
    label: str,
    origins: Sequence[str],
    *,
    per_minute: int = PER_MINUTE,
    theme: dict[str, str] | None = None,
) -> Partner:
    """A new partner with its key. BadRequest names what is wrong."""
    row = await database.pool.fetchrow(
        "insert into partner (id, label, origins, per_minute, theme) values ($1, $2, $3, $4, $5) returning *",
        f"{PREFIX}_{secrets.token_hex(8)}",
        _label(label),
        _origins(origins),
        _limit(per_minute),
        _written(checked(theme or {})),
    )
    return _partner(row)


async def listed(database: Database) -> list[Partner]:
    return [
        _partner(row) for row in await database.pool.fetch("select * from partner order by created_at, id")
    ]


async def one(database: Database, key: str) -> Partner:
    """NotFound where there never was such a key."""
    row = await database.pool.fetchrow("select * from partner where id = $1", key[:40])
    if row is None:
        raise NotFound(f"there is no partner with the key {key[:24]!r}")
    return _partner(row)


async def live(database: Database, key: str) -> Partner | None:
    """The partner behind a key that is in use; None for any other text."""
    if not key.startswith(PREFIX) or len(key) > 40 or "\x00" in key:
        return None
    row = await database.pool.fetchrow("select * from partner where id = $1 and revoked_at is null", key)
    return _partner(row) if row else None


async def change(
    database: Database,
    key: str,
    *,
    label: str | None = None,
    origins: Sequence[str] | None = None,
    per_minute: int | None = None,
    theme: dict[str, str] | None = None,
) -> Partner:
    """What is given replaces what was. NotFound for a key that is not in use."""
    found = await one(database, key)
    if found.revoked_at is not None:
        raise NotFound("that key was revoked; make a new one")
    changed = replace(
        found,
        label=found.label if label is None else _label(label),
        origins=found.origins if origins is None else _origins(origins),
        per_minute=found.per_minute if per_minute is None else _limit(per_minute),
        theme=found.theme if theme is None else checked(theme),
    )
    await database.pool.execute(
        "update partner set label = $2, origins = $3, per_minute = $4, theme = $5 where id = $1",
        changed.id, changed.label, changed.origins, changed.per_minute, _written(changed.theme),
    )  # fmt: skip
    return changed


async def revoke(database: Database, key: str) -> bool:
    """At once and for good; False where no such key is in use."""
    done: Any = await database.pool.fetchval(
        "update partner set revoked_at = now() where id = $1 and revoked_at is null returning id", key[:40]
    )
    return done is not None


async def used(database: Database, key: str, days: int = 28) -> list[Use]:
    """The last days on which anything happened, latest first."""
    rows = await database.pool.fetch(
        """select day, jsonb_object_agg(what, count)::text as counts from partner_use
           where partner_id = $1 and day > current_date - $2::int group by day order by day desc""",
        key, days,
    )  # fmt: skip
    return [
        Use(day=row["day"], counts=msgspec.json.decode(row["counts"], type=dict[str, int])) for row in rows
    ]


def snippet(base: str, key: str, words: str = "Find help for your family in Norfolk") -> str:
    """The one line that a web editor pastes: a link for when no script runs, and the script that replaces it."""
    return (
        f'<a href="{base}/search">{words}</a>'
        f'<script async src="{base}/embed/v1/widget.js" data-key="{key}"></script>'
    )


def checked(theme: dict[str, str]) -> dict[str, str]:
    """The theme, or BadRequest: only known properties, and only values that are a colour, a length or a font list."""
    wrong = [
        FieldError(
            name[:40], "not a property of the theme" if name not in THEME else "not a value that it takes"
        )
        for name, value in theme.items()
        if name not in THEME or not THEME[name].fullmatch(value.strip())
    ]
    if wrong:
        raise BadRequest("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)
    return {name: value.strip() for name, value in theme.items()}


def _label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > 120:
        raise BadRequest(
            "label: a name of 1 to 120 characters", errors=[FieldError("label", "1 to 120 characters")]
        )
    return label


def _origins(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(origin(each) for each in given))
    if not found or len(found) > MOST_ORIGINS:
        message = f"1 to {MOST_ORIGINS} origins, such as https://www.school.example"
        raise BadRequest(f"origin: {message}", errors=[FieldError("origin", message)])
    return found


def _limit(number: int) -> int:
    if not 10 <= number <= 60_000:
        raise BadRequest("per_minute: 10 to 60000", errors=[FieldError("per_minute", "10 to 60000")])
    return number


def _written(theme: dict[str, str]) -> str:
    return msgspec.json.encode(theme).decode()


def _partner(row: Any) -> Partner:
    return Partner(**{**dict(row), "theme": msgspec.json.decode(row["theme"], type=dict[str, str])})
