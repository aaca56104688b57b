"""Services made for tests: keyword-only, sensible by default."""

import itertools
import random
from typing import Any
from uuid import UUID, uuid5

from directory.catalogue import hsds

SPACE = UUID("5bd5b2a4-6d2c-4b9e-9c5e-0b6a3c1d7e10")
numbers = itertools.count(1)


def uid(*parts: object) -> str:
    return str(uuid5(SPACE, ":".join(map(str, parts))))


def new() -> str:
    return uid("made", next(numbers))


def schedule(**over: Any) -> hsds.Schedule:
    return hsds.Schedule(
        **({"id": new(), "freq": "WEEKLY", "byday": "MO", "opens_at": "09:30", "closes_at": "16:00"} | over)
    )


def organization(**over: Any) -> hsds.Organization:
    return hsds.Organization(
        **({"id": new(), "name": "Larkspur Families", "description": "A small team."} | over)
    )


def location(**over: Any) -> hsds.Location:
    id_ = over.get("id") or new()
    address = hsds.Address(
        id=uid(id_, "address"),
        address_1="4 Mill Lane",
        city="Cromer",
        state_province="Norfolk",
        postal_code="NR27 9AA",
    )
    plain = {"id": id_, "location_type": "physical", "name": "Mill Hall", "latitude": 52.93, "longitude": 1.3}
    return hsds.Location(**(plain | {"addresses": [address]} | over))


def place(service_id: str, where: hsds.Location, **over: Any) -> hsds.ServiceAtLocation:
    plain = {
        "id": uid(service_id, where.id),
        "service_id": service_id,
        "location_id": where.id,
        "location": where,
    }
    return hsds.ServiceAtLocation(**(plain | over))


def tag(service_id: str, taxonomy: str, code: str, **over: Any) -> hsds.Attribute:
    term = hsds.TaxonomyTerm(
        id=uid("term", taxonomy, code), code=code, name=code.replace("_", " ").capitalize(),
        description=f"About {code}", taxonomy=taxonomy, taxonomy_id=uid("taxonomy", taxonomy),
    )  # fmt: skip
    plain = {"id": uid(service_id, taxonomy, code), "link_id": service_id, "link_entity": "service"}
    return hsds.Attribute(**(plain | {"taxonomy_term_id": term.id, "taxonomy_term": term} | over))


def service(*places: hsds.Location, tags: dict[str, list[str]] | None = None, **over: Any) -> hsds.Service:
    """A whole, valid service; `tags` is taxonomy -> codes."""
    id_ = over.get("id") or new()
    owner = over.pop("organization", None) or organization()
    tags = {"kind": ["help_hub"], "level": ["early_help"]} if tags is None else tags
    plain = {
        "id": id_,
        "name": "Morning drop-in",
        "description": "Come for a cup of tea and a talk.",
        "status": "active",
        "organization": owner,
        "organization_id": owner.id,
        "service_at_locations": [place(id_, each) for each in places],
        "attributes": [tag(id_, taxonomy, code) for taxonomy, codes in tags.items() for code in codes],
    }
    return hsds.Service(**(plain | over))


SPOILT: list[Any] = [
    "drop",
    None,
    "",
    7,
    -7,
    True,
    "x y",
    [],
    {},
    "2026-01-01",
    "24:00",
    "www.example.org",
    "MO",
]


def spoil(value: Any, kind: Any, rng: random.Random) -> None:
    """Change one leaf or part at random."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = rng.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and rng.random() < 0.8:
            value = value[key]
            continue
        if kind == "drop":
            del value[key]
        else:
            value[key] = kind
        return
