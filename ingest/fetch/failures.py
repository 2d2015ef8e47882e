"""What went wrong in a GET -> its outcome and one sentence about it. Pure."""

import ssl
from http.client import HTTPException

import requests
import urllib3

from ingest.models import Outcome


class Stopped(Exception):
    """This GET ends here, for a reason of ours. Neither urllib3 nor requests catches or wraps it."""

    def __init__(self, outcome: Outcome, text: str) -> None:
        super().__init__(text)
        self.outcome = outcome


# All that a URL, a network or a server can make requests, urllib3 and http.client raise. ValueError: InvalidURL,
# UnicodeError and header values that cannot be sent.
FAILURES = (
    Stopped,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
)

_BAD_URL = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    urllib3.exceptions.LocationValueError,
)


def explained(error: Exception) -> tuple[Outcome, str]:
    """The outcome that this failure is, and what happened, without the host."""
    if isinstance(error, Stopped):
        return error.outcome, str(error)
    root = _root(error)
    if isinstance(root, ssl.SSLError | urllib3.exceptions.SSLError):
        return Outcome.TLS_ERROR, f"TLS failed: {_said(root)}"
    if isinstance(root, TimeoutError | urllib3.exceptions.TimeoutError):
        return Outcome.TIMEOUT, "nothing arrived for longer than [fetch] timeout"
    if isinstance(root, _BAD_URL):
        return Outcome.BAD_URL, f"not a usable address: {_said(root)}"
    return Outcome.CONNECTION_ERROR, f"the answer broke off or cannot be read: {_said(root)}"


def _root(error: BaseException) -> BaseException:
    """requests wraps urllib3, which wraps ssl and the socket: the innermost one says what happened."""
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException):
            return _root(inner)
    return error


def _said(error: BaseException) -> str:
    """The one part of the error that was written for people; a server's own words among it are made harmless."""
    said = next(filter(None, (getattr(error, name, None) for name in ("verify_message", "strerror", "reason"))), error)
    printable = "".join(letter if letter.isprintable() else " " for letter in str(said))
    return printable.strip()[:200] or type(error).__name__
