"""Dead letters: deliveries that a group failed at too often, kept until they are delivered again or dropped."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ingest.store.base import Base


class DeadLetter(NamedTuple):
    """A delivery that failed too often, and why it failed last."""

    delivery: str
    reason: str
    at: float
    """Unix seconds."""


class Letters(Base):
    """The dead letters of a group."""

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
        """Deliver dead letters again, their failures forgotten. What is no dead letter is left alone. Returns how
        many there were."""
        return self._settle("retry", queue, group, deliveries)

    def drop_letters(self, queue: str, group: str, deliveries: Sequence[str]) -> int:
        """Forget dead letters. What is none is left alone. Returns how many there were."""
        return self._settle("drop", queue, group, deliveries)

    def _settle(self, how: Literal["retry", "drop"], queue: str, group: str, deliveries: Sequence[str]) -> int:
        return int(self._run("settle_letters", self.keys.of_group(queue, group), [how, *deliveries]))
