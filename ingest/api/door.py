"""The door: every request passes it before any route sees it (ASGI). It refuses by default.

Host     on loopback without tokens the Host must be loopback's, or a web page could reach us under a name of its own
         that it points to 127.0.0.1 (DNS rebinding)
token    everything but the open paths asks for one where tokens are configured
writing  only from a program or from a page of ours: what a strange page makes a browser send says so (Origin,
         Sec-Fetch-Site), and old browsers that do not say it can send no JSON; a form needs the proof that it is ours
         (CSRF). No answer carries a CORS header, so none can be read by other pages.

Hubs call from anywhere, under whatever name we have there, and send feeds: what lets them in stands in the address.
"""

from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.api.answers import Failed, failure
from ingest.api.auth import Tokens
from ingest.api.metrics import Requests

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST_BYTES = 1_000_000
"""Of a request's body."""

FORM = "application/x-www-form-urlencoded"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
"""On every answer that does not say otherwise itself."""


class Door:
    """open_paths: may be asked for without a token; one that ends in / stands for all below it. Where /login is one,
    a browser without a session is sent there. secret_paths: below these the address itself lets in whoever has it;
    each with the most bytes of a body there."""

    def __init__(
        self,
        app: ASGIApp,
        tokens: Tokens,
        open_paths: set[str],
        requests: Requests,
        secret_paths: Mapping[str, int] | None = None,
    ) -> None:
        self._app, self._tokens, self._open, self._requests = app, tokens, open_paths, requests
        self._secret = secret_paths or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message)
                route = getattr(scope.get("route"), "path", "none")
                self._requests.add(scope["method"], route, message["status"])
            await send(message)

        secret = next((path for path in self._secret if scope["path"].startswith(path)), "")
        refusal = None if secret else self._refusal(scope, Headers(scope=scope))
        most = self._secret.get(secret, MOST_BYTES)
        await (refusal or self._app)(scope, _bounded(receive, most), send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if not self._tokens and not _is_loopback(headers.get("host", "")):
            return failure(
                400,
                "the Host header names another host",
                "ask at http://127.0.0.1 or http://localhost; to be reached under a name, set [api] tokens",
            )
        if not self._tokens.admit(headers) and not self._is_open(scope["path"]):
            return self._ask_for_token(scope, headers)
        return None if scope["method"] in SAFE else _not_ours(headers)

    def _is_open(self, path: str) -> bool:
        return path in self._open or any(path.startswith(each) for each in self._open if each.endswith("/"))

    def _ask_for_token(self, scope: Scope, headers: Headers) -> Response:
        if "/login" in self._open and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        return failure(
            401,
            "a token is needed",
            "send `Authorization: Bearer TOKEN` with one of [api] tokens",
            {"WWW-Authenticate": "Bearer"},
        )


def _bounded(receive: Receive, most: int) -> Receive:
    """The body, as long as it is not too long."""
    left = most

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise Failed(413, "the body is too long", f"send {most:,} bytes at most")
        return message

    return receive_some


def _not_ours(headers: Headers) -> Response | None:
    """The refusal of a writing request that a strange page may have made a browser send."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    ours = origin is not None and urlsplit(origin).netloc == headers.get("host")
    if site not in {"none", "same-origin"} or (origin is not None and not ours):
        return failure(403, "this request comes from another site's page", "send it from a program, or from our page")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    if kind == "application/json" or (empty and not kind) or (ours and kind == FORM):
        return None
    return failure(415, "the body is not JSON", "send it with `Content-Type: application/json`")


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _add_headers(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
