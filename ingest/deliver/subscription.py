"""A subscription: a consumer group's place in a queue. At least once, and one entry per (id, revision)."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.models import Article
from ingest.store import QueueEntry, Store

BATCH = 32
POLL_SECONDS = 2.0
"""How long one read waits; between two reads, deliveries of dead consumers are looked for."""


@dataclass(frozen=True)
class Delivery:
    """One article for this subscriber, who owes an `ack` when done with it."""

    article: Article
    event: str
    """created or updated."""
    entry: str
    """The stream entry's id."""
    _subscription: "Subscription"

    def ack(self) -> None:
        """Done: never delivered to this group again."""
        self._subscription.acknowledge(self.entry)

    def retry(self) -> None:
        """Not done: delivered again at once, to whichever consumer of the group reads next."""
        self._subscription.release(self.entry)


class Subscription:
    """Iterate over it: the group's deliveries, those left from last time first, then new ones as they come.

    group: who reads; consumers of one group share the queue's articles. consumer: a name for this process, kept over
    its restarts (host name and process id by default). start: "0" begins a new group at the beginning, "$" at the end.
    take_over_after: seconds after which an unacknowledged delivery is given to another consumer. idle: end the
    iteration after so many seconds without a delivery; None waits for ever.
    """

    def __init__(
        self,
        store: Store,
        queue: str,
        group: str,
        consumer: str | None = None,
        *,
        start: str = "0",
        take_over_after: float = 60.0,
        idle: float | None = None,
    ) -> None:
        self._store = store
        self._queue = queue
        self._group = group
        self._consumer = consumer or f"{socket.gethostname()}-{os.getpid()}"
        self._take_over_after = take_over_after
        self._idle = idle
        store.create_group(queue, group, start)

    def __iter__(self) -> Iterator[Delivery]:
        yield from self._left_over()
        waited = 0.0
        while self._idle is None or waited < self._idle:
            wait = POLL_SECONDS if self._idle is None else min(POLL_SECONDS, self._idle - waited)
            entries = self._taken_over()
            entries += self._new(None if entries else wait)  # both: one that is retried for ever holds up no other
            waited = 0.0 if entries else waited + wait
            yield from self._deliveries(entries)

    def acknowledge(self, entry: str) -> None:
        """Done with this entry."""
        self._store.acknowledge(self._queue, self._group, [entry])

    def release(self, entry: str) -> None:
        """Leave this entry to whoever reads next."""
        self._store.release(self._queue, self._group, self._consumer, entry, idle=self._take_over_after)

    def _left_over(self) -> Iterator[Delivery]:
        """What this consumer was given before it stopped."""
        last = "0"
        while entries := self._read(after=last, wait=None):
            yield from self._deliveries(entries)
            last = entries[-1].entry

    def _taken_over(self) -> list[QueueEntry]:
        return self._store.take_over(self._queue, self._group, self._consumer, idle=self._take_over_after, most=BATCH)

    def _new(self, wait: float | None) -> list[QueueEntry]:
        return self._read(after=">", wait=wait)

    def _read(self, after: str, wait: float | None) -> list[QueueEntry]:
        return self._store.read_group(self._queue, self._group, self._consumer, most=BATCH, wait=wait, after=after)

    def _deliveries(self, entries: list[QueueEntry]) -> Iterator[Delivery]:
        for entry in entries:
            article = self._store.article(entry.id)
            if article is None:  # purged since: nothing to deliver, and nothing will come of waiting
                self.acknowledge(entry.entry)
                continue
            yield Delivery(article, entry.event, entry.entry, self)
