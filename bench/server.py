"""The product's own server with two bare routes beside it to measure against; run as a process of its own."""

import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Request, Response, get
from sqlmodel import select as select_name

from bench.rivals import by_postgres
from directory.access import OPEN
from directory.app import create_app
from directory.catalogue.tables import Service
from directory.query import query, reads
from directory.search.request import SearchRequest
from directory.settings import Settings


@get("/bench/empty", opt=OPEN)
async def empty() -> dict[str, str]:
    """An empty JSON route: the most that this server can do."""
    return {"status": "ok"}


@get("/bench/select", opt=OPEN)
async def select(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A route with one indexed SELECT."""
    row = await request.app.state.database.pool.fetchrow(
        "select name from service where id = $1", os.environ["BENCH_SERVICE"]
    )
    return {"name": row["name"]}


@get("/bench/session", opt=OPEN)
async def session(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A route with one indexed SELECT through an SQLModel session, as most applications have it."""
    async with request.app.state.database.session() as opened:
        name = await opened.exec(
            select_name(Service.name).where(Service.id == UUID(os.environ["BENCH_SERVICE"]))
        )
        return {"name": name.one()}


@get("/bench/postgres", **reads(SearchRequest, access="open"))
async def postgres(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The same search by PostgreSQL's own full text."""
    state, wanted = request.app.state, query(request, SearchRequest)
    found = await by_postgres(state.database.pool, state.places, wanted.q, wanted.near)
    return Response(found, media_type="application/json")


def main() -> None:
    url, folder, port = sys.argv[1:4]
    settings = Settings(database_url=url, data_dir=Path(folder), log_level="error", public_url="http://bench")
    app = create_app(settings)
    app.litestar.register(empty)
    app.litestar.register(select)
    app.litestar.register(session)
    app.litestar.register(postgres)
    uvicorn.run(app, host="127.0.0.1", port=int(port), access_log=False, log_level="error")


if __name__ == "__main__":
    main()
