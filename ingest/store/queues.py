"""Queues as those see them who follow many at once, without a group: the HTTP interface and its page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from ingest.store.base import Base, ms
from ingest.store.entries import QueueEntry, queue_entry
from ingest.store.subscribing import GroupState


class QueueState(NamedTuple):
    """How a queue stands. first, last: ids of its oldest and its newest entry, "0" where it has none; dropped: entries
    that it had and retention dropped."""

    name: str
    length: int
    first: str
    last: str
    dropped: int
    groups: list[GroupState]


class Queues(Base):
    """Many queues in few round trips."""

    def queue_states(self, names: Sequence[str]) -> list[QueueState]:
        """How these queues stand, in two round trips however many there are."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.xinfo_stream(self.keys.queue(name))
                pipeline.xinfo_groups(self.keys.queue(name))
            answers = [_found(answer) for answer in pipeline.execute(raise_on_error=False)]
        streams, groups = answers[::2], answers[1::2]
        counts = self._counts([(name, group) for name, of in zip(names, groups, strict=True) for group in of])
        return [
            _state(name, stream, [_group(group, *next(counts)) for group in of])
            for name, stream, of in zip(names, streams, groups, strict=True)
        ]

    def read_queues(self, after: Mapping[str, str], most: int, wait: float) -> dict[str, list[QueueEntry]]:
        """Entries of several queues, each after its stream id, at most `most` of each; waits up to `wait` seconds for
        the first."""
        names = {self.keys.queue(name).encode(): name for name in after}
        places = {self.keys.queue(name): place for name, place in after.items()}
        answer = self._redis.xread(places, count=most, block=max(1, ms(wait)))
        return {names[key]: [queue_entry(entry_id, fields) for entry_id, fields in entries] for key, entries in answer}

    def newest_entries(self, name: str, most: int) -> list[QueueEntry]:
        """The newest entries of a queue, the newest first."""
        entries = self._redis.xrevrange(self.keys.queue(name), count=most)
        return [queue_entry(entry_id, fields) for entry_id, fields in entries]

    def article_texts(self, article_ids: Sequence[str]) -> list[bytes]:
        """The JSON of each of these articles as it is kept, empty where it is not."""
        kept = self._redis.mget([self.keys.article(article_id) for article_id in article_ids]) if article_ids else []
        return [article or b"" for article in kept]

    # ── parts ──

    def _counts(self, groups: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[tuple[int, int]]:
        """How much each of these groups has put off, and how much is dead."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for queue, group in groups:
                pipeline.zcard(self.keys.later(queue, group["name"].decode()))
                pipeline.zcard(self.keys.group_dead(queue, group["name"].decode()))
            counts = pipeline.execute()
        return zip(counts[::2], counts[1::2], strict=True)


def _found(answer: Any) -> Any:
    """What a queue says of itself; nothing where it has no key yet."""
    if isinstance(answer, ResponseError):
        return {}
    if isinstance(answer, Exception):
        raise answer
    return answer


def _state(name: str, stream: dict[str, Any], groups: list[GroupState]) -> QueueState:
    length = stream.get("length", 0)
    first, last = (_id(stream.get(end)) for end in ("first-entry", "last-entry"))
    return QueueState(name, length, first, last, stream.get("entries-added", 0) - length, groups)


def _id(entry: tuple[bytes, object] | None) -> str:
    return entry[0].decode() if entry else "0"


def _group(group: dict[str, Any], later: int, dead: int) -> GroupState:
    return GroupState(group["name"].decode(), group["consumers"], group["lag"], group["pending"], later, dead)
