"""A consumer takes its next batch: names first, then the articles that they name.

    take.lua ─► names of deliveries, gaps ─► MGET ─► articles

The names come of a script, for that is all or nothing; the articles are read without one, which would copy each of them
twice more. A batch of new ones may be asked for early and be read later: a transaction of the script, which then only
looks for a gap, and of XREADGROUP, since entries cost a script twice what reading them does.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from ingest.errors import UnknownName
from ingest.models import Article, article_from_json
from ingest.store.base import ms
from ingest.store.subscribing import Limits, Subscribing, is_gap, limit_ms


class Handed(NamedTuple):
    """One delivery as taken: its name, whether it was delivered before, and its failures so far."""

    delivery: str
    again: bool
    failures: int


class Missed(NamedTuple):
    """Entries that retention dropped before the group had done with them: how many, and the ids around them."""

    delivery: str
    after: str
    until: str
    entries: int


class Batch(NamedTuple):
    """What one `take` gave. last: the id of the last entry given to the group; due_in: seconds until something that was
    put off is due, None where nothing is; missed: gaps that this consumer is to see to, each until acknowledged."""

    last: str
    due_in: float | None
    missed: list[Missed]
    handed: list[Handed]


class Taking(Subscribing):
    """Batches, and the articles in them."""

    def take(
        self,
        queue: str,
        group: str,
        consumer: str,
        *,
        most: int,
        idle: float,
        limits: Limits,
        new_first: bool = False,
        look: bool = True,
    ) -> Batch:
        """The consumer's next batch: what is due again, what others left for `idle` seconds (where `look` says so),
        what is new; or the new ones first. What was left lying too often or too long is dead.

        Raises UnknownName where somebody dropped the group.
        """
        keys = [self.keys.queue(queue), *self.keys.of_group(queue, group)]
        dead = (limits.failures, limit_ms(limits.give_up_after))
        wanted = (most, ms(idle), *dead, "new" if new_first else "again", int(look))
        return self._batch(queue, group, lambda: self._run("take", keys, [group, consumer, *wanted]))

    def take_early(self, queue: str, group: str, consumer: str, most: int) -> Callable[[], Batch]:
        """Ask for what is new, and do not wait for it: what this returns is to be called, once, for the batch. Where
        there is a gap in front of that, the batch is what lies behind it, and the gap is due at once."""
        keys = [self.keys.queue(queue), *self.keys.of_group(queue, group)]
        reply = self._begin(  # no EVALSHA: where the store did not know that script, entries would be read all the same
            ("EVAL", self._scripts["take"].script, len(keys), *keys, group, consumer, 0, 0, 0, 0, "gaps", 0),
            ("XREADGROUP", "GROUP", group, consumer, "COUNT", most, "STREAMS", keys[0], ">"),
        )

        def read() -> list[Any]:
            answer, found = reply.read()
            return [*answer, *((_named(entry), 0, 0) for entry in (found[0][1] if found else ()))]

        return lambda: self._batch(queue, group, read)

    def wait_for_entry(self, queue: str, after: str, seconds: float) -> None:
        """Wait until the queue has an entry after this id, at most so long."""
        self._redis.xread({self.keys.queue(queue): after}, count=1, block=max(1, ms(seconds)))

    def articles_at(self, deliveries: Sequence[str]) -> list[Article | None]:
        """The article of each delivery: the revision that it names, else the latest, None where it was purged."""
        if not deliveries:
            return []
        named = [delivery.split("|")[1:3] for delivery in deliveries]
        kept = self._redis.mget([self.keys.article(article_id) for article_id, _ in named])
        found = [article_from_json(article) if article else None for article in kept]
        with self._redis.pipeline(transaction=False) as pipeline:
            others = [n for n, article in enumerate(found) if article and str(article.revision) != named[n][1]]
            for n in others:
                pipeline.hget(self.keys.revisions(named[n][0]), named[n][1])
            for n, superseded in zip(others, pipeline.execute(), strict=True):
                found[n] = article_from_json(superseded) if superseded else found[n]
        return found

    # ── parts ──

    def _batch(self, queue: str, group: str, read: Callable[[], Any]) -> Batch:
        try:
            last, due_in, *answer = read()
        except ResponseError as error:
            if "NOGROUP" not in str(error) and "no such key" not in str(error):
                raise
            raise UnknownName("group", group, (state.name for state in self.groups(queue))) from error
        taken = [Handed(name.decode(), bool(again), failed) for name, again, failed in answer]
        gaps = [each.delivery for each in taken if each.again and is_gap(each.delivery)]
        return Batch(
            last.decode(),
            None if due_in < 0 else due_in / 1000,
            [_missed(name) for name in gaps],
            [] if gaps else taken,  # a gap comes without anything else
        )


def _named(entry: Any) -> bytes:
    """What take.lua calls it: an entry that is not of ours is an article that is not there."""
    place, fields = entry
    return b"|".join((place, *[*fields, *[b""] * 6][1:6:2]))


def _missed(delivery: str) -> Missed:
    after, until, entries, _ = delivery.split("|")
    return Missed(delivery, after, until, int(entries))
