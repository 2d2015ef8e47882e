"""Who may ask: a bearer token where the configuration has tokens, and for browsers a cookie that stands for one.

A browser cannot send a token with a page, a picture or an EventSource, so the page trades it for a cookie. That is made
from the token and does not contain it; taking the token out of the configuration ends its sessions.
"""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

COOKIE = "teletipo"

SESSION_SECONDS = 30 * 86_400


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
        if self.know(_token(headers.get("authorization", ""))):
            return True
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return _any_equal(cookie.encode("utf-8", "replace"), self._sessions)


def session(token: str) -> str:
    """The cookie's value for a token."""
    return hmac.new(token.encode(), b"a session of the page", sha256).hexdigest()


def _token(authorization: str) -> str:
    """The bearer's token; feed readers know no bearers, and send theirs as the password of a user of any name."""
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() != "basic":
        return said.strip() if scheme.lower() == "bearer" else ""
    with suppress(binascii.Error, ValueError):
        return b64decode(said.strip(), validate=True).decode().partition(":")[2]
    return ""


def _any_equal(given: bytes, known: Sequence[bytes]) -> bool:
    """Every one is compared, whole."""
    return sum(hmac.compare_digest(given, each) for each in known) > 0
