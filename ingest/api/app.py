"""The FastAPI application: routes, tokens, and errors that say what to do."""

from fastapi import FastAPI

from ingest.settings import Settings
from ingest.store import Store
from ingest.wire import Wire


def create_app(settings: Settings, store: Store) -> FastAPI:
    """The application over one store. Every route finds the wire at `request.app.state.wire`."""
    app = FastAPI(
        title="teletipo", summary="A newswire of your own.", version="0.1.0", docs_url="/docs", redoc_url=None
    )
    app.state.wire = Wire(settings, store)
    return app
