"""`/staff/partners`: the sites that carry the search, each with the line to paste, a live preview and its counts."""

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from directory.access import partners
from directory.access.uses import KINDS
from directory.errors import BadRequest, FieldError, NotFound
from directory.query import query, reads
from directory.web.embed import script
from directory.web.staff.frame import form, framed, gone_to, shown
from directory.web.wording import N_

AnyRequest = Request[Any, Any, Any]
MAY = {"access": "accounts.manage", "page": True}
COUNTED = {
    "opened": N_("Pages opened"),
    "completed": N_("Completions"),
    "searched": N_("Searches"),
    "nothing": N_("Nothing found"),
    "limited": N_("Refused as too many"),
}


class Done(Struct):
    done: bool = False


@get("/staff/partners", opt=MAY)
async def listed(request: AnyRequest) -> Response[bytes]:
    """All sites, and the form for a new one."""
    return await _list(request)


@post("/staff/partners", opt=MAY, status_code=200)
async def add(request: AnyRequest) -> Response[Any]:
    """A new site with its key; or the form again, with what is wrong."""
    given = await form(request)
    try:
        made = await partners.add(request.app.state.database, **_read(given))
    except BadRequest as error:
        return await _list(request, given, error.errors or [FieldError("", error.detail)])
    return gone_to(f"/staff/partners/{made.id}", done="true")


@get("/staff/partners/{key:str}", **reads(Done, **MAY))
async def one(request: AnyRequest, key: FromPath[str]) -> Response[bytes]:
    """One site: the line to paste, how it looks, how it is used."""
    return await _one(request, key, done=query(request, Done).done)


@post("/staff/partners/{key:str}", opt=MAY, status_code=200)
async def change(request: AnyRequest, key: FromPath[str]) -> Response[Any]:
    given = await form(request)
    try:
        await partners.change(request.app.state.database, key, **_read(given))
    except BadRequest as error:
        return await _one(request, key, given, error.errors or [FieldError("", error.detail)])
    return gone_to(f"/staff/partners/{key}", done="true")


@post("/staff/partners/{key:str}/revoke", opt=MAY, status_code=303)
async def revoke(request: AnyRequest, key: FromPath[str]) -> Redirect:
    """Its pages lead to the directory from now on."""
    if not await partners.revoke(request.app.state.database, key):
        raise NotFound("there is no such key in use")
    return gone_to("/staff/partners")


def _read(given: dict[str, str]) -> dict[str, Any]:
    """The fields as `partners` takes them. Origins are lines, the look is lines of `name=value`."""
    limit = given.get("per_minute", "")
    pairs = [line.partition("=") for line in given.get("theme", "").splitlines() if line.strip()]
    return {
        "label": given.get("label", ""),
        "origins": [each for each in re.split(r"[\s,]+", given.get("origins", "")) if each],
        "per_minute": int(limit)
        if limit.isascii() and limit.isdigit()
        else 0
        if limit
        else partners.PER_MINUTE,
        "theme": {name.strip().removeprefix("--fd-"): value.strip() for name, _, value in pairs},
    }


async def _list(
    request: AnyRequest, given: dict[str, str] | None = None, errors: list[FieldError] | None = None
) -> Response[bytes]:
    found = await partners.listed(request.app.state.database)
    return shown(
        await framed(request),
        "staff/partners.html",
        status=400 if errors else 200,
        partners=[each for each in found if each.revoked_at is None],
        revoked=[each for each in found if each.revoked_at is not None],
        given=given or {"per_minute": str(partners.PER_MINUTE)},
        errors=_named(errors),
    )


async def _one(
    request: AnyRequest,
    key: str,
    given: dict[str, str] | None = None,
    errors: list[FieldError] | None = None,
    *,
    done: bool = False,
) -> Response[bytes]:
    database = request.app.state.database
    found = await partners.one(database, key)
    frame = await framed(request)
    now = {
        "label": found.label,
        "origins": "\n".join(found.origins),
        "per_minute": str(found.per_minute),
        "theme": "\n".join(f"{name}={value}" for name, value in found.theme.items()),
    }
    version, built = list(script.releases().items())[-1]
    pinned = partners.snippet(frame.public_url, key).replace("/embed/v1/", f"/embed/{version}/")
    return shown(
        frame,
        "staff/partner.html",
        status=400 if errors else 200,
        partner=found,
        line=partners.snippet(frame.public_url, key),
        pinned=pinned.replace(
            " data-key=", f' integrity="{built.integrity}" crossorigin="anonymous" data-key='
        ),
        version=version,
        uses=await partners.used(database, key),
        kinds=[(kind, COUNTED[kind]) for kind in KINDS],
        given=given or now,
        errors=_named(errors),
        done=done,
    )


def _named(errors: list[FieldError] | None) -> list[tuple[str, str]]:
    """(the field's id on the page, what is wrong)."""
    ids = {"label": "label", "origin": "origins", "per_minute": "per_minute"}
    return [(ids.get(each.field, "theme"), f"{each.field}: {each.message}") for each in errors or ()]


handlers: list[Any] = [listed, add, one, change, revoke]
