"""Error pages: they say what happened in plain words, and still help."""

from typing import Any

from litestar import Request, Response

from directory import errors
from directory.web.render import Frame, Page, page
from directory.web.staff import faults as staff
from directory.web.wording import N_

# What belongs to programs: they get problem+json whatever they say they accept.
MACHINES = ("/api", "/oruk", "/health", "/metrics", "/embed", "/static", "/docs")
# Pages that somebody may have to leave in a hurry: their errors are quiet too.
QUIET = ("/help", "/send", "/track")
TITLES = {
    400: N_("Something in this address does not work"),
    404: N_("We cannot find that page"),
    405: N_("This page cannot be used like that"),
    410: N_("This service is no longer listed"),
    413: N_("That was too long to send"),
    414: N_("That was too long to send"),
    429: N_("Please wait a moment"),
    503: N_("This part is not working just now"),
}
BROKEN = N_("Sorry, something went wrong here")


def for_people(request: Request[Any, Any, Any]) -> bool:
    """Whether the one who asked is looking at pages: a page's route, or no route and a browser."""
    opt: dict[str, Any] = getattr(request.scope.get("route_handler"), "opt", {})
    if "page" in opt:
        return bool(opt["page"])
    path = request.url.path
    if any(path == each or path.startswith(each + "/") for each in MACHINES):
        return False
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request[Any, Any, Any], error: errors.DirectoryError) -> Response[Any]:
    """A page for the error. It needs no database, so that it can also say that the database is away."""
    if request.url.path == "/staff" or request.url.path.startswith("/staff/"):
        return staff.answer(request, error)
    quiet = request.url.path.startswith(QUIET)
    frame = Frame(request.app.state.settings, request.url.path, Page(), quiet=quiet)
    return page(
        frame,
        "error.html",
        status=error.status,
        headers={**error.headers, "Cache-Control": "no-store"},
        title=TITLES.get(error.status, BROKEN),
        error=error,
    )
