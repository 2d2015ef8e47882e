"""What the steps work with, and what they have in hand."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from ingest.deliver import Filters
from ingest.errors import LeaseLost
from ingest.fetch import Fetcher
from ingest.robots import Asking
from ingest.schedule import Random
from ingest.settings import Settings
from ingest.store import Lease, Store

PATIENCE, SPARE = 10.0, 10.0
"""Seconds that a step waits for a host's turn, and those of its lease that it leaves for all else."""


@dataclass(frozen=True)
class InHand:
    """Work that was started here; `overdue_at` is the moment (time.monotonic) at which its lease runs out."""

    lease: Lease
    overdue_at: float


@dataclass(frozen=True)
class Context:
    """What the steps need: the configuration, the store, the network, and chance. Threads share one."""

    settings: Settings
    store: Store
    fetcher: Fetcher
    random: Random = random.random
    in_hand: dict[str, InHand] = field(default_factory=dict)
    hosts: dict[str, object] = field(default_factory=dict)

    @cached_property
    def asking(self) -> Asking:
        """How an outlet is asked for something: by its robots.txt."""
        return Asking(self.settings, self.fetcher, self.store)

    @cached_property
    def filters(self) -> Filters:
        """The queues' filters, compiled once."""
        return Filters(self.settings.queues)

    @contextmanager
    def alone_at(self, url: str) -> Iterator[bool]:
        """Whether no other page of the URL's host is on its way to this process; while this lasts, one is. Hosts that
        hang would have every thread, one after the other, before it is known how slow they are."""
        host, mine = urlsplit(url).netloc, object()
        alone = self.hosts.setdefault(host, mine) is mine
        try:
            yield alone
        finally:
            if alone:
                del self.hosts[host]

    def seconds_at(self, source: str, url: str, until: float, *, least: float = PATIENCE) -> float | None:
        """Wait for the turn of the URL's host, for one more GET in a step that makes several. Returns the seconds that
        the GET may take; None where less than `least` is left for it, or its turn comes too late. until: when the
        step's lease runs out, by time.monotonic."""
        left = until - time.monotonic() - SPARE
        if left < least:
            return None
        waits = self.store.turn(url, self.settings.delay(source), min(PATIENCE, left / 2))
        if waits is None:
            return None
        time.sleep(waits)
        return left - waits

    def overdue(self) -> list[str]:
        """Members whose step outlived its lease: their thread hangs, and somebody else may have the work by now."""
        now = time.monotonic()
        return [member for member, work in list(self.in_hand.items()) if now > work.overdue_at]

    def give_back(self) -> int:
        """Put all work in hand back into `due`, due at once and uncounted. Returns how much there was."""
        given = 0
        for work in list(self.in_hand.values()):
            with suppress(LeaseLost):
                self.store.give_back(work.lease)
                given += 1
        return given
