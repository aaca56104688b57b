"""Days that change opening hours: school terms in Norfolk and the bank holidays of England. Pure; no network."""

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec


class Term(NamedTuple):
    """A stretch of school days between holidays, both ends included."""

    first: dt.date
    last: dt.date


# Demonstration, assumed: schools and trusts set their own dates. 2025-26 is as one Norfolk school prints the
# county's dates (rosecroftprimary.org, read November 2026), later years follow the same pattern. A council checks
# them before use.
TERMS = tuple(
    Term(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    for first, last in (
        ("2025-09-03", "2025-10-24"),
        ("2025-11-04", "2025-12-19"),
        ("2026-01-06", "2026-02-13"),
        ("2026-02-23", "2026-03-27"),
        ("2026-04-15", "2026-05-22"),
        ("2026-06-01", "2026-07-17"),
        ("2026-09-03", "2026-10-23"),
        ("2026-11-02", "2026-12-18"),
        ("2027-01-05", "2027-02-12"),
        ("2027-02-22", "2027-03-25"),
        ("2027-04-12", "2027-05-28"),
        ("2027-06-07", "2027-07-21"),
        ("2027-09-06", "2027-10-22"),
        ("2027-11-01", "2027-12-17"),
        ("2028-01-05", "2028-02-11"),
        ("2028-02-21", "2028-03-31"),
        ("2028-04-18", "2028-05-26"),
        ("2028-06-05", "2028-07-20"),
    )
)
TERMS_SOURCE = "demonstration/assumed"


@cache
def term_days() -> frozenset[int]:
    """The ordinals of every day in a term, weekends inside it included."""
    return frozenset(
        day for term in TERMS for day in range(term.first.toordinal(), term.last.toordinal() + 1)
    )


@cache
def bank_holidays() -> dict[int, str]:
    """Ordinal of the day -> its name, as GOV.UK publishes them for England and Wales.

    The list of govuk-bank-holidays is read without its code, which could also fetch it and needs 3 MB for that.
    """
    listed = msgspec.json.decode(files("govuk_bank_holidays").joinpath("bank-holidays.json").read_bytes())
    days = listed["england-and-wales"]["events"]
    return {dt.date.fromisoformat(each["date"]).toordinal(): str(each["title"]) for each in days}
