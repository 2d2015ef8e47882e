"""A ticket for a fetch: what was asked for, and how far it has come.

feeds, entries ─► Ticket ─► progress: so many feeds polled, so many entries published, copies, dead
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingest.models import Record
from ingest.store import Store

LOOK_AGAIN = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a fetch has come. outcomes: created, copy, updated, unchanged, quietened, duplicate, dead -> how many."""

    feeds: int
    feeds_done: int
    entries: int
    entries_done: int
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return self.feeds_done == self.feeds and self.entries_done == self.entries


class TicketState(Record, frozen=True, kw_only=True):
    """A ticket at rest. polls_before, errors: by the feeds' ids."""

    polls_before: dict[str, int]
    polled: list[str]
    entries: list[str]
    errors: dict[str, str]


class Ticket:
    """A fetch that was asked for: some feeds to poll, some entries to fetch, and all that comes of them."""

    def __init__(self, store: Store, feeds: dict[str, int], entries: Sequence[str]) -> None:
        self._store = store
        self._polls_before = feeds
        self._polled: set[str] = set()
        self._errors: dict[str, str] = {}
        self.entries = list(entries)

    @classmethod
    def from_state(cls, store: Store, state: TicketState) -> "Ticket":
        """A ticket as it was when `state` was taken, in this process or another."""
        ticket = cls(store, state.polls_before, state.entries)
        ticket._polled, ticket._errors = set(state.polled), dict(state.errors)
        return ticket

    def state(self) -> TicketState:
        """All there is to know of it, to go on with elsewhere."""
        return TicketState(
            polls_before=self._polls_before, polled=sorted(self._polled), entries=self.entries, errors=self._errors
        )

    def progress(self) -> Progress:
        """Look at the store once."""
        self._look_at_feeds()
        states = self._store.entry_states(self.entries)
        settled = [state for state in states if state and state.settled]
        dead = (f"{state.url}: {state.error}" for state in settled if state.outcome == "dead")
        return Progress(
            feeds=len(self._polls_before),
            feeds_done=len(self._polled),
            entries=len(self.entries),
            entries_done=len(settled),
            outcomes=Counter(state.outcome for state in settled),
            errors=(*self._errors.values(), *dead),
        )

    def members(self) -> list[str]:
        """What is still unfinished, as it stands in `due`."""
        feeds = [f"feed:{feed_id}" for feed_id in self._polls_before if feed_id not in self._polled]
        states = self._store.entry_states(self.entries)
        return feeds + [f"entry:{state.id}" for state in states if state and not state.settled]

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
                self._errors[feed_id] = f"{feed_id}: the running newswire does not know this feed; start it again"
