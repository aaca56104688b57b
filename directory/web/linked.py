"""schema.org data of a service, for search engines and other machines. Pure."""

from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

if TYPE_CHECKING:
    from directory.web.service import Shown


def linked(shown: "Shown", public_url: str) -> Markup:
    """JSON-LD that is safe inside a script element: no `<`, `>` or `&` stands in it."""
    record, extras = shown.record, shown.extras
    organization = record.organization
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Service",
        "@id": f"{public_url}/services/{record.id}",
        "url": f"{public_url}/services/{record.id}",
        "name": record.name,
        "description": record.description,
        "serviceType": extras.kind.label if extras.kind else None,
        "areaServed": [each.name for each in record.service_areas if each.name],
        "availableLanguage": [each.code or each.name for each in record.languages],
        "isAccessibleForFree": extras.free,
        "audience": {"@type": "PeopleAudience", **_ages(record.minimum_age, record.maximum_age)},
        "dateModified": record.last_modified,
        "provider": {
            "@type": "Organization",
            "name": organization.name,
            "url": organization.website,
        }
        if organization
        else None,
        "availableChannel": [
            *(
                {
                    "@type": "ServiceChannel",
                    "servicePhone": {"@type": "ContactPoint", "telephone": each.number},
                }
                for each in shown.phones
            ),
            *({"@type": "ServiceChannel", "serviceLocation": place} for place in _places(shown)),
        ],
    }
    kept = {name: value for name, value in found.items() if value not in (None, [], "")}
    text = msgspec.json.encode(kept).decode()
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _ages(low: float | None, high: float | None) -> dict[str, float]:
    return {
        name: value
        for name, value in (("suggestedMinAge", low), ("suggestedMaxAge", high))
        if value is not None
    }


def _places(shown: "Shown") -> list[dict[str, Any]]:
    found = []
    for place in shown.places:
        location = place.location
        if location is None:
            continue
        address = next(iter(location.addresses), None)
        made: dict[str, Any] = {"@type": "Place", "name": location.name}
        if address:
            made["address"] = {
                "@type": "PostalAddress",
                "streetAddress": ", ".join(filter(None, (address.address_1, address.address_2))),
                "addressLocality": address.city,
                "postalCode": address.postal_code,
                "addressCountry": address.country,
            }
        if location.latitude is not None:
            made["geo"] = {
                "@type": "GeoCoordinates",
                "latitude": location.latitude,
                "longitude": location.longitude,
            }
        found.append(made)
    return found
