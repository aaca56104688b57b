"""What the catalogue puts on the wire beside the plain records: cards for lists, extras for a service's page."""

from msgspec import Struct


class Label(Struct, frozen=True):
    """A word of a closed list, and how people say it. `suggested`: the classifier's confidence, nobody's word yet."""

    code: str
    label: str
    suggested: float | None = None


class Venue(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A place where the service is; of a confidential one there is no venue at all."""

    location_id: str
    name: str | None = None
    city: str | None = None
    postcode: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Times(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One schedule in words. It holds from `valid_from` to `valid_to`, where those are given."""

    words: str
    venue: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    closed: bool = False


class Opening(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Hours at one moment. `open` is None where they are not known; `next_open` is RFC 3339, local offset."""

    open: bool | None = None
    words: str | None = None
    until: str | None = None
    next_open: str | None = None


class Card(Struct, frozen=True, kw_only=True):
    """A service as a hit or a list shows it; `open`, `hours` and `next_open` are for the moment it was asked.

    `ages`, `cost` and `hours` are words for people. `remote` are codes (phone, online, text, home_visit,
    in_school), `languages` ISO 639 codes. `venues` come without any confidential one; `stale` says that nobody
    has assured the record for a long time or ever. `audience` marks a service that is not for everyone with the need
    (`people_who_harm`).
    """

    id: str
    name: str
    organization: str
    organization_id: str
    summary: str
    kind: Label | None
    level: Label | None
    outcomes: list[Label]
    needs: list[Label]
    status: str
    capacity: str
    referral: str | None
    wait: str | None
    audience: str | None
    venues: list[Venue]
    remote: list[str]
    languages: list[str]
    areas: list[str]
    minimum_age: float | None
    maximum_age: float | None
    ages: str
    free: bool | None
    cost: str
    phone: str | None
    open: bool | None
    hours: str | None
    next_open: str | None
    assured_date: str | None
    alert: str | None
    url: str


class Extras(Struct, frozen=True, kw_only=True):
    """What `GET /api/services/{id}` says beyond the Open Referral UK record, except what depends on the time."""

    kind: Label | None
    level: Label | None
    outcomes: list[Label]
    needs: list[Label]
    status_label: str
    capacity: Label
    ages: str
    free: bool | None
    cost: str
    times: list[Times]
    venues: list[Venue]
    path: str
