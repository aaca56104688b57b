"""`/oruk/v3`: the directory as Open Referral UK 3.0 (HSDS-UK-3.0), open to everyone."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream
from msgspec.structs import replace

from directory import query
from directory.access import OPEN
from directory.catalogue.oruk import changes, read, sql
from directory.catalogue.oruk.openapi import document
from directory.catalogue.oruk.query import (
    Changes,
    OneOrganization,
    Organizations,
    Paged,
    Services,
    ServicesAtLocations,
    Taxonomies,
    TaxonomyTerms,
    refused,
)
from directory.catalogue.oruk.read import Bodies, Listing, Page
from directory.catalogue.oruk.sql import Where
from directory.query import reads

ROOT = "/oruk/v3"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
NDJSON = "application/x-ndjson"
Asked = Request[Any, Any, Any]


@get(ROOT, opt=OPEN, sync_to_thread=False)
def details(request: Asked) -> dict[str, Any]:
    """What this interface is, for validators and people."""
    home = request.app.state.settings.public_url.rstrip("/")
    return {
        "version": VERSION,
        "profile": PROFILE,
        "openapi_url": f"{home}{ROOT}/openapi.json",
        "description": "Help for children, young people and families: services, where and when they are, whom they"
        f" are for. Extensions: `after` cursors in Link headers, and a change feed at {ROOT}/changes.",
        "publisher": {"name": "Flourish Directory", "website": home},
    }


@get(f"{ROOT}/openapi.json", opt=OPEN, sync_to_thread=False)
def openapi(request: Asked) -> dict[str, Any]:
    """The OpenAPI description of this interface."""
    return document(request.app.state.settings.public_url.rstrip("/"))


@get(f"{ROOT}/services", **reads(Services, **OPEN))
async def services(request: Asked) -> Response[Any]:
    """Services in a fixed order: a summary of each, everything (`full`), or id and moment of change (`minimal`)."""
    wanted = query.query(request, Services)
    bodies = read.services_full if wanted.full else read.services_short
    return await _listed(
        request,
        read.SERVICES,
        await _where(request, wanted),
        wanted,
        read.minimal if wanted.minimal else bodies,
    )


@get(f"{ROOT}/services/{{service_id:uuid}}", opt=OPEN, media_type=MediaType.JSON)
async def service(request: Asked, service_id: FromPath[UUID]) -> Response[bytes]:
    """One service whole, whatever its status; 410 where it was removed."""
    return Response(await read.service(request.app.state.database.pool, service_id))


@get(f"{ROOT}/service_at_locations", **reads(ServicesAtLocations, **OPEN))
async def service_at_locations(request: Asked) -> Response[Any]:
    """Services at their locations; of a confidential location there is only its id and type."""
    wanted = query.query(request, ServicesAtLocations)
    bodies = read.places_full if wanted.full else read.places_short
    where = await _where(request, wanted, at_location=True)
    return await _listed(request, read.PLACES, where, wanted, read.minimal if wanted.minimal else bodies)


@get(f"{ROOT}/service_at_locations/{{place_id:uuid}}", opt=OPEN, media_type=MediaType.JSON)
async def service_at_location(request: Asked, place_id: FromPath[UUID]) -> Response[bytes]:
    """One service at one location, whole."""
    return Response(await read.place(request.app.state.database.pool, place_id))


@get(f"{ROOT}/organizations", **reads(Organizations, **OPEN))
async def organizations(request: Asked) -> Response[Any]:
    """Organizations; `full` with all parts and their services' names, `full_service` with whole services."""
    wanted = query.query(request, Organizations)
    bodies = read.organizations(full=wanted.full, services=wanted.full_service)
    return await _listed(request, read.ORGANIZATIONS, sql.organizations(wanted), wanted, bodies)


@get(
    f"{ROOT}/organizations/{{organization_id:uuid}}",
    **reads(OneOrganization, **OPEN),
    media_type=MediaType.JSON,
)
async def organization(request: Asked, organization_id: FromPath[UUID]) -> Response[bytes]:
    """One organization whole, with its services by name, or whole too (`full_service`)."""
    wanted = query.query(request, OneOrganization)
    pool = request.app.state.database.pool
    return Response(await read.organization(pool, organization_id, services=wanted.full_service))


