"""`/help`: say it in your own words; safety first, at most two questions, then the steps with services and reasons.

The words travel in the body of a POST, never in an address, and are kept nowhere. The page is always quiet.
"""

import re
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from msgspec import Struct

from directory.errors import BadRequest, FieldError
from directory.query import query, reads
from directory.referrals.attempt import askable
from directory.routing import shapes
from directory.routing.route import route
from directory.web import forms
from directory.web.render import Page, frame_of, page

FIELDS = {"text", "near", "ages", "need", "saved", "lang", "quiet"}
ANSWER = "answer."


class Told(Struct, frozen=True, kw_only=True):
    """What somebody sent. `ages` is as it was typed; `answers` are to our questions."""

    text: str = ""
    near: str = ""
    ages: str = ""
    need: list[str] = []
    answers: dict[str, str] = {}
    saved: str = ""
    lang: str = ""
    quiet: bool = True


@get("/help", **reads(Page, access="open", page=True))
async def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The empty form."""
    wanted = query(request, Page)
    needs = request.app.state.router.book.needs
    return page(
        frame_of(request, wanted, quiet=True),
        "help.html",
        told=Told(),
        route=None,
        needs=needs,
        missing=False,
    )


@post("/help", **reads(Page, access="open", page=True), status_code=200)
async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The steps for what was told; the form again where nothing was."""
    told = read(await request.body())
    state = request.app.state
    frame = frame_of(request, told, quiet=True)
    needs = state.router.book.needs
    if not (told.text.strip() or told.need or told.answers):
        return page(frame, "help.html", status=400, told=told, route=None, needs=needs, missing=True)
    asked = shapes.Ask(
        text=told.text,
        near=told.near or None,
        ages=ages(told.ages),
        needs=told.need,
        answers=told.answers,
        door="self",
    )
    found = await route(state.database.pool, state.index, state.places, state.router, asked, gaps=state.gaps)
    offered = [UUID(each.id) for step in found.pathway for each in step.services]
    asks = await askable(state.database.pool, offered) if offered else {}
    return page(
        frame, "help.html", told=told, route=found, needs=needs, missing=False, asks={str(each) for each in asks}
    )  # fmt: skip


def read(body: bytes) -> Told:
    """A form's body. Raises BadRequest that names a field and never repeats what was written."""
    values: dict[str, Any] = {"need": [], "answers": {}}
    for name, text in forms.pairs(body):
        if name.startswith(ANSWER):
            if text:
                values["answers"][name.removeprefix(ANSWER)[:40]] = text[:80]
        elif name not in FIELDS:
            raise BadRequest(errors=[FieldError(name[:60], "this form has no such field")])
        elif name == "need":
            values["need"] += [text] if text else []
        elif name != "quiet":
            values[name] = text
    try:
        asked = msgspec.convert(values, Told)
        shapes_ok(asked)
    except msgspec.ValidationError as error:
        field = str(error).partition("$.")[2].rstrip("`").partition("[")[0]
        raise BadRequest(errors=[FieldError(field or "form", "this is too long")]) from None
    return asked


def shapes_ok(told: Told) -> None:
    """The limits of the router's own shape; raises msgspec.ValidationError."""
    plain = {"text": told.text, "near": told.near, "needs": told.need, "answers": told.answers}
    msgspec.convert(plain, shapes.Ask)


def ages(text: str) -> list[float]:
    """Ages in years out of what was typed: "3 and 7", "8 months", "unborn" is 0. Nonsense is left out."""
    found: list[float] = []
    for number, months in re.findall(r"(\d{1,3}(?:\.\d)?)\s*(months?|mths?|weeks?|wks?)?", text.lower()):
        years = 0.0 if months.startswith("w") else float(number) / 12 if months else float(number)
        if years <= 130:
            found.append(round(years, 1))
    if re.search(r"\b(unborn|pregnant|baby|newborn|expecting)\b", text.lower()) and not found:
        found.append(0.0)
    return found[:12]
