"""Services made by hand, as small as each test needs."""

import uuid
from collections.abc import Callable
from typing import Any

from directory.catalogue import hsds
from directory.places.shapes import Answer, AreaShare, Point
from directory.search.document import Document, document
from directory.search.request import SearchPage

Search = Callable[..., Any]

NORWICH = (52.6386, 1.2961)
CROMER = (52.9311, 1.3013)


def identity(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def tag(taxonomy: str, code: str, confidence: float | None = None) -> hsds.Attribute:
    term = hsds.TaxonomyTerm(
        id=identity(f"{taxonomy}:{code}"),
        code=code,
        name=code.replace("_", " "),
        description="",
        taxonomy=taxonomy,
    )
    return hsds.Attribute(id=identity(f"tag:{taxonomy}:{code}"), taxonomy_term=term, confidence=confidence)


def at(
    lat: float, lon: float, name: str = "The hall", *, confidential: bool = False, accessible: str = ""
) -> hsds.ServiceAtLocation:
    said = [hsds.Accessibility(id=identity(accessible), description=accessible)] if accessible else []
    place = hsds.Location(
        id=identity(f"{name}{lat}{lon}"),
        location_type="physical",
        name=name,
        latitude=lat,
        longitude=lon,
        confidential=confidential,
        accessibility=said,
    )
    return hsds.ServiceAtLocation(id=identity(f"at{name}{lat}{lon}"), location=place)


def service(name: str, *, tags: dict[str, list[str]] | None = None, **fields: Any) -> hsds.Service:
    attributes = [tag(taxonomy, code) for taxonomy, codes in (tags or {}).items() for code in codes]
    defaults: dict[str, Any] = {
        "id": identity(name),
        "status": "active",
        "assured_date": "2026-10-01",
        "organization": hsds.Organization(id=identity("o"), name="Some Trust", description="They help."),
        "attributes": attributes,
    }
    return hsds.Service(name=name, **(defaults | fields))


def covering(*areas: str) -> list[hsds.ServiceArea]:
    return [hsds.ServiceArea(id=identity(area), name=area, area=area) for area in areas]


def doc(name: str, **fields: Any) -> Document:
    return document(service(name, **fields))


class Atlas:
    """Two places, and a county that has no point."""

    async def resolve(self, text: str, near: Any = None) -> Answer:
        points = {"Norwich": NORWICH, "Cromer": CROMER}
        if text not in points:
            return Answer(kind="unknown", sentence="We could not find that place.")
        lat, lon = points[text]
        zone = {"Norwich": "zone-01", "Cromer": "zone-02"}[text]
        areas = [
            AreaShare(kind="zone", code=zone, name=zone),
            AreaShare(kind="county", code="E10000020", name="Norfolk"),
        ]
        return Answer(kind="place", match=text, point=Point(lat=lat, lon=lon), areas=areas, home=True)


def names(page: SearchPage) -> list[str]:
    return [hit.name for hit in page.hits]
