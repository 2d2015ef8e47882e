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
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Literal, TypedDict
from uuid import uuid4

from ingest.deliver.answers import Answers
from ingest.deliver.batches import Batches
from ingest.deliver.delivery import Delivery
from ingest.deliver.filters import Filter
from ingest.errors import QueueGap, UnknownName
from ingest.models import Article
from ingest.settings import QueueSettings
from ingest.store import NO_LIMIT, STORE_DOWN, Batch, Handed, Limits, Missed, Store

POLL_SECONDS = 2.0
"""How long one read waits; between two reads, deliveries of dead consumers are looked for."""

SEND_SECONDS = 1.0
"""Acknowledgements are sent together: with the next batch, and with the first delivery after so many seconds."""

Gaps = Literal["refill", "raise", "log"]


class Options(TypedDict, total=False):
    """What a subscriber may say besides queue, group and place; see Subscription."""

    batch: int
    take_over_after: float
    max_failures: int
    give_up_after: float | None
    idle: float | None
    gaps: Gaps


_log = logging.getLogger("teletipo.deliver")


class Subscription:
    """Iterate over it: what is to be delivered again first, then new articles as they come. One thread iterates; its
    deliveries may be answered in any thread. More consumers are more subscriptions of the same group.

    group: who reads; consumers of one group share the queue's articles. consumer: a name for this one, made up where
    it is left out. start: a stream id after which a new group begins. batch: deliveries fetched at once.
    take_over_after: seconds after which what a consumer holds without a sign of life goes to another, so more than it
    needs for one article. max_failures: deliveries of one article without success until it is a dead letter.
    give_up_after: in place of that, seconds since its first failure, however many there were. idle: end the iteration
    after so many seconds without a delivery; None waits for ever. gaps: what to do about entries that retention dropped
    before they were done with: `refill` delivers their articles from the store, `raise` raises QueueGap, `log` only
    says so.
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
        gaps: Gaps = "refill",
    ) -> None:
        self.queue, self.group = queue, group
        self.consumer = consumer or f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.answer_at_once = True
        """False where answering must not wait for the store: then answers are sent when the next one is asked for."""
        self._made_up = consumer is None
        self._store, self._idle, self._take_over_after, self._gaps = store, idle, take_over_after, gaps
        self._filter = Filter(settings or QueueSettings())
        limits = Limits(max_failures if give_up_after is None else NO_LIMIT, give_up_after)
        self._batches = Batches(store, queue, group, self.consumer, batch, take_over_after, limits)
        self._answers = Answers(store, queue, group, limits)
        self._lock = threading.Lock()
        self._in_hand: dict[str, Delivery] = {}
        self._owed: dict[str, float] = {}
        self._renewed = time.monotonic()
        self._taken: Batch | None = None
        """Not delivered yet: asked for ahead, or the store went away before its articles were read."""
        self._send_seconds = min(SEND_SECONDS, take_over_after / 4)
        self._stopping = threading.Event()
        store.create_group(queue, group, start)
        if consumer:
            store.left_over(queue, group, consumer, take_over_after)

    def __iter__(self) -> Generator[Delivery, None, None]:
        quiet_since = time.monotonic()
        try:
            while not self._stopping.is_set():
                for delivery in self._take(self._patience(quiet_since)):
                    self._between()
                    if self._stopping.is_set():
                        return
                    if self._in_hand.get(delivery.name) is delivery:  # else somebody else has it by now
                        delivery._given = True
                        yield delivery
                        quiet_since = time.monotonic()
                if self._idle is not None and time.monotonic() - quiet_since >= self._idle:
                    return
        finally:
            self.close()

    def take(self, wait: float = POLL_SECONDS) -> list[Delivery]:
        """The next batch; empty where nothing came within `wait` seconds or the store is away. Raises QueueGap where
        `gaps` says so, UnknownName where somebody dropped the group."""
        deliveries = self._take(wait)
        for delivery in deliveries:
            delivery._given = True
        return deliveries

    def stop(self) -> None:
        """End the iteration after the delivery in hand; for another thread or a signal."""
        self._stopping.set()

    def close(self) -> None:
        """Send what was answered and give back what was not; other consumers get it at once. A delivery may still be
        acknowledged after that."""
        with suppress(*STORE_DOWN, UnknownName):  # what cannot be given back now is taken over later
            self._answers.send()
            self._taken = self._taken or self._batches.ahead()
            unanswered = "the subscriber stopped without an answer"
            mine = [(each.name, unanswered if each._given else "") for each in self._in_hand.values()]
            mine += [(name, unanswered) for name in self._owed]
            mine += [(each.delivery, "") for each in (self._taken.handed if self._taken else ())]
            self._in_hand, self._owed, self._taken = {}, {}, None
            for name, reason in mine:
                self._answers.put_off(name, 0.0, reason)
            if self._made_up:
                self._store.leave(self.queue, self.group, self.consumer)

    def refill(self, gap: QueueGap) -> int:
        """Deliver the articles of a gap from the store, before anything new. Returns how many are still there."""
        return sum(self._refill(after, until) for after, until in gap.places)

    # ── taking ──

    def _take(self, wait: float) -> list[Delivery]:
        try:
            self._answers.send()
            self._stay_alive()
            while (batch := self._taken or self._batches.next(wait)).missed:
                self._see_to(batch.missed)
                wait = 0.0
            self._taken = batch
            deliveries = self._deliveries(batch.handed)
            self._taken = None
            with suppress(*STORE_DOWN):
                self._batches.look_ahead(batch)
            return deliveries
        except STORE_DOWN as error:
            _log.warning("the store is away, trying again queue=%s group=%s: %s", self.queue, self.group, error)
            self._stopping.wait(min(max(wait, 0.1), 1.0))
            return []

    def _patience(self, since: float) -> float:
        left = POLL_SECONDS if self._idle is None else self._idle - (time.monotonic() - since)
        return max(0.0, min(POLL_SECONDS, left))

    def _deliveries(self, handed: Sequence[Handed]) -> list[Delivery]:
        articles = self._store.articles_at([each.delivery for each in handed])
        purged = [each.delivery for each, article in zip(handed, articles, strict=True) if not article]
        if purged:  # there is nothing to deliver any more, and nothing will come of waiting
            self._store.acknowledge(self.queue, self.group, purged)
        deliveries = [self._delivery(each, article) for each, article in zip(handed, articles, strict=True) if article]
        with self._lock:
            now = time.monotonic()
            self._owed = {name: since for name, since in self._owed.items() if now - since < self._take_over_after}
            self._owed.update(dict.fromkeys(self._in_hand, now))
            self._in_hand = {delivery.name: delivery for delivery in deliveries}
            self._renewed = self._batches.read
        return deliveries

    def _delivery(self, handed: Handed, article: Article) -> Delivery:
        entry, _, revision, event = handed.delivery.split("|")
        return Delivery(article, event, int(revision), entry, handed.failures, handed.delivery, self)

    # ── answering ──

    def _done(self, delivery: Delivery) -> None:
        if delivery._answered:
            return
        self._answered(delivery)
        self._answers.add_ack(delivery.name)
        if self.answer_at_once and (not self._in_hand or self._answers.waiting(self._send_seconds)):
            with suppress(*STORE_DOWN):  # kept, and sent with the next batch
                self._answers.send()

    def _not_done(self, delivery: Delivery, seconds: float, reason: str) -> bool:
        if delivery._answered:
            return True
        mine = self._answered(delivery)
        self._answers.add_retry(delivery.name, seconds, reason if mine else "")
        if self.answer_at_once:
            with suppress(*STORE_DOWN):
                return self._answers.send() != "dead"
        return True

    def _answered(self, delivery: Delivery) -> bool:
        """Whether it was this consumer's until now; else it was given back or taken over, and that was counted."""
        with self._lock:
            delivery._answered = True
            return bool(self._in_hand.pop(delivery.name, None) or self._owed.pop(delivery.name, None))

    def _between(self) -> None:
        """Between two deliveries of a batch."""
        with suppress(*STORE_DOWN):
            if self._answers.waiting(self._send_seconds):
                self._answers.send()
            self._stay_alive()

    def _stay_alive(self) -> None:
        """A slow subscriber still has what it was given, but for what somebody took from it meanwhile."""
        if time.monotonic() - self._renewed < self._take_over_after / 3:
            return
        self._taken = self._taken or self._batches.ahead()
        ahead = self._taken.handed if self._taken else []
        if not (names := [*self._in_hand, *(each.delivery for each in ahead)]):
            return
        kept = self._store.keep_in_hand(self.queue, self.group, self.consumer, names, self._take_over_after)
        if self._taken:
            self._taken = self._taken._replace(handed=[each for each in ahead if each.delivery in kept])
        with self._lock:
            for name in names:
                if name not in kept:
                    self._in_hand.pop(name, None)
            self._renewed = time.monotonic()

    # ── what was missed ──

    def _see_to(self, missed: Sequence[Missed]) -> None:
        gap = QueueGap(
            self.queue,
            self.group,
            sum(each.entries for each in missed),
            [(_ms(each.after), _ms(each.until)) for each in missed],
        )
        found = f"; {self.refill(gap)} are delivered from the store" if self._gaps == "refill" else ""
        self._store.acknowledge(self.queue, self.group, [each.delivery for each in missed])
        if self._gaps == "raise":
            raise gap
        _log.warning("%s%s", gap, found)

    def _refill(self, after_ms: int, until_ms: int) -> int:
        count = 0
        for ids in self._store.revised_between(after_ms, until_ms):
            wanted = list(filter(self._filter.takes, self._store.articles_of(ids)))
            self._store.redeliver(self.queue, self.group, wanted)
            count += len(wanted)
        return count


def _ms(entry: str) -> int:
    return int(entry.partition("-")[0])
