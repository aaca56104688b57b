"""The prebuilt forms of one service: its record, the extras of its page, its card, its hours as numbers. Pure.

They hold nothing that depends on the time of day: hours are worked out when somebody asks, and joined on.
"""

import datetime as dt
import hashlib
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from directory.catalogue import hours, hsds, validity
from directory.catalogue.publish import plain, published
from directory.catalogue.recurrence import Rule
from directory.catalogue.shapes import Card, Extras, Label, Opening, Venue
from directory.words import (
    CAPACITY_LABELS,
    KIND_LABELS,
    LEVEL_LABELS,
    OUTCOME_LABELS,
    STATUS_LABELS,
    TAXONOMIES,
)

LOOK = 2  # raise it when what is built here changes and the Structs do not
SUMMARY = 180
SILENT = {"fax", "text", "sms", "pager", "textphone"}  # numbers that nobody speaks on


class Built(NamedTuple):
    """As stored: `body`, `extras` and `card` are JSON objects, `rules` is MessagePack."""

    body: bytes
    extras: bytes
    card: bytes
    rules: bytes


_json = msgspec.json.Encoder()
_packed = msgspec.msgpack.Encoder()
_rules = msgspec.msgpack.Decoder(list[Rule])
_card = msgspec.json.Decoder(Card)
FORM = hashlib.blake2b(
    _json.encode([LOOK, validity.schema(), msgspec.json.schema(Card), msgspec.json.schema(Extras)]),
    digest_size=8,
).hexdigest()
"""Names the shape of what is built: forms that another release kept are not served by this one."""


def build(whole: hsds.Service) -> Built:
    """Raises ValueError where the service lacks what must be published."""
    service = published(whole)
    found = hours.of_service(service)
    card = _card_of(service)
    extras = Extras(
        kind=card.kind,
        level=card.level,
        outcomes=card.outcomes,
        needs=card.needs,
        status_label=STATUS_LABELS[service.status],
        capacity=Label(card.capacity, CAPACITY_LABELS[card.capacity]),
        ages=card.ages,
        free=card.free,
        cost=card.cost,
        times=hours.times(service),
        venues=card.venues,
        path=card.url,
    )
    return Built(
        _json.encode(validity.mended(plain(service))),
        _json.encode(extras),
        _json.encode(card),
        _packed.encode(found),
    )


def detail(made: Built, moment: dt.datetime | None = None) -> bytes:
    """One JSON object of record, extras and `hours` at `moment` (now)."""
    opening = _json.encode(_opening(made.rules, *hours.local_minute(moment)))
    return b"".join((made.body[:-1], b",", made.extras[1:-1], b',"hours":', opening, b"}"))


def card_of(card: bytes) -> Card:
    return _card.decode(card)


def now_card(made: Card, rules: bytes, today: dt.date, minute: int) -> Card:
    """The card with its hours at that minute of that day in London."""
    opening = _opening(rules, today, minute)
    if opening.words is None:
        return made
    return replace(made, open=opening.open, hours=opening.words, next_open=opening.next_open)


@lru_cache(maxsize=8192)
def _opening(rules: bytes, today: dt.date, minute: int) -> Opening:
    """Many services keep the same hours, and many people ask within one minute."""
    return hours.at_minute(_rules.decode(rules), today, minute)


def _card_of(service: hsds.Service) -> Card:
    free, cost = cost_words(service)
    tags = {taxonomy: _labels(service, taxonomy) for taxonomy in TAXONOMIES}
    organization = service.organization
    return Card(
        id=service.id,
        name=service.name,
        organization=organization.name if organization else "",
        organization_id=organization.id if organization else service.organization_id or "",
        summary=summary(service.description or ""),
        kind=next(iter(tags["kind"]), None),
        level=next(iter(tags["level"]), None),
        outcomes=tags["flourish"],
        needs=tags["needs"],
        status=service.status,
        capacity=service.capacity_status or "open",
        referral=service.referral,
        wait=service.wait_time,
        audience=next((each.code for each in tags["audience"]), None),
        venues=venues(service),
        remote=service.remote,
        languages=[each.code or each.name or "" for each in service.languages],
        areas=[each.area for each in service.service_areas if each.area],
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        ages=ages_words(service.minimum_age, service.maximum_age),
        free=free,
        cost=cost,
        phone=phone(service),
        open=None,
        hours=None,
        next_open=None,
        assured_date=service.assured_date,
        alert=service.alert,
        url=f"/services/{service.id}",
    )


