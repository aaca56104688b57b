"""How long what is kept: one rule for each way a request can end. Pure; `docs/privacy.md` says why."""

import datetime as dt

from directory.referrals.clocks import add_months

# Months after the end. What a council's own schedule says replaces these.
MONTHS = {
    "entered_in_error": 1,
    "duplicate": 3,
    "info_only": 12,
    "family_declined": 12,
    "could_not_contact": 24,
    "moved_away": 24,
    "not_met_no_service": 24,
    "need_met": 36,
    "partly_met": 36,
    "stepped_down": 36,
    "stepped_up": 72,
}
SAFEGUARDING = 72
OPEN_TOO_LONG = 24  # months without any change: told to the front door, never erased by itself


def erase_on(state: str, outcome: str, ended: dt.date, *, safeguarding: bool) -> dt.date:
    """The day on which a request's personal data is erased."""
    months = MONTHS["entered_in_error"] if state == "entered_in_error" else MONTHS[outcome]
    return add_months(ended, max(months, SAFEGUARDING) if safeguarding else months)


def rule(state: str, outcome: str | None, *, safeguarding: bool) -> str:
    """The rule's name, for the record of erasures."""
    return "safeguarding" if safeguarding else outcome or state
