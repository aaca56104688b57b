"""The staff accounts of the demonstration: whose they are, and that they let nobody in anywhere else. Pure.

Everybody who can read this knows their password. They are made by `directory serve --demo` in a database that holds
the demonstration county and no account or request of anybody's, and a session of theirs counts for nothing in a process
that is not in demonstration mode.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

PASSWORD = "heron windmill samphire"  # noqa: S105  # printed at every start of the demonstration
_HOST = "demo.example.org"


class Account(Struct, frozen=True):
    """`does` says in a few words what one sees with it."""

    name: str
    role: str
    does: str
    local: str
    areas: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.local}@{_HOST}"

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"demonstration:{self.email}")

    @property
    def caller(self) -> str:
        return f"staff:{self.id}"


ACCOUNTS = (
    Account("Robin Dack", "front_door", "the front door of the county: the queue and the phone desk", "duty"),
    Account("Asha Larter", "front_door", "a second person at the front door", "desk"),
    Account(
        "Jo Thirtle", "front_door", "the front door of Great Yarmouth alone", "coast", ("district:E07000145",)
    ),
    Account("Sam Ives", "provider", "a service that answers its referrals", "service"),
    Account("Pat Rix", "editor", "services, imports and tags", "editor"),
    Account("Lee Catchpole", "manager", "all of the front door, the figures and who read what", "manager"),
    Account("Kim Nudd", "admin", "accounts and keys; reads no family's words", "admin"),
)
DESK = tuple(each.caller for each in ACCOUNTS if each.role == "front_door")
CALLERS = frozenset(each.caller for each in ACCOUNTS)
