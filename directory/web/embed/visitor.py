"""Who may ask from another site: the pages of a registered partner, by their exact origin, so many times a minute.

Our own pages may always. Any other origin gets a plain refusal without a CORS header, which its browser shows to no
script; the widget then says so and its form leads to the directory.
"""

from typing import Any

from litestar import Request
from msgspec import Struct

from directory.access import partners
from directory.access.origins import of
from directory.access.partners import PER_MINUTE, Partner
from directory.access.uses import Kind
from directory.errors import NotAllowed, TooMany

AnyRequest = Request[Any, Any, Any]
VARY = {"Vary": "Origin"}
EVERYONE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class Visitor(Struct, frozen=True, kw_only=True):
    """`partner` is None where our own pages name none. `headers` go onto every answer, so that the page may read it."""

    partner: Partner | None
    headers: dict[str, str]
    counted: bool


async def visitor(request: AnyRequest, key: str) -> Visitor:
    """Raises NotAllowed for an origin that is not the key's, TooMany with Retry-After beyond its limit."""
    state, origin = request.app.state, request.headers.get("origin", "")
    key, _, preview = key.partition(".")  # staff look at "<key>.preview", which is not counted
    partner = await partners.live(state.database, key) if key else None
    own = request.headers.get("sec-fetch-site") == "same-origin" or origin == of(state.settings.public_url)
    if not own and (preview or partner is None or origin not in partner.origins):
        raise NotAllowed("this page is not registered with the directory", headers=VARY)
    headers = dict(VARY)
    if origin and not own:
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"}
    found = Visitor(partner=partner, headers=headers, counted=partner is not None and not preview)
    _spend(request, found)
    return found


def count(request: AnyRequest, found: Visitor, what: Kind) -> None:
    if found.partner is not None and found.counted:
        request.app.state.uses.count(found.partner.id, what)


def _spend(request: AnyRequest, found: Visitor) -> None:
    """One of the partner's requests a minute; nobody's computer may take more than half of them."""
    most = found.partner.per_minute if found.partner else PER_MINUTE
    who = found.partner.id if found.partner else "own"
    address = request.client.host if request.client else ""
    allowance = request.app.state.allowance
    wait = allowance.spend(f"{who} {address}", max(1, most // 2))
    if not wait and found.partner:
        wait = allowance.spend(who, most)
    if wait:
        count(request, found, "limited")
        refused = TooMany("too many requests from this site just now", retry_after=wait)
        refused.headers |= found.headers
        raise refused
