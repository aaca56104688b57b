"""`/answer/{token}`: how a service without an account answers, from the link in its mail.

Looking changes nothing, so a mail scanner may. An answer uses the link up; where the referral goes on, the next mail
has the next link. The link itself is the key, so the page is kept nowhere and gives no referrer away.
"""

import datetime as dt
import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from directory.errors import BadRequest, Conflict, Gone, NotAllowed, NotFound, Stale
from directory.query import query, reads
from directory.referrals import codes, links
from directory.referrals.shapes import Act
from directory.web import forms
from directory.web.forms import Wrong
from directory.web.render import Page, frame_of, page
from directory.web.wording import CAPACITIES, N_

AnyRequest = Request[Any, Any, Any]
KEPT_NOWHERE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

# What a service may say, in the order of the page: as a choice, and as the title of the page that asks the rest.
SAYS: dict[str, tuple[str, str]] = {
    "accept": (N_("Yes, we will help"), N_("When will you first get in touch with the family?")),
    "waitlist": (N_("Put them on our waiting list"), N_("When do you expect to have a place?")),
    "first_contact": (N_("We have spoken with the family"), N_("You have spoken with the family")),
    "contact_attempt": (N_("We tried to reach the family"), N_("How did you try to reach the family?")),
    "schedule": (N_("We have set a date to meet"), N_("When will you meet?")),
    "no_show": (N_("They did not come"), N_("The family did not come")),
    "outcome": (N_("It has ended: say how it went"), N_("How did it end?")),
    "ask_info": (N_("Ask us something first"), N_("What do you need to know?")),
    "decline": (N_("No, we cannot help"), N_("Why can you not help this time?")),
    "unable": (N_("We could not finish it"), N_("Why could you not finish it?")),
    "confirm_cancel": (N_("Yes, we have stopped"), N_("The family asked to stop")),
}
NEEDS: dict[str, tuple[str, ...]] = {
    "accept": ("date",), "waitlist": ("date",), "schedule": ("date",), "contact_attempt": ("contact",),
    "outcome": ("outcome", "note"), "ask_info": ("note",), "decline": ("reason", "note"), "unable": ("reason", "note"),
}  # fmt: skip
ASKS = {
    "date": N_("Write a date, such as 27/11/2026"),
    "reason": N_("Choose a reason"),
    "outcome": N_("Choose how it ended"),
    "note": N_("Write a few words"),
    "channel": N_("Say how you tried, and what came of it"),
}
CHANGED = N_("Something changed while you were reading. This is how it is now")
FLAGGED = N_(
    "This cannot be said now. The team that sent the family has to read about the missed contact first"
)
_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")


class Answer(Struct, frozen=True, kw_only=True):
    """What the forms send. `go` is the choice of the first page, `act` what the second one answers."""

    go: str = ""
    act: str = ""
    version: str = ""
    date: str = ""
    reason: str = ""
    outcome: str = ""
    channel: str = ""
    result: str = ""
    note: str = ""
    says: str = ""
    capacity: str = ""
    still_correct: str = ""
    again: str = ""
    saved: str = ""
    lang: str = ""
    quiet: bool = False


