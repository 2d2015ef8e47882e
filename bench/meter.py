"""CPU and memory of a newswire's processes by kind, those that were killed on the way included."""

import threading
from collections import defaultdict
from types import TracebackType
from typing import Self

import psutil

from ingest.store import Store
from tests.e2e.newswire import Newswire, kind_of


class Meter:
    """Samples them every half second: `with Meter(wire) as meter: meter.watch(store); meter.cpu()`."""

    def __init__(self, wire: Newswire) -> None:
        self._wire = wire
        self._store: Store | None = None
        self._kinds: dict[int, str] = {}
        self._cpu: dict[int, float] = {}
        self._memory: dict[str, int] = defaultdict(int)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def watch(self, store: Store) -> Store:
        """Tell it which store knows the processes' kinds."""
        self._store = store
        return store

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def cpu(self) -> dict[str, float]:
        """Seconds so far, all processes of a kind together."""
        found: dict[str, float] = defaultdict(float)
        for pid, seconds in list(self._cpu.items()):
            found[self._kinds.get(pid, "starting")] += seconds
        return dict(found)

    def memory(self) -> dict[str, int]:
        """The most that one process of a kind had, bytes; what it shares with others included."""
        return dict(self._memory)

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            for process in [*self._wire.started(), *self._wire.children()]:
                try:
                    self._sample(process)
                except Exception:  # noqa: S112 - it has just ended, or the store has
                    continue

    def _sample(self, process: psutil.Process) -> None:
        used = process.cpu_times()
        self._cpu[process.pid] = used.user + used.system
        if self._kinds.get(process.pid, "starting") == "starting" and self._store:
            supervises = process.pid in {each.pid for each in self._wire.started()}
            self._kinds[process.pid] = "supervisor" if supervises else kind_of(process, self._store)
        kind = self._kinds.get(process.pid, "starting")
        self._memory[kind] = max(self._memory[kind], process.memory_info().rss)
