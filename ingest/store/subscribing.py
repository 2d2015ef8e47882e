"""Consumer groups over a queue's stream: what `deliver` builds subscriptions from.

A delivery is named `<entry>|<id>|<revision>|<event>`. It is in one of four places: not read yet (the stream, after the
group's place), in a consumer's hands (the stream's pending list), put off (`later`, where it stays while it is in hand
once more), or dead. What retention dropped before the group had done with it is a gap in `later`, see take.lua.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from redis.exceptions import ResponseError

from ingest.models import Article
from ingest.store.base import Base, ms
from ingest.store.entries import queue_entry

NO_LIMIT = 2**53
"""Failures, or milliseconds of failing, that no delivery reaches; a double still counts so far."""


class Limits(NamedTuple):
    """When a delivery is dead: after so many failures, or so many seconds after the first one."""

    failures: int
    give_up_after: float | None


class GroupState(NamedTuple):
    """How a group stands. lag: entries it has not read, None where the store cannot tell; in_hand: read and not yet
    acknowledged; later: put off; dead: failed too often."""

    name: str
    consumers: int
    lag: int | None
    in_hand: int
    later: int
    dead: int


class Subscribing(Base):
    """Groups, batches, acknowledging, putting off, and what was missed."""

    # ── groups ──

    def create_group(self, queue: str, group: str, start: str = "0") -> bool:
        """Create the group where it does not exist. start: "0" for everything, "$" for what comes from now on, or the
        entry id after which it reads. Returns whether it is new."""
        return bool(self._run("place", [self.keys.queue(queue)], [group, start, "create"]))

    def rewind_group(self, queue: str, group: str, start: str) -> bool:
        """Set the group's place: "0" for everything again, "$" to skip to the end, or an entry id. Returns whether the
        group is there."""
        return bool(self._run("place", [self.keys.queue(queue)], [group, start, "move"]))

    def drop_group(self, queue: str, group: str) -> bool:
        """Forget the group with all that it had put off and its dead letters. Returns whether it was there."""
        self._redis.delete(*self.keys.of_group(queue, group))
        try:
            return bool(self._redis.xgroup_destroy(self.keys.queue(queue), group))
        except ResponseError:  # the queue itself is not there
            return False

    def groups(self, queue: str) -> list[GroupState]:
        """The groups of a queue; none for a queue that is still empty."""
        try:
            found = self._redis.xinfo_groups(self.keys.queue(queue))
        except ResponseError:
            return []
        names = [group["name"].decode() for group in found]
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.zcard(self.keys.later(queue, name))
                pipeline.zcard(self.keys.group_dead(queue, name))
            counts = pipeline.execute()
        return [
            GroupState(name, group["consumers"], group["lag"], group["pending"], later, dead)
            for name, group, later, dead in zip(names, found, counts[::2], counts[1::2], strict=True)
        ]

    # ── deliveries ──

    def acknowledge(self, queue: str, group: str, deliveries: Sequence[str]) -> None:
        """These are done with, wherever they are by now."""
        if deliveries:
            keys = [self.keys.queue(queue), *self.keys.of_group(queue, group)]
            self._run("ack", keys, [group, *deliveries])

    def keep_in_hand(
        self, queue: str, group: str, consumer: str, deliveries: Sequence[str], idle: float
    ) -> frozenset[str]:
        """Say that these are still being worked on, so that nobody takes them over. Returns those that are still this
        consumer's; somebody has the others by now."""
        later, failures, _ = self.keys.of_group(queue, group)
        keys = [self.keys.queue(queue), later, failures]
        return frozenset(name.decode() for name in self._run("keep", keys, [group, consumer, ms(idle), *deliveries]))

    def put_off(
        self,
        queue: str,
        group: str,
        delivery: str,
        *,
        seconds: float,
        failures: int = 0,
        reason: str = "",
        give_up_after: float | None = None,
    ) -> str:
        """Deliver it again in so many seconds. With a reason it counts as a failure, and after `failures` of them, or
        when the first is `give_up_after` seconds ago, it is dead. Returns "later" or "dead"."""
        keys = [self.keys.queue(queue), *self.keys.of_group(queue, group)]
        limits = (failures, reason, limit_ms(give_up_after))
        return str(self._run("put_off", keys, [group, delivery, ms(seconds), *limits]).decode())

    def hasten(self, queue: str, group: str, deliveries: Sequence[str]) -> None:
        """These are due now, those of them that are put off."""
        if deliveries:
            self._redis.zadd(self.keys.later(queue, group), dict.fromkeys(deliveries, self.now_ms()), xx=True)

    def lay_down(self, queue: str, group: str, consumer: str) -> int:
        """What this consumer has in hand is put off and due now, in its order, and has not failed by that. Returns how
        much there was. What retention dropped meanwhile stays in its hands, to be found lost."""
        stream, after, count = self.keys.queue(queue), "-", 0
        for field, holder in self._redis.hscan_iter(self.keys.failures(queue, group), "*|held", 1000):
            if holder.decode() == consumer:
                self.put_off(queue, group, field.decode().removesuffix("|held"), seconds=0)
                count += 1
        while pending := self._redis.xpending_range(stream, group, after, "+", 500, consumer):
            for each in pending:
                entry = each["message_id"]
                for entry_id, fields in self._redis.xrange(stream, entry, entry):
                    self.put_off(queue, group, queue_entry(entry_id, fields).delivery, seconds=0)
                    count += 1
            after = f"({pending[-1]['message_id'].decode()}"
        return count

    def put_off_for(self, queue: str, group: str, delivery: str) -> float | None:
        """Seconds until it is due, at least 0; None where it is not put off."""
        due = self._redis.zscore(self.keys.later(queue, group), delivery)
        return None if due is None else max(0.0, (due - self.now_ms()) / 1000)

    def leave(self, queue: str, group: str, consumer: str) -> bool:
        """Forget a consumer that has nothing in hand. Returns whether it had nothing."""
        try:
            return bool(self._run("leave", [self.keys.queue(queue)], [group, consumer]))
        except ResponseError:  # its group was dropped, and it with it
            return True

    def forget_consumers(self, queue: str, idle: float) -> int:
        """Forget consumers, of any group, that have nothing in hand and were not heard of for so many seconds: they
        were killed, and did not come back under that name. Returns how many there were."""
        silent = [
            (state.name, consumer["name"].decode())
            for state in self.groups(queue)
            for consumer in self._redis.xinfo_consumers(self.keys.queue(queue), state.name)
            if consumer["idle"] > ms(idle)
        ]
        return sum(self.leave(queue, group, consumer) for group, consumer in silent)

    def left_over(self, queue: str, group: str, consumer: str, idle: float) -> int:
        """What this consumer had in hand when it last ended may be taken at once. Returns how much there was."""
        later, failures, _ = self.keys.of_group(queue, group)
        return int(self._run("left_over", [self.keys.queue(queue), later, failures], [group, consumer, ms(idle)]))

    def waiting_deliveries(self, queue: str, group: str) -> list[str]:
        """What the group has put off, the soonest first."""
        names = [name.decode() for name in self._redis.zrange(self.keys.later(queue, group), 0, -1)]
        return [name for name in names if not is_gap(name)]

    # ── what was missed ──

    def redeliver(self, queue: str, group: str, articles: Sequence[Article]) -> int:
        """Deliver these articles' present revisions to the group, in this order, although no entry names them."""
        first = self.now_ms() - len(articles)
        names = {f"|{each.id}|{each.revision}|{_event(each)}": first + n for n, each in enumerate(articles)}
        return int(self._redis.zadd(self.keys.later(queue, group), names, nx=True)) if names else 0

    def revised_between(self, after_ms: int, until_ms: int, batch: int = 500) -> Iterator[list[str]]:
        """Ids of the articles that were last revised in this time, both ends included, the oldest first, in batches.

        An article that is revised meanwhile leaves for a later time, and is not missed: its new entry is in the queue.
        """
        low, told = float(after_ms), set[str]()
        while found := self._redis.zrange(
            self.keys.revised, low, until_ms, byscore=True, offset=0, num=batch + len(told), withscores=True
        ):
            places = [(article_id.decode(), score) for article_id, score in found]
            if not (ids := [article_id for article_id, _ in places if article_id not in told]):
                return
            yield ids
            low = places[-1][1]
            told = {article_id for article_id, score in places if score == low}


def is_gap(delivery: str) -> bool:
    """Whether this is no delivery but entries that were dropped, see take.lua."""
    return delivery.endswith("|gap")


def limit_ms(seconds: float | None) -> int:
    """As the scripts take it: milliseconds, or more than ever pass."""
    return NO_LIMIT if seconds is None else ms(seconds)


def _event(article: Article) -> str:
    if article.retracted:
        return "retracted"
    return "created" if article.revision == 1 else "updated"
