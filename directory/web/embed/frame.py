"""The widget in a frame, for sites whose editors may not add a script."""

from typing import Annotated, Any

from litestar import Request, Response, get
from msgspec import Meta, Struct

from directory.access import partners
from directory.query import query, reads
from directory.web.embed.shapes import Key, Language
from directory.web.render import environment

Few = Annotated[str, Meta(max_length=200)]
# What a frame hands on to the element inside it.
ATTRIBUTES = ("key", "lang", "need", "outcome", "zone", "near", "limit", "layout", "heading_level")


class Framed(Struct, frozen=True, kw_only=True):
    """The element's attributes, as they stand in the frame's address."""

    key: Key = ""
    lang: Language = "en"
    need: Few = ""
    outcome: Few = ""
    zone: Few = ""
    near: Few = ""
    limit: Annotated[int, Meta(ge=1, le=20)] = 5
    layout: Annotated[str, Meta(pattern="^(compact|full)$")] = "compact"
    heading_level: Annotated[int, Meta(ge=1, le=6)] = 1


@get("/embed/v1/frame", **reads(Framed, access="open", page=False))
async def frame(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A page with nothing but the widget. It may stand on the pages of the key's origins, and nowhere else."""
    wanted = query(request, Framed)
    partner = await partners.live(request.app.state.database, wanted.key)
    values = [(name.replace("_", "-"), getattr(wanted, name)) for name in ATTRIBUTES]
    html = (
        environment("en")
        .get_template("embed/frame.html")
        .render(lang=wanted.lang, values=[(name, value) for name, value in values if value])
    )
    ancestors = " ".join(["'self'", *(partner.origins if partner else [])])
    return Response(
        html.encode(),
        media_type="text/html",
        headers={
            "Cache-Control": "private, max-age=60",
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
                f"base-uri 'none'; frame-ancestors {ancestors}; "
                "require-trusted-types-for 'script'; trusted-types 'none'"
            ),
        },
    )
