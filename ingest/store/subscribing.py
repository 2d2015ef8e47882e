"""Consumer groups over a queue's stream: what `deliver` builds subscriptions from.

A delivery is named `<entry>|<id>|<revision>|<event>`. It is in one of four places: not read yet (the stream, after the
group's place), in a consumer's hands (the stream's pending list), put off (`later`), or dead.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from redis.exceptions import ResponseError

from ingest.models import Article
from ingest.store.base import Base, ms
from ingest.store.entries import queue_entry

NO_LIMIT = 2**53
"""Failures, or milliseconds of failing, that no delivery reaches; a double still counts so far."""

ABOUT = ("", "|why", "|since")
"""What is kept of a delivery that failed, each under its name and this: how often, why last, since when."""


class Handed(NamedTuple):
    """One delivery as taken: its name, whether it was delivered before, its failures so far, and its article's JSON,
    empty where that was purged."""

    delivery: str
    again: bool
    failures: int
    article: bytes


class Batch(NamedTuple):
    """What one `take` gave. last: the group's place where nothing was there; lost: ids of entries that retention
    dropped out of somebody's hands."""

    last: str
    lost: list[str]
    handed: list[Handed]


class Missed(NamedTuple):
    """Entries that retention dropped before the group read them: how many entries, and the ids ids around them."""

    entries: int
    after: str = ""
    until: str = ""


class GroupState(NamedTuple):
    """How a group stands. lag: entries it has not read, None where the store cannot tell; in_hand: read and not yet
    acknowledged; later: put off; dead: failed too often."""

    name: str
    consumers: int
    lag: int | None
    in_hand: int
    later: int
    dead: int


class DeadLetter(NamedTuple):
    """A delivery that failed too often, and why it failed last."""

    delivery: str
    reason: str
    at: float
    """Unix seconds."""


