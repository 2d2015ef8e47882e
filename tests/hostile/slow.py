"""Slowness: what holds a thread for hours unless something ends it."""

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.way import way

OK = b"HTTP/1.1 200 OK\r\n"
DEADLINE, TIMEOUT = "[fetch] deadline", "[fetch] timeout"
LATE, SILENT = "not done within", "nothing arrived for longer than"


@way(Outcome.TIMEOUT, SILENT, holds=TIMEOUT)
def silence(line: Line) -> None:
    """Takes the request and says nothing."""
    line.wait()


@way(Outcome.TIMEOUT, SILENT, holds=TIMEOUT)
def silence_after_headers(line: Line) -> None:
    """Promises a body and sends none."""
    line.send(OK, b"Content-Length: 1000\r\n\r\n")
    line.wait()


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_headers(line: Line) -> None:
    """A header that grows by a letter at a time, always sooner than the time-out."""
    line.drip(OK + b"X: ", b"x")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_status(line: Line) -> None:
    """The status line, a letter at a time."""
    line.drip(b"HTTP/1.1 200 ", b"O")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_body(line: Line) -> None:
    """A body with a length, a letter at a time."""
    line.drip(OK + b"Content-Length: 100000\r\n\r\n<rss>", b" ")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_chunks(line: Line) -> None:
    """A chunked body, a letter a chunk."""
    line.drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_chunk_size(line: Line) -> None:
    """The size of a chunk, a digit at a time."""
    line.drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_trailers(line: Line) -> None:
    """A whole body, and then trailers without end."""
    line.drip(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", b"X: y\r\n")


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def dripping_redirects(line: Line) -> None:
    """Redirects to itself, each after a while."""
    line.closing.wait(1.2)
    line.redirect("/feed")


@way(Outcome.TOO_LARGE, "sends more than", holds="[fetch] max_bytes")
def forever_continue(line: Line) -> None:
    """Says "100 Continue" for ever, as fast as it can."""
    line.flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@way(Outcome.TIMEOUT, LATE, holds=DEADLINE)
def forever_early_hints(line: Line) -> None:
    """Says "103 Early Hints" for ever, a little at a time."""
    line.drip(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", 0.02)
