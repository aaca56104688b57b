"""`/api/insight`: figures and tables for staff and keyed partners, as JSON or CSV."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from directory.access import caller
from directory.insight import report, spreadsheet
from directory.insight.shapes import Offer, Wanted
from directory.query import query, reads

AnyRequest = Request[Any, Any, Any]
LOOK = {"access": "insight.read"}
CSV = "text/csv; charset=utf-8"


@get("/api/insight", opt=LOOK)
async def offered(request: AnyRequest) -> Response[Offer]:
    """Periods, areas, topics, figures and tables that can be asked for."""
    return _private(await report.offer(request.app.state.insight, caller(request)))


@get("/api/insight/figures", **reads(Wanted, **LOOK))
async def figures(request: AnyRequest) -> Response[Any]:
    """Every figure for one period, and perhaps one area and one outcome or need."""
    wanted = query(request, Wanted)
    found = await report.figures(request.app.state.insight, wanted, caller(request))
    return _csv("figures", spreadsheet.figures(found)) if wanted.format == "csv" else _private(found)


@get("/api/insight/tables/{code:str}", **reads(Wanted, **LOOK))
async def table(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """One table behind a chart, with its finding in words."""
    wanted = query(request, Wanted)
    found = await report.answer(request.app.state.insight, code, wanted, caller(request))
    if wanted.format == "csv":
        return _csv(code, spreadsheet.table(found.about, found.table))
    return _private(found)


def _private(found: Any) -> Response[Any]:
    return Response(found, headers={"Cache-Control": "private, no-store"})


def _csv(name: str, text: str) -> Response[bytes]:
    """With a byte order mark, by which spreadsheets know it for UTF-8."""
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="flourish-{name.replace("_", "-")}.csv"',
    }
    return Response(b"\xef\xbb\xbf" + text.encode(), media_type=CSV, headers=headers)


handlers: list[Any] = [offered, figures, table]
