"""Signing in and out, here or through a council's own provider; one's own password and second factor."""

import re
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from msgspec import Meta, Struct

from directory.access import accounts, limits, linking, oidc
from directory.access.guard import FIRST, OPEN, caller, cookie_name, csrf_of, csrf_token, session_token
from directory.errors import BadRequest, FieldError, NotAllowed, NotFound
from directory.query import query, reads
from directory.settings import Settings

AnyRequest = Request[Any, Any, Any]


class SignIn(Struct, forbid_unknown_fields=True):
    email: str
    password: str
    code: str = ""


class NewPassword(Struct, forbid_unknown_fields=True):
    old: str
    new: str


class SecondFactor(Struct, forbid_unknown_fields=True):
    """`current` is a code of the app that this one replaces."""

    secret: str
    code: str
    current: str = ""


class Me(Struct, kw_only=True):
    """The signed-in person. `csrf` goes into the header `X-CSRF-Token` of every change; `first` is what comes first."""

    id: str
    name: str
    role: str
    permissions: list[str]
    areas: list[str]
    must_change: bool = False
    first: str = ""
    csrf: str


@post("/api/session", opt=OPEN, status_code=201)
async def sign_in(request: AnyRequest) -> Response[bytes]:
    """A session cookie. The answer to anything wrong is the same."""
    given, state = _body(await request.body(), SignIn), request.app.state
    _same_site(request)
    found = await accounts.sign_in(
        state.database, state.vault, given.email, given.password, given.code,
        address=request.client.host if request.client else "", old=session_token(request),
    )  # fmt: skip
    me = Me(
        id=found.caller.id, name=found.caller.name, role=found.caller.role, areas=list(found.caller.areas),
        permissions=sorted(found.caller.permissions), must_change=found.must_change, csrf=csrf_of(found.token),
    )  # fmt: skip
    return _answer(me, 201, session_cookie(state.settings, found.token))


@get("/api/session", opt=FIRST)
async def whoami(request: AnyRequest) -> Response[bytes]:
    """Who is signed in, and what they may do."""
    found = caller(request)
    me = Me(
        id=found.id, name=found.name, role=found.role, areas=list(found.areas), permissions=sorted(found.permissions),
        must_change=found.first == "password", first=found.first, csrf=csrf_token(request),
    )  # fmt: skip
    return _answer(me, 200)


@delete("/api/session", opt=FIRST, status_code=200)
async def sign_out(request: AnyRequest) -> Response[bytes]:
    """The session ends, here and in the database."""
    state = request.app.state
    await accounts.sign_out(state.database, session_token(request))
    return _answer({}, 200, session_cookie(state.settings, ""))


@post("/api/session/password", opt=FIRST, status_code=204)
async def password(request: AnyRequest) -> None:
    """A new password; all other sessions of the account end."""
    given, state = _body(await request.body(), NewPassword), request.app.state
    await accounts.change_password(
        state.database,
        state.vault,
        caller(request).staff_id,
        given.old,
        given.new,
        keep=session_token(request),
    )


@post("/api/session/second-factor", opt=FIRST, status_code=201)
async def second_factor(request: AnyRequest) -> Response[bytes]:
    """A secret for an authenticator app. It counts once a code of it is confirmed."""
    secret, uri = accounts.new_totp(caller(request).name)
    return _answer({"secret": secret, "uri": uri}, 201)


@post("/api/session/second-factor/confirm", opt=FIRST, status_code=204)
async def confirm(request: AnyRequest) -> None:
    """From now on signing in takes a code."""
    given, state = _body(await request.body(), SecondFactor), request.app.state
    await accounts.confirm_totp(
        state.database, state.vault, caller(request).staff_id, given.secret, given.code, given.current
    )


class Begin(Struct):
    """Where to go on to once signed in: a page of ours."""

    next: Annotated[str, Meta(max_length=600)] = "/staff"


@get("/staff/sign-in/oidc", **reads(Begin, access="open", page=True))
async def to_provider(request: AnyRequest) -> Response[bytes]:
    """Off to the council's own sign-in."""
    state, wanted = request.app.state, query(request, Begin)
    provider = _provider(request)
    onward = wanted.next if re.fullmatch(r"/staff(/[\w/.-]*)?(\?[\w=&%.+-]*)?", wanted.next) else "/staff"
    address, sealed = await provider.begin(state.vault, onward)
    return _gone_to(address, [_flow_cookie(state.settings, sealed)])


@get(oidc.CALLBACK, **reads(Begin, access="open", page=True))
async def from_provider(request: AnyRequest) -> Response[bytes]:
    """Back from it: a session for the account that this person has here."""
    state, provider = request.app.state, _provider(request)
    where = request.client.host if request.client else ""
    await limits.spend(state.database, state.vault, "oidc-from", where, accounts.TRIES_FROM, accounts.WINDOW)
    given = {name: request.query_params.get(name, "")[:4000] for name in oidc.Answer.__struct_fields__}
    cookie = request.cookies.get(flow_name(state.settings), "")
    claims, onward = await provider.finish(state.vault, cookie, oidc.Answer(**given))
    staff_id = await linking.linked(state.database, claims, provider.mapping)
    token = await accounts.start(state.database, staff_id, old=session_token(request), by_provider=True)
    return _gone_to(onward, [session_cookie(state.settings, token), _flow_cookie(state.settings, "")])


def _provider(request: AnyRequest) -> oidc.Provider:
    provider: oidc.Provider = request.app.state.oidc
    if not provider.there:
        raise NotFound
    return provider


def flow_name(settings: Settings) -> str:
    return "__Host-oidc" if settings.public_url.startswith("https://") else "oidc"


def _flow_cookie(settings: Settings, sealed: str) -> Cookie:
    return Cookie(
        key=flow_name(settings),
        value=sealed,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
        max_age=oidc.MINUTES * 60 if sealed else 0,
    )


def _gone_to(address: str, cookies: list[Cookie]) -> Response[bytes]:
    headers = {"Location": address, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(b"", status_code=303, headers=headers, cookies=cookies)


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The cookie of a session; with no token, the one that takes it away."""
    return Cookie(
        key=cookie_name(settings),
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
        max_age=int(accounts.LONGEST.total_seconds()) if token else 0,
    )


def _same_site(request: AnyRequest) -> None:
    """Nobody is signed in to somebody else's account by a foreign page."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("sign in on our own page")


def _body(raw: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest(
            "the body is not right", errors=[FieldError("body", "JSON with the fields it takes")]
        ) from None


def _answer(value: Any, status: int, cookie: Cookie | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(value), status_code=status, media_type="application/json",
        headers={"Cache-Control": "no-store"}, cookies=[cookie] if cookie else [],
    )  # fmt: skip


handlers: list[Any] = [
    sign_in,
    whoami,
    sign_out,
    password,
    second_factor,
    confirm,
    to_provider,
    from_provider,
]
