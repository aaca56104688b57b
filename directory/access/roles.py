"""Who may do what: permissions, the roles that hold them, and the `Caller` that a request comes from. Pure."""

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

Permission = Literal[
    "requests.read", "requests.write", "requests.submit", "handover.read", "referrals.answer", "messages.read",
    "catalogue.write", "insight.read", "audit.read", "privacy.manage", "webhooks.manage", "accounts.manage",
]  # fmt: skip
Role = Literal["front_door", "provider", "editor", "manager", "admin"]

PERMISSIONS: dict[str, str] = {
    "requests.read": "read the requests of one's areas, with their words and log",
    "requests.write": "act on requests and referrals as the front door",
    "requests.submit": "send requests, and follow those one sent",
    "handover.read": "open a request with the family's hand-over code",
    "referrals.answer": "see and answer the referrals to one's own organization",
    "messages.read": "read what was sent and what is waiting",
    "catalogue.write": "change services and their tags",
    "insight.read": "read the figures",
    "audit.read": "read who looked at which record",
    "privacy.manage": "export and erase what is held about a person",
    "webhooks.manage": "be told of changes by webhook",
    "accounts.manage": "manage accounts and keys",
}
_DESK = (
    "requests.read",
    "requests.write",
    "requests.submit",
    "handover.read",
    "messages.read",
    "insight.read",
)
ROLES: dict[str, frozenset[str]] = {
    "front_door": frozenset(_DESK),
    "provider": frozenset({"referrals.answer"}),
    "editor": frozenset({"catalogue.write", "insight.read"}),
    "manager": frozenset({*_DESK, "catalogue.write", "audit.read", "privacy.manage"}),
    # Runs the place, reads no family's words.
    "admin": frozenset(
        {
            "catalogue.write",
            "insight.read",
            "audit.read",
            "privacy.manage",
            "webhooks.manage",
            "accounts.manage",
        }
    ),
}
# What a key may be given: machines do not manage people.
KEY_SCOPES: tuple[str, ...] = tuple(
    name for name in PERMISSIONS if name not in {"accounts.manage", "privacy.manage"}
)
WITH_ORGANIZATION = frozenset({"provider"})
LEVELS = ("open", "staff", *get_args(Permission))


class Caller(Struct, frozen=True, kw_only=True):
    """Who a request comes from. `id` names them in logs of who did what: `staff:<uuid>`, `key:<id>`, `family`, ...

    `areas` (as `district:E07000148`) narrows what they see; empty is everywhere. `organization_id` is the one they
    answer for. `first` is what a person has to do before anything else: `password` or `second_factor`.
    """

    kind: Literal["staff", "key", "family", "link", "system"]
    id: str
    name: str = ""
    role: str = ""
    permissions: frozenset[str] = frozenset()
    organization_id: UUID | None = None
    areas: tuple[str, ...] = ()
    first: str = ""

    @property
    def staff_id(self) -> UUID:
        """The account of a signed-in person; ValueError for any other caller."""
        kind, _, rest = self.id.partition(":")
        if kind != "staff":
            raise ValueError("not a person's account")
        return UUID(rest)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def may_any(self, permissions: Iterable[str]) -> bool:
        return not self.permissions.isdisjoint(permissions)


SYSTEM = Caller(kind="system", id="system", name="the directory")
FAMILY = Caller(kind="family", id="family", name="the family")


def meets(caller: Caller, wanted: str | tuple[str, ...]) -> bool:
    """Whether a caller may use a route that declares `wanted`: `staff`, one permission, or any one of several."""
    if wanted == "staff":
        return caller.kind == "staff"
    return caller.may_any((wanted,) if isinstance(wanted, str) else wanted)
