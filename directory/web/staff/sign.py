"""Signing in and out, a new password, a second factor."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.response import Redirect
from msgspec import Meta, Struct

from directory.access import OPEN, accounts, caller, guard
from directory.access.api import session_cookie
from directory.errors import BadRequest, NotAllowed, NotSignedIn, TooMany
from directory.query import query, reads
from directory.web.staff.frame import HOME, StaffFrame, form, framed, gone_to, own_path, shown

AnyRequest = Request[Any, Any, Any]


class Next(Struct):
    """Where to go on to once signed in."""

    next: Annotated[str, Meta(max_length=600)] = HOME
    out: bool = False


@get("/staff/sign-in", **reads(Next, access="open", page=True))
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form; whoever is signed in already goes on."""
    wanted = query(request, Next)
    if await guard.identify(request):
        return gone_to(own_path(wanted.next))
    return _form(request, onward=own_path(wanted.next), out=wanted.out)


@post("/staff/sign-in", opt={**OPEN, "page": True}, status_code=200)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """A session, or the form again. What was wrong is never said more closely."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("sign in on our own page")
    given, state = await form(request), request.app.state
    onward = own_path(given.get("next", HOME))
    email = given.get("email", "")
    try:
        found = await accounts.sign_in(
            state.database, state.vault, email, given.get("password", ""), given.get("code", ""),
            address=request.client.host if request.client else "", old=guard.session_token(request),
        )  # fmt: skip
    except NotSignedIn:
        return _form(request, onward=onward, email=email, wrong=True, status=401)
    except TooMany as error:
        minutes = max(1, round(int(error.headers["Retry-After"]) / 60))
        return _form(request, onward=onward, email=email, locked=minutes, status=429, headers=error.headers)
    answer = gone_to("/staff/password" if found.must_change else onward)
    answer.cookies.append(session_cookie(state.settings, found.token))
    return answer


@post("/staff/sign-out", opt={**guard.FIRST, "page": True}, status_code=303)
async def sign_out(request: AnyRequest) -> Redirect:
    """The session ends, here and in the database."""
    await accounts.sign_out(request.app.state.database, guard.session_token(request))
    answer = gone_to("/staff/sign-in", out="true")
    answer.cookies.append(session_cookie(request.app.state.settings, ""))
    return answer


class Done(Struct):
    done: bool = False


@get("/staff/password", **reads(Done, **guard.FIRST, page=True))
async def password_page(request: AnyRequest) -> Response[bytes]:
    return await _account(request, done=query(request, Done).done)


@post("/staff/password", opt={**guard.FIRST, "page": True}, status_code=200)
async def password(request: AnyRequest) -> Response[Any]:
    """A new password; all other sessions of the account end."""
    given, state = await form(request), request.app.state
    if given.get("new") != given.get("again"):
        return await _account(request, problem="new", status=400, says="the two new passwords differ")
    try:
        await accounts.change_password(
            state.database, state.vault, caller(request).staff_id, given.get("old", ""), given.get("new", ""),
            keep=guard.session_token(request),
        )  # fmt: skip
    except NotSignedIn:
        return await _account(request, problem="old", status=400, says="the present password is not that")
    except BadRequest as error:
        return await _account(request, problem="new", status=400, says=error.detail)
    return gone_to("/staff/password", done="true")


@post("/staff/second-factor", opt={**guard.FIRST, "page": True}, status_code=200)
async def second_factor(request: AnyRequest) -> Response[Any]:
    """A secret for an authenticator app, then the code that proves that the app has it."""
    given, state = await form(request), request.app.state
    who = caller(request)
    secret, problem = given.get("secret", ""), ""
    if not secret:
        secret, _ = accounts.new_totp(who.name)
    else:
        try:
            await accounts.confirm_totp(
                state.database,
                state.vault,
                who.staff_id,
                secret,
                given.get("code", ""),
                given.get("current", ""),
            )
            return gone_to("/staff/password", done="true")
        except BadRequest as error:
            problem = error.detail
    replaces = await state.database.pool.fetchval(
        "select totp_secret is not null from staff where id = $1", who.staff_id
    )
    frame = await framed(request)
    return shown(
        frame, "staff/second_factor.html", status=400 if problem else 200, secret=secret, problem=problem,
        replaces=replaces, spaced=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    )  # fmt: skip


def _form(
    request: AnyRequest, *, onward: str, email: str = "", wrong: bool = False, locked: int = 0, out: bool = False,
    status: int = 200, headers: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    return shown(
        StaffFrame(request, None), "staff/sign_in.html", status=status, headers=headers, onward=onward, email=email,
        wrong=wrong, locked=locked, out=out, provider=request.app.state.oidc.there,
    )  # fmt: skip


async def _account(
    request: AnyRequest, *, problem: str = "", says: str = "", done: bool = False, status: int = 200
) -> Response[bytes]:
    row = await request.app.state.database.pool.fetchrow(
        "select email, must_change, totp_secret is not null as two_factor from staff where id = $1",
        caller(request).staff_id,
    )
    return shown(
        await framed(request),
        "staff/account.html",
        status=status,
        account=row,
        problem=problem,
        says=says,
        done=done,
    )


handlers: list[Any] = [sign_in_page, sign_in, sign_out, password_page, password, second_factor]
