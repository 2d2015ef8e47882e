"""What a subscriber answered and the store has not heard yet. Answers may be given in any thread."""

import threading
import time
from collections import deque
from typing import NamedTuple

from ingest.store import Limits, Store


class _Retry(NamedTuple):
    name: str
    at: float
    reason: str


class Answers:
    """The answers of one consumer. Acknowledgements are sent together, what is put off one by one; whatever cannot be
    sent because the store is away is kept for the next time."""

    def __init__(self, store: Store, queue: str, group: str, limits: Limits) -> None:
        self._store, self._queue, self._group = store, queue, group
        self._limits = limits
        self._sending = threading.Lock()
        self._acks: deque[str] = deque()
        self._retries: deque[_Retry] = deque()
        self.sent = time.monotonic()

    def add_ack(self, name: str) -> None:
        self._acks.append(name)

    def add_retry(self, name: str, seconds: float, reason: str) -> None:
        self._retries.append(_Retry(name, time.monotonic() + seconds, reason))

    def waiting(self, seconds: float) -> bool:
        """Whether something is to be sent now: what is put off, or acknowledgements for so many seconds."""
        return bool(self._retries or (self._acks and time.monotonic() - self.sent > seconds))

    def send(self) -> str:
        """Returns what became of the last delivery that was put off: later, dead, or nothing."""
        outcome = ""
        with self._sending:
            while self._retries:
                name, at, reason = self._retries[0]
                outcome = self.put_off(name, max(0.0, at - time.monotonic()), reason)
                self._retries.popleft()
            if acks := list(self._acks):
                self._store.acknowledge(self._queue, self._group, acks)
                for _ in acks:
                    self._acks.popleft()
            self.sent = time.monotonic()
        return outcome

    def put_off(self, name: str, seconds: float, reason: str) -> str:
        """At once. Returns later or dead."""
        return self._store.put_off(
            self._queue,
            self._group,
            name,
            seconds=seconds,
            failures=self._limits.failures,
            reason=reason,
            give_up_after=self._limits.give_up_after,
        )
