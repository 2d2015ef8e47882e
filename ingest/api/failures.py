"""Whatever a route raises -> {error, hint}, with nothing of the inside in it."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ingest.api.answers import Failed, failure
from ingest.errors import ConfigError, UnknownName
from ingest.store import STORE_DOWN

_log = logging.getLogger("teletipo.api")

_HINTS = {
    404: "see /openapi.json for what there is",
    405: "see /openapi.json, and the Allow header",
    413: "send less at once",
}


def handle_failures(app: FastAPI) -> None:
    """Every exception becomes an answer of the same shape."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnknownName, _unknown)
    app.add_exception_handler(ConfigError, _config)
    for kind in STORE_DOWN:
        app.add_exception_handler(kind, _store_down)
    app.add_exception_handler(Exception, _ours)


def _http(_: Request, error: Any) -> Response:
    hint = error.hint if isinstance(error, Failed) else _HINTS.get(error.status_code, "see /openapi.json")
    said = error.detail if isinstance(error.detail, str) else "the request failed"
    headers: Mapping[str, str] | None = error.headers
    if headers and "GET" in headers.get("Allow", ""):
        headers = {**headers, "Allow": f"{headers['Allow']}, HEAD"}  # see head.py
    return failure(error.status_code, said if isinstance(error, Failed) else said.lower(), hint, headers)


def _invalid(_: Request, error: Any) -> Response:
    complaints = [_complaint(each) for each in error.errors()[:5]]
    return failure(422, "; ".join(complaints), "correct that and ask again; /openapi.json has every parameter")


def _complaint(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{place}: {said[:1].lower()}{said[1:]}"


def _unknown(_: Request, error: Exception) -> Response:
    said, _separator, hint = str(error).rpartition("; ")
    return failure(404, said, hint)


def _config(_: Request, error: Exception) -> Response:
    said, _separator, hint = str(error).partition("; ")
    return failure(409, said, hint or "correct the configuration")


def _store_down(_: Request, error: Exception) -> Response:
    _log.warning("the store is away: %s", error)
    return failure(503, "the store does not answer", "ask again in a few seconds", {"Retry-After": "3"})


def _ours(_: Request, error: Exception) -> Response:  # starlette logs the traceback after this
    return failure(500, f"this is a fault of the newswire ({type(error).__name__})", "its log has the details")
