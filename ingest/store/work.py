"""The work: `due`, leases and claim. Every change here is one Lua script, so it happens whole or not at all."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple, cast
from urllib.parse import urlsplit

import msgspec

from ingest.errors import LeaseLost
from ingest.models import Entry, Page, Record, Validators, short_hash
from ingest.store.base import Base, batches, days_ms, ms, today
from ingest.store.keys import DUES, QueueName
from ingest.store.life import MOST_ERROR, came, failed, named, short
from ingest.store.pages import pack_entry, pack_page

Claimed = Literal["new", "changed", "seen"]
Step = Literal["fetch", "process"]
BY_HAND = "hand"
IMPORT = "import"
"""What stands in a record's `feed` where no feed named the entry."""


class Lease(Record, frozen=True, kw_only=True):
    """A piece of work that its holder alone may finish. `token` is its score in `due`; attempt counts from 1, and is 0
    while the work only waits in a Celery queue; source: of an entry, once its step has begun."""

    member: str
    queue: QueueName
    token: str
    attempt: int = 0
    source: str = ""

    @property
    def id(self) -> str:
        """The id of the feed or entry."""
        return self.member.partition(":")[2]


class Claim(NamedTuple):
    """One entry to claim. believed: what makes a known entry changed, see claim.lua; known_as: the id of the entry that
    it may be at a new address; hub: which told of it."""

    entry: Entry
    source: str
    feed: str
    delay: float = 0.0
    step: Step = "fetch"
    page: Page | None = None
    believed: Literal["", "new words", "always"] = ""
    known_as: str = ""
    hub: str = ""


class Turn(NamedTuple):
    """Whether work has to wait for its host. waits: why, empty where it may begin; unpaced: the host, where it needs no
    pace, see `Store.answered`."""

    waits: str
    unpaced: str = ""


class FirstLook(NamedTuple):
    """A page that is to be looked at again. after: seconds until then; validators: those that came with it."""

    after: float
    validators: Validators


def _hash(claim: Claim) -> str:
    """Changes with what was said, and with the page that came along (an import), whose words may be all there is."""
    said = claim.entry.hash
    return short_hash(said + sha256(claim.page.body).hexdigest()) if claim.page else said


def _fullness(entry: Entry) -> int:
    """How much was said of it, see claim.lua."""
    return 2 if entry.content else int(bool(entry.title and (entry.summary or entry.authors)))


