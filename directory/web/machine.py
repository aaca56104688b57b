"""What programs read: robots.txt, the sitemap, OpenSearch, Atom feeds of changes, a service's times as a calendar."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID
from xml.sax.saxutils import escape

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from directory.access import OPEN
from directory.catalogue import hsds
from directory.catalogue.read import one
from directory.catalogue.recurrence import Rule
from directory.query import query, reads
from directory.web.calendars import calendar
from directory.web.service import identified
from directory.web.wording import KINDS, OUTCOMES

MOST = 60  # entries of a feed
_record = msgspec.json.Decoder(hsds.Service)
_rules = msgspec.msgpack.Decoder(list[Rule])

_CHANGED = """
    select s.id, s.name, s.description, s.changed_at, s.first_seen, o.name as organization
    from service s join organization o on o.id = s.organization_id
    where s.status <> 'defunct'
      and ($1 = '' or exists (select 1 from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id
            join taxonomy x on x.id = t.taxonomy_id
            where a.service_id = s.id and x.name = 'flourish' and t.code = $1 and a.confidence is null))
      and ($2::uuid[] is null or s.id = any($2))
    order by s.changed_at desc, s.id limit $3
"""


class Feed(Struct, frozen=True):
    zone: Annotated[str, Meta(max_length=80)] = ""
    outcome: Annotated[str, Meta(max_length=40)] = ""


def _base(request: Request[Any, Any, Any]) -> str:
    address: str = request.app.state.settings.public_url
    return address.rstrip("/")


@get("/robots.txt", opt=OPEN, media_type="text/plain", sync_to_thread=False)
def robots(request: Request[Any, Any, Any]) -> str:
    """Searches and short lists are somebody's own: no search engine should hold them."""
    rest = "Disallow: /search\nDisallow: /help\nDisallow: /shortlist\nDisallow: /staff\nDisallow: /api/\n"
    return f"User-agent: *\n{rest}Sitemap: {_base(request)}/sitemap.xml\n"


@get("/sitemap.xml", opt=OPEN, media_type="application/xml")
async def sitemap(request: Request[Any, Any, Any]) -> str:
    """Every page that does not depend on who asks. A sitemap holds at most 50,000 addresses."""
    base = _base(request)
    pool = request.app.state.database.pool
    fixed = ["/", "/zones", "/privacy", "/accessibility", "/about-this-data"]
    fixed += [f"/outcomes/{each.code}" for each in OUTCOMES] + [f"/kinds/{code}" for code in KINDS]
    fixed += [f"/zones/{zone.code}" for zone in await request.app.state.places.zones()]
    rows = await pool.fetch(
        "select id, changed_at from service where status <> 'defunct' order by id limit 49000"
    )
    lines = [f"<url><loc>{escape(base + path)}</loc></url>" for path in fixed]
    lines += [
        f"<url><loc>{escape(base)}/services/{row['id']}</loc><lastmod>{row['changed_at']:%Y-%m-%d}</lastmod></url>"
        for row in rows
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return head + "\n".join(lines) + "\n</urlset>\n"


@get("/opensearch.xml", opt=OPEN, media_type="application/opensearchdescription+xml", sync_to_thread=False)
def opensearch(request: Request[Any, Any, Any]) -> str:
    """Lets a browser search the directory from its address bar."""
    base = escape(_base(request))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        "<ShortName>Flourish Directory</ShortName>\n"
        "<Description>Help for children, young people and families in Norfolk</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template="{base}/search?q={{searchTerms}}"/>\n'
        "</OpenSearchDescription>\n"
    )


@get("/feeds/changes.atom", **reads(Feed, access="open"), media_type="application/atom+xml")
async def changes(request: Request[Any, Any, Any]) -> str:
    """The services that are new or changed last, all of them or those of one zone or outcome."""
    state = request.app.state
    wanted = query(request, Feed)
    ids = None
    if wanted.zone:
        zone = await state.places.zone(wanted.zone)
        ids = [each.id for each in zone.services] if zone else []
    rows = await state.database.pool.fetch(_CHANGED, wanted.outcome, ids, MOST)
    base = escape(_base(request))
    latest = max((row["changed_at"] for row in rows), default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    about = "".join(f", {each}" for each in (wanted.zone, wanted.outcome) if each)
    own = "&amp;".join(
        f"{n}={escape(v)}" for n, v in (("zone", wanted.zone), ("outcome", wanted.outcome)) if v
    )
    entries = "".join(_entry(base, dict(row)) for row in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Flourish Directory: new and changed services{escape(about)}</title>\n"
        f"<id>{base}/feeds/changes.atom{'?' + own if own else ''}</id>\n"
        f'<link rel="self" href="{base}/feeds/changes.atom{"?" + own if own else ""}"/>\n'
        f'<link href="{base}/"/>\n<author><name>Flourish Directory</name></author>\n'
        f"<updated>{_moment(latest)}</updated>\n{entries}</feed>\n"
    )


def _entry(base: str, row: dict[str, Any]) -> str:
    new = (row["changed_at"] - row["first_seen"]).total_seconds() < 60
    words = "New: " if new else "Changed: "
    return (
        f"<entry><title>{words}{escape(row['name'])}</title><id>urn:uuid:{row['id']}</id>"
        f'<link href="{base}/services/{row["id"]}"/><updated>{_moment(row["changed_at"])}</updated>'
        f"<author><name>{escape(row['organization'])}</name></author>"
        f"<summary>{escape((row['description'] or '')[:300])}</summary></entry>\n"
    )


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@get("/services/{service_id:str}/times.ics", opt=OPEN)
async def times(request: Request[Any, Any, Any], service_id: FromPath[str]) -> Response[bytes]:
    """The next twelve weeks of a service as a calendar: each session, with holidays and school terms left out."""
    id_: UUID = identified(service_id)
    built = await one(request.app.state.database.pool, id_)
    text = calendar(
        _record.decode(built.body), _rules.decode(built.rules), _base(request), dt.datetime.now(dt.UTC)
    )
    headers = {"Content-Disposition": 'attachment; filename="times.ics"'}
    return Response(text.encode(), media_type="text/calendar", headers=headers)
