"""The senders of all webhooks in one process, each in a thread, each under a lock in the store.

Any number of machines may run this: one at a time sends for a webhook. The lock is renewed here and not by the sender,
which may be busy with a receiver that hangs; a process that dies loses it in seconds, and another goes on.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from uuid import uuid4

from ingest.deliver import Sender
from ingest.fetch import Fetcher
from ingest.settings import Settings
from ingest.store import STORE_DOWN, Store

LOCK_SECONDS = 6.0
RENEW_SECONDS = 1.5
"""Four times in the life of a lock, so that a store which is slow for a moment costs nothing."""

_log = logging.getLogger("teletipo.webhooks")


@dataclass
class Line:
    """One webhook here. held_until: monotonic seconds up to which the lock is ours for certain."""

    name: str
    held_until: float = 0.0
    sender: Sender | None = None
    thread: threading.Thread = field(default_factory=threading.Thread)

    def held(self) -> bool:
        return time.monotonic() < self.held_until


class Senders:
    """Keeps a sender alive for each webhook whose lock can be had."""

    def __init__(self, settings: Settings, store: Store, fetcher: Fetcher) -> None:
        self._settings, self._store, self._fetcher = settings, store, fetcher
        self._owner = uuid4().hex
        self._lines = [Line(name) for name in settings.webhooks]

    def serve(self, stop: threading.Event, grace: float) -> None:
        """Until `stop` is set; a POST that is under way then has `grace` seconds to end."""
        while not stop.is_set():
            for line in self._lines:
                self._look_at(line)
            stop.wait(RENEW_SECONDS)
        self._end(time.monotonic() + grace)

    def _look_at(self, line: Line) -> None:
        began = time.monotonic()
        try:
            if self._store.hold(_lock(line.name), self._owner, LOCK_SECONDS):
                line.held_until = began + LOCK_SECONDS
            else:
                line.held_until = 0.0
        except STORE_DOWN as error:
            _log.warning("webhook %s: waiting for the store: %s", line.name, error)
        if line.held() and not line.thread.is_alive():
            self._start(line)
        elif not line.held() and line.sender:
            line.sender.stop()

    def _start(self, line: Line) -> None:
        line.sender = Sender(line.name, self._settings, self._store, self._fetcher, may_send=line.held)
        line.thread = threading.Thread(target=line.sender.serve, name=f"webhook {line.name}", daemon=True)
        line.thread.start()

    def _end(self, deadline: float) -> None:
        for line in self._lines:
            if line.sender:
                line.sender.stop()
        for line in self._lines:
            if line.thread.is_alive():
                line.thread.join(max(0.0, deadline - time.monotonic()))
        for line in self._lines:  # whoever hangs still dies with this process, before another has the lock for long
            if line.held():
                self._store.let_go(_lock(line.name), self._owner)


def _lock(name: str) -> str:
    return f"webhook:{name}"