class Work(Base):
    """`due` and what the three steps do to it. Any number of processes may hold one each."""

    # ── due ──

    def lease(self, queue: QueueName, seconds: float, most: int) -> list[Lease]:
        """Lease up to `most` pieces of work that are due, the longest overdue first."""
        token, *members = self._run("lease", [self.keys.due(queue)], [ms(seconds), most])
        return [Lease(member=member.decode(), queue=queue, token=token.decode()) for member in members]

    def start(self, lease: Lease, seconds: float) -> Lease | None:
        """Take the leased work for `seconds` more; None when its message is stale, which is no error."""
        keys = [self.keys.due(lease.queue), self.keys.record(lease.member)]
        started = self._run("start", keys, [lease.member, lease.token, ms(seconds)])
        if not started:
            return None
        token, attempt, source = started
        return msgspec.structs.replace(lease, token=token.decode(), attempt=attempt, source=source.decode())

    def add_feeds(self, feed_ids: Iterable[str]) -> int:
        """Put feeds that are not in `due` yet into it, due now. Returns how many were new."""
        now, due = self.now_ms(), self.keys.due("fetch")
        parts = ({f"feed:{feed_id}": now for feed_id in part} for part in batches(list(feed_ids)))
        return sum(int(self._redis.zadd(due, members, nx=True)) for members in parts)

    def remove_feeds_except(self, feed_ids: Iterable[str]) -> list[str]:
        """Take feeds that the configuration no longer names out of `due`; their state stays. Returns their ids."""
        kept = {f"feed:{feed_id}" for feed_id in feed_ids}
        due = self._redis.zscan_iter(self.keys.due("fetch"), match="feed:*", count=1000)
        gone = sorted({member.decode() for member, _ in due} - kept)
        for part in batches(gone):
            self._redis.zrem(self.keys.due("fetch"), *part)
        return [member.partition(":")[2] for member in gone]

    def poll_now(self, feed_ids: Sequence[str]) -> None:
        """A fetch by hand: these feeds are due now."""
        now = self.now_ms()
        self._redis.zadd(self.keys.due("fetch"), {f"feed:{feed_id}": now for feed_id in feed_ids})

    def waiting(self, member: str) -> tuple[Lease, float] | None:
        """The lease with which `member` can be started, and the seconds until it is due (negative when overdue); None
        where it is in no `due`."""
        for queue in DUES:
            score = self._redis.zscore(self.keys.due(queue), member)
            if score is not None:
                return Lease(member=member, queue=queue, token=str(score)), (score - self.now_ms()) / 1000
        return None

    # ── the three steps ──

    def claim(self, claims: Sequence[Claim]) -> list[Claimed]:
        """Claim entries, in one round trip: new and changed ones are in `due` when this returns."""
        script = self._scripts["claim"]
        with self._redis.pipeline(transaction=False) as pipeline:
            for claim in claims:
                keys, args = self._claim_arguments(claim)
                script(keys, args, client=pipeline)
            verdicts = pipeline.execute()
        return [cast("Claimed", verdict.decode()) for verdict in verdicts]

    def advance(self, lease: Lease, page: Page | None, reason: str = "", *, look: FirstLook | None = None) -> None:
        """The page is here (or the feed's own text will do, for that reason): the entry's next step is to be processed.

        look: the page is watched, unless what it published was watched before. Raises LeaseLost.
        """
        keys = [
            self.keys.due("fetch"),
            self.keys.due("process"),
            self.keys.entry(lease.id),
            self.keys.page(lease.id),
            self.keys.life(lease.id),
            self.keys.due("watch"),
            self.keys.watch(lease.id),
            self.keys.said(lease.id),
        ]
        after, seen = (ms(look.after), look.validators) if look else ("", Validators())
        arguments: list[str | bytes | int] = [
            lease.member,
            lease.token,
            pack_page(page),
            days_ms(self._retention.page_days),
            came(page, lease.id, reason),
            f"watch:{lease.id}",
            after,
            seen.etag,
            seen.last_modified,
            seen.body_hash,
        ]
        self._held(self._run("advance", keys, arguments))

    def refetch(self, lease: Lease, seconds: float, error: str) -> None:
        """No article was in the page: it is to be fetched again in `seconds`. Raises LeaseLost."""
        due = [self.keys.due("process"), self.keys.due("fetch")]
        keys = [*due, self.keys.entry(lease.id), self.keys.life(lease.id)]
        said = f"refetch {seconds:.0f} {short(error, MOST_ERROR)}"
        self._held(self._run("refetch", keys, [lease.member, lease.token, ms(seconds), error, said]))

    def finish_poll(self, lease: Lease, seconds: float, state: dict[str, str | int | float]) -> None:
        """The feed was polled: save its state and when it is due next. Raises LeaseLost."""
        self._reschedule(lease, seconds, "reset", state)

    def retry(self, lease: Lease, seconds: float, error: str) -> None:
        """The attempt failed: the next one is due in `seconds`. Raises LeaseLost."""
        self._reschedule(lease, seconds, "0", {"error": error}, failed(lease.attempt, seconds, error))

    def give_back(self, lease: Lease) -> None:
        """The attempt was not made (the worker stops): due at once, and not counted. Raises LeaseLost."""
        self._reschedule(lease, 0, "-1", {})

    def defer(self, lease: Lease, seconds: float) -> None:
        """The attempt counts, and the next one is due in `seconds`; nothing is said of it. Raises LeaseLost."""
        self._reschedule(lease, seconds, "0", {})

    def set_aside(self, lease: Lease, source: str, error: str) -> None:
        """The last attempt failed: the entry is dead, kept with its error. Raises LeaseLost."""
        keys = [
            self.keys.due(lease.queue),
            self.keys.entry(lease.id),
            self.keys.dead,
            self.keys.day(source, today()),
            self.keys.life(lease.id),
        ]
        said = f"dead {short(error, MOST_ERROR)}"
        self._held(self._run("set_aside", keys, [lease.member, lease.token, error, said]))

    def postpone(self, lease: Lease, url: str, delay: float, *, busy: bool = False) -> Turn:
        """Where the host has asked for a pause, or a page of it was asked for just now, put the work back into `due`
        for later, uncounted. delay: seconds between two pages of the host; busy: another page of it is on its way.
        Raises LeaseLost.
        """
        host = urlsplit(url).netloc
        keys = [
            self.keys.due("fetch"),
            self.keys.record(lease.member),
            self.keys.host(host),
            self.keys.pause(host),
            self.keys.pace(host),
            self.keys.turn(host),
            *self._life(lease),
        ]
        held, postponed, paced = self._run("postpone", keys, [lease.member, lease.token, ms(delay), int(busy)])
        self._held(held)
        return Turn(("", "its host asked for a pause", "waits for its turn")[postponed], "" if paced else host)

    def forget_feed(self, lease: Lease) -> None:
        """The configuration no longer names this feed: take it out of `due`."""
        self._redis.zrem(self.keys.due(lease.queue), lease.member)

    # ── parts ──

    def _claim_arguments(self, claim: Claim) -> tuple[list[str], list[str | bytes | int]]:
        entry = claim.entry
        keys = [
            self.keys.entry(entry.id),
            self.keys.said(entry.id),
            self.keys.page(entry.id),
            self.keys.host(urlsplit(entry.url).netloc),
            self.keys.due("fetch"),
            self.keys.due("process"),
            self.keys.dead,
            self.keys.life(entry.id),
            self.keys.pace(urlsplit(entry.url).netloc),
        ]
        arguments: list[str | bytes | int] = [
            f"entry:{entry.id}",
            entry.url,
            claim.source,
            claim.feed,
            _hash(claim),
            pack_entry(entry),
            pack_page(claim.page),
            claim.step,
            ms(claim.delay),
            days_ms(self._retention.page_days),
            days_ms(self._retention.entry_days),
            claim.believed,
            named(claim.feed, entry.title),
            claim.known_as,
            self.keys.prefix,
            short(claim.hub, MOST_ERROR),
            _fullness(entry),
        ]
        return keys, arguments

    def _reschedule(
        self, lease: Lease, seconds: float, attempt: str, fields: dict[str, str | int | float], said: str = ""
    ) -> None:
        """said: what its life tells of it; empty for nothing."""
        keys = [self.keys.due(lease.queue), self.keys.record(lease.member), *(self._life(lease) if said else ())]
        flat = [part for pair in fields.items() for part in pair]
        self._held(self._run("reschedule", keys, [lease.member, lease.token, ms(seconds), attempt, said, *flat]))

    def _life(self, lease: Lease) -> list[str]:
        """The key of its life; none for a feed, which has no end."""
        return [self.keys.life(lease.id)] if not lease.member.startswith("feed:") else []

    @staticmethod
    def _held(answer: object) -> None:
        if not answer:
            raise LeaseLost("the lease ran out or the entry was claimed anew; this attempt's result is dropped")
