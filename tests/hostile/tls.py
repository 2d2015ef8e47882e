"""TLS that is none, or is another's."""

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.outlet import good_feed
from tests.hostile.way import way

FAILED = "TLS failed"
VERIFIED = "certificates are verified"
CLIENT_HELLO = 1024


def _never(line: Line) -> None:
    line.answer(good_feed(line.url))


@way(Outcome.TLS_ERROR, "self-signed certificate", holds=VERIFIED, tls="unknown")
def certificate_of_nobody(line: Line) -> None:
    """A certificate that no authority knows."""
    _never(line)


@way(Outcome.TLS_ERROR, "certificate has expired", holds=VERIFIED, tls="expired")
def certificate_out_of_date(line: Line) -> None:
    """A certificate of a known authority, of some years ago."""
    _never(line)


@way(Outcome.TLS_ERROR, "certificate is not valid for", holds=VERIFIED, tls="other")
def certificate_of_another(line: Line) -> None:
    """A good certificate of another host."""
    _never(line)


@way(Outcome.TIMEOUT, "", holds="[fetch] timeout", tls="none")
def handshake_that_never_comes(line: Line) -> None:
    """Takes the connection and says nothing."""
    line.wait()


@way(Outcome.TIMEOUT, "", holds="[fetch] timeout", tls="none")
def dripping_handshake(line: Line) -> None:
    """A record of TLS, a byte at a time."""
    line.sock.recv(CLIENT_HELLO)
    line.drip(b"\x16\x03\x03\x40\x00", b"\x02")


@way(Outcome.TLS_ERROR, FAILED, holds="TLS is spoken or nothing", tls="none")
def http_where_tls_is_spoken(line: Line) -> None:
    """Plain HTTP at an https address."""
    line.sock.recv(CLIENT_HELLO)
    _never(line)


@way(Outcome.CONNECTION_ERROR, "", holds="HTTP is spoken or nothing")
def tls_where_http_is_spoken(line: Line) -> None:
    """A record of TLS at an http address."""
    line.send(b"\x15\x03\x01\x00\x02\x02\x0a")


@way(Outcome.TLS_ERROR, FAILED, holds="a handshake is whole or none", tls="none")
def handshake_half_closed(line: Line) -> None:
    """Hangs up in the middle of the handshake."""
    line.sock.recv(CLIENT_HELLO)
    line.send(b"\x16\x03\x03\x00\x40\x02\x00")


@way(Outcome.CONNECTION_ERROR, "", holds="a handshake is whole or none", tls="none")
def handshake_reset(line: Line) -> None:
    """Resets the connection in the handshake."""
    line.sock.recv(CLIENT_HELLO)
    line.reset()


@way(Outcome.CONNECTION_ERROR, "broke off", holds="only a whole body counts", tls="good")
def tls_cut_off(line: Line) -> None:
    """Ends in the middle of a body, and the line without saying so, as somebody in between can."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", good_feed(line.url))


@way(Outcome.TIMEOUT, "not done within", holds="[fetch] deadline", tls="good")
def dripping_tls(line: Line) -> None:
    """A body over TLS, a letter at a time."""
    line.drip(b"HTTP/1.1 200 OK\r\n\r\n", b" ")
