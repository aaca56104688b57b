"""Who may call what. Every route says it in its `opt`: `access="open"`, or the least that its caller must be.

A test walks all routes and fails on one that says nothing.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from directory.errors import NotSignedIn

OPEN = {"access": "open"}
LEVELS = ("open", "staff")


def guarded(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard of every route. What is not declared open is refused."""
    if handler.opt.get("access") != "open":
        raise NotSignedIn("this part is for staff and registered partners")
