"""How things stand: what each day brought, what is due and dead, and which processes live."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from ingest.models import Record
from ingest.store.base import Base, batches, today
from ingest.store.keys import QUEUES

Kind = Literal["scheduler", "fetch", "process", "api", "webhooks"]

HEARTBEAT_SECONDS = 2.0
STALE_SECONDS = 10.0
"""A worker that has not beaten for this long is taken for dead: five beats missed."""


class Heartbeat(Record, frozen=True, kw_only=True):
    """What a living process says of itself. slots: tasks it can run at once."""

    name: str
    kind: Kind
    host: str
    pid: int
    slots: int
    started: float
    beat: float = 0.0


class Counts(Base):
    """Counts of days and of work, and heartbeats."""

    def day(self, source: str, date: str | None = None) -> dict[str, int]:
        """Counts of a UTC day (today): created, copy, updated, unchanged, duplicate, retracted, dead, ..."""
        counts = self._redis.hgetall(self.keys.day(source, date or today()))
        return {name.decode(): int(count) for name, count in counts.items()}

    def days(self, sources: Sequence[str]) -> dict[str, dict[str, int]]:
        """Today's counts of many sources."""
        answers = []
        for part in batches(sources):
            with self._redis.pipeline(transaction=False) as pipeline:
                for source in part:
                    pipeline.hgetall(self.keys.day(source, today()))
                answers += pipeline.execute()
        return {
            source: {name.decode(): int(count) for name, count in counts.items()}
            for source, counts in zip(sources, answers, strict=True)
        }

    def created(self, sources: Sequence[str], dates: Sequence[str]) -> dict[str, list[int]]:
        """How many articles of each source were published on each of these UTC days."""
        counts: list[int] = []
        for part in batches(sources):
            with self._redis.pipeline(transaction=False) as pipeline:
                for source in part:
                    for date in dates:
                        pipeline.hmget(self.keys.day(source, date), "created", "copy")
                counts += [sum(int(count or 0) for count in counted) for counted in pipeline.execute()]
        return {source: counts[n * len(dates) : (n + 1) * len(dates)] for n, source in enumerate(sources)}

    def due_counts(self) -> dict[str, int]:
        """How many members each `due` holds, leased ones included."""
        return {queue: self._redis.zcard(self.keys.due(queue)) for queue in QUEUES}

    def dead_count(self) -> int:
        """How many entries were set aside."""
        return int(self._redis.zcard(self.keys.dead))

    def beat(self, heartbeat: Heartbeat) -> None:
        """Say that this process lives; `beat` is set by the store's clock, so that machines need not agree."""
        now = msgspec.structs.replace(heartbeat, beat=self._redis.time()[0])
        self._redis.hset(self.keys.workers, heartbeat.name, msgspec.json.encode(now))

    def silence(self, name: str) -> None:
        """A process that stops cleanly takes its heartbeat back."""
        self._redis.hdel(self.keys.workers, name)

    def alive(self) -> list[Heartbeat]:
        """The processes that beat in the last ten seconds by the store's clock; older ones are swept out."""
        now = self._redis.time()[0]
        beats = [msgspec.json.decode(beat, type=Heartbeat) for beat in self._redis.hvals(self.keys.workers)]
        stale = [beat.name for beat in beats if now - beat.beat > 60 * STALE_SECONDS]
        if stale:
            self._redis.hdel(self.keys.workers, *stale)
        return sorted((b for b in beats if now - b.beat <= STALE_SECONDS), key=lambda beat: beat.name)
