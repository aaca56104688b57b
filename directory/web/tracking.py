"""`/track`: a family sees its own request, adds, answers, puts right, stops it, and says how it went.

It comes in with its reference (or code) and its word, and is handed a signed token for half an hour. The token lives in
the hidden field of each form and goes in the body of each POST: public pages set no cookie, so that nothing is left on
a shared phone, and it is in no address, so that it is in no history, log or referrer. Each press renews it; a page that
was left open is shut by itself.
"""

import datetime as dt
import secrets
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from directory.access.roles import Caller
from directory.errors import BadRequest, Conflict, NotAllowed, NotFound, NotSignedIn, Stale, TooMany
from directory.query import query, reads
from directory.referrals import facts, handover, track
from directory.referrals.shapes import Act, Correction
from directory.web import forms, reaching
from directory.web.danger import danger
from directory.web.forms import Wrong
from directory.web.render import Page, frame_of, page, wording
from directory.web.wording import N_

AnyRequest = Request[Any, Any, Any]
LONGEST_NOTE = 4_000

# What each small page does: the action, and what is said when it is done.
DONE = {
    "add": N_("Thank you. We have added it."),
    "answer": N_("Thank you. We have your answer."),
    "contact": N_("Thank you. We have changed how we get in touch."),
    "stop": N_("We have stopped your request. The services are told."),
    "sharing": N_("We tell no more services. Those who have your request are told to stop."),
    "score": N_("Thank you for telling us how it went."),
    "code": N_("Here is your new code. An older one does not work any more."),
    "no_code": N_("Your code does not work any more."),
}
ACTIONS = {
    "add": "add", "answer": "give_info", "contact": "correct", "stop": "withdraw", "sharing": "withdraw_agreement",
    "score": "score",
}  # fmt: skip
NOT_FOUND = N_("We could not find it. Check the reference and your word")
OVER = N_("Half an hour has gone by. Please enter your reference again")
CHANGED = N_("Something changed in the meantime. This is how it is now")
NOT_NOW = N_("That cannot be done any more. This is how it is now")


class Tracked(reaching.Reached, frozen=True, kw_only=True):
    """All that the forms of this page send. `view` is the small page asked for, `do` the one filled in."""

    code: str = ""
    fact: str = ""
    token: str = ""
    view: str = ""
    do: str = ""
    key: str = ""
    version: str = ""
    note: str = ""
    got_help: str = ""
    score: str = ""
    word: str = ""
    agreed: str = ""
    saved: str = ""
    lang: str = ""
    quiet: bool = True


@get("/track", **reads(Page, access="open", page=True))
async def door(request: AnyRequest) -> Response[bytes]:
    """The way in."""
    wanted = query(request, Page)
    return _door(request, Tracked(saved=wanted.saved, lang=wanted.lang))


@post("/track", **reads(Page, access="open", page=True), status_code=200)
async def inside(request: AnyRequest) -> Response[bytes]:
    """In, around and out again: everything under one address."""
    told = forms.values(await request.body(), Tracked, lists=("shared",))
    state = request.app.state
    try:
        if not told.token:
            return await _enter(request, told)
        who, request_id = track.who(state.vault, told.token)
        told = msgspec.structs.replace(told, token=track.token(state.vault, request_id))
        return await (_do(request, told, who) if told.do else _inside(request, told, told.view))
    except NotSignedIn:
        return _door(request, msgspec.structs.replace(told, token=""), [Wrong("code", OVER)], 401)
    except NotFound:
        return _door(request, told, [Wrong("code", NOT_FOUND)], 404)


async def _enter(request: AnyRequest, told: Tracked) -> Response[bytes]:
    state = request.app.state
    wrong = [Wrong("code", N_("Write your reference or your code"))] if not told.code else []
    wrong += [Wrong("fact", N_("Write your word"))] if not told.fact else []
    if wrong:
        return _door(request, told, wrong, 400)
    address = request.client.host if request.client else ""
    try:
        given = track.Enter(code=told.code[:100], fact=told.fact[:200])
        token = await track.enter(state.database, state.vault, given, address)
    except TooMany as error:
        return _door(request, told, [], 429, error.headers)
    return await _inside(request, msgspec.structs.replace(told, token=token), told.view)


