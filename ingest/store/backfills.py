"""Walks into the past of sources: what is remembered of each between two steps, and what they found and nobody took up
yet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec
import zstandard

from ingest.errors import LeaseLost
from ingest.models import Entry, Listing, Record, to_json
from ingest.store.base import batches, days_ms, ms
from ingest.store.pages import compress
from ingest.store.work import Lease, Work

WayKind = Literal["wordpress", "sitemap", "listing", "feed"]
Why = Literal["asked", "gap"]

KEPT_DAYS = 40.0
"""How long a walk that has ended is remembered, as long as the counts of days."""


class Way(Record, frozen=True, kw_only=True):
    """One way into a source's past. url: where it begins; empty for the sitemaps, of which some are named elsewhere;
    listing: the selectors of a listing."""

    kind: WayKind
    url: str = ""
    listing: Listing | None = None


class Cursor(Record, frozen=True, kw_only=True):
    """Where a walk is on its way. url: what is asked for next; page: its number, from 1; first: the first address,
    to which page numbers are added; size: entries of the first page; maps: sitemaps still to be read, the next one
    first; seen: hashes of what was asked for and of what came, so that no loop is walked twice; empty: pages in a row
    with nothing in them."""

    url: str = ""
    page: int = 1
    first: str = ""
    size: int = 0
    maps: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    empty: int = 0


class Backfill(Record, frozen=True, kw_only=True):
    """A walk into the past of one source, as it stands. Times are Unix seconds, 0 for none.

    since, until: what of the past is wanted; why: a person asked for it, or entries were missed; ways: in the order in
    which they are tried, `way` is the one being walked. pages: asked for; found: entries that they had; known: those
    that the newswire had already; outside: those that are not of this time; outcomes: what became of those that were
    claimed; open: those of which that is not known yet. by: the kind of way that had the last page; waiting, taken: its
    entries, and how many of them are dealt with. oldest: how far back it has come; reached: whether this way has come
    back to `since`. failures: in a row; left: ways and sitemaps that ended early, and why; most: pages that it may ask
    for. over: since when it has asked for all; ended, end: when it had all of it, and how. again_since: once it has
    ended, it begins anew for what was missed meanwhile.
    """

    source: str
    since: float
    until: float
    why: Why = "asked"
    begun: float = 0.0
    ways: tuple[Way, ...] = ()
    way: int = 0
    pages: int = 0
    found: int = 0
    known: int = 0
    outside: int = 0
    outcomes: dict[str, int] = msgspec.field(default_factory=dict)
    open: tuple[str, ...] = ()
    by: str = ""
    waiting: int = 0
    taken: int = 0
    oldest: float = 0.0
    reached: bool = False
    failures: int = 0
    error: str = ""
    left: tuple[str, ...] = ()
    most: int = 10_000
    over: float = 0.0
    ended: float = 0.0
    end: Literal["", "complete", "as far as it goes", "stopped"] = ""
    again_since: float = 0.0

    @property
    def claimed(self) -> int:
        """Entries that were taken up."""
        return len(self.open) + sum(self.outcomes.values())

    @property
    def published(self) -> int:
        """Articles that came of it."""
        return self.outcomes.get("created", 0) + self.outcomes.get("copy", 0)

    @property
    def running(self) -> bool:
        return not self.ended


class Walk(NamedTuple):
    """All that a step needs. claiming: entries that a step before this one was about to claim when it ended."""

    state: Backfill
    cursor: Cursor
    claiming: tuple[str, ...]


_state = msgspec.json.Decoder(Backfill)
_cursor = msgspec.json.Decoder(Cursor)
_entries = msgspec.json.Decoder(list[Entry])


class Backfills(Work):
    """The hash `backfill:<source>`, and `found:<source>` beside it."""

    def backfill(self, source: str) -> Backfill | None:
        """The source's last walk, running or not; None where there was none."""
        return self.backfills([source]).get(source)

    def backfills(self, sources: Iterable[str]) -> dict[str, Backfill]:
        """The last walk of each of these sources that had one."""
        known = ((source, state) for part in batches(list(sources)) for source, state in self._backfills(part))
        return {source: state for source, state in known if state}

    def _backfills(self, sources: Sequence[str]) -> Iterator[tuple[str, Backfill | None]]:
        with self._redis.pipeline(transaction=False) as pipeline:
            for source in sources:
                pipeline.hget(self.keys.backfill(source), "state")
            answers = pipeline.execute()
        for source, state in zip(sources, answers, strict=True):
            yield source, _decoded(state)

    def walk(self, source: str) -> Walk | None:
        """The walk as its next step finds it."""
        state, cursor, claiming = self._redis.hmget(self.keys.backfill(source), "state", "cursor", "claiming")
        known = _decoded(state)
        if known is None:
            return None
        return Walk(known, _cursor.decode(cursor or b"{}"), tuple((claiming or b"").decode().split()))

    def begin_backfill(self, state: Backfill, cursor: Cursor | None = None) -> None:
        """Write the walk down and have its next step made now. A step that is under way is dropped: its lease is gone.

        cursor: where it is; left out, it stays where it was."""
        key = self.keys.backfill(state.source)
        told = {"source": state.source, "state": to_json(state)}
        with self._redis.pipeline(transaction=True) as pipeline:
            if cursor is not None:
                pipeline.delete(key)
                told["cursor"] = to_json(cursor)
            pipeline.hset(key, mapping=told)
            pipeline.persist(key)
            pipeline.zadd(self.keys.due("fetch"), {f"backfill:{state.source}": self.now_ms()})
            pipeline.execute()

    def amend_backfill(
        self, source: str, change: Callable[[Backfill], Backfill], seconds: float = 0.0
    ) -> Backfill | None:
        """Change the walk that is under way, as its last step left it, and have its next one made in `seconds`. A step
        that is under way is dropped. Returns the changed walk; None where none is under way."""
        while waiting := self.waiting(f"backfill:{source}"):
            known = self.backfill(source)
            if known is None or not known.running:
                return None
            changed = change(known)
            with suppress(LeaseLost):  # a step began or ended in between
                self._reschedule(waiting[0], seconds, "0", {"state": to_json(changed).decode()})
                return changed
        return None

    def stop_backfill(self, source: str) -> None:
        """Take it out of `due`, once its state says that it has ended."""
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(self.keys.due("fetch"), f"backfill:{source}")
            pipeline.pexpire(self.keys.backfill(source), days_ms(KEPT_DAYS))
            pipeline.execute()

    def keep_found(self, source: str, entries: Sequence[Entry]) -> None:
        """Keep what a page had until it is claimed."""
        self._redis.set(self.keys.found(source), compress(to_json(entries)), px=days_ms(KEPT_DAYS))

    def found(self, source: str) -> list[Entry]:
        """What the last page had."""
        kept = self._redis.get(self.keys.found(source))
        return _entries.decode(zstandard.decompress(kept)) if kept else []

    def about_to_claim(self, source: str, entry_ids: Iterable[str]) -> None:
        """Write down what is claimed next, so that a step which ends in a crash after it did is told from others that
        had claimed it before."""
        self._redis.hset(self.keys.backfill(source), "claiming", " ".join(entry_ids))

    def step_back(self, lease: Lease, seconds: float, state: Backfill, cursor: Cursor | None = None) -> None:
        """A step was made: the next one is due in `seconds`. Raises LeaseLost."""
        told: dict[str, str | int | float] = {"state": to_json(state).decode(), "claiming": ""}
        if cursor is not None:
            told["cursor"] = to_json(cursor).decode()
        self._reschedule(lease, seconds, "reset", told)

    def end_backfill(self, lease: Lease, state: Backfill) -> None:
        """The walk has ended: out of `due`, in the same step. Raises LeaseLost."""
        keys = [self.keys.due("fetch"), self.keys.backfill(state.source), self.keys.found(state.source)]
        self._held(self._run("end_backfill", keys, [lease.member, lease.token, to_json(state), days_ms(KEPT_DAYS)]))

    def slots(self, hosts: Sequence[str], delay: float) -> dict[str, tuple[float, float]]:
        """For each host the seconds until its next free slot, and those between two slots of it."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for host in hosts:
                keys = [self.keys.host(host), self.keys.pause(host), self.keys.pace(host)]
                self._scripts["slot"](keys, [ms(delay)], client=pipeline)
            answers = pipeline.execute()
        return {host: (free / 1000, pace / 1000) for host, (free, pace) in zip(hosts, answers, strict=True)}

    def known_entries(self, entry_ids: Sequence[str]) -> set[str]:
        """Those of these addresses that were claimed before, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for entry_id in entry_ids:
                pipeline.exists(self.keys.entry(entry_id))
            answers = pipeline.execute()
        return {entry_id for entry_id, there in zip(entry_ids, answers, strict=True) if there}

    def overdue(self) -> int:
        """Work that is due and in nobody's hands: what came before is at work, what comes now waits."""
        now = self.now_ms()
        return sum(int(self._redis.zcount(self.keys.due(queue), "-inf", now)) for queue in ("fetch", "process"))


def walk_in_words(walk: Backfill) -> str:
    """How far it has come."""
    came = f"back to {day_of(walk.oldest)}" if walk.oldest else "no date seen yet"
    said = f"{walk.pages} pages, {walk.found} entries found, {walk.claimed} new, {walk.published} published, {came}"
    return f"{said}; {walk.end}" if walk.end else said


def day_of(seconds: float) -> str:
    """The day in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _decoded(state: bytes | None) -> Backfill | None:
    try:
        return _state.decode(state) if state else None
    except msgspec.MsgspecError:  # of another version of this code
        return None
