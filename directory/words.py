"""The closed word lists of the house, once: code and label. Tables check them, shapes and pages use them."""

from typing import Literal, get_args

Outcome = Literal[
    "family_and_friends", "learning", "opportunity", "understood",
    "resilience", "individual", "safe_and_secure", "healthy",
]  # fmt: skip
Kind = Literal[
    "help_hub", "family_hub", "voluntary_group", "early_childhood_group", "school_and_community_zone",
    "family_support_team", "community_and_partnerships", "commissioned_service", "online_community",
    "digital_self_help", "statutory", "other",
]  # fmt: skip
Level = Literal["universal", "early_help", "targeted", "specialist"]
Status = Literal["active", "inactive", "defunct", "temporarily closed"]
Capacity = Literal["open", "limited", "waiting_list", "full", "paused"]
Referral = Literal["self", "professional", "either"]
Remote = Literal["phone", "online", "text", "home_visit", "in_school"]

OUTCOMES: tuple[str, ...] = get_args(Outcome)
KINDS: tuple[str, ...] = get_args(Kind)
LEVELS: tuple[str, ...] = get_args(Level)
STATUSES: tuple[str, ...] = get_args(Status)
CAPACITIES: tuple[str, ...] = get_args(Capacity)
REFERRALS: tuple[str, ...] = get_args(Referral)
REMOTES: tuple[str, ...] = get_args(Remote)

# The taxonomies that carry our words on the wire; an import reads tags with these names, an export writes them.
TAXONOMIES = ("flourish", "needs", "kind", "level", "audience")

OUTCOME_LABELS = {
    "family_and_friends": "Family and friends",
    "learning": "Learning",
    "opportunity": "Opportunity",
    "understood": "Understood",
    "resilience": "Resilience",
    "individual": "Individual",
    "safe_and_secure": "Safe and secure",
    "healthy": "Healthy",
}
KIND_LABELS = {
    "help_hub": "Help hub",
    "family_hub": "Family hub",
    "voluntary_group": "Voluntary group",
    "early_childhood_group": "Early childhood group",
    "school_and_community_zone": "School and Community Zone",
    "family_support_team": "Family Support Team",
    "community_and_partnerships": "Community and Partnerships",
    "commissioned_service": "Commissioned service",
    "online_community": "Online community",
    "digital_self_help": "Digital self-help",
    "statutory": "Council or health service",
    "other": "Other help",
}
LEVEL_LABELS = {
    "universal": "For everyone",
    "early_help": "Early help",
    "targeted": "Family support",
    "specialist": "Specialist",
}
# Services that are not for everyone with the need. The router reads it: a programme for people who cause harm is
# never offered to somebody who may be the one harmed.
# What is for people who work with families is no answer for a family at any door; it is found by searching.
AUDIENCE_LABELS = {
    "people_who_harm": "For people who want to change how they treat others",
    "professionals": "For people who work with families",
}
STATUS_LABELS = {
    "active": "Running",
    "inactive": "Not running",
    "defunct": "Closed for good",
    "temporarily closed": "Closed for now",
}
CAPACITY_LABELS = {
    "open": "Taking new people",
    "limited": "A few places left",
    "waiting_list": "Waiting list",
    "full": "Full",
    "paused": "Paused",
}


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Marks a text for translation; it is translated where it is shown."""
    return text


def check(column: str, words: tuple[str, ...]) -> str:
    """The SQL condition of a closed list, for a table's CHECK."""
    return f"{column} in ({', '.join(repr(word) for word in words)})"
