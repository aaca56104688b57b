"""What a caller is to a request and to a referral: the parties whose moves they may make. Pure.

Nothing at all means that for them it does not exist.
"""

from collections.abc import Iterable
from uuid import UUID

from directory.access.roles import Caller


def to_request(caller: Caller, request_id: UUID, created_by: str, areas: Iterable[str]) -> frozenset[str]:
    """Front door: whoever works its queue, within their areas; a request of unknown place is everybody's."""
    if caller.kind == "system":
        return frozenset({"system"})
    if caller.kind == "family":
        return frozenset({"family"}) if caller.id == f"family:{request_id}" else frozenset()
    found: set[str] = set()
    if caller.may("requests.read") and in_areas(caller, areas):
        found.add("reader")
        if caller.may("requests.write"):
            found |= {"front_door", "sender"}
            if caller.kind == "staff":
                found.add("person")  # a named one, not a system with a key
    if caller.may("requests.submit") and created_by == caller.id:
        found.add("sender")
    return frozenset(found)


def to_referral(
    caller: Caller,
    referral_id: UUID,
    *,
    request: frozenset[str],
    organization_id: UUID | None,
    kind: str,
    status: str,
) -> frozenset[str]:
    """The parties to the request, and the service itself: by its account or key, or by the link in its mail."""
    found = set(request)
    answers = kind == "referral" and status not in {"draft", "entered_in_error"}
    if answers and caller.kind == "link" and caller.id == f"link:{referral_id}":
        found.add("receiver")
    if (
        answers
        and caller.may("referrals.answer")
        and organization_id is not None
        and caller.organization_id == organization_id
    ):
        found.add("receiver")
    return frozenset(found)


def in_areas(caller: Caller, areas: Iterable[str]) -> bool:
    own = set(areas)
    return not caller.areas or not own or not own.isdisjoint(caller.areas)


def acting(parties: frozenset[str]) -> str:
    """The party that the log names: the nearest to the family first."""
    order = ("family", "receiver", "front_door", "sender", "system")
    return next((party for party in order if party in parties), "reader")
