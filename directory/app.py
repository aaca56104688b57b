"""`create_app(settings)`: the one place where the parts meet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException

import directory.access.api as access
import directory.catalogue.api as catalogue
import directory.importing.api as importing
import directory.insight.api as insight
import directory.places.api as places
import directory.referrals.api as referrals
import directory.routing.api as routing
import directory.search.api as search
import directory.web.pages as web
from directory import errors, memory
from directory.access import OPEN, guarded
from directory.access.allowance import Allowance
from directory.access.oidc import Provider
from directory.access.startup import opened_vault
from directory.access.uses import Uses
from directory.db import AWAY, Database, away
from directory.http import PROBLEM, Front, encode_problem
from directory.insight.held import Insight
from directory.places.resolve import Places
from directory.query import no_stray_parameters
from directory.routing.gaps import Gaps
from directory.routing.route import open_router
from directory.routing.write import remember
from directory.search.index import open_index
from directory.settings import Settings, load
from directory.telemetry import Metrics, log, set_up_logging
from directory.web import faults
from directory.web.assets import assets
from directory.web.assistants.api import assistants
from directory.web.tiles import tiles
from directory.worker import working

PROBLEM_TYPE = PROBLEM.decode()
STATUS_ERRORS: dict[int, type[errors.DirectoryError]] = {
    401: errors.NotSignedIn,
    403: errors.NotAllowed,
    404: errors.NotFound,
    413: errors.TooLarge,
}


def create_app(settings: Settings | None = None) -> Front:
    """The ASGI application. Nothing is opened before its lifespan starts; tests make as many as they like.

    `state` holds what handlers use: `settings`, `metrics`, `database`, `places`, `index`, `router`.
    """
    memory.few_arenas()
    settings = settings or load()
    assets(settings.theme), tiles(settings.tiles)  # a wrong file stops the start with its name
    set_up_logging(settings)
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(memory.trimmed())
            database = await stack.enter_async_context(opened(settings))
            app.state.database = database
            app.state.vault = await opened_vault(settings, database)
            app.state.oidc = Provider(settings)
            app.state.places = Places(database, beyond=_geocoder(settings.geocoder))
            with contextlib.suppress(
                *AWAY
            ):  # not at the first search, and what reading took is there for the index
                await app.state.places.load()
            app.state.router = open_router(settings, apart=True)
            app.state.hear = app.state.router.hear
            app.state.insight = Insight(
                database,
                app.state.vault,
                app.state.places,
                {need.code: need.label for need in app.state.router.book.needs},
                threshold=settings.small_number,
            )
            with contextlib.suppress(*AWAY):  # the next start keeps it
                await remember(database, app.state.router.book, app.state.router.danger)
            app.state.gaps = Gaps()
            await stack.enter_async_context(app.state.gaps.written(database))
            app.state.index = await stack.enter_async_context(
                open_index(settings, database, app.state.places, apart=True)
            )
            app.state.allowance = Allowance()
            app.state.uses = await stack.enter_async_context(Uses().written(database))
            await stack.enter_async_context(assistants(app.state))
            if settings.worker:
                await stack.enter_async_context(
                    working(settings, database, app.state.index, metrics, app.state.places, app.state.vault)
                )
            yield

    litestar = Litestar(
        route_handlers=[
            live,
            ready,
            metrics_text,
            *catalogue.handlers,
            *places.handlers,
            *search.handlers,
            *routing.handlers,
            *access.handlers,
            *referrals.handlers,
            *insight.handlers,
            *importing.handlers,
            *web.handlers,
        ],
        lifespan=[lifespan],
        guards=[guarded, no_stray_parameters],
        exception_handlers={Exception: problem},
        compression_config=CompressionConfig(
            backend="brotli", brotli_quality=4, minimum_size=1000, exclude_opt_key="compressed"
        ),
        request_max_body_size=262_144,
        openapi_config=None,
        logging_config=None,  # ours is set up already; the default one logs addresses that other clients ask for
        debug=False,
    )
    litestar.state.settings = settings
    litestar.state.metrics = metrics
    return Front(litestar, metrics)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    database = await Database(settings.database_url, size=settings.pool_size).open()
    try:
        yield database
    finally:
        await database.close()


def _geocoder(name: str) -> Any:
    """The geocoder of the setting, None where none is named."""
    if not name:
        return None
    from directory.places.geocoder import configured  # late: geopy's geocoders are 5 MB, and few name one

    return configured(name)


@get("/health/live", opt=OPEN, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt=OPEN)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Database and search engine answer; 503 says which does not."""
    state = request.app.state
    words = {"database": await _word(state.database.ping()), "search": await _word(state.index.ping())}
    ok = set(words.values()) == {"ok"}
    return Response(words, status_code=200 if ok else 503, headers={"Cache-Control": "no-store"})


async def _word(answer: Awaitable[None]) -> str:
    try:
        await asyncio.wait_for(answer, timeout=3)
    except Exception:
        return "away"
    return "ok"


@get("/metrics", opt=OPEN, media_type="text/plain; version=0.0.4", sync_to_thread=False)
def metrics_text(request: Request[Any, Any, Any]) -> str:
    text: str = request.app.state.metrics.text()
    return text


def problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Any error as the one problem shape; whoever looks at pages is given a page."""
    known = translated(error)
    if known.status >= 500 and not isinstance(known, errors.Unavailable):
        log.error("%s %s failed", request.method, request.scope.get("path_template"), exc_info=error)
    if faults.for_people(request):
        return faults.error_page(request, known)
    return Response(
        encode_problem(known.problem()),
        status_code=known.status,
        media_type=PROBLEM_TYPE,
        headers={**known.headers, "Cache-Control": "no-store"},
    )


def translated(error: Exception) -> errors.DirectoryError:
    """The error of our tree that says what happened; what nobody foresaw stays a plain 500 without its words."""
    if isinstance(error, errors.DirectoryError):
        return error
    if away(error):
        return errors.Unavailable("the database is away; try again in a few seconds")
    if isinstance(error, ValidationException):
        extra: Any = error.extra or []
        found = [
            errors.FieldError(str(each.get("key", "")), str(each.get("message", "")))
            for each in extra
            if isinstance(each, dict)
        ]
        return errors.BadRequest("; ".join(f"{f.field}: {f.message}" for f in found[:5]), errors=found)
    if isinstance(error, MethodNotAllowedException):
        return _with_status(405, "Method not allowed", error)
    if isinstance(error, HTTPException):
        kind = STATUS_ERRORS.get(error.status_code)
        if kind is not None:
            return kind(error.detail if error.status_code != 404 else "")
        if error.status_code < 500:
            return _with_status(error.status_code, "The request is not valid", error)
    return errors.DirectoryError()


def _with_status(status: int, title: str, error: HTTPException) -> errors.DirectoryError:
    known = errors.BadRequest(error.detail, headers=dict(error.headers or {}))
    known.status, known.title = status, title  # type: ignore[misc]  # one of HTTP's many that have no class here
    return known
