"""Size: what fills the memory unless something stops reading."""

import gzip
import zlib
from collections.abc import Iterator
from functools import cache

import brotli
import zstandard

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.way import way

OK = b"HTTP/1.1 200 OK\r\n"
MAX_BYTES, LARGE = "[fetch] max_bytes", "sends more than"
HEADERS = "100 headers, 64 KB a line"
BOMB = 60_000_000
"""Bytes that a bomb unpacks to."""


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def endless_body(line: Line) -> None:
    """A body without a length or an end."""
    line.flood(OK + b"\r\n<rss>", b"x" * 65_536)


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def endless_chunks(line: Line) -> None:
    """A chunked body without an end."""
    line.flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65_536 + b"\r\n")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def length_of_a_terabyte(line: Line) -> None:
    """Promises a terabyte."""
    line.send(OK, b"Content-Length: 1000000000000\r\n\r\n<rss>")
    line.wait()


@way(Outcome.CONNECTION_ERROR, "100 headers", holds=HEADERS)
def endless_headers(line: Line) -> None:
    """One header after the other, without end."""
    line.flood(OK, lambda number: f"X-{number}: y\r\n".encode() * 10)


@way(Outcome.CONNECTION_ERROR, "header line", holds=HEADERS)
def endless_header(line: Line) -> None:
    """One header of any length."""
    line.flood(OK + b"X: ", b"y" * 65_536)


@way(Outcome.CONNECTION_ERROR, "status line", holds=HEADERS)
def endless_status_line(line: Line) -> None:
    """A status line without an end."""
    line.flood(b"HTTP/1.1 200 ", b"y" * 65_536)


@way(Outcome.CONNECTION_ERROR, "header line", holds=HEADERS)
def etag_of_a_megabyte(line: Line) -> None:
    """A validator that would have to be sent back with each poll."""
    line.answer(b"<rss/>", ETag='"' + "x" * 1_000_000 + '"')


@way(Outcome.CONNECTION_ERROR, "100 headers", holds=HEADERS)
def flood_of_links(line: Line) -> None:
    """A thousand Link headers before the body."""
    line.send(OK, b"Link: </a>; rel=preload\r\n" * 1_000, b"\r\n<rss/>")


@way(Outcome.CONNECTION_ERROR, "100 headers", holds=HEADERS)
def flood_of_cookies(line: Line) -> None:
    """A thousand cookies, of a redirect to itself."""
    line.send(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\n", b"Set-Cookie: a=b\r\n" * 1_000, b"\r\n")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def flood_of_trailers(line: Line) -> None:
    """A whole body, and then trailers as fast as it can."""
    line.flood(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", b"X: y\r\n" * 1_000)


@cache
def bomb(coding: str) -> bytes:
    """Blanks, which unpack to BOMB bytes."""
    zeros = (b"<rss>", *(b" " * 1_000_000 for _ in range(BOMB // 1_000_000)))
    if coding == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join([*(packer.process(piece) for piece in zeros), packer.finish()])
    if coding == "zstd":
        other = zstandard.ZstdCompressor().compressobj()
        return b"".join([*(other.compress(piece) for piece in zeros), other.flush()])
    return b"".join(_packed(zeros, 31 if coding == "gzip" else 15))


def _packed(pieces: tuple[bytes, ...], wbits: int) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=wbits)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def gzip_bomb(line: Line) -> None:
    """60 KB that unpack to 60 MB."""
    line.answer(bomb("gzip"), Content_Encoding="gzip")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def gzip_in_gzip_bomb(line: Line) -> None:
    """A gzip bomb, packed once more."""
    line.answer(gzip.compress(bomb("gzip")), Content_Encoding="gzip, gzip")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def deflate_bomb(line: Line) -> None:
    """The same by deflate."""
    line.answer(bomb("deflate"), Content_Encoding="deflate")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def brotli_bomb(line: Line) -> None:
    """A few hundred bytes that unpack to 60 MB."""
    line.answer(bomb("br"), Content_Encoding="br")


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def zstd_bomb(line: Line) -> None:
    """6 KB that unpack to 60 MB."""
    line.answer(bomb("zstd"), Content_Encoding="zstd")


@way(Outcome.CONNECTION_ERROR, "", holds="five codings at most")
def seven_codings(line: Line) -> None:
    """A body that is packed seven times, so each byte would be unpacked seven times."""
    body = b"<rss/>"
    for _ in range(7):
        body = gzip.compress(body)
    line.answer(body, Content_Encoding=", ".join(["gzip"] * 7))


@way(Outcome.TOO_LARGE, LARGE, holds=MAX_BYTES)
def gzip_that_unpacks_to_nothing(line: Line) -> None:
    """Empty blocks of gzip without end."""
    line.flood(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], b"\x00\x00\x00\xff\xff" * 10_000)
