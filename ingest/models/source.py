"""What the configuration says: an outlet, its policy and its feeds."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from ingest.models.base import Record, Strict, short_hash
from ingest.wordpress import POLLED, posts_url


class Listing(Strict, frozen=True, kw_only=True):
    """A section page without a feed, read by CSS selectors. `entry` selects one element per article; the others are
    looked up inside it. Where `link` is left out, the element itself or its first `a[href]` is the link. next: the link
    to the page with older entries, for a walk into the past."""

    url: str
    entry: str
    link: str = ""
    title: str = ""
    published: str = ""
    summary: str = ""
    next: str = ""


class ExtractRules(Strict, frozen=True, kw_only=True):
    """A site's own CSS selectors, tried before anything general; empty means no rule. since (`from` in the file): the
    first day on which pages had this layout; None for those from the beginning."""

    since: date | None = msgspec.field(name="from", default=None)
    body: str = ""
    title: str = ""
    author: str = ""
    published: str = ""
    remove: tuple[str, ...] = ()

    def selectors(self) -> Iterator[tuple[str, str]]:
        """(key, selector) of every rule that there is, in the order of the keys."""
        for key in ("body", "title", "author", "published"):
            if selector := getattr(self, key):
                yield key, selector
        yield from (("remove", selector) for selector in self.remove)


class FetchPolicy(Strict, frozen=True, kw_only=True):
    """How one source is fetched; what is None comes from [schedule] and [fetch] in teletipo.toml.

    full_text: whether the article's page is fetched. `always`; `never` (what the feed carries is the article);
    `auto` fetches it, and takes the feed's own full text when the page cannot be had. watch: whether the page of a
    published article is looked at again, as often as [watch] says. robots: whether its robots.txt is heard.
    """

    min_interval: float | None = None
    max_interval: float | None = None
    delay: float | None = None
    full_text: Literal["auto", "always", "never"] = "auto"
    watch: bool = True
    robots: Literal["obey", "ignore"] | None = None


FeedKind = Literal["feed", "sitemap", "wordpress", "listing"]


class Feed(Record, frozen=True, kw_only=True):
    """One polled URL of a source, as it is configured."""

    id: str
    source: str
    url: str
    kind: FeedKind
    listing: Listing | None = None

    @property
    def address(self) -> str:
        """What a poll asks for: of a WordPress API its newest posts, of all others their URL."""
        return posts_url(self.url, per_page=POLLED) if self.kind == "wordpress" else self.url


class Source(Strict, frozen=True, kw_only=True):
    """An outlet and its policy. One TOML file each; see docs/sources.md.

    language: ISO 639-1; country: ISO 3166-1 alpha-2; timezone: an IANA name, for dates that state no zone.
    """

    id: str
    name: str
    homepage: str
    language: str
    country: str
    timezone: str
    about: str = ""
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    wordpress: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    extract: tuple[ExtractRules, ...] = ()
    fetch: FetchPolicy = FetchPolicy()
    tags: tuple[str, ...] = ()

    def rules_on(self, day: date) -> ExtractRules:
        """The rules for a page as it was on that day: the latest version that is not from a later one."""
        fitting = (rules for rules in self.extract if rules.since is None or rules.since <= day)
        return max(fitting, key=lambda rules: rules.since or date.min, default=ExtractRules())

    def polled(self) -> tuple[Feed, ...]:
        """Every feed of this source: `feeds`, then `sitemaps`, then `wordpress`, then `listings`."""

        def feed(url: str, kind: FeedKind, listing: Listing | None = None) -> Feed:
            return Feed(id=f"{self.id}:{short_hash(url, 8)}", source=self.id, url=url, kind=kind, listing=listing)

        return (
            *(feed(url, "feed") for url in self.feeds),
            *(feed(url, "sitemap") for url in self.sitemaps),
            *(feed(url, "wordpress") for url in self.wordpress),
            *(feed(listing.url, "listing", listing) for listing in self.listings),
        )
