"""What an import will do, decided from fingerprints alone. Pure: a dry run and a real one decide the same."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from directory.catalogue import hsds
from directory.importing.shapes import Cleaned

CRAWLS = 3
"""Complete runs that a record must be missing from before it is withdrawn."""
MOST_WITHDRAWN = 0.2
"""The share of a feed's services that one run may withdraw unless it is told to."""

encoded = msgspec.json.Encoder(order="deterministic").encode


def fingerprint(service: hsds.Service) -> bytes:
    """Sixteen bytes that differ when anything of the cleaned record does."""
    return mark(encoded(service))


def mark(text: bytes) -> bytes:
    """`fingerprint` of a record that is `encoded` already."""
    return hashlib.blake2b(text, digest_size=16).digest()


class Plan(Struct):
    """Records of one batch by what becomes of them; `twice` came under an id that this run had already."""

    add: list[Cleaned] = msgspec.field(default_factory=list)
    change: list[Cleaned] = msgspec.field(default_factory=list)
    same: list[Cleaned] = msgspec.field(default_factory=list)
    twice: list[Cleaned] = msgspec.field(default_factory=list)
    refuse: list[Cleaned] = msgspec.field(default_factory=list)


def plan(
    stored: Mapping[str, bytes], incoming: Sequence[Cleaned], seen: set[str]
) -> tuple[Plan, dict[str, bytes]]:
    """Decide on one batch. `stored` are fingerprints by our service id; `seen` are ids
    that this run has met already, and grows.

    Returns the plan and the fingerprints of the records that it holds.
    """
    found, prints = Plan(), {}
    for record in incoming:
        service = record.service
        if service is None:
            found.refuse.append(record)
            continue
        if service.id in seen:
            found.twice.append(record)
            continue
        seen.add(service.id)
        prints[service.id] = now = record.mark or fingerprint(service)
        before = stored.get(service.id)
        which = found.add if before is None else found.same if before == now else found.change
        which.append(record)
    return found, prints


class Withdrawal(Struct, frozen=True):
    """What is to become of records that the run did not meet."""

    withdraw: list[str]
    wait: list[str]
    refused: str = ""


def withdrawals(
    missing: Mapping[str, int], total: int, *, complete: bool, crawls: int = CRAWLS, allow: bool = False
) -> Withdrawal:
    """`missing`: ids that this run did not meet -> complete runs before it that did not either; `total`: all
    services of the feed. An incomplete run withdraws nothing and counts for nothing."""
    if not complete or not missing:
        return Withdrawal([], [])
    due = sorted(id_ for id_, runs in missing.items() if runs + 1 >= crawls)
    wait = sorted(set(missing) - set(due))
    if due and not allow and len(due) > max(1.0, total * MOST_WITHDRAWN):
        share = round(100 * len(due) / total)
        return Withdrawal(
            [],
            wait,
            f"{len(due)} of {total} services ({share} %) are gone from the source; more than"
            f" {round(100 * MOST_WITHDRAWN)} % are only withdrawn with --allow-withdrawals",
        )
    return Withdrawal(due, wait)
