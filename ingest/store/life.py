"""The life of an address: one short text for each thing that happened to it, written by the script that did it.

    <ms> new <feed> <title>                     a feed named it first, under that title
    <ms> named <feed> <title>                   another feed names it too
    <ms> changed <feed> <title>                 a feed says other words of it, or a person asked for it
    <ms> announced <hub>                        it was the feed's hub that told of it
    <ms> fetched <status> <bytes> <ms> <url>    its page came; the address after redirects, where that is another
    <ms> carried <reason>                       the feed's own text goes on, without a page
    <ms> failed <attempt> <seconds> <error>     an attempt failed; the next one is that much later
    <ms> refetch <seconds> <error>              no article was in the page; it is fetched again that much later
    <ms> paused <milliseconds>                  its host asked to be left alone
    <ms> looked <what was found>                a look at the page of what was published
    <ms> stays <error>                          nothing came of the page that a look found changed
    <ms> retracted <revision>                   the page is gone for good
    <ms> dead <error>                           the last attempt failed
    <ms> revived                                a person gave it all its attempts again
    <ms> dropped                                a person had it forgotten
    <ms> created|updated|copy <revision>        it was published; "moved" behind that where it is at a new address
    <ms> unchanged                              it was not published again; "moved" as above
    <ms> quietened <seconds>                    nor was this, for it changes all the time; when it may be, or
                                                never, for it was revised as often as an article is
    <ms> duplicate <article> <reason>           by its `address`, its `text`, or the `guid` that its feed gives it
    <ms> purged                                 retention took the text
    0 gap <how many>                            so many are not kept, see lib_life.lua

Words are cut: a normal life is three of these, of about 250 bytes together.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.models import Page, article_id
from ingest.store.base import Base, ms
from ingest.store.entries import text
from ingest.store.reading import EntryState, entry_state

MOST_TITLE, MOST_ERROR = 80, 200

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What makes a terminal do other things than show it."""


class Happened(NamedTuple):
    """One thing that happened. at: Unix seconds by the store's clock, 0 for a gap."""

    at: float
    what: str
    words: str


class Lived(NamedTuple):
    """All that is remembered of one address. state: None where it is forgotten; feeds: those that named it; claimed:
    when it was taken up last, Unix seconds, 0 for never."""

    state: EntryState | None
    feeds: tuple[str, ...]
    claimed: float
    life: tuple[Happened, ...]


class Identity(NamedTuple):
    """What is remembered of an article, its text or not: its latest revision, 0 where it never was, the entry that owns
    it, and the queues that it went to, None where that was not written down."""

    revision: int
    source: str
    owner: str
    queues: tuple[str, ...] | None


class Lives(Base):
    """The lives of addresses."""

    def lived(self, entry_ids: Sequence[str]) -> list[Lived]:
        """What is remembered of these addresses, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for entry_id in entry_ids:
                pipeline.hgetall(self.keys.entry(entry_id))
                pipeline.lrange(self.keys.life(entry_id), 0, -1)
            answers = pipeline.execute()
        return [
            _lived(entry_id, text(record), life)
            for entry_id, record, life in zip(entry_ids, answers[::2], answers[1::2], strict=True)
        ]

    def identity(self, article_id: str) -> Identity:
        """What is remembered of this article."""
        revision, source, owner, queues = self._redis.hmget(
            self.keys.identity(article_id), "revision", "source", "owner", "queues"
        )
        return Identity(
            int(revision or 0),
            (source or b"").decode(),
            (owner or b"").decode(),
            None if queues is None else tuple(queues.decode().split()),
        )

    def entries_of(self, article_ids: Sequence[str]) -> list[list[str]]:
        """The entries at the addresses of each of these articles, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for each in article_ids:
                pipeline.hget(self.keys.identity(each), "owner")
                pipeline.smembers(self.keys.addresses(each))
            answers = pipeline.execute()
        return [
            list(
                dict.fromkeys((each, *([owner.decode()] if owner else []), *(article_id(url.decode()) for url in urls)))
            )
            for each, owner, urls in zip(article_ids, answers[::2], answers[1::2], strict=True)
        ]

    def life(self, entry_id: str) -> list[Happened]:
        """What happened to this address, in that order; empty where nothing is remembered."""
        return [
            _happened(kept.decode("utf-8", "replace")) for kept in self._redis.lrange(self.keys.life(entry_id), 0, -1)
        ]


def named(feed: str, title: str) -> str:
    """By which feed, and what it calls it."""
    return f"{feed} {short(title, MOST_TITLE)}".rstrip()


def came(page: Page | None, entry_id: str, reason: str) -> str:
    """How the page came, or why there is none."""
    if page is None:
        return f"carried {short(reason, MOST_ERROR)}".rstrip()
    elsewhere = "" if article_id(page.url) == entry_id else f" {page.url}"
    return f"fetched {page.status} {len(page.body)} {ms(page.elapsed)}{elsewhere}"


def failed(attempt: int, seconds: float, error: str) -> str:
    """An attempt that failed."""
    return f"failed {attempt} {seconds:.0f} {short(error, MOST_ERROR)}"


def short(said: str, most: int) -> str:
    """What was said, on one line, cut where it is long."""
    line = " ".join(_CONTROL.sub(" ", said[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _lived(entry_id: str, record: dict[str, str], life: Sequence[bytes]) -> Lived:
    feeds = sorted(field.removeprefix("hash:") for field in record if field.startswith("hash:"))
    happened = tuple(_happened(kept.decode("utf-8", "replace")) for kept in life)
    return Lived(entry_state(entry_id, record), tuple(feeds), float(record.get("claimed", 0)) / 1000, happened)


def _happened(kept: str) -> Happened:
    at, what, *words = kept.split(" ", 2)
    return Happened(int(at) / 1000, what, "".join(words))
