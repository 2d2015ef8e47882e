"""A subscription: a consumer group's place in a queue.

    queue ─take─► batch ─► delivery ─► ack    never again for this group
                                   └─► retry  again after a while; after `max_failures` a dead letter of the group

At least once, and one entry per (id, revision). What a consumer had in hand when it died goes to another one of its
group. What retention dropped before it was read is a QueueGap, and is delivered from the articles that are still kept.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from ingest.deliver.filters import Filter
from ingest.errors import QueueGap
from ingest.models import Article, article_from_json
from ingest.settings import QueueSettings
from ingest.store import NO_LIMIT, STORE_DOWN, Batch, Handed, Missed, Store

POLL_SECONDS = 2.0
"""How long one read waits; between two reads, deliveries of dead consumers are looked for."""

ACK_SECONDS = 1.0
"""Acknowledgements are sent together: with the next batch, and while one is worked on at the latest after this."""

_log = logging.getLogger("teletipo.deliver")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article for this subscriber, who owes an `ack` when done with it. (article.id, revision) is the key by which
    a subscriber tells that it had this one before."""

    article: Article
    event: str
    """created or updated."""
    revision: int
    entry: str
    """The stream entry's id; empty where the article came from the store to fill a gap."""
    failures: int
    """How often it was delivered to this group before without success."""
    _name: str
    _again: bool
    _subscription: "Subscription"

    @property
    def name(self) -> str:
        """What the store calls it, see store/subscribing.py."""
        return self._name

    def ack(self) -> None:
        """Done: never delivered to this group again. Sent with the next batch, within a second or at the end."""
        self._subscription._done(self._name)

    def retry(self, after: float = 0.0, reason: str = "the subscriber asked for it again") -> bool:
        """Not done: delivered again to whichever consumer of the group reads then, in `after` seconds. It counts as a
        failure unless the reason is empty. Returns False where it is a dead letter now."""
        return self._subscription._put_off(self._name, after, reason) != "dead"