class Subscribing(Base):
    """Groups, batches, acknowledging, putting off, and what was missed."""

    # ── groups ──

    def create_group(self, queue: str, group: str, start: str = "0") -> bool:
        """Create the group where it does not exist. start: "0" for everything, "$" for what comes from now on, or the
        entry id after which it reads. Returns whether it is new."""
        added, last = self._added(queue)
        read = added if start == "$" else added - self._count_after(queue, start, last)
        try:
            self._redis.xgroup_create(
                self.keys.queue(queue), group, last if start == "$" else start, mkstream=True, entries_read=read
            )
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
            return False
        return True

    def rewind_group(self, queue: str, group: str, start: str) -> None:
        """Set the group's place: "0" for everything again, "$" to skip to the end, or an entry id."""
        added, last = self._added(queue)
        read = added if start == "$" else added - self._count_after(queue, start, last)
        self._redis.xgroup_setid(self.keys.queue(queue), group, last if start == "$" else start, entries_read=read)

    def drop_group(self, queue: str, group: str) -> bool:
        """Forget the group with all that it had put off and its dead letters. Returns whether it was there."""
        self._redis.delete(*self._group_keys(queue, group))
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

    def take(
        self,
        queue: str,
        group: str,
        consumer: str,
        *,
        most: int,
        idle: float,
        failures: int,
        give_up_after: float | None = None,
    ) -> Batch:
        """The consumer's next batch, in one round trip: what is due again, what others left for `idle` seconds, what is
        new. What was left lying `failures` times, or `give_up_after` seconds after its first failure, is dead."""
        keys = [self.keys.queue(queue), *self._group_keys(queue, group)]
        limits = [most, ms(idle), failures, self.keys.prefix, _limit_ms(give_up_after)]
        last, lost, *handed = self._run("take", keys, [group, consumer, *limits])
        return Batch(
            last.decode(),
            [entry.decode() for entry in lost],
            [Handed(delivery.decode(), bool(again), failed, article) for delivery, again, failed, article in handed],
        )

    def wait_for_entry(self, queue: str, after: str, seconds: float) -> None:
        """Wait until the queue has an entry after this id, at most so long."""
        self._redis.xread({self.keys.queue(queue): after}, count=1, block=max(1, ms(seconds)))

    def acknowledge(self, queue: str, group: str, deliveries: Sequence[str], again: Sequence[str] = ()) -> None:
        """These are done with. again: those among them that were delivered before, so may be put off."""
        later, failures, _ = self._group_keys(queue, group)
        entries = [entry for delivery in deliveries if (entry := delivery.partition("|")[0])]
        with self._redis.pipeline(transaction=False) as pipeline:
            if entries:
                pipeline.xack(self.keys.queue(queue), group, *entries)
            if again:
                pipeline.zrem(later, *again)
                pipeline.hdel(failures, *_about(again))
            pipeline.execute()

    def keep_in_hand(self, queue: str, group: str, consumer: str, deliveries: Sequence[str], idle: float) -> None:
        """Say that these are still being worked on, so that nobody takes them over."""
        entries = [entry for delivery in deliveries if (entry := delivery.partition("|")[0])]
        if entries:
            self._redis.xclaim(self.keys.queue(queue), group, consumer, 0, entries, justid=True)
        later, until = self.keys.later(queue, group), self.now_ms() + ms(idle)
        self._redis.zadd(later, dict.fromkeys(deliveries, until), xx=True)

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
        keys = [self.keys.queue(queue), *self._group_keys(queue, group)]
        answer = self._run("put_off", keys, [group, delivery, ms(seconds), failures, reason, _limit_ms(give_up_after)])
        return str(answer.decode())

    def hasten(self, queue: str, group: str, deliveries: Sequence[str]) -> None:
        """These are due now, those of them that are put off."""
        if deliveries:
            self._redis.zadd(self.keys.later(queue, group), dict.fromkeys(deliveries, self.now_ms()), xx=True)

    def lay_down(self, queue: str, group: str, consumer: str) -> int:
        """What this consumer has in hand is put off and due now, in its order. Returns how much there was. What
        retention dropped meanwhile stays in its hands, to be found lost."""
        stream, after, count = self.keys.queue(queue), "-", 0
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

    def leave(self, queue: str, group: str, consumer: str) -> None:
        """The consumer stops and has nothing in hand."""
        self._redis.xgroup_delconsumer(self.keys.queue(queue), group, consumer)

    def left_over(self, queue: str, group: str, consumer: str, idle: float) -> int:
        """What this consumer had in hand when it last ended may be taken at once. Returns how much there was."""
        stream, after, count = self.keys.queue(queue), "-", 0
        while pending := self._redis.xpending_range(stream, group, after, "+", 500, consumer):
            entries = [entry["message_id"] for entry in pending]
            self._redis.xclaim(stream, group, consumer, 0, entries, idle=ms(idle), justid=True)
            after, count = f"({entries[-1].decode()}", count + len(entries)
        return count

    def waiting_deliveries(self, queue: str, group: str) -> list[str]:
        """What the group has put off, the soonest first."""
        return [name.decode() for name in self._redis.zrange(self.keys.later(queue, group), 0, -1)]

    # ── what was missed, and what is dead ──

    def missed(self, queue: str, group: str) -> Missed:
        """What retention dropped before the group read it; told once (see missed.lua)."""
        count, *around = self._run("missed", [self.keys.queue(queue)], [group])
        return Missed(count, *(entry.decode() for entry in around))

    def redeliver(self, queue: str, group: str, articles: Sequence[Article]) -> int:
        """Deliver these articles' present revisions to the group although no entry names them any more."""
        now = self.now_ms()
        names = {f"|{article.id}|{article.revision}|created": now for article in articles}
        return int(self._redis.zadd(self.keys.later(queue, group), names, nx=True)) if names else 0

    def revised_between(self, after_ms: int, until_ms: int, batch: int = 500) -> Iterator[str]:
        """Ids of the articles that were last revised in this time, both ends included."""
        start = 0
        while ids := self._redis.zrange(self.keys.revised, after_ms, until_ms, byscore=True, offset=start, num=batch):
            yield from (article_id.decode() for article_id in ids)
            start += batch

    def dead_letters(self, queue: str, group: str, most: int = 1000) -> list[DeadLetter]:
        """The group's dead letters, the newest first."""
        found = self._redis.zrevrange(self.keys.group_dead(queue, group), 0, most - 1, withscores=True)
        if not found:
            return []
        why = self._redis.hmget(self.keys.failures(queue, group), [name + b"|why" for name, _ in found])
        return [
            DeadLetter(name.decode(), (reason or b"").decode("utf-8", "replace"), at / 1000)
            for (name, at), reason in zip(found, why, strict=True)
        ]

    def revive_letters(self, queue: str, group: str, deliveries: Sequence[str]) -> int:
        """Deliver dead letters again, their failures forgotten. Returns how many there were."""
        _, failures, dead = self._group_keys(queue, group)
        now, revived = self.now_ms(), 0
        for delivery in deliveries:
            with self._redis.pipeline() as pipeline:
                pipeline.zadd(self.keys.later(queue, group), {delivery: now})
                pipeline.hdel(failures, *_about([delivery]))
                pipeline.zrem(dead, delivery)
                revived += int(pipeline.execute()[2])
        return revived

    def drop_letters(self, queue: str, group: str, deliveries: Sequence[str]) -> int:
        """Forget dead letters. Returns how many there were."""
        _, failures, dead = self._group_keys(queue, group)
        if not deliveries:
            return 0
        self._redis.hdel(failures, *_about(deliveries))
        return int(self._redis.zrem(dead, *deliveries))

    # ── parts ──

    def _group_keys(self, queue: str, group: str) -> tuple[str, str, str]:
        return self.keys.later(queue, group), self.keys.failures(queue, group), self.keys.group_dead(queue, group)

    def _added(self, queue: str) -> tuple[int, str]:
        """How many entries the queue ever had, and the id of its last one."""
        try:
            stream = self._redis.xinfo_stream(self.keys.queue(queue))
        except ResponseError:  # no such key yet
            return 0, "0-0"
        return int(stream["entries-added"]), stream["last-generated-id"].decode()

    def _count_after(self, queue: str, start: str, until: str, batch: int = 1000) -> int:
        """Entries after `start`, up to `until`; counted, as a stream keeps no ranks."""
        if start in {"0", "0-0"}:
            return int(self._redis.xlen(self.keys.queue(queue)))
        count, after = 0, start
        while entries := self._redis.xrange(self.keys.queue(queue), f"({after}", until, count=batch):
            count, after = count + len(entries), entries[-1][0].decode()
        return count


def _about(deliveries: Iterable[str]) -> list[str]:
    return [f"{delivery}{about}" for delivery in deliveries for about in ABOUT]


def _limit_ms(seconds: float | None) -> int:
    return NO_LIMIT if seconds is None else ms(seconds)