@get("/answer/{token:str}", **reads(Page, access="open", page=True))
async def look(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """What waits, and what can be said."""
    wanted = query(request, Page)
    return await _shown(request, token, Answer(saved=wanted.saved, lang=wanted.lang))


@post("/answer/{token:str}", **reads(Page, access="open", page=True), status_code=200)
async def say(request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
    """The page for one choice; its answer; how full the service is; or a new link for one that has ended."""
    said = forms.values(await request.body(), Answer)
    state = request.app.state
    if said.again:
        return await _again(request, token, said)
    try:
        if said.says:
            return await _service(request, token, said)
        if not said.act:
            wrong = [] if said.go in SAYS else [Wrong("go", N_("Choose what you want to say"))]
            return await _shown(request, token, said, wrong=wrong)
        return await _answered(request, token, said)
    except (Gone, NotFound):
        ended = await _ended(state, token)
        if ended and ended.just_now and ended.used_for == said.act:  # the same press, a second time
            return _page(request, said, "answered.html", reference=ended.reference, goes_on=ended.renewable)
        return _over(request, said, ended)


async def _answered(request: AnyRequest, token: str, said: Answer) -> Response[bytes]:
    state = request.app.state
    if said.act not in SAYS:
        raise BadRequest("this form has no such answer")
    if wrong := _wrong(said):
        return await _shown(request, token, said, wrong=wrong)
    try:
        await links.answer(state.database, state.vault, token, _act(said))
    except Stale:
        return await _shown(request, token, Answer(lang=said.lang), notice=CHANGED)
    except (Conflict, NotAllowed):
        return await _shown(request, token, said, wrong=[Wrong("go", FLAGGED)])
    except BadRequest as error:
        known = [Wrong(each.field, ASKS.get(each.field, ASKS["note"])) for each in error.errors]
        return await _shown(request, token, said, wrong=known)
    ended = await _ended(state, token)
    assert ended is not None
    return _page(request, said, "answered.html", reference=ended.reference, goes_on=ended.renewable)


async def _service(request: AnyRequest, token: str, said: Answer) -> Response[bytes]:
    """How full the service is, or that its entry is still right: the link stays good for the answer."""
    state = request.app.state
    if said.capacity not in {"", *CAPACITIES}:
        raise BadRequest("this form has no such choice")
    if not said.capacity and not said.still_correct:
        wrong = [Wrong("capacity", N_("Choose how full you are, or tick the box"))]
        return await _shown(request, token, said, wrong=wrong)
    says = links.ServiceSays(
        capacity=said.capacity or None,  # type: ignore[arg-type]  # looked at above
        still_correct=bool(said.still_correct),
    )
    await links.service_says(state.database, state.vault, token, says)
    return await _shown(
        request, token, Answer(lang=said.lang), notice=N_("Thank you. The directory shows it now.")
    )


async def _again(request: AnyRequest, token: str, said: Answer) -> Response[bytes]:
    state = request.app.state
    try:
        await links.renew(state.database, state.vault, token)
    except (Gone, NotFound):
        return _over(request, said, await _ended(state, token))
    return _page(request, said, "answer_over.html", ended=None, mailed=True)


async def _shown(
    request: AnyRequest, token: str, said: Answer, *, wrong: list[Wrong] | None = None, notice: str = ""
) -> Response[bytes]:
    state = request.app.state
    try:
        seen = await links.view(state.database, state.vault, token)
    except (Gone, NotFound):
        return _over(request, said, await _ended(state, token))
    can = {each.action for each in seen.actions}
    chosen = said.act or said.go
    needs = {each.code: each for each in state.router.book.needs}
    return _page(
        request, said, "answer.html", status=400 if wrong else 200, seen=seen, wrong=wrong or [], notice=notice,
        says=[(code, *SAYS[code]) for code in SAYS if code in can],
        chosen=chosen if chosen in can and chosen in SAYS else "", title=SAYS.get(chosen, ("", ""))[1],
        asks=NEEDS.get(chosen, ()), capacities=CAPACITIES, today=dt.date.today().isoformat(),  # noqa: DTZ011
        about=[needs[code].plain if code in needs else code for code in seen.needs],
        reasons={code: each for code, each in codes.REASONS.items() if each.receiver},
        outcomes={code: each for code, each in codes.OUTCOMES.items() if each.attempt},
    )  # fmt: skip


def _wrong(said: Answer) -> list[Wrong]:
    needed = NEEDS.get(said.act, ())
    found = []
    if "date" in needed and _day(said.date) is None:
        found.append(Wrong("date", ASKS["date"]))
    if "contact" in needed and not (said.channel and said.result):
        found.append(Wrong("channel", ASKS["channel"]))
    if len(said.note) > 4_000:
        found.append(Wrong("note", forms.TOO_LONG))
    return found


def _day(text: str) -> dt.date | None:
    """A day as a browser sends it, or as people write it; None for what is no day that is still to come."""
    written = _DAY.fullmatch(text)
    try:
        if written:
            day, month, year = (int(each) for each in written.groups())
            found = dt.date(year, month, day)
        else:
            found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if found >= dt.date.today() else None  # noqa: DTZ011


def _act(said: Answer) -> Act:
    return Act(
        action=said.act, note=said.note, reason=said.reason[:200], outcome=said.outcome[:200], date=_day(said.date),
        channel=said.channel[:200], result=said.result[:200],
        version=int(said.version) if said.version.isdecimal() and len(said.version) < 10 else None,
    )  # fmt: skip


async def _ended(state: Any, token: str) -> links.Ended | None:
    try:
        return await links.ended(state.database, state.vault, token)
    except NotFound:
        return None


def _over(request: AnyRequest, said: Answer, ended: links.Ended | None) -> Response[bytes]:
    return _page(request, said, "answer_over.html", status=410 if ended else 404, ended=ended, mailed=False)


def _page(
    request: AnyRequest, said: Answer, template: str, *, status: int = 200, **context: Any
) -> Response[bytes]:
    return page(frame_of(request, said), template, status=status, headers=KEPT_NOWHERE, said=said, **context)


handlers: list[Any] = [look, say]
