"""The records that travel through the house, all frozen.

    Source ─has─► Feed ─poll─► Fetch ─parse─► Entry ─GET─► Page ─extract─► Blocks ─clean─► Article

Times are aware datetimes in UTC, durations are seconds, addresses are absolute URLs. `Article` is the contract with
subscribers: its JSON is what they read at `teletipo:article:<id>`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The base of every record: immutable, named fields only, to and from JSON by msgspec."""


class Strict(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record read from a configuration file, where an unknown key is an error."""


def short_hash(text: str, length: int = 16) -> str:
    """The first `length` hexadecimal digits of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def article_id(url: str) -> str:
    """The id of the article at this canonical URL: the first 16 hexadecimal digits of the URL's SHA-256.

    Anyone can compute it: `printf %s "$URL" | sha256sum | cut -c1-16`.
    """
    return short_hash(url)


# ── what the configuration says ──


class Listing(Strict, frozen=True, kw_only=True):
    """A section page without a feed, read by CSS selectors. `entry` selects one element per article; the others are
    looked up inside it. Where `link` is left out, the element itself or its first `a[href]` is the link."""

    url: str
    entry: str
    link: str = ""
    title: str = ""
    published: str = ""
    summary: str = ""


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


FeedKind = Literal["feed", "sitemap", "listing"]


class Feed(Record, frozen=True, kw_only=True):
    """One polled URL of a source."""

    id: str
    source: str
    url: str
    kind: FeedKind
    listing: Listing | None = None


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
    listings: tuple[Listing, ...] = ()
    extract: tuple[ExtractRules, ...] = ()
    fetch: FetchPolicy = FetchPolicy()
    tags: tuple[str, ...] = ()

    def rules_on(self, day: date) -> ExtractRules:
        """The rules for a page as it was on that day: the latest version that is not from a later one."""
        fitting = (rules for rules in self.extract if rules.since is None or rules.since <= day)
        return max(fitting, key=lambda rules: rules.since or date.min, default=ExtractRules())

    def polled(self) -> tuple[Feed, ...]:
        """Every feed of this source: `feeds`, then `sitemaps`, then `listings`."""

        def feed(url: str, kind: FeedKind, listing: Listing | None = None) -> Feed:
            return Feed(id=f"{self.id}:{short_hash(url, 8)}", source=self.id, url=url, kind=kind, listing=listing)

        return (
            *(feed(url, "feed") for url in self.feeds),
            *(feed(url, "sitemap") for url in self.sitemaps),
            *(feed(listing.url, "listing", listing) for listing in self.listings),
        )


# ── what the network said ──


class Outcome(StrEnum):
    """How a fetch ended."""

    OK = "ok"
    NOT_MODIFIED = "not modified"
    GONE = "gone"
    HTTP_ERROR = "http error"
    REFUSED_ADDRESS = "refused address"
    REFUSED_BY_ROBOTS = "refused by robots.txt"
    NAME_NOT_FOUND = "name not found"
    TLS_ERROR = "tls error"
    CONNECTION_ERROR = "connection error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    TOO_MANY_REDIRECTS = "too many redirects"
    BAD_URL = "bad url"


class Validators(Record, frozen=True, kw_only=True):
    """What makes the next GET conditional (RFC 9110, section 13), and the hash of the body that came with it."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


class Fetch(Record, frozen=True, kw_only=True):
    """One HTTP attempt and its outcome. `url` is the address after redirects, `body` is decoded content only."""

    requested: str
    url: str
    outcome: Outcome
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    validators: Validators = Validators()
    retry_after: float | None = None
    """Seconds, where a non-200 answer stated it; capped at 24 hours."""
    fresh_for: float | None = None
    """Seconds for which a good answer says that nothing new is to be had; capped at 24 hours."""
    terms: dict[str, str] = msgspec.field(default_factory=dict)
    """What its headers and robots.txt say about its use, by where that is said; see ingest/rights.py."""
    moved: str = ""
    """Where permanent redirects (301, 308) lead from `requested` on; empty where there was none at its beginning."""
    elapsed: float = 0.0
    error: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK

    def page(self, fetched: datetime) -> "Page":
        """What it brought, as an article's page."""
        return Page(
            url=self.url,
            body=self.body,
            content_type=self.content_type,
            fetched=fetched,
            status=self.status,
            elapsed=round(self.elapsed, 3),
            terms=self.terms,
        )


class Robots(Record, frozen=True, kw_only=True):
    """What is known of a robots.txt. Times are Unix seconds.

    rules: its text, empty where everything may be asked for; until: when it is asked for again; ever: whether it ever
    answered; failures, since, failure: how often in a row it could not be had, since when, and how that ended last.
    """

    rules: str = ""
    until: float = 0.0
    ever: bool = True
    failures: int = 0
    since: float = 0.0
    failure: Fetch | None = None


class Entry(Record, frozen=True, kw_only=True):
    """What a feed said about one article, before anything was believed. Dates are as they were written."""

    url: str
    guid: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    summary: str = ""
    """Plain text or HTML, as the feed had it."""
    content: str = ""
    """HTML of the whole text where the feed carries it, else empty."""
    language: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""

    @property
    def id(self) -> str:
        """The id of this address; the article's own is that of its canonical URL, which may be another."""
        return article_id(self.url)

    @property
    def hash(self) -> str:
        """Changes with title, authors or words, never with a date alone."""
        return short_hash("\x1f".join((self.title, *self.authors, self.summary, self.content)))


class Block(Record, frozen=True, kw_only=True):
    """A piece of a body that stands by itself.

    tag: what it is, by HTML's names: `p`, `h2` to `h6`, `li`, `blockquote`, `pre`, `figcaption`, `img`. text: on one
    line; empty for `img`. html: the same with its inline markup, links as the page has them. ordered: of a `li`,
    whether its list is numbered.
    """

    tag: str
    text: str
    html: str
    ordered: bool = False

    @property
    def in_text(self) -> bool:
        """Whether an article's text has it: pictures and their captions are in its html only."""
        return self.tag not in {"figcaption", "img"}


def texts_of(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The texts of the blocks that an article's text has."""
    return tuple(block.text for block in blocks if block.in_text)


class Page(Record, frozen=True, kw_only=True):
    """The bytes of an article's page as fetched. imported: they came from a file, and may be of any age. status,
    elapsed: of the answer that brought them, 0 where none did; terms: what came with them about their use."""

    url: str
    body: bytes
    content_type: str = ""
    fetched: datetime
    imported: bool = False
    status: int = 0
    elapsed: float = 0.0
    terms: dict[str, str] = msgspec.field(default_factory=dict)


# ── what subscribers read ──


class Extraction(Record, frozen=True, kw_only=True):
    """How the article was found: which way gave the body, and which evidence gave each other field."""

    method: str
    confidence: float = 0.0
    """The F1 to expect of the text against the article's own, 0 to 1."""
    partial: bool = False
    """True when the text is known to be less than the whole article."""
    evidence: dict[str, str] = msgspec.field(default_factory=dict)
    sure: dict[str, float] = msgspec.field(default_factory=dict)
    """How sure `title`, `authors` and `published` are to be right, 0 to 1: what such evidence was worth on pages whose
    answer is known, and more where page and feed agree."""


class Rights(Record, frozen=True, kw_only=True):
    """What the outlet says about the use of an article, as machines can read it. Nothing here is legal advice.

    train: whether models may be trained on it: `refused` where anything says no, `allowed` where something says yes and
    nothing no. free: whether it can be read without an account or a payment, None where that is not said. license:
    address of the licence that the page names, or empty. evidence: where it is said -> the words.
    """

    train: Literal["allowed", "refused", "unknown"] = "unknown"
    free: bool | None = None
    license: str = ""
    evidence: dict[str, str] = msgspec.field(default_factory=dict)


class Copy(Record, frozen=True, kw_only=True):
    """That an article's text was published before: what it has in common with the most alike of its cluster, as it was
    when this revision was committed.

    of: id of the article that it was compared with. first, first_source, first_url: the cluster's first publisher, by
    `Article.sorted`. shared: share of this article's text that the other has too, 0 to 1, by its runs of five words;
    covered: share of the other's text that this one has. kept, changed, added, dropped: paragraphs, against the other.
    """

    of: str
    first: str
    first_source: str
    first_url: str
    shared: float
    covered: float
    kept: int = 0
    changed: int = 0
    added: int = 0
    dropped: int = 0


class Change(Record, frozen=True, kw_only=True):
    """One paragraph that a revision changed. kind: `added` (no before), `removed` (no after) or `changed`."""

    kind: Literal["added", "removed", "changed"]
    before: str = ""
    after: str = ""


class Difference(Record, frozen=True, kw_only=True):
    """What a revision changed against the one before it.

    title: the title before, empty where it stayed. authors: those before, None where they stayed. paragraphs: in the
    order of the text, up to 100,000 characters. words_added, words_removed: in all of them, shown or not.
    """

    title: str = ""
    authors: tuple[str, ...] | None = None
    paragraphs: tuple[Change, ...] = ()
    words_added: int = 0
    words_removed: int = 0


class Note(Record, frozen=True, kw_only=True):
    """A paragraph in which the outlet says something about its own article.

    kind: `correction`, `clarification`, `update`, `retraction` or `editor` (any other note of the editors). text: the
    paragraph.
    """

    kind: Literal["correction", "clarification", "update", "retraction", "editor"]
    text: str


class Article(Record, frozen=True, kw_only=True):
    """A cleaned, deduplicated and enriched article.

    id: of the canonical URL alone, see `article_id`. revision: 1 when first published, one more at each change.
    published: what the outlet said, None where it said nothing readable; `published_raw` is what was read.
    sorted: min(published, fetched), so that a date in the future cannot stay on top. text: paragraphs separated by a
    blank line. html: the same as sanitised HTML, with its links, pictures and captions. dateline: where, when and by
    which agency the text says that it was written, "CARACAS, Nov 3 (Reuters)"; as the outlet writes it. language: ISO
    639-1 of the text itself. words: by white space. reading_minutes: at 230 words a minute.
    """

    id: str
    revision: int
    url: str
    source: str
    title: str
    text: str
    html: str = ""
    authors: tuple[str, ...] = ()
    dateline: str = ""
    published: datetime | None = None
    published_raw: str = ""
    updated: datetime | None = None
    fetched: datetime
    sorted: datetime
    language: str = ""
    country: str = ""
    summary: str = ""
    image: str = ""
    tags: tuple[str, ...] = ()
    """The source's own, from its file."""
    keywords: tuple[str, ...] = ()
    """What the outlet files it under: the feed's categories, the page's keywords."""
    topics: tuple[str, ...] = ()
    """What enrichers found it to be about; none of those that come along says."""
    words: int = 0
    reading_minutes: int = 0
    addresses: tuple[str, ...] = ()
    """Every address that led here, the canonical one first."""
    fingerprint: str = ""
    """Equal for equal bodies, whatever their case, punctuation and white space; see ingest/dedupe."""
    copy_of: Copy | None = None
    """Where its text was published before, by this outlet or another; None for the first of its cluster."""
    difference: Difference | None = None
    """What this revision changed; None for the first one."""
    notes: tuple[Note, ...] = ()
    """Corrections and editor's notes that its text has."""
    retracted: datetime | None = None
    """When its page was found to be gone for good; None while it is there. The text is the last one known."""
    rights: Rights = Rights()
    """What the outlet says about its use."""
    extraction: Extraction

    @property
    def content_hash(self) -> str:
        """Changes with title, authors or body: a new revision. A date alone is none."""
        return short_hash("\x1f".join((self.title, *self.authors, self.text)))


def to_json(record: Any) -> bytes:
    """The record as JSON in UTF-8; times are ISO 8601 in UTC."""
    return msgspec.json.encode(record)


def article_from_json(data: bytes | str) -> Article:
    """Read an article back. Raises msgspec.ValidationError where the JSON is not an article."""
    return msgspec.json.decode(data, type=Article)
