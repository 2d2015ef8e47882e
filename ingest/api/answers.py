"""What goes out: records of ours as JSON, failures as {error, hint}, and both of them in OpenAPI.

The records are msgspec's as everywhere in the house, so one class is the answer, its JSON and its schema; FastAPI reads
what comes in. `documented(ArticlePage, 404)` is what a route answers with, for OpenAPI.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ingest.models import Record, to_json

_SCHEMAS = "#/components/schemas/"

_ALWAYS = (400, 401, 413, 422, 500, 503)
"""What any route may answer with: a strange Host, no token, too large a body, a bad parameter, our fault, no store."""


class Failure(Record, frozen=True, kw_only=True):
    """What went wrong, and what to do about it."""

    error: str
    hint: str


class Retried(Record, frozen=True, kw_only=True):
    """How many will be tried again."""

    retried: int


class Failed(HTTPException):
    """Raised anywhere in a route: answered with this status and {error, hint}."""

    def __init__(self, status: int, error: str, hint: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, error, headers)
        self.hint = hint


class Json(Response):
    """A record (or anything that msgspec can write) as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content)


def failure(status: int, error: str, hint: str, headers: Mapping[str, str] | None = None) -> Json:
    """The answer for a failure. Halves of characters, which no UTF-8 can hold, are replaced."""
    error, hint = (text.encode("utf-8", "replace").decode() for text in (error, hint))
    return Json(Failure(error=error, hint=hint), status, headers)


def documented(
    model: type[Record] | None, *failures: int, status: int = 200, kind: str = "application/json", text: str = ""
) -> dict[int | str, Any]:
    """A route's `responses`. kind: its content type; text: what it is, where it is no JSON."""
    schema = _reference(model) if model else {"type": "string", "description": text}
    content = {kind: {"schema": schema}} if model or text else {}
    good = {"description": HTTPStatus(status).phrase, **({"content": content} if content else {})}
    told = {"content": {"application/json": {"schema": _reference(Failure)}}}
    bad: dict[int | str, Any] = {
        code: {"description": HTTPStatus(code).phrase, **(told if code >= 400 else {})}
        for code in sorted({*_ALWAYS, *failures})
    }
    if model:
        _documented.add(model)
    return {status: good, **bad}


def openapi(app: FastAPI, secured: bool) -> dict[str, Any]:
    """The application's OpenAPI with our records in it. secured: a token is asked for, but at open routes."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    records = [Failure, *sorted(_documented, key=lambda model: model.__name__)]
    components = msgspec.json.schema_components(records, ref_template=_SCHEMAS + "{name}")[1]
    made.setdefault("components", {}).setdefault("schemas", {}).update(components)
    if secured:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    app.openapi_schema = made
    return made


_documented: set[type[Record]] = set()


def _reference(model: type[Record]) -> dict[str, str]:
    return {"$ref": f"{_SCHEMAS}{model.__name__}"}
