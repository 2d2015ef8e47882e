"""A ticket for a fetch: what was asked for, and how far it has come.

feeds, entries, walks into the past ─► Ticket ─► progress: so many feeds polled, so many entries published, copies, dead
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from ingest.models import Record
from ingest.store import Backfill, Store

LOOK_AGAIN = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a fetch has come. outcomes: created, copy, updated, unchanged, quietened, duplicate, dead -> how many.
    walks: the walks into the past, as they stand; their entries are among `entries`."""

    feeds: int
    feeds_done: int
    entries: int
    entries_done: int
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: tuple[str, ...] = ()
    walks: tuple[Backfill, ...] = ()

    @property
    def done(self) -> bool:
        ended = all(not walk.running for walk in self.walks)
        return self.feeds_done == self.feeds and self.entries_done == self.entries and ended


class TicketState(Record, frozen=True, kw_only=True):
    """A ticket at rest. polls_before, errors: by the feeds' ids; walks: when each began, by its source."""

    polls_before: dict[str, int]
    polled: list[str]
    entries: list[str]
    errors: dict[str, str]
    walks: dict[str, float] = msgspec.field(default_factory=dict)


class Ticket:
    """A fetch that was asked for: some feeds to poll, some entries to fetch, some walks into the past, and all that
    comes of them. walks: when each began, by its source."""

    def __init__(
        self, store: Store, feeds: dict[str, int], entries: Sequence[str], walks: Mapping[str, float] | None = None
    ) -> None:
        self._store = store
        self._polls_before = feeds
        self._walks = dict(walks or {})
        self._polled: set[str] = set()
        self._errors: dict[str, str] = {}
        self.entries = list(entries)

    @classmethod
    def from_state(cls, store: Store, state: TicketState) -> "Ticket":
        """A ticket as it was when `state` was taken, in this process or another."""
        ticket = cls(store, state.polls_before, state.entries, state.walks)
        ticket._polled, ticket._errors = set(state.polled), dict(state.errors)
        return ticket

    def state(self) -> TicketState:
        """All there is to know of it, to go on with elsewhere."""
        return TicketState(
            polls_before=self._polls_before,
            polled=sorted(self._polled),
            entries=self.entries,
            errors=self._errors,
            walks=self._walks,
        )

    def progress(self) -> Progress:
        """Look at the store once."""
        self._look_at_feeds()
        states = self._store.entry_states(self.entries)
        settled = [state for state in states if state and state.settled]
        dead = (f"{state.url}: {state.error}" for state in settled if state.outcome == "dead")
        walks = self._look_at_walks()
        walked = [sum(walk.outcomes.values()) for walk in walks]
        return Progress(
            feeds=len(self._polls_before),
            feeds_done=len(self._polled),
            entries=len(self.entries) + sum(walk.claimed for walk in walks),
            entries_done=len(settled) + sum(walked),
            outcomes=sum((Counter(walk.outcomes) for walk in walks), Counter(state.outcome for state in settled)),
            errors=(*self._errors.values(), *dead),
            walks=walks,
        )

    def members(self) -> list[str]:
        """What is still unfinished, as it stands in `due`."""
        feeds = [f"feed:{feed_id}" for feed_id in self._polls_before if feed_id not in self._polled]
        walks = [walk for walk in self._look_at_walks() if walk.running]
        under_way = [entry for walk in walks for entry in walk.open]
        states = self._store.entry_states([*self.entries, *under_way])
        entries = [f"entry:{state.id}" for state in states if state and not state.settled]
        return [*feeds, *(f"backfill:{walk.source}" for walk in walks), *entries]

    def wait(self, timeout: float | None = None, each: Callable[[Progress], None] = lambda _: None) -> Progress:
        """Wait until all of it is published, found to be a duplicate, or dead; at most `timeout` seconds.

        each: called with the progress at every look. Returns the last progress; see `.done`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            progress = self.progress()
            each(progress)
            if progress.done or (deadline and time.monotonic() > deadline):
                return progress
            time.sleep(LOOK_AGAIN)

    def _look_at_walks(self) -> tuple[Backfill, ...]:
        """The walks that were asked for; one after which another has begun has ended."""
        known = self._store.backfills(self._walks)
        return tuple(walk for source, walk in known.items() if walk.begun == self._walks[source])

    def _look_at_feeds(self) -> None:
        open_feeds = [feed_id for feed_id in self._polls_before if feed_id not in self._polled]
        for feed_id, state in self._store.feed_states(open_feeds).items():
            if state.polls > self._polls_before[feed_id]:
                self._polled.add(feed_id)
                self.entries += [entry for entry in state.claimed.split() if entry not in self.entries]
                if state.error:
                    self._errors[feed_id] = f"{feed_id}: {state.error}"
            elif state.next_poll is None:  # a worker took it out of `due`: its configuration is older than ours
                self._polled.add(feed_id)
                self._errors[feed_id] = (
                    f"{feed_id}: the running newswire does not know this feed; is its configuration ours?"
                )
