"""`/send`: ask for help through us, for oneself or for somebody who agreed; one thing a page, checked before it goes.

The answers travel from page to page in the body of each POST; nothing is stored before the last press, and that press
counts once however often it is repeated. Danger in the words is answered first and stops nobody.
"""

import datetime as dt
import secrets
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from directory.access import limits
from directory.access.roles import FAMILY
from directory.db import away
from directory.errors import BadRequest, Conflict, TooMany
from directory.query import query, reads
from directory.referrals import attempt, handover, plain, track
from directory.referrals.judge import judge
from directory.referrals.shapes import Receipt
from directory.referrals.submit import submit, taken
from directory.web import forms, sending
from directory.web.danger import danger
from directory.web.forms import Wrong
from directory.web.render import Page, frame_of, page, wording
from directory.web.sending import Sending
from directory.web.wording import N_

AnyRequest = Request[Any, Any, Any]
TRIES, WINDOW = (
    30,
    dt.timedelta(hours=1),
)  # sends from one address: a school or a library is one address
SERVICES_GONE = N_("That service cannot be asked now. Send it without, and we will find another")
SENT_BEFORE = N_("You have sent this already. Use “See your request” to add to it")
SAVING = N_("We could not save it just now. Nothing is lost: please press Send again")
WAIT = N_("Many requests came from this place. Wait a few minutes and press Send again, or ring us")


@get("/send", **reads(Page, access="open", page=True))
async def start(request: AnyRequest) -> Response[bytes]:
    """The first step, empty."""
    wanted = query(request, Page)
    told = Sending(key=_new_key(), saved=wanted.saved, lang=wanted.lang)
    return await _shown(request, told, "story")


@post("/send", **reads(Page, access="open", page=True), status_code=200)
async def go_on(request: AnyRequest) -> Response[bytes]:
    """The next step, the same one with what it lacks, an earlier one to change, or the receipt."""
    told = forms.values(await request.body(), Sending, lists=("shared", "service"), maps=("answer",))
    if not sending.own_key(told.key):
        told = msgspec.structs.replace(told, key=_new_key())
    steps = sending.steps(told)
    step = told.step if told.step in steps else ""
    if told.go == "back":
        return await _shown(request, told, steps[max(0, steps.index(step) - 1)] if step else "story")
    if told.go == "anyone":
        return await _shown(request, msgspec.structs.replace(told, service=[]), "check")
    if told.go in steps:
        return await _shown(request, _seen(told), told.go)
    if not step:  # from the page "what can help", with the words that were told there
        return await _shown(request, told, "who" if told.text else "story")
    if step != "check":
        if found := sending.wrong(told, step):
            return await _shown(request, told, step, found)
        if told.back_to_check and not sending.first_gap(told):
            return await _shown(request, told, "check")
        return await _shown(request, told, steps[steps.index(step) + 1])
    if gap := sending.first_gap(told):
        return await _shown(request, _seen(told), *gap)
    return await _send(request, told)


async def _send(request: AnyRequest, told: Sending) -> Response[bytes]:
    state = request.app.state
    address = request.client.host if request.client else ""
    try:
        await limits.spend(state.database, state.vault, "send-from", address, TRIES, WINDOW)
        chosen = await _chosen(state, told)
        new = sending.request_of(told, list(chosen))
        receipt = await submit(
            state.database, state.vault, new, await judge(state, new), FAMILY, key=f"web:{told.key}"
        )
        code = await _code(state, told, receipt.id)
    except TooMany as error:
        return await _shown(request, told, "check", [Wrong("send", WAIT)], 429, error.headers)
    except Conflict:
        sent = await taken(state.database, FAMILY, f"web:{told.key}")
        return await _shown(request, told, "check", [Wrong("send", SENT_BEFORE if sent else SAVING)], 409)
    except BadRequest:
        return await _shown(
            request, msgspec.structs.replace(told, service=[]), "check", [Wrong("send", SERVICES_GONE)]
        )
    except Exception as error:
        if not away(error):
            raise
        return await _shown(request, told, "check", [Wrong("send", SAVING)], 503, {"Retry-After": "5"})
    return _receipt(request, told, receipt, code, list(chosen.values()))


async def _code(state: Any, told: Sending, request_id: UUID) -> handover.Code | None:
    """A hand-over code where one was asked for; the same one where the page is sent again."""
    if not told.code:
        return None
    wanted = handover.NewCode(fact="word", word=told.word, agreed=True)
    return await handover.issue(
        state.database, state.vault, request_id, wanted, track.family(request_id), key=told.key
    )


def _receipt(
    request: AnyRequest, told: Sending, receipt: Receipt, code: handover.Code | None, services: list[str]
) -> Response[bytes]:
    frame = frame_of(request, told, quiet=True)
    lines = plain.what_next(
        receipt.reference, receipt.due_at, services, reachable=told.channel != "none",
        tongue=wording(frame.language.code),
    )  # fmt: skip
    safety = danger(request.app.state, told.spoken)
    return page(frame, "sent.html", told=told, receipt=receipt, code=code, lines=lines[1:], safety=safety)


async def _shown(
    request: AnyRequest,
    told: Sending,
    step: str,
    wrong: list[Wrong] | None = None,
    status: int = 400,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    state = request.app.state
    steps = sending.steps(told)
    services: dict[UUID, str] = {}
    if step in {"agree", "check"}:
        try:
            services = await _chosen(state, told)
        except Exception as error:
            if not away(error):
                raise
    return page(
        frame_of(request, told, quiet=True), "send.html", status=status if wrong else 200, headers=headers,
        told=told, step=step, number=steps.index(step) + 1, many=len(steps), wrong=wrong or [],
        hidden=_hidden(told, step), safety=danger(state, told.spoken), services=list(services.values()),
    )  # fmt: skip


async def _chosen(state: Any, told: Sending) -> dict[UUID, str]:
    """The services that were chosen on the page before, by id, as far as a family may ask them."""
    wanted = []
    for each in told.service[: sending.MOST_SERVICES]:
        try:
            wanted.append(UUID(each))
        except ValueError:
            continue
    return await attempt.askable(state.database.pool, wanted) if wanted else {}


def _hidden(told: Sending, step: str) -> list[tuple[str, str]]:
    """What the other steps brought, for the form of this one."""
    pairs = [("key", told.key), ("step", step), ("back_to_check", told.back_to_check)]
    for each, fields in sending.FIELDS.items():
        if each != step:
            for name in fields:
                value = getattr(told, name)
                pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
    pairs += [("service", each) for each in told.service]
    pairs += [(f"answer.{name}", value) for name, value in told.answer.items()]
    return [(name, value) for name, value in pairs if value]


def _seen(told: Sending) -> Sending:
    return msgspec.structs.replace(told, back_to_check="yes")


def _new_key() -> str:
    return secrets.token_urlsafe(24)


handlers: list[Any] = [start, go_on]
