"""A consumer's batches, one after the other: what to look for and when, how long to wait, and one batch ahead.

    take ─► batch ─► its articles ─► look ahead ─► its deliveries ─► the batch that was asked for meanwhile ─► ...

A consumer that is quick has its next batch asked for while it is at work on this one, so that the store and the
subscriber are busy at the same time. A slow one leaves it to the others of its group.
"""

import time
from collections.abc import Callable
from math import inf

from ingest.store import Batch, Limits, Store

LOOK_SECONDS = 1.0
"""A busy consumer looks this often for what dead ones left lying; one that waits does so at every read."""

NEW_FIRST = 10
"""Every tenth look has new articles first, so that what is retried for ever holds up no other."""

QUICK_SECONDS = 0.2
"""Who needs no longer for a full batch is quick."""


class Batches:
    """What one consumer takes. read: when the last batch was asked for, by time.monotonic()."""

    def __init__(
        self, store: Store, queue: str, group: str, consumer: str, most: int, take_over_after: float, limits: Limits
    ) -> None:
        self._store, self._queue, self._group, self._consumer = store, queue, group, consumer
        self._most, self._take_over_after, self._limits = most, take_over_after, limits
        self._look_seconds = min(LOOK_SECONDS, take_over_after / 4)
        self._looked, self._looks = -inf, 0
        self._ahead: tuple[float, Callable[[], Batch]] | None = None
        self._came = self.read = -inf

    def next(self, wait: float) -> Batch:
        """The next batch; empty where nothing came within `wait` seconds."""
        batch = self._take()
        if batch.handed or batch.missed or wait <= 0:
            return batch
        wait = wait if batch.due_in is None else min(wait, batch.due_in)
        if wait > 0:
            self._store.wait_for_entry(self._queue, batch.last, wait)
        return self._take()

    def ahead(self) -> Batch | None:
        """The batch that was asked for ahead, if one was; it is given once."""
        if not self._ahead:
            return None
        (self.read, batch), self._ahead = self._ahead, None
        return batch()

    def look_ahead(self, batch: Batch) -> None:
        """To be called when the articles of that batch, the last one, have come: ask for more of the new ones, where
        that is worth it and nothing else is to be looked for."""
        before, self._came = self._came, time.monotonic()
        full = len(batch.handed) == self._most and not batch.handed[0].again
        quick = self._came - before < QUICK_SECONDS
        nothing_due = batch.due_in is None or self._came - self.read < batch.due_in
        if full and quick and nothing_due and self._came - self._looked < self._look_seconds:
            early = self._store.take_early(self._queue, self._group, self._consumer, self._most)
            self._ahead = self._came, early

    def _take(self) -> Batch:
        return self.ahead() or self._look()

    def _look(self) -> Batch:
        self.read = time.monotonic()
        look = self.read - self._looked >= self._look_seconds
        self._looks += 1
        batch = self._store.take(
            self._queue,
            self._group,
            self._consumer,
            most=self._most,
            idle=self._take_over_after,
            limits=self._limits,
            new_first=self._looks % NEW_FIRST == 0,
            look=look,
        )
        if look and not (batch.handed and batch.handed[0].again):  # where one was left lying there may be more
            self._looked = self.read
        return batch
