"""The running figures of each source, one short text each. What they mean is for ingest/baseline.py to say.

They are read before a page is processed and written with its commit. Where two processes do so at once the later one
wins and a page is not counted: means do not notice.
"""

from collections.abc import Sequence

import msgspec

from ingest.baseline import Baseline
from ingest.models import to_json
from ingest.store.base import Base, batches, days_ms


def read_baseline(kept: bytes | None) -> Baseline:
    """The figures as they are kept; empty ones for none."""
    return msgspec.json.decode(kept, type=Baseline) if kept else Baseline()


class Baselines(Base):
    """A source's figures are forgotten when no page of it came for as long as entries are remembered."""

    def baseline(self, source: str) -> Baseline:
        """The source's figures; empty ones before its first page."""
        return self.baselines([source])[source]

    def baselines(self, sources: Sequence[str]) -> dict[str, Baseline]:
        """The figures of many."""
        kept = [
            figures
            for part in batches(sources)
            for figures in self._redis.mget([self.keys.baseline(source) for source in part])
        ]
        return {source: read_baseline(figures) for source, figures in zip(sources, kept, strict=True)}

    def save_baseline(self, source: str, baseline: Baseline) -> None:
        """Keep the figures of a page that is not committed, as it has no article."""
        self._redis.set(self.keys.baseline(source), to_json(baseline), px=days_ms(self._retention.entry_days))
