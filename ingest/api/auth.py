"""Who may ask: a bearer token where the configuration has tokens, and for browsers a cookie that stands for one.

A browser cannot send a token with a page, a picture or an EventSource, so `POST /session` trades it for a cookie. The
cookie is made from the token and does not contain it; taking the token out of the configuration ends its sessions.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Body, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response

from ingest.api.answers import Failed, documented

COOKIE = "teletipo"

SESSION_SECONDS = 30 * 86_400

router = APIRouter(tags=["session"])


class Tokens:
    """The configured tokens; none means that everybody may ask."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = [token.encode() for token in tokens]
        self._sessions = [session(token).encode() for token in tokens]

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def know(self, token: str) -> bool:
        """Whether it is one of them, found in the same time whichever it is and however wrong."""
        return _any_equal(token.encode("utf-8", "replace"), self._tokens)

    def admit(self, headers: Headers) -> bool:
        """Whether a request with these headers may pass."""
        if not self._tokens:
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.know(token.strip()):
            return True
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return _any_equal(cookie.encode("utf-8", "replace"), self._sessions)


def session(token: str) -> str:
    """The cookie's value for a token."""
    return hmac.new(token.encode(), b"a session of the page", sha256).hexdigest()


@router.post("/session", status_code=204, responses=documented(None, 403, 415, status=204))
def begin(request: Request, token: Annotated[str, Body(embed=True, max_length=1000)]) -> Response:
    """Trade a token for a cookie, for the page. Does nothing where no tokens are configured."""
    tokens: Tokens = request.app.state.tokens
    answer = Response(status_code=204)
    if tokens:
        if not tokens.know(token):
            raise Failed(401, "this is none of the tokens", "use one of [api] tokens", {"WWW-Authenticate": "Bearer"})
        answer.set_cookie(
            COOKIE,
            session(token),
            SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return answer


@router.delete("/session", status_code=204, responses=documented(None, 403, 415, status=204))
def end() -> Response:
    """Forget the cookie."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _any_equal(given: bytes, known: Sequence[bytes]) -> bool:
    """Every one is compared, whole."""
    return sum([hmac.compare_digest(given, each) for each in known]) > 0
