"""The life of an address: one short text for each thing that happened to it, written by the script that did it.

    <ms> new <feed> <title>                     a feed named it first, under that title
    <ms> named <feed> <title>                   another feed names it too
    <ms> changed <feed> <title>                 a feed says other words of it, or a person asked for it
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
    <ms> <outcome of commit> <...>              see commit.lua
    0 gap <how many>                            so many are not kept, see lib_life.lua

Words are cut: a normal life is three of these, of about 250 bytes together.
"""

from typing import NamedTuple

from ingest.models import Page, article_id
from ingest.store.base import Base, ms

MOST_TITLE, MOST_ERROR = 80, 200


class Happened(NamedTuple):
    """One thing that happened. at: Unix seconds by the store's clock, 0 for a gap."""

    at: float
    what: str
    words: str


class Lives(Base):
    """The lives of addresses."""

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


def short(text: str, most: int) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _happened(kept: str) -> Happened:
    at, what, *words = kept.split(" ", 2)
    return Happened(int(at) / 1000, what, "".join(words))
