"""Handlers of requests and referrals: parse, call, return. Nothing is cached, no address holds anything personal."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from directory.access import OPEN, caller
from directory.errors import BadRequest, FieldError, NotFound, NoVersion
from directory.query import query, reads
from directory.referrals import delivery, fhir, handover, links, read, track, webhooks, worklist, write
from directory.referrals.judge import judge, judged
from directory.referrals.shapes import Act, Done, NewReferral, NewRequest
from directory.referrals.submit import submit
from directory.routing import shapes as routing

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")
READS = ("requests.read", "requests.submit")
WRITES = ("requests.write", "requests.submit")
ANSWERS = ("requests.read", "requests.submit", "referrals.answer")
ACTS = ("requests.write", "requests.submit", "referrals.answer")


@post("/api/requests", opt={"access": WRITES})
async def send(request: AnyRequest) -> Response[bytes]:
    """Take a request. 201 once it is committed; the same Idempotency-Key, the same answer."""
    new, state = await body(request, NewRequest), request.app.state
    found = await submit(
        state.database, state.vault, new, await judge(state, new), caller(request), key=idempotency(request)
    )
    headers = {"Location": f"/api/requests/{found.id}"}
    return answer(found, 201, version=found.version, headers=headers)


@get("/api/requests", **reads(worklist.Wanted, access=READS, one_reading=True))
async def requests(request: AnyRequest) -> Response[bytes]:
    """A worklist of requests."""
    state = request.app.state
    return answer(
        await worklist.requests(state.database, state.vault, query(request, worklist.Wanted), caller(request))
    )


@get("/api/requests/{request_id:uuid}", opt={"access": READS, "one_reading": True})
async def one_request(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """A whole request: words, agreements, referrals, likely duplicates, and what may be done now."""
    found = await told(request, read.request_view, request_id)
    return answer(found, version=found.version)


@get("/api/requests/{request_id:uuid}/events", opt={"access": READS})
async def log_of_request(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """The log of a request and its referrals."""
    return answer(await told(request, read.request_events, request_id))


@post("/api/requests/{request_id:uuid}/actions", opt={"access": WRITES}, status_code=200)
async def act_on_request(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """Do one of the offered actions."""
    done = await written(request, write.act_on_request, request_id, await body(request, Act))
    return answer(done, version=done.version)


@post("/api/requests/{request_id:uuid}/referrals", opt={"access": WRITES})
async def add_referral(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """Ask one more service, or record a hand-over by phone. If-Match is the request's version."""
    done = await written(request, write.add_referral, request_id, await body(request, NewReferral))
    return answer(done, 201, version=done.version, headers={"Location": f"/api/referrals/{done.id}"})


