"""Everything that teletipo raises on purpose, each with a text that says what to do.

TeletipoError
├── ConfigError           a file, key or value in the configuration; the command line exits with 2
├── UnknownName           a source, queue or article that is not there; names the nearest right one
├── StoreError            the store cannot be used
│   ├── StoreUnavailable  nothing answers at its address
│   └── FolderInUse       another teletipo owns the data folder
├── ExtraMissing          something optional is not installed; says how to get it
├── QueueGap              retention dropped entries before a subscriber read them
├── LeaseLost             somebody else holds this piece of work now: drop yours, nothing is lost
└── WorkFailed            one attempt at a piece of work failed; it goes back into `due`
    ├── FetchFailed       no usable answer came from the outlet
    ├── ParseFailed       the bytes are no feed, sitemap, page of posts or listing that can be read
    └── ExtractFailed     no article could be found in the page
"""

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.models import Fetch


PageKind = Literal[
    "consent",
    "challenge",
    "login",
    "paywall",
    "gone",
    "index",
    "search",
    "notice",
    "binary",
    "unreadable",
    "no text",
    "bad rule",
]
"""What a page without an article is; docs/extraction.md has a line on each."""
WALLS: frozenset[PageKind] = frozenset({"challenge", "consent"})
"""The article still is behind these: another visitor, or the same one an hour later, gets it."""


class TeletipoError(Exception):
    """The root: catch this to catch all that teletipo raises on purpose."""


class ConfigError(TeletipoError):
    """A file, key or value in the configuration cannot be used."""


class UnknownName(TeletipoError):
    """A name that is not there.

    kind: what was looked for ("source", "queue"); known: the names that exist.
    """

    def __init__(self, kind: str, name: str, known: "Iterable[str]") -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names[:20]) or 'none'}"
        super().__init__(f"no {kind} is called {name!r}; {hint}")
        self.nearest = near[0] if near else None


class StoreError(TeletipoError):
    """The store cannot be used."""


class StoreUnavailable(StoreError):
    """Nothing answers at the store's address."""


class FolderInUse(StoreError):
    """Another teletipo owns the data folder."""


class ExtraMissing(TeletipoError):
    """What was asked for needs an extra of teletipo."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra that is not installed; get it with: pip install 'teletipo[{extra}]'")


class QueueGap(TeletipoError):
    """Retention dropped `missed` entries of a queue before this group had done with them, published between `after` and
    `until` (UTC). The group goes on behind them; `Subscription.refill` delivers what the store still has of them.

    places: the times of these entries, in Unix milliseconds from, to.
    """

    def __init__(self, queue: str, group: str, missed: int, places: "Sequence[tuple[int, int]]") -> None:
        self.queue, self.group, self.missed, self.places = queue, group, missed, tuple(places)
        self.after = datetime.fromtimestamp(min(after for after, _ in places) / 1000, UTC)
        self.until = datetime.fromtimestamp(max(until for _, until in places) / 1000, UTC)
        since = f"between {self.after:%Y-%m-%d %H:%M} and" if self.after.timestamp() else "before"
        super().__init__(
            f"group {group!r} missed {missed} entries of queue {queue!r}, dropped unread, of the time {since} "
            f"{self.until:%Y-%m-%d %H:%M} UTC; read more often, or give the queue a longer keep_days and keep_entries"
        )


class LeaseLost(TeletipoError):
    """The lease ran out or was taken by somebody else; what was done under it is dropped."""


class WorkFailed(TeletipoError):
    """One attempt failed. `again` says whether another attempt may do better."""

    def __init__(self, message: str, *, again: bool = True, wait: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.wait = wait
        """Seconds that the other side asked us to wait (Retry-After), if it did."""


class FetchFailed(WorkFailed):
    """No usable answer came from the outlet; `fetch` is the attempt."""

    def __init__(self, message: str, *, fetch: "Fetch", again: bool = True, wait: float | None = None) -> None:
        super().__init__(message, again=again, wait=wait)
        self.fetch = fetch


class ParseFailed(WorkFailed):
    """The bytes are no feed, sitemap, page of posts or listing that can be read."""


class ExtractFailed(WorkFailed):
    """No article could be found in the page; `kind` says what it is instead."""

    def __init__(
        self, message: str, *, kind: PageKind = "no text", again: bool = True, wait: float | None = None
    ) -> None:
        super().__init__(message, again=again, wait=wait)
        self.kind = kind