class Subscription:
    """Iterate over it: what is to be delivered again first, then new articles as they come. One thread uses it; more
    consumers are more subscriptions of the same group.

    group: who reads; consumers of one group share the queue's articles. consumer: a name for this one, made up where
    it is left out. start: a stream id after which a new group begins. batch: deliveries fetched at once.
    take_over_after: seconds after which what a consumer holds without a sign of life goes to another. max_failures:
    deliveries of one article without success until it is a dead letter. give_up_after: in place of that, seconds since
    its first failure, however many there were. idle: end the iteration after so many seconds without a delivery; None
    waits for ever. gaps: what to do about entries that retention dropped unread: `refill` delivers their articles from
    the store, `raise` raises QueueGap, `log` only says so.
    """

    def __init__(
        self,
        store: Store,
        queue: str,
        group: str,
        consumer: str | None = None,
        *,
        settings: QueueSettings | None = None,
        start: str = "0",
        batch: int = 100,
        take_over_after: float = 60.0,
        max_failures: int = 5,
        give_up_after: float | None = None,
        idle: float | None = None,
        gaps: Literal["refill", "raise", "log"] = "refill",
    ) -> None:
        self.queue, self.group = queue, group
        self.consumer = consumer or f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self._made_up = consumer is None
        self._store, self._start, self._batch, self._idle = store, start, batch, idle
        self._filter = Filter(settings or QueueSettings())
        self._take_over_after, self._give_up_after, self._gaps = take_over_after, give_up_after, gaps
        self._max_failures = max_failures if give_up_after is None else NO_LIMIT
        self._in_hand: dict[str, Delivery] = {}
        self._given = ""
        self._acks: list[Delivery] = []
        self._acks_sent = self._renewed = time.monotonic()
        self._gaps_looked_for = 0.0
        self._stopping = threading.Event()
        store.create_group(queue, group, start)
        store.left_over(queue, group, self.consumer, take_over_after)

    def __iter__(self) -> Iterator[Delivery]:
        waited_since = time.monotonic()
        try:
            while not self._stopping.is_set():
                for delivery in self.take(self._patience(waited_since)):
                    if self._stopping.is_set():
                        return
                    self._stay_alive()
                    self._given = delivery._name
                    yield delivery
                    waited_since = time.monotonic()
                if self._idle is not None and time.monotonic() - waited_since >= self._idle:
                    return
        finally:
            self.close()

    def take(self, wait: float = POLL_SECONDS) -> list[Delivery]:
        """The next batch; empty where nothing came within `wait` seconds or the store is away. Raises QueueGap where
        `gaps` says so."""
        try:
            self._send_acks()
            self._look_for_gaps()
            batch = self._next(wait)
            self._refill_lost(batch)
            return self._deliveries(batch)
        except STORE_DOWN as error:
            _log.warning("the store is away, trying again queue=%s group=%s: %s", self.queue, self.group, error)
            self._stopping.wait(min(max(wait, 0.1), 1.0))
            return []

    def stop(self) -> None:
        """End the iteration after the delivery in hand; for another thread or a signal."""
        self._stopping.set()

    def close(self) -> None:
        """Send what was acknowledged and give back what was not; other consumers get it at once."""
        with suppress(*STORE_DOWN):  # what cannot be given back now is taken over later
            self._send_acks()
            for name in list(self._in_hand):
                failed = "the subscriber stopped without an answer" if name == self._given else ""
                self._put_off(name, 0.0, failed)
            if self._made_up:
                self._store.leave(self.queue, self.group, self.consumer)

    def refill(self, gap: QueueGap) -> int:
        """Deliver the articles of a gap from the store, before anything new. Returns how many are still there."""
        after, until = (round(moment.timestamp() * 1000) for moment in (gap.after, gap.until))
        return self._refill(after, until)

    # ── parts ──

    def _patience(self, since: float) -> float:
        left = POLL_SECONDS if self._idle is None else self._idle - (time.monotonic() - since)
        return max(0.0, min(POLL_SECONDS, left))

    def _next(self, wait: float) -> Batch:
        batch = self._take_now()
        if batch.handed or batch.lost or wait <= 0:
            return batch
        self._store.wait_for_entry(self.queue, batch.last, wait)
        return self._take_now()

    def _take_now(self) -> Batch:
        return self._store.take(
            self.queue,
            self.group,
            self.consumer,
            most=self._batch,
            idle=self._take_over_after,
            failures=self._max_failures,
            give_up_after=self._give_up_after,
        )

    def _deliveries(self, batch: Batch) -> list[Delivery]:
        purged = [handed.delivery for handed in batch.handed if not handed.article]
        if purged:  # there is nothing to deliver any more, and nothing will come of waiting
            self._store.acknowledge(self.queue, self.group, purged, purged)
        deliveries = [self._delivery(handed) for handed in batch.handed if handed.article]
        self._in_hand = {delivery._name: delivery for delivery in deliveries}
        self._renewed = time.monotonic()
        return deliveries

    def _delivery(self, handed: Handed) -> Delivery:
        entry, _, revision, event = handed.delivery.split("|")
        article = article_from_json(handed.article)
        return Delivery(article, event, int(revision), entry, handed.failures, handed.delivery, handed.again, self)

    def _done(self, name: str) -> None:
        if delivery := self._in_hand.pop(name, None):
            self._acks.append(delivery)
            if time.monotonic() - self._acks_sent > ACK_SECONDS:
                with suppress(*STORE_DOWN):  # kept, and sent with the next batch
                    self._send_acks()

    def _put_off(self, name: str, seconds: float, reason: str) -> str:
        if self._in_hand.pop(name, None):
            return self._store.put_off(
                self.queue,
                self.group,
                name,
                seconds=seconds,
                failures=self._max_failures,
                reason=reason,
                give_up_after=self._give_up_after,
            )
        return ""

    def _send_acks(self) -> None:
        if self._acks:
            names = [delivery._name for delivery in self._acks]
            again = [delivery._name for delivery in self._acks if delivery._again]
            self._store.acknowledge(self.queue, self.group, names, again)
            self._acks = []
        self._acks_sent = time.monotonic()

    def _stay_alive(self) -> None:
        """A slow subscriber still has the rest of its batch in hand."""
        if time.monotonic() - self._renewed > self._take_over_after / 3:
            with suppress(*STORE_DOWN):
                names = list(self._in_hand)
                self._store.keep_in_hand(self.queue, self.group, self.consumer, names, self._take_over_after)
            self._renewed = time.monotonic()

    # ── what was missed ──

    def _look_for_gaps(self) -> None:
        if time.monotonic() - self._gaps_looked_for < ACK_SECONDS:
            return
        self._gaps_looked_for = time.monotonic()
        if (missed := self._store.missed(self.queue, self.group)).entries:
            gap = _gap(self.queue, self.group, missed)
            if self._gaps == "raise":
                raise gap
            _log.warning("%s%s", gap, "; they are delivered from the store" if self._gaps == "refill" else "")
            if self._gaps == "refill":
                self.refill(gap)

    def _refill_lost(self, batch: Batch) -> None:
        """Entries that were dropped while in somebody's hands: only the time in their id is left of them."""
        for entry in batch.lost:
            moment = int(entry.partition("-")[0])
            self._refill(moment, moment)

    def _refill(self, after_ms: int, until_ms: int) -> int:
        count, ids = 0, list(self._store.revised_between(after_ms, until_ms))
        for start in range(0, len(ids), self._batch):
            kept = self._store.articles_of(ids[start : start + self._batch])
            count += self._store.redeliver(self.queue, self.group, list(filter(self._filter.takes, kept)))
        return count


def _gap(queue: str, group: str, missed: Missed) -> QueueGap:
    after, until = (
        datetime.fromtimestamp(int(entry.partition("-")[0]) / 1000, UTC) for entry in (missed.after, missed.until)
    )
    return QueueGap(queue, group, missed.entries, after, until)
