"""Whatever several consumers do in whatever order, every entry is delivered at least once to the group, none is lost.

A consumer takes, acknowledges, retries, stops or dies; entries are published and dropped by retention; the model knows
which articles are not done with, and in the end all of them can be had. The store is the real one.
"""

import itertools
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingest.deliver import Delivery, Subscription
from ingest.store import EmbeddedServer, Store, open_store
from tests.integration.making import A, published

QUEUE, GROUP = "all", "group"
LATE = 3600.0
"""Nobody is silent for so long by itself; `time_passes` says that everybody was."""

_numbers = itertools.count()


class Consumers(RuleBasedStateMachine):
    """Up to three consumers of one group."""

    server: EmbeddedServer

    @initialize()
    def begin(self) -> None:
        self.store: Store = open_store(self.server.url, f"model-{next(_numbers)}:")
        self.store.create_group(QUEUE, GROUP)
        self.consumers: dict[int, Subscription] = {}
        self.in_hand: dict[int, list[Delivery]] = {}
        self.published: list[str] = []
        self.done: set[str] = set()
        self.seen: set[str] = set()

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self.everything_can_be_had()
        finally:
            keys = list(self.store._redis.scan_iter(f"{self.store.keys.prefix}*", count=1000))
            if keys:
                self.store._redis.delete(*keys)
            self.store.close()

    # ── what happens ──

    @rule(count=st.integers(1, 4))
    def publish(self, count: int) -> None:
        for _ in range(count):
            self.published.append(published(self.store, f"{A}/{next(_numbers)}").id)

    @rule(who=st.integers(0, 2), batch=st.integers(1, 3))
    def take(self, who: int, batch: int) -> None:
        subscribed = self.consumers.get(who) or self.consumer(f"consumer-{who}", batch)
        self.consumers[who] = subscribed
        taken = subscribed.take(0)
        self.in_hand.setdefault(who, []).extend(taken)
        self.seen.update(delivery.article.id for delivery in taken)

    @rule(who=st.integers(0, 2), data=st.data())
    def acknowledge(self, who: int, data: st.DataObject) -> None:
        delivery = self.one_of(who, data)
        delivery.ack()
        self.done.add(delivery.article.id)

    @rule(who=st.integers(0, 2), data=st.data(), failed=st.booleans())
    def retry(self, who: int, data: st.DataObject, failed: bool) -> None:
        self.one_of(who, data).retry(reason="it failed" if failed else "")

    @rule(who=st.integers(0, 2))
    def say_that_it_is_at_work(self, who: int) -> None:
        assume(who in self.consumers)
        self.consumers[who]._renewed = -LATE
        self.consumers[who]._stay_alive()

    @rule(who=st.integers(0, 2))
    def stop(self, who: int) -> None:
        assume(who in self.consumers)
        self.consumers.pop(who).close()
        if who % 2:  # answers may come after the end, too
            self.in_hand.pop(who, None)

    @rule(who=st.integers(0, 2))
    def die(self, who: int) -> None:
        """What it acknowledged and had not sent is not known to anybody."""
        assume(who in self.consumers)
        del self.consumers[who]
        self.in_hand.pop(who, None)

    @precondition(lambda self: self.published)
    @rule()
    def time_passes(self) -> None:
        """Everybody was silent for longer than anybody waits: what is in hand may be taken over."""
        redis, stream = self.store._redis, self.store.keys.queue(QUEUE)
        for pending in redis.xpending_range(stream, GROUP, "-", "+", 1000):
            entry = pending["message_id"]
            if redis.xrange(stream, entry, entry):  # of one that was dropped, XCLAIM would make the group forget it
                redis.xclaim(stream, GROUP, pending["consumer"], 0, [entry], idle=int(LATE * 1000) + 1, justid=True)
        later = self.store.keys.later(QUEUE, GROUP)
        for name, score in redis.zrange(later, 0, -1, withscores=True):
            redis.zadd(later, {name: max(0.0, score - LATE * 1000)})
        for subscribed in self.consumers.values():
            subscribed._batches._looked = 0.0

    @precondition(lambda self: self.published)
    @rule(kept=st.integers(0, 3))
    def retention_drops(self, kept: int) -> None:
        self.store._redis.xtrim(self.store.keys.queue(QUEUE), maxlen=kept, approximate=False)

    # ── what must be so ──

    @invariant()
    def nothing_is_dead(self) -> None:
        if hasattr(self, "store"):
            assert self.store.dead_letters(QUEUE, GROUP) == []

    def everything_can_be_had(self) -> None:
        """Everybody else is gone. One consumer reads to the end, and finds whatever was not acknowledged."""
        self.consumers.clear()
        last = self.consumer("the last one", 100, take_over_after=0.001)
        if self.published:
            self.time_passes()
        for _ in range(3):  # what was lost is found by one read and delivered by the next
            time.sleep(0.002)
            while taken := last.take(0):
                for delivery in taken:
                    self.seen.add(delivery.article.id)
                    delivery.ack()
        assert set(self.published) <= self.seen
        state = self.store.groups(QUEUE)[0]
        assert (state.in_hand, state.later, state.dead, state.lag) == (0, 0, 0, 0)
        assert self.store._redis.exists(self.store.keys.failures(QUEUE, GROUP)) == 0, "nothing is left of what is done"

    # ── parts ──

    def consumer(self, name: str, batch: int, take_over_after: float = LATE) -> Subscription:
        return Subscription(
            self.store, QUEUE, GROUP, name, batch=batch, take_over_after=take_over_after, max_failures=10**6
        )

    def one_of(self, who: int, data: st.DataObject) -> Delivery:
        found = self.in_hand.get(who, [])
        assume(found)
        return found.pop(data.draw(st.integers(0, len(found) - 1)))


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_any_interleaving_of_consumers_delivers_every_entry_at_least_once_and_loses_none(
    tmp_path: Path, caplog: Any
) -> None:
    """With a server that has nothing else: what an example leaves is looked for among all the keys that there are."""
    caplog.set_level("CRITICAL", "teletipo.deliver")  # every gap is told; that is not what is looked at here
    with EmbeddedServer(tmp_path, 0) as server:
        Consumers.server = server
        run_state_machine_as_test(
            Consumers,
            settings=settings(
                max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
