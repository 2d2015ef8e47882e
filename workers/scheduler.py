"""The scheduler: leases what is due and hands it to Celery. It holds nothing, so any number of them may run.

It leases only what the workers can take soon, going by the workers alive and by each queue's depth, so that no lease
runs out while its message waits in line. What is leased twice all the same is harmless.
"""

import logging
import threading
import time
from uuid import uuid4

from celery import Celery

from ingest.settings import Settings
from ingest.store import QUEUES, QueueName, Store
from workers.tasks import send

IDLE_SECONDS = 0.25
BUSY_SECONDS = 0.05

DEPTH = 16
DEPTH_PER_SLOT = 4
"""Messages that may wait: at 20 ticks a second even one slot that needs 2 ms a task does not run dry."""

TROUBLE_SECONDS = 1.0

SWEEP_SECONDS = 60.0
"""One scheduler of all drops what retention no longer keeps, this often."""

SWEEPS_A_DAY = 1440
"""Once a day, consumers that were killed are forgotten too."""

SYNCS_EVERY = 10
"""Sweeps. A worker elsewhere whose configuration is older takes a new feed out of `due`; it is put back."""

_log = logging.getLogger("teletipo.scheduler")


class Scheduler:
    """One timer over `due`."""

    def __init__(self, settings: Settings, store: Store, app: Celery) -> None:
        self._settings = settings
        self._store = store
        self._app = app
        self._name = uuid4().hex
        self._sweep_at, self._sweeps = 0.0, 0

    def serve(self, stop: threading.Event) -> None:
        """Lease and hand out until `stop` is set; a store or broker that is away is waited for."""
        synced = False
        while not stop.is_set():
            try:
                synced = synced or self.sync_feeds()
                self.sweep()
                stop.wait(BUSY_SECONDS if self.tick() else IDLE_SECONDS)
            except Exception as error:
                _log.warning("waiting for the store or broker: %s", error)
                stop.wait(TROUBLE_SECONDS)

    def sync_feeds(self) -> bool:
        """Make `due` hold the configured feeds and no others."""
        self._store.add_feeds(self._settings.feeds)
        self._store.remove_feeds_except(self._settings.feeds)
        return True

    def sweep(self) -> None:
        """Drop what retention no longer keeps, where no scheduler did in the last minute."""
        if time.monotonic() < self._sweep_at:
            return
        if self._store.hold("sweep", self._name, SWEEP_SECONDS) and self._store.sweep(self._settings.queues):
            return  # there may be more: after the next tick, so that a long sweep holds up nothing
        self._sweep_at = time.monotonic() + SWEEP_SECONDS
        self._sweeps += 1
        if self._sweeps % SYNCS_EVERY == 0:
            self._store.add_feeds(self._settings.feeds)
        if self._sweeps % SWEEPS_A_DAY == 1:
            for queue in self._settings.queues:
                self._store.forget_consumers(queue, 86_400)

    def tick(self) -> int:
        """Lease and hand out once. Returns how much was handed out."""
        slots = {queue: slots for queue, slots in self._slots().items() if slots}
        handed = sum(
            self._hand_out(queue, DEPTH + DEPTH_PER_SLOT * slots[queue] - self.depth(queue)) for queue in slots
        )
        return handed + self._hand_out_looks(slots.get("fetch", 0))

    def _hand_out_looks(self, slots: int) -> int:
        """Looks at pages come last: no more of them wait than there are threads, and none where as much waits."""
        if not slots or not self._store.looks().due:
            return 0
        return self._hand_out("watch", slots - self.depth("fetch"))

    def _hand_out(self, queue: QueueName, room: int) -> int:
        if room <= 0:
            return 0
        seconds = self._settings.schedule.lease
        leases = self._store.lease(queue, seconds, room)
        send(self._app, leases, seconds)
        return len(leases)

    def _slots(self) -> dict[QueueName, int]:
        """Tasks that the living workers of each queue can run at once."""
        alive = self._store.alive()
        return {queue: sum(beat.slots for beat in alive if beat.kind == queue) for queue in QUEUES}

    def depth(self, queue: QueueName) -> int:
        """Messages that wait in the Celery queue, whatever the broker is."""
        with self._app.connection_or_acquire() as connection:
            declared = self._app.amqp.queues[queue](connection.default_channel).queue_declare()
            return int(declared.message_count)