@get("/api/requests/{request_id:uuid}/suggestions", opt={"access": ("requests.write",)})
async def suggestions(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """The next-best services, from a fresh route of the same words, without those that were asked already."""
    state = request.app.state
    found = await read.request_view(state.database, state.vault, request_id, caller(request), "suggestions")
    details = found.details
    if details is None:
        raise NotFound
    ask = routing.Ask(text=details.text, near=details.near or None, ages=[float(age) for age in found.ages])
    fresh = await judged(state, ask)
    asked = {str(each.service_id) for each in found.referrals}
    return answer([each for each in fresh.suggestions if each.service_id not in asked])


@post("/api/requests/{request_id:uuid}/code", opt={"access": WRITES})
async def new_code(request: AnyRequest, request_id: FromPath[UUID]) -> Response[bytes]:
    """A hand-over code for the family, shown once."""
    new, state = await body(request, handover.NewCode), request.app.state
    return answer(await handover.issue(state.database, state.vault, request_id, new, caller(request)), 201)


@delete("/api/requests/{request_id:uuid}/code", opt={"access": WRITES})
async def revoke_code(request: AnyRequest, request_id: FromPath[UUID]) -> None:
    """End the request's hand-over code."""
    state = request.app.state
    await handover.revoke(state.database, state.vault, request_id, caller(request))


@post("/api/handover", opt={"access": ("handover.read",)}, status_code=200)
async def by_code(request: AnyRequest) -> Response[bytes]:
    """The same story at any front door: need, route and progress, for a code and the fact that goes with it."""
    given, state = await body(request, track.Enter), request.app.state
    return answer(await handover.story(state.database, state.vault, given.code, given.fact, caller(request)))


@get("/api/referrals", **reads(worklist.WantedReferrals, access=ANSWERS, one_reading=True))
async def referrals(request: AnyRequest) -> Response[bytes]:
    """A worklist of referrals."""
    wanted = query(request, worklist.WantedReferrals)
    return answer(await worklist.referrals(request.app.state.database, wanted, caller(request)))


@get("/api/referrals/{referral_id:uuid}", opt={"access": ANSWERS, "one_reading": True})
async def one_referral(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[bytes]:
    """One attempt, and what this caller may do with it now."""
    found = await told(request, read.referral_view, referral_id)
    return answer(found, version=found.version)


@get("/api/referrals/{referral_id:uuid}/events", opt={"access": ANSWERS})
async def log_of_referral(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[bytes]:
    """The log of one attempt."""
    return answer(await told(request, read.referral_events, referral_id))


@post("/api/referrals/{referral_id:uuid}/actions", opt={"access": ACTS}, status_code=200)
async def act_on_referral(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[bytes]:
    """Do one of the offered actions."""
    done = await written(request, write.act_on_referral, referral_id, await body(request, Act))
    return answer(done, version=done.version)


@post("/api/referrals/{referral_id:uuid}/re-route", opt={"access": ("requests.write",)})
async def re_route(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[bytes]:
    """Try another service in this one's place. If-Match is this referral's version."""
    new, state = await body(request, NewReferral), request.app.state
    old = await read.referral_view(state.database, state.vault, referral_id, caller(request))
    done = await write.add_referral(
        state.database, state.vault, old.request_id, versioned(request, new), caller(request), replaces=referral_id,
        key=idempotency(request),
    )  # fmt: skip
    return answer(done, 201, version=done.version, headers={"Location": f"/api/referrals/{done.id}"})


@get("/api/referrals/{referral_id:uuid}/fhir", opt={"access": ANSWERS})
async def as_fhir(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[bytes]:
    """The referral as FHIR R4: a collection of its ServiceRequest and Task."""
    state = request.app.state
    shown = await read.referral_view(state.database, state.vault, referral_id, caller(request))
    return answer(fhir.bundle(shown, state.settings.public_url), media="application/fhir+json")


@post("/api/track", opt=OPEN, status_code=200)
async def enter(request: AnyRequest) -> Response[bytes]:
    """A family's way in: `{"code", "fact"}` gives a token for half an hour and its own view."""
    given, state = await body(request, track.Enter), request.app.state
    token = await track.enter(state.database, state.vault, given, address(request))
    return answer({"token": token, "request": await track.mine(state.database, state.vault, token)})


@get("/api/track/mine", opt=OPEN)
async def mine(request: AnyRequest) -> Response[bytes]:
    """The family's own view. The token comes as `Authorization: Bearer`."""
    state = request.app.state
    return answer(await track.mine(state.database, state.vault, bearer(request)))


@post("/api/track/actions", opt=OPEN, status_code=200)
async def act_as_family(request: AnyRequest) -> Response[bytes]:
    """Add, answer, correct, withdraw, or say how it went."""
    act, state = await body(request, Act), request.app.state
    return answer(
        await track.act(
            state.database, state.vault, bearer(request), act, state.router.danger, key=idempotency(request)
        )
    )


@get("/api/answer", opt=OPEN)
async def see_link(request: AnyRequest) -> Response[bytes]:
    """What a service's link shows; it uses nothing up. The link's token comes as `Authorization: Bearer`."""
    state = request.app.state
    return answer(await links.view(state.database, state.vault, bearer(request)))


@post("/api/answer", opt=OPEN, status_code=200)
async def answer_link(request: AnyRequest) -> Response[bytes]:
    """The link's one answer."""
    act, state = await body(request, Act), request.app.state
    return answer(await links.answer(state.database, state.vault, bearer(request), act))


@post("/api/answer/service", opt=OPEN, status_code=204)
async def service_says(request: AnyRequest) -> None:
    """How full the service is, or that its entry is still correct."""
    says, state = await body(request, links.ServiceSays), request.app.state
    await links.service_says(state.database, state.vault, bearer(request), says)


@get("/api/messages", **reads(delivery.Wanted, access=("messages.read",)))
async def sent_messages(request: AnyRequest) -> Response[bytes]:
    """What went out, waits, or could not be delivered: never to which address."""
    state = request.app.state
    return answer(
        await delivery.listed(state.database, state.vault, state.settings, query(request, delivery.Wanted))
    )


@post("/api/messages/{message_id:uuid}/retry", opt={"access": ("requests.write",)}, status_code=204)
async def retry(request: AnyRequest, message_id: FromPath[UUID]) -> None:
    """Try a dead message again."""
    await delivery.retry(request.app.state.database, message_id)


@post("/api/webhooks", opt={"access": ("webhooks.manage",)})
async def add_webhook(request: AnyRequest) -> Response[bytes]:
    """Be told when something of one's own changes. The signing secret is shown once."""
    new, state = await body(request, webhooks.NewWebhook), request.app.state
    return answer(
        await webhooks.add(
            state.database, state.vault, new, caller(request), private=state.settings.webhook_private
        ),
        201,
    )


@get("/api/webhooks", opt={"access": ("webhooks.manage",)})
async def list_webhooks(request: AnyRequest) -> Response[bytes]:
    """One's own webhooks."""
    return answer(await webhooks.listed(request.app.state.database, caller(request)))


@delete("/api/webhooks/{webhook_id:uuid}", opt={"access": ("webhooks.manage",)})
async def remove_webhook(request: AnyRequest, webhook_id: FromPath[UUID]) -> None:
    """Tell it nothing more."""
    await webhooks.remove(request.app.state.database, webhook_id, caller(request))


async def told(request: AnyRequest, of: Callable[..., Awaitable[T]], thing: UUID) -> T:
    """What `of` shows this caller of a request or a referral."""
    state = request.app.state
    return await of(state.database, state.vault, thing, caller(request))


async def written(
    request: AnyRequest, move: Callable[..., Awaitable[Done]], thing: UUID, given: Act | NewReferral
) -> Done:
    """A move on a request or a referral: against the version of If-Match, once under its Idempotency-Key."""
    state = request.app.state
    return await move(
        state.database,
        state.vault,
        thing,
        versioned(request, given),
        caller(request),
        key=idempotency(request),
    )


async def body(request: AnyRequest, kind: type[T]) -> T:
    """The JSON body; BadRequest names the field that is wrong, never what was in it."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        found = FieldError(where.rstrip("`") or "body", message)
        raise BadRequest(f"{found.field}: {message}", errors=[found]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadRequest("the body is not JSON") from None


V = TypeVar("V", bound=Act | NewReferral)


def versioned(request: AnyRequest, given: V) -> V:
    """The body with the version of If-Match. NoVersion where there is none: nobody overwrites what they did not see."""
    text = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if not text:
        raise NoVersion("send If-Match with the version (ETag) that you read")
    if not text.isdecimal() or len(text) > 15:
        raise BadRequest("If-Match is the version in quotes", errors=[FieldError("If-Match", "a number")])
    return msgspec.structs.replace(given, version=int(text))


def idempotency(request: AnyRequest) -> str | None:
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > 200:
        raise BadRequest(errors=[FieldError("Idempotency-Key", "at most 200 characters")])
    return key or None


def bearer(request: AnyRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""


def answer(
    value: Any,
    status: int = 200,
    *,
    version: int | None = None,
    headers: dict[str, str] | None = None,
    media: str = "application/json",
) -> Response[bytes]:
    extra = {"Cache-Control": "no-store", **(headers or {})}
    if version is not None:
        extra["ETag"] = f'"{version}"'
    return Response(msgspec.json.encode(value), status_code=status, media_type=media, headers=extra)


handlers: list[Any] = [
    send, requests, one_request, log_of_request, act_on_request, add_referral, suggestions, new_code, revoke_code,
    by_code, referrals, one_referral, log_of_referral, act_on_referral, re_route, as_fhir, enter, mine, act_as_family,
    see_link, answer_link, service_says, sent_messages, retry, add_webhook, list_webhooks, remove_webhook,
]  # fmt: skip
