"""What becomes of the dead: entries whose every attempt failed, kept with their errors until a person decides."""

from collections.abc import Iterable

from ingest.store.base import Base, days_ms
from ingest.store.keys import QUEUES


class Dead(Base):
    """Retrying and dropping."""

    def revive(self, entry_ids: Iterable[str]) -> int:
        """Give dead entries all their attempts again, from the step at which they died. Returns how many there were."""
        due = [self.keys.due(queue) for queue in QUEUES]
        return sum(
            self._run("revive", [*self._dead(entry_id), *due, self.keys.life(entry_id)], [f"entry:{entry_id}"])
            for entry_id in entry_ids
        )

    def drop(self, entry_ids: Iterable[str]) -> int:
        """Forget that these entries are dead; their records stay, so that a feed does not bring them back."""
        kept = days_ms(self._retention.entry_days)
        return sum(
            self._run("drop", [*self._dead(entry_id), self.keys.life(entry_id)], [f"entry:{entry_id}", kept])
            for entry_id in entry_ids
        )

    def is_dead(self, entry_id: str) -> bool:
        """Whether it was set aside, and is not retried or dropped."""
        return self._redis.zscore(self.keys.dead, f"entry:{entry_id}") is not None

    def _dead(self, entry_id: str) -> list[str]:
        return [self.keys.dead, self.keys.entry(entry_id)]
