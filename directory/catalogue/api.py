"""`GET /api/services/{id}`; the open data under `/oruk/v3` is in oruk/api.py."""

from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath

from directory.access import OPEN
from directory.catalogue.oruk import api as oruk
from directory.catalogue.read import service_detail


@get("/api/services/{service_id:uuid}", opt=OPEN, media_type=MediaType.JSON)
async def service(request: Request[Any, Any, Any], service_id: FromPath[UUID]) -> Response[bytes]:
    """One service: its Open Referral UK record, our labels, and its hours as of now; 410 where it was removed."""
    return Response(await service_detail(request.app.state.database.pool, service_id))


handlers: list[Any] = [service, *oruk.handlers]
