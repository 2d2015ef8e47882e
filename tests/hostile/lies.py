"""Answers that are something else than they say."""

import gzip

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.outlet import good_feed
from tests.hostile.way import PARSE_FAILED, way

PAGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>challenge()</script></body></html>"
)
BYTES = "bytes tell more than declarations"
WAITS = "Retry-After counts up to a day"


@way(PARSE_FAILED, "an HTML page, not a feed", holds="a feed has a feed's root")
def challenge_instead_of_a_feed(line: Line) -> None:
    """A page that asks whether a person is there, with status 200."""
    line.answer(PAGE, Content_Type="application/rss+xml")


@way(PARSE_FAILED, "empty answer", holds="an empty body is no feed")
def nothing_at_all(line: Line) -> None:
    """Status 200 and not a byte."""
    line.answer()


@way(Outcome.HTTP_ERROR, "answered 202", holds="only a whole body counts")
def accepted(line: Line) -> None:
    """202 and an empty page, as some walls answer."""
    line.answer(PAGE, status=202)


@way("ok", holds=BYTES, entries=3)
def utf16_said_to_be_utf8(line: Line) -> None:
    """UTF-16 that is declared as UTF-8."""
    line.answer(good_feed(line.url).decode().encode("utf-16"), Content_Type="text/xml; charset=utf-8")


@way("ok", holds=BYTES, entries=3)
def bom_against_header(line: Line) -> None:
    """The mark of UTF-8, and a header that says otherwise."""
    line.answer(b"\xef\xbb\xbf" + good_feed(line.url), Content_Type="text/xml; charset=utf-32")


@way("ok", holds=BYTES, entries=3)
def charset_of_nobody(line: Line) -> None:
    """An encoding that does not exist."""
    line.answer(good_feed(line.url), Content_Type="text/xml; charset=x-martian")


@way("ok", holds=BYTES, entries=3)
def charset_that_runs_code(line: Line) -> None:
    """Python's own names of encodings that are none of text."""
    line.answer(
        b'<?xml version="1.0" encoding="unicode_escape"?>' + good_feed(line.url), Content_Type="a; charset=zlib"
    )


@way(PARSE_FAILED, "", holds="a feed is text")
def gzip_that_is_not_declared(line: Line) -> None:
    """gzip without a word about it."""
    line.answer(gzip.compress(good_feed(line.url)))


@way("ok", holds="the body counts, not its type", entries=3)
def feed_said_to_be_a_picture(line: Line) -> None:
    """A feed of the type image/png."""
    line.answer(good_feed(line.url), Content_Type="image/png")


@way(PARSE_FAILED, "", holds="a feed is text")
def picture_said_to_be_a_feed(line: Line) -> None:
    """A picture of the type of a feed."""
    line.answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100, Content_Type="application/rss+xml")


@way(Outcome.HTTP_ERROR, "answered 503", holds=WAITS)
def retry_after_a_year(line: Line) -> None:
    """Asks to be left alone for a year."""
    line.answer(status=503, Retry_After="31536000")


@way(Outcome.HTTP_ERROR, "answered 503", holds=WAITS)
def retry_after_below_nought(line: Line) -> None:
    """Asks for less than no time."""
    line.answer(status=503, Retry_After="-1")


@way(Outcome.HTTP_ERROR, "answered 429", holds=WAITS)
def retry_after_whenever(line: Line) -> None:
    """Asks to be left alone for a while."""
    line.answer(status=429, Retry_After="a while" * 100)


@way("ok", holds="freshness counts up to a day", entries=3)
def fresh_for_ever(line: Line) -> None:
    """A feed that says to be fresh for three hundred years."""
    line.answer(good_feed(line.url), Cache_Control="max-age=9999999999", Expires="Fri, 31 Dec 9999 23:59:59 GMT")


@way("ok", holds="validators are sent back whole or not at all", entries=3)
def validators_of_garbage(line: Line) -> None:
    """An ETag with a control character, and a Last-Modified of ten kilobytes."""
    body = good_feed(line.url)
    line.send(b'HTTP/1.1 200 OK\r\nETag: "a\x01b"\r\nLast-Modified: ', b"x" * 10_000, b"\r\n\r\n", body)
