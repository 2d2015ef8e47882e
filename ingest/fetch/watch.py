"""What one GET may touch and spend: addresses, bytes and seconds, over all its redirects and connections."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar, Token
from threading import Lock
from time import monotonic
from typing import Self

from ingest.fetch.deadlines import DEADLINES
from ingest.fetch.failures import Stopped
from ingest.fetch.guard import Network
from ingest.models import Outcome
from ingest.settings import FetchSettings

_AROUND = 1_000_000
"""Bytes that the headers of all redirects and the framing of a body may have besides its own."""

_current: ContextVar["Watch"] = ContextVar("watch")


def current() -> "Watch":
    """The watch over the GET of this thread. Connections ask for it, for urllib3 hands nothing of ours down to them."""
    return _current.get()


class Watch:
    """Watches over the GET that runs inside `with Watch(...)`.

    A socket's time-out starts again at every byte, so a server that sends one header byte every few seconds holds a
    thread for hours. At the deadline the connection in use is therefore shut down, which wakes whatever reads it.
    """

    def __init__(self, settings: FetchSettings, exempt: Sequence[Network]) -> None:
        self.exempt = exempt
        self._limits = settings
        self._bytes = 0
        self._began = monotonic()
        self._lock = Lock()
        self._line: socket.socket | None = None
        self._token: Token[Watch] | None = None

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        DEADLINES.add(self._began + self._limits.deadline, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        DEADLINES.remove(self._end)
        self._hold(None)
        if self._token:
            _current.reset(self._token)

    @property
    def elapsed(self) -> float:
        """Seconds since the GET began."""
        return monotonic() - self._began

    @property
    def over(self) -> bool:
        return self.elapsed >= self._limits.deadline

    def late(self) -> Stopped:
        """What to raise once the deadline has passed."""
        return Stopped(Outcome.TIMEOUT, f"not done within {self._limits.deadline:g} s ([fetch] deadline)")

    def check_time(self) -> None:
        """Raises Stopped with TIMEOUT once the deadline has passed."""
        if self.over:
            raise self.late()

    def patience(self, seconds: float) -> float:
        """That many seconds, or what is left of the deadline if that is less. Raises Stopped where nothing is left."""
        self.check_time()
        return max(0.001, min(seconds, self._limits.deadline - self.elapsed))

    def spend(self, raw: int) -> None:
        """Counts bytes off the wire, headers and all, compressed as they are. Raises Stopped with TOO_LARGE."""
        self._bytes += raw
        self.check_size(self._bytes - _AROUND)

    def check_size(self, size: int) -> None:
        """Raises Stopped with TOO_LARGE where so many bytes are too many."""
        if size > self._limits.max_bytes:
            text = f"sends more than {self._limits.max_bytes} bytes ([fetch] max_bytes)"
            raise Stopped(Outcome.TOO_LARGE, text)

    def hold(self, line: socket.socket) -> None:
        """The connection now in use. A duplicate is held: `ssl` takes the socket away from its object during the
        handshake, and a number that was closed and given out again must never be shut down."""
        self._hold(socket.fromfd(line.fileno(), line.family, line.type))
        if self.over:
            self._end()

    def _hold(self, line: socket.socket | None) -> None:
        with self._lock:
            if self._line:
                self._line.close()
            self._line = line

    def _end(self) -> None:
        with self._lock, suppress(OSError):  # the other side may have closed it already
            if self._line:
                self._line.shutdown(socket.SHUT_RDWR)
