"""The connections of requests, made to resolve names themselves, check each address, and stay under watch.

The address that was checked is the one connected to: no second look-up comes in between for which a hostile name
server could hold another answer (DNS rebinding). TLS still verifies against the host's name.
"""

import socket
import ssl
from http import HTTPStatus
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from math import inf
from queue import Empty, SimpleQueue
from threading import Thread, local
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import allowed_gai_family, create_connection
from urllib3.util.ssl_ import create_urllib3_context

from ingest.fetch.failures import Stopped
from ingest.fetch.guard import allowed
from ingest.fetch.watch import Watch, current
from ingest.models import Outcome

# Seconds. Feeds are polled 300 s apart or more, and routers forget idle connections without a word (Azure after 240 s):
# only the pages of one host, fetched seconds apart, gain from a connection kept open.
_IDLE = 60.0


class _Counted(RawIOBase):
    """What comes off the wire, counted. urllib3 counts only what a read of a body returns: endless empty gzip blocks,
    answers that say to wait for another, and trailers after the body keep one of its reads going for ever."""

    def __init__(self, wire: RawIOBase) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._wire.readinto(buffer)
        current().spend(count or 0)
        return count

    def close(self) -> None:
        self._wire.close()
        super().close()


class _CountedResponse(HTTPResponse):
    """An answer whose bytes are counted, behind any number of 1xx answers, of which http.client passes over 100 alone
    and takes others, such as 103 Early Hints, for the answer itself (RFC 9110, 15.2)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fp = BufferedReader(_Counted(self.fp.detach()))

    def begin(self) -> None:
        super().begin()
        while HTTPStatus.SWITCHING_PROTOCOLS < self.status < HTTPStatus.OK:
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()


class WatchedConnection(HTTPConnection):
    """A connection, new or kept open, to an address that the guard allows, under the watch of the GET that uses it."""

    response_class = _CountedResponse
    _used = 0.0

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            current().hold(self.sock)
        super().request(*args, **kwargs)
        self._used = monotonic()

    @property
    def is_connected(self) -> bool:
        return monotonic() - self._used < _IDLE and super().is_connected

    def _new_conn(self) -> socket.socket:
        watch = current()
        failure: OSError | None = None
        for address in _addresses(self._dns_host, self.port, watch):
            try:
                line = create_connection(
                    (address, self.port), watch.patience(self.timeout or 0.0), socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
                continue
            watch.hold(line)
            return line
        outcome = Outcome.TIMEOUT if isinstance(failure, TimeoutError) else Outcome.CONNECTION_ERROR
        raise Stopped(outcome, f"no connection to port {self.port}: {failure and (failure.strerror or failure)}")


def _addresses(host: str, port: int, watch: Watch) -> list[str]:
    """The host's addresses that the guard allows, in the resolver's order. Raises Stopped where there is none."""
    try:
        found = _looked_up(host.strip("[]"), port, watch)
    except socket.gaierror as error:
        raise Stopped(Outcome.NAME_NOT_FOUND, f"the name was not found: {error.strerror}") from error
    except UnicodeError as error:
        raise Stopped(Outcome.BAD_URL, "not a usable address: a part of the name is empty or too long") from error
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    public = [address for address in addresses if allowed(address, watch.exempt)]
    if not public:
        text = f"its address {addresses[0]} is not public; [fetch] allow_addresses exempts networks that you trust"
        raise Stopped(Outcome.REFUSED_ADDRESS, text)
    return public


def _looked_up(host: str, port: int, watch: Watch) -> list[Any]:
    """What the resolver says. A look-up cannot be broken off, and its own limit (5 s a try by default) may outlast the
    deadline: a thread of its own goes on with it where nobody waits any more."""
    answer: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM))
        except Exception as error:
            answer.put(error)

    Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=watch.patience(inf))
    except Empty:
        raise watch.late() from None
    if isinstance(found, Exception):
        raise found
    return found


class WatchedTLSConnection(WatchedConnection, HTTPSConnection):
    def connect(self) -> None:
        self.ssl_context = _tls_context()
        super().connect()


_of_this_thread = local()


def _tls_context() -> ssl.SSLContext:
    """This thread's TLS context: certifi's authorities and the machine's own, for outlets behind a private one.

    Left to itself requests loads certifi's file for every connection, 20 ms of CPU each time. One context for all
    threads would crash: urllib3 sets ALPN on it while another thread reads that (python/cpython#141012).
    """
    if not hasattr(_of_this_thread, "context"):
        context = create_urllib3_context()
        context.load_default_certs()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        _of_this_thread.context = context
    kept: ssl.SSLContext = _of_this_thread.context
    return kept


class _Pool(HTTPConnectionPool):
    ConnectionCls = WatchedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = WatchedTLSConnection


class WatchedAdapter(HTTPAdapter):
    """The transport of requests over watched connections. Works only inside `with Watch(...)`; safe for threads."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def cert_verify(self, *_: object) -> None:
        """Nothing left to do: the authorities are in the context, and every pool is made with CERT_REQUIRED."""