def _labels(service: hsds.Service, taxonomy: str) -> list[Label]:
    """The tags of one of our taxonomies, those that a person stands by first."""
    known = {"kind": KIND_LABELS, "level": LEVEL_LABELS, "flourish": OUTCOME_LABELS}.get(taxonomy, {})
    found = [
        Label(term.code, known.get(term.code, term.name), each.confidence)
        for each in service.attributes
        if (term := each.taxonomy_term) is not None and term.taxonomy == taxonomy and term.code
    ]
    return sorted(found, key=lambda each: (-(each.suggested or 2), each.label))


def venues(service: hsds.Service) -> list[Venue]:
    """Where people go, from the published record: a confidential location has no name, point or address there."""
    found = []
    for place in service.service_at_locations:
        location = place.location
        if location is None or not (location.addresses or location.name or location.latitude is not None):
            continue
        address = next(iter(location.addresses), None)
        found.append(
            Venue(
                location_id=location.id,
                name=location.name,
                city=address.city if address else None,
                postcode=address.postal_code if address else None,
                latitude=location.latitude,
                longitude=location.longitude,
            )
        )
    return found


def summary(description: str) -> str:
    """The first sentences that fit in 180 characters; a long first one is cut at a word."""
    text = " ".join(description.split())
    if len(text) <= SUMMARY:
        return text
    end = max(text.rfind(mark, 0, SUMMARY + 1) for mark in (". ", "! ", "? "))
    if end > 60:
        return text[: end + 1]
    return text[: text.rfind(" ", 0, SUMMARY) if " " in text[:SUMMARY] else SUMMARY].rstrip(" ,;:") + "…"


def ages_words(low: float | None, high: float | None) -> str:
    """Whole years in words; nothing where no age is said."""
    if low is None and high is None:
        return ""
    if high is None or high >= 99:
        return "All ages" if not low else f"Ages {low:g} and over"
    if not low:
        return f"Up to age {high:g}"
    return f"Age {low:g}" if low == high else f"Ages {low:g} to {high:g}"


def cost_words(service: hsds.Service) -> tuple[bool | None, str]:
    """Whether it is free, and its price in a few words; (None, "") where nothing is said."""
    options = service.cost_options
    amounts = sorted({each.amount for each in options if each.amount is not None})
    if not amounts:
        words = service.fees_description or next((each.option for each in options if each.option), None) or ""
        free = words.strip().lower().rstrip(".").startswith("free") if words else None
        return (True if free else None), summary(words)
    if amounts == [0]:
        return True, "Free"
    low = next(amount for amount in amounts if amount)
    if amounts[0] == 0:
        return False, f"Free for some, otherwise from {pounds(low)}"
    return False, pounds(low) if len(amounts) == 1 else f"From {pounds(low)}"


def pounds(amount: float) -> str:
    return f"£{amount:,.0f}" if float(amount).is_integer() else f"£{amount:,.2f}"


def phone(service: hsds.Service) -> str | None:
    """The first number to ring: the service's own, its contacts', its venues', last its organization's."""
    organization = service.organization
    lists = [
        service.phones,
        *(each.phones for each in service.contacts),
        *(each.phones for each in service.service_at_locations),
        organization.phones if organization else [],
    ]
    numbers = (each.number for phones in lists for each in phones if (each.type or "").lower() not in SILENT)
    return next(numbers, None)
