"""The FastAPI application: the door, the routes, and failures that say what to do.

Every route finds the wire at `request.app.state.wire` (see `AnyWire`), the shared reader of the queues at
`request.app.state.live`. The page is added last, by `ingest.api.page.add_page(app)`, which may add to
`app.state.open_paths` what a browser needs before it has a session.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from ingest.api import articles, operations, queues, requests, websub, why
from ingest.api.answers import Json, openapi
from ingest.api.asked import expect_known_parameters
from ingest.api.auth import Tokens
from ingest.api.door import Door
from ingest.api.failures import handle_failures
from ingest.api.head import Head
from ingest.api.live import Live
from ingest.api.metrics import Requests
from ingest.api.page import add_page
from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.settings import Settings
from ingest.store import Store
from ingest.wire import Wire


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The application over one store."""
    app = FastAPI(
        title="teletipo",
        summary="A newswire of your own.",
        version="0.1.0",
        openapi_url=None,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.wire = Wire(settings, store)
    app.state.live = Live(store)
    app.state.requests = Requests()
    app.state.tokens = Tokens(settings.api.tokens)
    app.state.open_paths = {"/healthz"}
    handle_failures(app)
    for room in (articles, queues, requests, operations, why):
        app.include_router(room.router, dependencies=[Depends(expect_known_parameters)])
    app.add_api_route("/openapi.json", lambda: Json(app.openapi()), include_in_schema=False)
    add_page(app)
    secret_paths = {}
    if settings.websub.callback:
        app.state.context = Context(settings, store, Fetcher(settings.fetch))
        app.include_router(websub.router)
        secret_paths["/websub/"] = websub.MOST_BYTES
    app.add_middleware(
        Door,
        tokens=app.state.tokens,
        open_paths=app.state.open_paths,
        requests=app.state.requests,
        secret_paths=secret_paths,
    )
    app.add_middleware(Head)  # outside of the door, which sees a GET
    app.openapi = lambda: openapi(app, bool(app.state.tokens))  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    live: Live = app.state.live
    live.start()
    yield
    live.stop()
