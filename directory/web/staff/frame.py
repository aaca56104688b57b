"""What is around every staff page: who is signed in, what they may open, and the token of their forms.

A handler declares `access` as any route does, and `page=True`; it calls `await framed(request)` first and ends with
`shown(frame, "staff/....html", ...)`. Nothing of a staff page is kept by a browser or a proxy.
"""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.response import Redirect
from msgspec import Struct

from directory.access import Caller, guard
from directory.referrals import codes
from directory.web.assets import THEME, assets
from directory.web.languages import LANGUAGES
from directory.web.render import HTML, environment
from directory.web.staff import say
from directory.web.wording import N_

AnyRequest = Request[Any, Any, Any]
HOME, SIGN_IN, PASSWORD = "/staff", "/staff/sign-in", "/staff/password"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Item(Struct, frozen=True):
    """One entry of the navigation, for those with any of `may`. `under` are other addresses that belong to it."""

    name: str
    path: str
    may: tuple[str, ...]
    under: tuple[str, ...] = ()


NAVIGATION: tuple[Item, ...] = (
    Item(N_("Requests"), "/staff", ("requests.read",), ("/staff/requests", "/staff/search", "/staff/code")),
    Item(N_("Referrals"), "/staff", ("referrals.answer",), ("/staff/referrals",)),
    Item(N_("Phone desk"), "/staff/phone", ("requests.write",)),
    Item(
        N_("Services"),
        "/staff/services",
        ("catalogue.write", "referrals.answer"),
        ("/staff/rules", "/staff/imports", "/staff/duplicates", "/staff/tags"),
    ),
    Item(N_("Figures"), "/staff/insight", ("insight.read",)),
    Item(N_("Messages"), "/staff/messages", ("messages.read",)),
    Item(N_("Partner sites"), "/staff/partners", ("accounts.manage",)),
)


class StaffFrame:
    """`caller` is None on the pages before signing in."""

    def __init__(self, request: AnyRequest, caller: Caller | None) -> None:
        settings = request.app.state.settings
        self.path = request.url.path
        self.caller = caller
        self.csrf = guard.csrf_token(request) if caller else ""
        self.demo = settings.demo
        self.theme = assets(settings.theme)[THEME].url
        self.language = LANGUAGES["en"]  # offered in English only; every string is marked all the same
        self.public_url = settings.public_url.rstrip("/")
        self.single_keys = True
        self.navigation = [] if caller is None else [each for each in NAVIGATION if caller.may_any(each.may)]

    def may(self, permission: str) -> bool:
        return self.caller is not None and self.caller.may(permission)

    def here(self, item: Item) -> bool:
        """Whether the page belongs to an entry of the navigation."""
        if item.path == HOME:
            return self.path == HOME or self._in(item.under)
        return self._in((item.path, *item.under))

    def _in(self, paths: tuple[str, ...]) -> bool:
        return any(self.path == each or self.path.startswith(each + "/") for each in paths)


async def framed(request: AnyRequest) -> StaffFrame:
    """The frame of a signed-in person's page."""
    caller = guard.caller(request)
    frame = StaffFrame(request, caller)
    if caller.kind == "staff":
        row = await request.app.state.database.pool.fetchrow(
            "select single_keys from staff where id = $1", caller.staff_id
        )
        frame.single_keys = row["single_keys"]
    return frame


def shown(
    frame: StaffFrame,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[bytes]:
    """A staff page. It is kept nowhere, and sends no address of its own to where its links lead."""
    made = environment("en").get_template(template)
    html = made.render(frame=frame, say=say, codes=codes, moment=dt.datetime.now(dt.UTC), **context)
    return Response(
        html.encode(), status_code=status, media_type=HTML,
        headers={**PRIVATE, "Content-Language": "en", **(headers or {})},
    )  # fmt: skip


def gone_to(path: str, **query: str) -> Redirect:
    """See other: the answer to a form that was done."""
    address = path + ("?" + urlencode(query) if query else "")
    return Redirect(address, status_code=303, headers=PRIVATE)


async def form(request: AnyRequest) -> dict[str, str]:
    """The fields of a form, each once and trimmed; of a repeated one the last counts."""
    found = await request.form()
    return {
        name: value.replace("\x00", " ").replace("\r\n", "\n").strip()
        for name, value in found.multi_items()
        if isinstance(value, str)
    }


async def ticked(request: AnyRequest, name: str) -> list[str]:
    """Every value of a field that may come several times."""
    return [str(value) for key, value in (await request.form()).multi_items() if key == name and value]


def own_path(text: str) -> str:
    """A place of the console to go on to; the first page for anything else, so that no link leads elsewhere."""
    plain = text.startswith(HOME) and text[len(HOME) :][:1] in {"", "/", "?"}
    return text if plain and not text.startswith(SIGN_IN) and "\\" not in text and "\n" not in text else HOME
