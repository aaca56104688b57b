"""The guard of every route: who calls, whether they may, and that a signed-in browser meant it.

A key comes as `Authorization: Bearer ...`, a person as a session cookie. What changes something under a cookie
must also carry the session's own token, as the header `X-CSRF-Token` or the form field `csrf`. An open route looks
at neither.
"""

import hashlib
import hmac
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from directory.access import accounts, demonstration, keys
from directory.access.roles import LEVELS, Caller, meets
from directory.db import Database, Reader
from directory.errors import NotAllowed, NotSignedIn
from directory.settings import Settings

OPEN = {"access": "open"}
# For what a person may do before they have chosen a password, or set up a second factor, of their own.
FIRST = {"access": "staff", "before_first": True}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class MustChange(NotAllowed):
    """The password was given by somebody else: a new one comes before anything."""

    title = "Choose a new password first"


class NeedsSecondFactor(NotAllowed):
    """This role signs in with an authenticator app, and this account has none yet."""

    title = "Set up an authenticator app first"


AnyConnection = ASGIConnection[Any, Any, Any, Any]


async def guarded(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Guard of every route. What is not declared open is refused to strangers."""
    wanted = handler.opt.get("access")
    if wanted == "open":
        return
    found = await identify(connection, keep=bool(handler.opt.get("one_reading")))
    if found is None:
        raise NotSignedIn("this part is for staff and registered partners")
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    if not names or not set(names) <= set(LEVELS) or not meets(found, wanted if wanted == "staff" else names):
        raise NotAllowed("your account or key does not allow this")
    if found.first and not handler.opt.get("before_first"):
        raise (MustChange if found.first == "password" else NeedsSecondFactor)
    if found.kind == "staff" and cast("dict[str, Any]", connection.scope)["method"] not in SAFE:
        await _meant(connection)


async def identify(connection: AnyConnection, *, keep: bool = False) -> Caller | None:
    """Who calls, looked up once a request; None for a stranger. A wrong key is a stranger, never the cookie's owner.

    `keep`: the handler's own reads go on with the same connection (`Database.reading`).
    """
    scope = cast("dict[str, Any]", connection.scope)
    if "directory.caller" not in scope:
        found = await _look_up(connection, keep)
        shown_to_all = found is not None and found.id in demonstration.CALLERS
        scope["directory.caller"] = None if shown_to_all and not connection.app.state.settings.demo else found
    return cast("Caller | None", scope["directory.caller"])


def caller(request: Request[Any, Any, Any]) -> Caller:
    """The caller of a route that is not open."""
    found = cast("dict[str, Any]", request.scope).get("directory.caller")
    if found is None:
        raise NotSignedIn
    return cast("Caller", found)


async def _look_up(connection: AnyConnection, keep: bool) -> Caller | None:
    state = connection.app.state
    if header := connection.headers.get("authorization", ""):
        scheme, _, given = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return await keys.find(await _reader(state.database, keep), given.strip())
    if token := session_token(connection):
        needed = {each.strip() for each in state.settings.second_factor_roles.split(",")}
        return await accounts.by_session(await _reader(state.database, keep), token, needed)
    return None


async def _reader(database: Database, keep: bool) -> Reader:
    return await database.keep() if keep else database.pool


def cookie_name(settings: Settings) -> str:
    """Under https the name itself ties the cookie to this host and path (`__Host-`)."""
    return "__Host-staff" if settings.public_url.startswith("https://") else "staff"


def session_token(connection: AnyConnection) -> str:
    return connection.cookies.get(cookie_name(connection.app.state.settings), "")


def csrf_token(connection: AnyConnection) -> str:
    """What a page of a signed-in person puts into its forms and scripts; empty for a stranger."""
    token = session_token(connection)
    return csrf_of(token) if token else ""


def csrf_of(token: str) -> str:
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


async def _meant(connection: AnyConnection) -> None:
    site = connection.headers.get("sec-fetch-site", "same-origin")
    given = connection.headers.get("x-csrf-token", "")
    kind = connection.headers.get("content-type", "").partition(";")[0].strip()
    if not given and kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await cast("Request[Any, Any, Any]", connection).form()
        given = str(form.get("csrf", ""))
    if site not in {"same-origin", "none"} or not hmac.compare_digest(
        given.encode(), csrf_token(connection).encode()
    ):
        raise NotAllowed(
            "this did not come from a page of ours that you had open; open the page again and repeat"
        )
