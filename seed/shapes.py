"""The shape of the seed files: one TOML file holds a few organizations with their venues and services.

Every struct refuses fields it does not know, so a misspelt key is an error and not a silent loss.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

FOLDER = Path(__file__).parent / "organizations"

Key = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Days = Annotated[str, Meta(pattern=r"^(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$")]
Phone = Annotated[str, Meta(pattern=r"^(01632 960\d{3}|07700 900\d{3})$")]
Web = Annotated[str, Meta(pattern=r"^https://([a-z0-9-]+\.)*example\.org(/[a-z0-9/-]*)?$")]
Email = Annotated[str, Meta(pattern=r"^[a-z0-9.-]+@([a-z0-9-]+\.)*example\.org$")]
Coverage = Annotated[str, Meta(pattern=r"^(county|district:E07\d{6}|zone:zone-(0[1-9]|1[0-5]))$")]
Remote = Literal["phone", "online", "text", "home_visit", "in_school"]
Kind = Literal[
    "help_hub", "family_hub", "voluntary_group", "early_childhood_group", "school_and_community_zone",
    "family_support_team", "community_and_partnerships", "commissioned_service", "online_community",
    "digital_self_help", "statutory", "other",
]  # fmt: skip
Outcome = Literal[
    "family_and_friends", "learning", "opportunity", "understood",
    "resilience", "individual", "safe_and_secure", "healthy",
]  # fmt: skip


class Venue(Struct, forbid_unknown_fields=True, kw_only=True):
    """A place that people go to. `postcode` is real and live; the building's name is invented."""

    key: Key
    name: str
    address_1: str
    city: str
    postcode: Annotated[str, Meta(pattern=r"^[A-Z]{1,2}\d{1,2} \d[A-Z]{2}$")]
    accessibility: list[str] = []
    transport: str = ""
    confidential: bool = False


class Session(Struct, forbid_unknown_fields=True, kw_only=True):
    """When something is open. `days` is iCalendar BYDAY: "MO,WE" weekly, "2TU" or "-1FR" monthly."""

    days: Days
    opens: Clock
    closes: Clock
    venue: Key | None = None
    term_time: bool = False
    note: str = ""


class Cost(Struct, forbid_unknown_fields=True, kw_only=True):
    """One price. `amount` in pounds; 0 with an `option` says who it is free for."""

    option: str
    amount: Annotated[float, Meta(ge=0)]
    detail: str = ""


class Service(Struct, forbid_unknown_fields=True, kw_only=True):
    """One service. Ages are whole years of the child or young person; empty `cost` means free."""

    key: Key
    name: str
    description: Annotated[str, Meta(min_length=80, max_length=900)]
    kind: Kind
    level: Literal["universal", "early_help", "targeted", "specialist"]
    needs: Annotated[list[str], Meta(min_length=1, max_length=6)]
    outcomes: Annotated[list[Outcome], Meta(min_length=1, max_length=4)]
    minimum_age: Annotated[int, Meta(ge=0, le=99)] | None = None
    maximum_age: Annotated[int, Meta(ge=0, le=99)] | None = None
    alternate_name: str = ""
    status: Literal["active", "inactive", "defunct", "temporarily closed"] = "active"
    capacity: Literal["open", "limited", "waiting_list", "full", "paused"] = "open"
    wait: str = ""
    checked_days_ago: Annotated[int, Meta(ge=0, le=1500)] = 30
    venues: list[Key] = []
    remote: list[Remote] = []
    coverage: list[Coverage] = []
    sessions: list[Session] = []
    cost: list[Cost] = []
    languages: list[Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")]] = field(default_factory=lambda: ["en"])
    interpretation: str = ""
    eligibility: str = ""
    how_to_join: str = ""
    referral: Literal["self", "professional", "either"] = "self"
    alert: str = ""
    audience: Literal["people_who_harm", "professionals"] | None = None
    phone: Phone | None = None
    text: Phone | None = None
    email: Email | None = None
    url: Web | None = None


class Organization(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who runs the services."""

    key: Key
    name: str
    description: Annotated[str, Meta(min_length=40, max_length=600)]
    website: Web
    email: Email
    phone: Phone
    venues: list[Venue] = []
    service: Annotated[list[Service], Meta(min_length=1)]


class File(Struct, forbid_unknown_fields=True):
    organization: list[Organization]


def read(folder: Path = FOLDER) -> Iterator[tuple[Path, Organization]]:
    """Every organization of the seed, file by file in name order; raises msgspec.ValidationError."""
    for path in sorted(folder.glob("*.toml")):
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), File)
        yield from ((path, organization) for organization in found.organization)


def problems(
    organizations: list[tuple[Path, Organization]], needs: set[str], postcodes: set[str]
) -> list[str]:
    """What a reader would trip over: double keys, dangling venues, unknown needs, a postcode that isn't one."""
    found: list[str] = []
    keys: set[str] = set()
    names: set[str] = set()
    for path, organization in organizations:
        where = f"{path.name}: {organization.key}"
        venues = {venue.key for venue in organization.venues}
        for key in [organization.key, *(service.key for service in organization.service)]:
            if key in keys:
                found.append(f"{where}: key {key} is used twice")
            keys.add(key)
        found += [
            f"{where}: {venue.postcode} is not a live postcode"
            for venue in organization.venues
            if venue.postcode not in postcodes
        ]
        for service in organization.service:
            here = f"{where}: {service.key}"
            if service.name in names:
                found.append(f"{here}: another service has the name {service.name!r}")
            names.add(service.name)
            found += [f"{here}: unknown need {need}" for need in service.needs if need not in needs]
            used = set(service.venues) | {s.venue for s in service.sessions if s.venue}
            found += [f"{here}: no venue {key}" for key in sorted(used - venues)]
            if not (service.venues or service.remote or service.coverage):
                found.append(f"{here}: no venue, no remote way and no coverage: nobody can reach it")
            if service.remote and not service.coverage:
                found.append(f"{here}: remote, so say which area it covers")
            low, high = service.minimum_age, service.maximum_age
            if low is not None and high is not None and low > high:
                found.append(f"{here}: ages {low} to {high}")
            if re.search(r"\b(TODO|lorem|TBC)\b", service.description, re.I):
                found.append(f"{here}: unfinished words")
    return found
