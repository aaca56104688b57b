"""What a staff page says when it cannot be shown; strangers are led to the door."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from directory import errors
from directory.access import Caller, guard
from directory.web.staff.frame import PASSWORD, SIGN_IN, StaffFrame, gone_to, shown
from directory.web.wording import N_

TITLES = {
    400: N_("Something in this address or form does not work"),
    401: N_("You are signed out"),
    403: N_("Your account does not allow this"),
    404: N_("There is nothing here for you"),
    409: N_("It has changed meanwhile"),
    410: N_("This was erased"),
    412: N_("It has changed meanwhile"),
    413: N_("That was too long to send"),
    429: N_("Please wait a moment"),
    503: N_("This part is not working just now"),
}
BROKEN = N_("Sorry, something went wrong here")


def answer(request: Request[Any, Any, Any], error: errors.DirectoryError) -> Response[Any]:
    """A page for the error, or the way to signing in. It needs no database."""
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if isinstance(error, guard.MustChange | guard.NeedsSecondFactor):
        return gone_to(PASSWORD)
    if isinstance(error, errors.NotSignedIn) and wants_page:
        query = request.url.query
        onward = request.url.path + (f"?{query}" if query else "")
        return gone_to(f"{SIGN_IN}?next={quote(onward[:600], safe='')}")
    found = request.scope.get("directory.caller")
    caller = found if isinstance(found, Caller) else None
    return shown(
        StaffFrame(request, caller), "staff/error.html", status=error.status, headers=error.headers,
        title=TITLES.get(error.status, BROKEN), error=error,
    )  # fmt: skip
