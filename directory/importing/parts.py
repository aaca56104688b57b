"""What is particular to each part of a record: what stands in for what is missing, what cannot be. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from directory.catalogue import hsds
from directory.importing import values
from directory.importing.straight import area_of

Raw = Mapping[str, Any]
Noted = Callable[[str, str, Any], None]
"""Told the path of a value, what is wrong with it, and the value."""


def _location(note: Noted, fields: dict[str, Any], raw: Raw, path: str) -> None:
    if flagged := raw.get("mask_exact_address"):
        fields["confidential"] = values.flag(flagged) or bool(fields.get("confidential"))
    lat, lon = fields.get("latitude"), fields.get("longitude")
    if lat is not None or lon is not None:
        whole = lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180
        if not whole or (lat == 0 and lon == 0):
            note(f"{path}/latitude", "is left out with the longitude: no point on Earth", f"{lat}, {lon}")
            fields.pop("latitude", None)
            fields.pop("longitude", None)
    placed = bool(raw.get("addresses")) or "latitude" in fields
    fields.setdefault("location_type", "physical" if placed else "virtual")


def _address(note: Noted, fields: dict[str, Any], raw: Raw, path: str) -> None:
    """What every address must have, as far as it can be told from the rest of it."""
    if not any(fields.get(name) for name in ("address_1", "postal_code", "city")):
        return
    fields.setdefault("city", fields.get("region") or fields.get("state_province"))
    fields.setdefault("address_1", fields.get("address_2") or fields.get("attention") or fields["city"])
    fields["city"] = fields["city"] or fields["address_1"]
    country = fields.get("country", "GB")
    fields.setdefault(
        "state_province", fields.get("region") or ("United Kingdom" if country == "GB" else country)
    )


def _schedule(note: Noted, fields: dict[str, Any], raw: Raw, path: str) -> None:
    days = fields.get("byday")
    if fields.get("freq") == "DAILY":
        fields["freq"] = "WEEKLY"
        fields["byday"] = days = days or ",".join(values.DAYS)
    if days and "freq" not in fields:
        fields["freq"] = "MONTHLY" if any(each.isdigit() for each in days) else "WEEKLY"
    opens, closes = fields.get("opens_at"), fields.get("closes_at")
    if opens is not None and opens == closes:
        if opens == "00:00":
            fields["closes_at"] = "23:59"
        else:
            note(f"{path}/closes_at", "is left out: it is the time of opening", closes)
            del fields["closes_at"]
    first, last = fields.get("valid_from"), fields.get("valid_to")
    if first and last and first > last:
        note(f"{path}/valid_to", "is left out: it is before valid_from", last)
        del fields["valid_to"]


def _area(note: Noted, fields: dict[str, Any], raw: Raw, path: str) -> None:
    extent = raw.get("extent")
    if isinstance(extent, Mapping):
        fields["extent"] = msgspec.json.encode(extent).decode()
    if not fields.get("area") and (area := area_of(fields.get("uri"))):
        fields["area"] = area


def _identifier(note: Noted, fields: dict[str, Any], raw: Raw, path: str) -> None:
    fields.setdefault("identifier_type", fields.get("identifier_scheme") or "identifier")


Fix = Callable[[Noted, dict[str, Any], Raw, str], None]
FIXES: dict[type[hsds.Record], Fix] = {
    hsds.Location: _location,
    hsds.Address: _address,
    hsds.Schedule: _schedule,
    hsds.ServiceArea: _area,
    hsds.OrganizationIdentifier: _identifier,
}
# A part that says none of these says nothing.
SUBSTANCE: dict[type[hsds.Record], tuple[str, ...]] = {
    hsds.Contact: ("name", "title", "department", "email", "phones"),
    hsds.Language: ("code", "name", "note"),
    hsds.CostOption: ("option", "amount", "amount_description"),
    hsds.Funding: ("source",),
    hsds.ServiceArea: ("name", "description", "extent", "uri", "area"),
    hsds.Accessibility: ("description", "details", "url"),
    hsds.Schedule: ("dtstart", "freq", "byday", "bymonthday", "description", "opens_at", "closes_at", "notes",
                    "schedule_link", "valid_from", "valid_to"),
}  # fmt: skip