async def _do(request: AnyRequest, told: Tracked, who: Caller) -> Response[bytes]:
    if told.do not in DONE:
        raise BadRequest("this form has no such step")
    state = request.app.state
    if wrong := _wrong(told):
        return await _inside(request, told, told.do, wrong)
    try:
        code = None
        if told.do == "code":
            new = handover.NewCode(fact="word", word=told.word, agreed=True)
            request_id = track.who(state.vault, told.token)[1]
            code = await handover.issue(state.database, state.vault, request_id, new, who, key=told.key)
        elif told.do == "no_code":
            await handover.revoke(state.database, state.vault, track.who(state.vault, told.token)[1], who)
        else:
            key = f"web:{told.key}" if told.key else None
            await track.act(state.database, state.vault, told.token, _act(told), state.router.danger, key=key)
    except Stale:
        return await _inside(request, told, told.do, notice=CHANGED)
    except (Conflict, NotAllowed):
        return await _inside(request, told, "", notice=NOT_NOW)
    return await _inside(request, told, "", notice=DONE[told.do], code=code)


def _act(told: Tracked) -> Act:
    version = int(told.version) if told.do == "contact" and told.version.isdecimal() else None
    return Act(
        action=ACTIONS[told.do],
        note=told.note if told.do in {"add", "answer"} else "",
        correction=Correction(contact=reaching.contact(told)) if told.do == "contact" else None,
        score=int(told.score) if told.do == "score" and told.score else None,
        got_help=told.got_help if told.do == "score" else None,  # type: ignore[arg-type]  # `_wrong` looked
        version=version,
    )


def _wrong(told: Tracked) -> list[Wrong]:
    match told.do:
        case "add" | "answer" if not told.note:
            return [Wrong("note", N_("Write a few words"))]
        case "add" | "answer" if len(told.note) > LONGEST_NOTE:
            return [Wrong("note", forms.TOO_LONG)]
        case "contact":
            return reaching.wrong(told) or reaching.unsafe(told)
        case "score" if told.got_help not in {"yes", "partly", "no", "not_yet"}:
            return [Wrong("got_help", N_("Choose an answer"))]
        case "score" if told.score and told.score not in {str(n) for n in range(1, 11)}:
            return [Wrong("score", N_("Choose a number from 1 to 10"))]
        case "code":
            return _wrong_code(told)
    return []


def _wrong_code(told: Tracked) -> list[Wrong]:
    short = len(facts.plain("word", told.word)) < facts.SHORTEST_WORD
    found = [Wrong("word", N_("Choose a word of four letters or more"))] if short else []
    if not told.agreed:
        found.append(Wrong("agreed", N_("Tick the box if the code may show your request")))
    return found


async def _inside(
    request: AnyRequest,
    told: Tracked,
    view: str,
    wrong: list[Wrong] | None = None,
    *,
    notice: str = "",
    code: handover.Code | None = None,
) -> Response[bytes]:
    """The request itself, or one of its small pages; what was typed is still there where something is wrong."""
    state = request.app.state
    frame = frame_of(request, told, quiet=True)
    mine = await track.mine(state.database, state.vault, told.token, wording(frame.language.code))
    view = view if view in _open(mine) else ""
    if view == "contact" and not told.channel:
        told = msgspec.structs.replace(told, **reaching.told_of(mine.contact))
    return page(
        frame, "tracked.html", status=400 if wrong else 200, told=told, mine=mine, view=view, wrong=wrong or [],
        notice=notice, code=code, key=secrets.token_urlsafe(24) if not wrong else told.key, views=_open(mine),
        safety=danger(state, told.note), today=dt.date.today(),  # noqa: DTZ011 - the reader's own day
    )  # fmt: skip


def _open(mine: track.Mine) -> list[str]:
    """The small pages that this request has now."""
    views = [view for view, action in ACTIONS.items() if action in mine.actions]
    if mine.state not in {"closed", "entered_in_error"}:
        views += ["code"] + (["no_code"] if mine.code_until else [])
    return views


def _door(
    request: AnyRequest,
    told: Tracked,
    wrong: list[Wrong] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    minutes = -(-int((headers or {}).get("Retry-After", "0")) // 60)
    return page(
        frame_of(request, told, quiet=True), "track.html", status=status, headers=headers, told=told,
        wrong=wrong or [], minutes=minutes,
    )  # fmt: skip


handlers: list[Any] = [door, inside]
