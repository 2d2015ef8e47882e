"""Consumer groups over a queue's stream: what `deliver` builds subscriptions from."""

from collections.abc import Sequence
from typing import Any

from redis.exceptions import ResponseError

from ingest.store.keys import Keys
from ingest.store.reading import BLOCK_SECONDS, QueueEntry, queue_entry


class Subscribing:
    """Groups, reading, acknowledging and taking over."""

    _redis: Any
    _keys: Keys

    def create_group(self, queue: str, group: str, start: str = "0") -> None:
        """Create the group where it does not exist; `start`: "0" for everything, "$" for what comes from now on."""
        try:
            self._redis.xgroup_create(self._keys.queue(queue), group, id=start, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def read_group(
        self, queue: str, group: str, consumer: str, *, most: int, wait: float | None, after: str = ">"
    ) -> list[QueueEntry]:
        """The next entries for this consumer; `after="0"`: those it was given before and has not acknowledged.

        wait: seconds, at most BLOCK_SECONDS.
        """
        block = None if wait is None else max(1, round(min(wait, BLOCK_SECONDS) * 1000))
        while True:
            answer = self._redis.xreadgroup(group, consumer, {self._keys.queue(queue): after}, count=most, block=block)
            found = answer[0][1] if answer else []
            trimmed = [entry_id for entry_id, fields in found if not fields]
            if not trimmed:
                return _entries(found)
            self.acknowledge(queue, group, trimmed)  # the queue is shorter now: nothing will come of waiting for them
            if entries := _entries(found):
                return entries

    def take_over(self, queue: str, group: str, consumer: str, *, idle: float, most: int) -> list[QueueEntry]:
        """Entries that some consumer was given over `idle` seconds ago and never acknowledged, now this one's."""
        cursor = b"0-0"
        while True:  # one command looks at ten times `most`, and those of living consumers may be more than that
            cursor, found, *_ = self._redis.xautoclaim(
                self._keys.queue(queue), group, consumer, round(idle * 1000), start_id=cursor, count=most
            )
            entries = _entries(found)
            if entries or cursor == b"0-0":
                return entries

    def release(self, queue: str, group: str, consumer: str, entry: str, *, idle: float) -> None:
        """Let the next `take_over` with this `idle` find the entry, as if it had been left alone for so long."""
        self._redis.xclaim(self._keys.queue(queue), group, consumer, 0, [entry], idle=round(idle * 1000), justid=True)

    def acknowledge(self, queue: str, group: str, entries: Sequence[str | bytes]) -> int:
        """These entries are done with. Returns how many were still pending."""
        return int(self._redis.xack(self._keys.queue(queue), group, *entries))

    def groups(self, queue: str) -> list[dict[str, Any]]:
        """The groups of a queue as XINFO GROUPS tells them; none for a queue that is still empty."""
        try:
            return list(self._redis.xinfo_groups(self._keys.queue(queue)))
        except ResponseError:
            return []


def _entries(found: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> list[QueueEntry]:
    return [queue_entry(entry_id, fields) for entry_id, fields in found if fields]
