"""HTTP that is none: wrong lengths, broken chunks, odd statuses, ends in the middle."""

import gzip

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.outlet import good_feed
from tests.hostile.way import PARSE_FAILED, way

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = "the answer broke off or cannot be read"
WHOLE = "only a whole body counts"
FRAMES = "framing is checked"


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def closing_without_a_word(line: Line) -> None:
    """Takes the request and hangs up."""


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def reset_at_once(line: Line) -> None:
    """Takes the request and resets the connection."""
    line.reset()


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=WHOLE)
def reset_in_the_body(line: Line) -> None:
    """Resets the connection in the middle of a body."""
    line.send(OK, b"Content-Length: 100000\r\n\r\n", good_feed(line.url))
    line.closing.wait(0.1)
    line.reset()


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=WHOLE)
def length_too_long(line: Line) -> None:
    """Ends before the length that it promised."""
    line.answer(good_feed(line.url), Content_Length="100000")


@way(PARSE_FAILED, "", holds="the length counts")
def length_too_short(line: Line) -> None:
    """States a length of which the feed is more."""
    line.answer(good_feed(line.url), Content_Length="10")


@way("ok", holds="read to its end", entries=3)
def length_below_nought(line: Line) -> None:
    """A negative length, and a whole feed."""
    line.answer(good_feed(line.url), Content_Length="-5")


@way(Outcome.CONNECTION_ERROR, "", holds=FRAMES)
def two_lengths(line: Line) -> None:
    """Two lengths that differ."""
    line.send(OK, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", good_feed(line.url))


@way("ok", holds="chunks count before a length (RFC 9112, 6.3)", entries=3)
def length_and_chunks(line: Line) -> None:
    """Transfer-Encoding and Content-Length together."""
    body = good_feed(line.url)
    line.send(
        OK, b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n", b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    )


@way(PARSE_FAILED, "", holds="what cannot be read is refused")
def unknown_transfer_coding(line: Line) -> None:
    """Chunks by a coding of another name."""
    line.send(OK, b"Transfer-Encoding: sausage\r\n\r\n", b"4\r\nfeed\r\n0\r\n\r\n")


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def chunk_without_a_size(line: Line) -> None:
    """Chunks whose size is no number."""
    line.send(CHUNKED, b"zz\r\n", good_feed(line.url), b"\r\n0\r\n\r\n")


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def chunk_below_nought(line: Line) -> None:
    """A chunk of a negative size."""
    line.send(CHUNKED, b"-5\r\n", good_feed(line.url), b"\r\n0\r\n\r\n")


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=WHOLE)
def chunk_beyond_all_limits(line: Line) -> None:
    """A chunk of more bytes than there are, that ends early."""
    line.send(CHUNKED, b"f" * 32 + b"\r\n", good_feed(line.url))


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def chunk_size_without_end(line: Line) -> None:
    """A chunk's size of more digits than any."""
    line.flood(CHUNKED, b"0" * 65_536)


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=WHOLE)
def chunks_that_stop(line: Line) -> None:
    """Chunks without the last one."""
    line.send(CHUNKED, b"%x\r\n%b\r\n" % (len(good_feed(line.url)), good_feed(line.url)))


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def http_0_9(line: Line) -> None:
    """A feed without any header, as in 1991."""
    line.send(good_feed(line.url))


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def another_protocol(line: Line) -> None:
    """The greeting of an SSH server."""
    line.send(b"SSH-2.0-OpenSSH_9.9\r\n")


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def status_that_is_no_number(line: Line) -> None:
    """HTTP/1.1 OK fine."""
    line.send(b"HTTP/1.1 OK fine\r\n\r\n")


@way(Outcome.HTTP_ERROR, "answered 999", holds=WHOLE)
def status_999(line: Line) -> None:
    """What one large network answers to whatever it takes for a robot."""
    line.answer(b"no", status=999)


@way(Outcome.HTTP_ERROR, "answered 204", holds=WHOLE)
def no_content(line: Line) -> None:
    """204, without a body."""
    line.answer(status=204)


@way(Outcome.HTTP_ERROR, "answered 206", holds=WHOLE)
def partial_content(line: Line) -> None:
    """A part of the feed that nobody asked for."""
    line.answer(good_feed(line.url)[:100], status=206, Content_Range="bytes 0-99/100000")


@way(Outcome.HTTP_ERROR, "answered 304", holds="a 304 counts where validators were sent")
def not_modified_since_never(line: Line) -> None:
    """304 to a request without validators."""
    line.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")


@way(Outcome.HTTP_ERROR, "answered 101", holds=WHOLE)
def switching_protocols(line: Line) -> None:
    """101, to a protocol of its own."""
    line.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: own\r\n\r\n")
    line.wait()


@way("ok", holds="1xx answers are passed over", entries=3)
def early_hints(line: Line) -> None:
    """102 and 103, and then the feed."""
    line.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
    line.answer(good_feed(line.url))


@way(Outcome.CONNECTION_ERROR, BROKEN, holds=FRAMES)
def packed_in_name_only(line: Line) -> None:
    """Plain text that is declared to be gzip."""
    line.answer(good_feed(line.url), Content_Encoding="gzip")


@way(PARSE_FAILED, "", holds="what cannot be read is refused")
def gzip_that_breaks_off(line: Line) -> None:
    """The beginning of a gzip body, and its end."""
    line.answer(gzip.compress(good_feed(line.url))[:60], Content_Encoding="gzip")
