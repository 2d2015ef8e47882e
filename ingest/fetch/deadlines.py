"""One thread that calls back at deadlines; a `threading.Timer` for each GET costs a thread, 0.25 ms of CPU."""

import os
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread
from time import monotonic


class Deadlines:
    """Calls what was added at its moment, unless it was removed before. Safe for threads; a fork begins without any."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._waiting: dict[Callable[[], None], int] = {}
        self._numbers = count()
        self._thread: Thread | None = None

    def add(self, moment: float, call: Callable[[], None]) -> None:
        """Call it at this moment (time.monotonic)."""
        with self._changed:
            number = next(self._numbers)
            sooner = not self._heap or moment < self._heap[0][0]
            heappush(self._heap, (moment, number, call))
            self._waiting[call] = number
            if self._thread is None:
                self._thread = Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif sooner:
                self._changed.notify()

    def remove(self, call: Callable[[], None]) -> None:
        """Do not call it any more."""
        with self._changed:
            self._waiting.pop(call, None)

    def _run(self) -> None:
        while True:
            for call in self._due():
                call()

    def _due(self) -> list[Callable[[], None]]:
        """What is due now, or nothing once something has changed."""
        with self._changed:
            while self._heap and self._waiting.get(self._heap[0][2]) != self._heap[0][1]:
                heappop(self._heap)  # removed since
            if not self._heap or self._heap[0][0] > monotonic():
                self._changed.wait(self._heap[0][0] - monotonic() if self._heap else None)
                return []
            _, _, call = heappop(self._heap)
            del self._waiting[call]
            return [call]


DEADLINES = Deadlines()


def _begin_anew() -> None:
    """A forked child has the memory of the thread, but not the thread."""
    DEADLINES.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_begin_anew)
