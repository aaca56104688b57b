"""What may be asked of `/oruk/v3`: one Struct for each list, and cursors. Pure.

Parameters are those of HSDS-UK-3.0 and of the 2024 UK profile; all that are given must hold. `after` is ours: the
cursor that `Link: rel="next"` carries, with which a crawl neither loses nor doubles a record whatever changes.
"""

import base64
import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from directory.errors import BadRequest, FieldError

Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Metres = Annotated[float, Meta(ge=0, le=1_000_000)]
Age = Annotated[float, Meta(ge=0, le=150)]
Moment = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
Postcode = Annotated[str, Meta(max_length=12, extra_json_schema={"examples": ["NR3 1FH"]})]
Words = Annotated[str, Meta(max_length=200)]


class Paged(Struct, kw_only=True, frozen=True):
    """`format=ndjson` sends everything, one record a line, and knows no pages."""

    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    per_page: Annotated[int, Meta(ge=1, le=500)] = 50
    after: Annotated[str, Meta(max_length=300)] | None = None
    format: Literal["json", "ndjson"] = "json"
    search: Words | None = None


class Services(Paged, kw_only=True, frozen=True):
    """Ages, times and `day` as the UK profile has them: the service's own minimum age at least `minimum_age`, its
    maximum at most `maximum_age`; one schedule that starts at or after `start_time`, ends by `end_time`, on `day`."""

    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: Moment | None = None
    minimal: bool = False
    full: bool = False
    postcode: Postcode | None = None
    proximity: Metres | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    start_time: Clock | None = None
    end_time: Clock | None = None
    day: Day | None = None


class ServicesAtLocations(Services, kw_only=True, frozen=True):
    """The same: they are asked of the service and of this place of it."""


class Organizations(Paged, kw_only=True, frozen=True):
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    full: bool = False
    full_service: bool = False


class OneOrganization(Struct, kw_only=True, frozen=True):
    full_service: bool = False


class Taxonomies(Paged, kw_only=True, frozen=True):
    pass


class TaxonomyTerms(Paged, kw_only=True, frozen=True):
    taxonomy_id: UUID | None = None
    parent_id: UUID | None = None
    top_only: bool = False


class Changes(Struct, kw_only=True, frozen=True):
    since: Annotated[str, Meta(max_length=120)] | None = None
    per_page: Annotated[int, Meta(ge=1, le=1000)] = 200


def moment(text: str, field: str = "modified_after") -> dt.datetime:
    """An RFC 3339 moment or a date; without a zone it is UTC. A "+" that a query string turned into a space is one."""
    text = text.strip()
    if len(text) > 6 and text[-6] == " " and text[-3] == ":":
        text = f"{text[:-6]}+{text[-5:]}"
    try:
        found = dt.datetime.fromisoformat(text)
        found = found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise refused(field, "expected a date and time such as 2026-11-23T09:30:00Z") from None
    return found


def refused(field: str, message: str) -> BadRequest:
    return BadRequest(f"{field}: {message}", errors=[FieldError(field, message)])


def cursor(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def key_of(text: str, kinds: tuple[type, ...]) -> list[Any]:
    """The sort key in a cursor; raises BadRequest where the text is no cursor of a list with keys of these kinds."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return [msgspec.convert(each, kind) for each, kind in zip(found, kinds, strict=True)]
    except (ValueError, TypeError, msgspec.MsgspecError):
        raise refused("after", "not a cursor of this list") from None
