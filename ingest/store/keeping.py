"""What is kept and for how long: filling queues, retention, and locks for what only one process may do at a time."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ingest.models import Article, article_from_json
from ingest.settings import QueueSettings
from ingest.store.base import Base, days_ms, ms
from ingest.store.entries import told

PURGED_AT_ONCE = 500
"""Articles purged in one sweep: a tenth of a second of the store's time, with everybody else served in between."""


class Filled(NamedTuple):
    """What one `fill` did. last: id of the queue's last entry; committed: articles that came into it meanwhile."""

    last: str
    written: int
    committed: list[str]


class FillProgress(NamedTuple):
    """How far the filling of a queue has come. done of total: articles looked at; written: entries."""

    done: int
    total: int
    written: int


class Keeping(Base):
    """Filling, sweeping and locking."""

    def queued(self, queue: str, batch: int = 1000) -> tuple[str, set[str]]:
        """The id of the queue's last entry ("0-0" for none), and the ids of all articles that it has entries of."""
        last, ids = "0-0", set[str]()
        while entries := self._redis.xrange(self.keys.queue(queue), f"({last}", "+", count=batch):
            ids.update(fields[b"id"].decode() for _, fields in entries)
            last = entries[-1][0].decode()
        return last, ids

    def fill(self, queue: str, articles: Sequence[Article], after: str, wanted: QueueSettings) -> Filled:
        """Put articles into a queue that did not have them when its last entry was `after`; what was committed since is
        left alone, and so are the copies that the queue does not want (see fill.lua)."""
        keys = [self.keys.queue(queue), *(self.keys.identity(article.id) for article in articles)]
        each = [part for article in articles for part in (article.id, str(article.revision), *told(article))]
        how: list[str | bytes | int | float] = [
            after,
            self.kept_entries(wanted),
            queue,
            wanted.duplicates,
            self.keys.prefix,
        ]
        last, written, *committed = self._run("fill", keys, [*how, *each])
        return Filled(last.decode(), written, [article_id.decode() for article_id in committed])

    def sweep(self, queues: Mapping[str, QueueSettings]) -> int:
        """Drop what retention no longer keeps: entries by number and age, articles by age, consumers that were killed.
        Returns how many articles went; there may be more."""
        now = self.now_ms()
        with self._redis.pipeline(transaction=False) as pipeline:
            for name, queue in queues.items():
                days = self._retention.queue_days if queue.keep_days is None else queue.keep_days
                pipeline.xtrim(self.keys.queue(name), maxlen=self.kept_entries(queue), approximate=False)
                if days:
                    pipeline.xtrim(self.keys.queue(name), minid=f"{now - days_ms(days)}-0", approximate=False)
            pipeline.execute()
        return self._purge(now - days_ms(self._retention.article_days)) if self._retention.article_days else 0

    def keep_ticket(self, ticket_id: str, ticket: bytes, seconds: float) -> None:
        """Keep a ticket for so long, so that any process can tell how far it has come."""
        self._redis.set(self.keys.ticket(ticket_id), ticket, px=ms(seconds))

    def ticket(self, ticket_id: str) -> bytes:
        """The ticket as it was kept last, empty where it is not."""
        return self._redis.get(self.keys.ticket(ticket_id)) or b""

    def hold(self, name: str, owner: str, seconds: float) -> bool:
        """Take or keep a lock for so long; False where another owner has it."""
        return bool(self._run("hold", [self.keys.lock(name)], [owner, ms(seconds)]))

    def holder(self, name: str) -> str:
        """Who has the lock; empty where nobody has."""
        return (self._redis.get(self.keys.lock(name)) or b"").decode()

    def let_go(self, name: str, owner: str) -> None:
        """Give the lock back where it is ours."""
        self._run("hold", [self.keys.lock(name)], [owner, 1])

    def _purge(self, before: int) -> int:
        ids = self._redis.zrange(self.keys.revised, "-inf", f"({before}", byscore=True, offset=0, num=PURGED_AT_ONCE)
        return sum(self._purge_one(article_id.decode(), before) for article_id in ids)

    def _purge_one(self, article_id: str, before: int) -> int:
        source = self._redis.hget(self.keys.identity(article_id), "source")
        if source is None and (kept := self._redis.get(self.keys.article(article_id))):
            source = article_from_json(kept).source.encode()
        keys = [
            self.keys.revised,
            self.keys.article(article_id),
            self.keys.revisions(article_id),
            self.keys.articles(),
            self.keys.articles((source or b"").decode()),
            self.keys.identity(article_id),
            self.keys.addresses(article_id),
            self.keys.links(article_id),
        ]
        kept = days_ms(self._retention.tombstone_days)
        return int(self._run("purge", keys, [article_id, before, kept, self.keys.prefix]))