@get(f"{ROOT}/taxonomies", **reads(Taxonomies, **OPEN))
async def taxonomies(request: Asked) -> Response[Any]:
    """The lists of words that services are tagged with."""
    wanted = query.query(request, Taxonomies)
    where = Where()
    where.search(wanted.search, "x.name, x.description")
    return await _listed(request, read.TAXONOMIES, where, wanted, read.taxonomies)


@get(f"{ROOT}/taxonomies/{{taxonomy_id:uuid}}", opt=OPEN, media_type=MediaType.JSON)
async def taxonomy(request: Asked, taxonomy_id: FromPath[UUID]) -> Response[bytes]:
    """One taxonomy with all its terms."""
    return Response(await read.taxonomy(request.app.state.database.pool, taxonomy_id))


@get(f"{ROOT}/taxonomy_terms", **reads(TaxonomyTerms, **OPEN))
async def taxonomy_terms(request: Asked) -> Response[Any]:
    """Terms; of one taxonomy, below one term (`parent_id`), or those below none (`top_only`)."""
    wanted = query.query(request, TaxonomyTerms)
    return await _listed(request, read.TERMS, sql.terms(wanted), wanted, read.taxonomy_terms)


@get(f"{ROOT}/taxonomy_terms/{{term_id:uuid}}", opt=OPEN, media_type=MediaType.JSON)
async def taxonomy_term(request: Asked, term_id: FromPath[UUID]) -> Response[bytes]:
    """One term."""
    return Response(await read.taxonomy_term(request.app.state.database.pool, term_id))


@get(f"{ROOT}/changes", **reads(Changes, **OPEN))
async def change_feed(request: Asked) -> changes.Feed:
    """Every change and removal of a service since a cursor (an extension): begin without one, come back with `next`."""
    wanted = query.query(request, Changes)
    home = request.app.state.settings.public_url.rstrip("/")
    return await changes.since(request.app.state.database.pool, wanted, f"{home}{ROOT}/services")


async def _where(request: Asked, wanted: Services, *, at_location: bool = False) -> Where:
    point: tuple[float, float] | None = None
    areas: Sequence[str] = ()
    if wanted.postcode:
        places = request.app.state.places
        point = await places.point_of_postcode(wanted.postcode)
        if point is None:
            raise refused("postcode", "there is no such postcode")
        areas = await places.areas_of_postcode(wanted.postcode)
    elif wanted.proximity is not None:
        raise refused("proximity", "is measured from a postcode: give one too")
    return sql.services(wanted, point, areas, at_location=at_location)


async def _listed(
    request: Asked, listing: Listing, where: Where, wanted: Paged, bodies: Bodies
) -> Response[Any]:
    pool = request.app.state.database.pool
    if wanted.format == "ndjson":
        return Stream(_streamed(read.everything(pool, listing, where, bodies)), media_type=NDJSON)
    found = await read.page(pool, listing, where, wanted)
    contents = await bodies(pool, found.rows)
    here = f"{request.app.state.settings.public_url.rstrip('/')}{request.url.path.rstrip('/')}"
    return Response(
        _envelope(found, contents, wanted),
        media_type=MediaType.JSON,
        headers={"Link": _links(here, found, wanted)},
    )


async def _streamed(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for part in lines:
        yield part


def _envelope(found: Page, contents: Sequence[bytes], wanted: Paged) -> bytes:
    head = msgspec.json.encode(
        {
            "total_items": found.total_items,
            "total_pages": found.total_pages,
            "page_number": wanted.page,
            "size": len(contents),
            "first_page": wanted.page == 1 and not wanted.after,
            "last_page": found.more is None,
            "empty": not contents,
        }
    )
    return b"".join((head[:-1], b',"contents":[', b",".join(contents), b"]}"))


def _links(here: str, found: Page, wanted: Paged) -> str:
    """RFC 8288. `next` carries a cursor besides the number of the page."""
    pages: dict[str, tuple[int, str | None]] = {"first": (1, None)}
    if wanted.page > 1:
        pages["prev"] = (wanted.page - 1, None)
    if found.more is not None:
        pages["next"] = (wanted.page + 1, found.more)
    pages["last"] = (max(1, found.total_pages), None)
    links = []
    for name, (number, after) in pages.items():
        asked = query.text(replace(wanted, page=number, after=after))
        links.append(f'<{here}{"?" + asked if asked else ""}>; rel="{name}"')
    return ", ".join(links)


handlers: list[Any] = [
    details, openapi, services, service, service_at_locations, service_at_location, organizations, organization,
    taxonomies, taxonomy, taxonomy_terms, taxonomy_term, change_feed,
]  # fmt: skip
