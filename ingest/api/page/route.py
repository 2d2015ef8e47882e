"""A route of the page: every answer leaves with the same headers, and what goes wrong is a page that can be read.

Who may ask is for the door to say (ingest/api/door.py): tokens, the Host, and that a form came from a page of ours.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from ingest.api.page.render import html
from ingest.errors import TeletipoError, UnknownName
from ingest.store import STORE_DOWN
from ingest.wire import Wire

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing to any other site. Not "no-referrer": under that a browser sends `Origin: null` with our own forms too
    # (Fetch standard, "append a request Origin header"), and the door could not tell them from a stranger's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """`APIRouter(route_class=PageRoute)`."""

    def get_route_handler(self) -> _Handle:
        handle = super().get_route_handler()

        async def with_headers(request: Request) -> Response:
            response = await _answered(handle, request)
            response.headers.update(HEADERS)
            response.headers.setdefault("Cache-Control", "private, no-cache")
            return response

        return with_headers


def wire_of(request: Request) -> Wire:
    """The wire of the application."""
    wire: Wire = request.app.state.wire
    return wire


async def _answered(handle: _Handle, request: Request) -> Response:
    try:
        return await handle(request)
    except HTTPException as failed:  # ours say what to do about it as well
        return _page(request, failed.status_code, str(failed.detail), getattr(failed, "hint", ""))
    except UnknownName as unknown:
        return _page(request, 404, str(unknown))
    except RequestValidationError:
        return _page(request, 422, "Something is missing in that address or form.")
    except (TeletipoError, ValueError) as wrong:
        return _page(request, 400, str(wrong))
    except STORE_DOWN:
        return _page(
            request, 503, "The store does not answer. It is asked again at every request: try in a few seconds."
        )


def _page(request: Request, status: int, text: str, hint: str = "") -> Response:
    return html(request, "error.html", status, status_code=status, text=text, hint=hint)
