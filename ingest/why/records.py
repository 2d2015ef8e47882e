"""What is told of an address. Times are aware, in UTC; `words` have none, so that each reader gets its own zone."""

from datetime import datetime
from typing import Any

import msgspec

from ingest.models import Copy, Record


class Step(Record, frozen=True, kw_only=True):
    """One thing that happened. at: None where that is not known; what: a word for programs; facts: what `words` says,
    for programs too."""

    at: datetime | None
    what: str
    words: str
    facts: dict[str, Any] = msgspec.field(default_factory=dict)


class Stands(Record, frozen=True, kw_only=True):
    """Where it stands now. what: unknown, fetch, process, dead, dropped, published, duplicate, unpublished, retracted,
    purged or forgotten; until: when it is due next."""

    what: str
    words: str
    until: datetime | None = None
    error: str = ""


class Naming(Record, frozen=True, kw_only=True):
    """A feed that named an address: its id, its own address where the configuration has it, when it did so first and
    what it said the title was; None and empty where that is not kept."""

    feed: str
    name: str
    url: str = ""
    first: datetime | None = None
    title: str = ""


class Address(Record, frozen=True, kw_only=True):
    """One address of the article. stands: what became of it, empty where no feed named it."""

    url: str
    id: str
    stands: str = ""
    error: str = ""
    attempt: int = 0
    claimed: datetime | None = None
    feeds: tuple[Naming, ...] = ()


class ArticleLine(Record, frozen=True, kw_only=True):
    """The article that came of it, as it is now; title and times are empty where it was purged."""

    id: str
    url: str
    source: str
    revision: int
    title: str = ""
    published: datetime | None = None
    fetched: datetime | None = None


class QueueVerdict(Record, frozen=True, kw_only=True):
    """Whether a queue has the article; why: the reason where it has not."""

    queue: str
    took: bool
    why: str = ""


class Republished(Record, frozen=True, kw_only=True):
    """One article of a cluster. at: by which they are in order; words: what it has in common with which other one, or
    `purged`, when only its id is left and the queues that have it; copy_of: the same for programs."""

    id: str
    url: str = ""
    source: str = ""
    title: str = ""
    at: datetime | None = None
    words: str = ""
    copy_of: Copy | None = None
    queues: tuple[str, ...] = ()


class Life(Record, frozen=True, kw_only=True):
    """All that is known of an address. asked: as it was asked for; url, id: what was meant; help: of an address that
    nobody heard of."""

    asked: str
    known: bool
    url: str
    id: str
    stands: Stands
    article: ArticleLine | None = None
    steps: tuple[Step, ...] = ()
    queues: tuple[QueueVerdict, ...] = ()
    cluster: tuple[Republished, ...] = ()
    addresses: tuple[Address, ...] = ()
    help: tuple[str, ...] = ()
