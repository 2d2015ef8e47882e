"""What the network said: fetches, entries and pages, and the blocks of a page's body."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from ingest.models.base import Record, article_id, short_hash


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
    links: dict[str, str] = msgspec.field(default_factory=dict)
    """What its Link headers name as the hub that tells of news (`hub`), as its own address for that (`self`), and as
    the root of its WordPress API (`https://api.w.org/`)."""
    moved: str = ""
    """Where permanent redirects (301, 308) lead from `requested` on; empty where there was none at its beginning."""
    elapsed: float = 0.0
    error: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK

    @property
    def slows_its_host(self) -> bool:
        """Whether nothing of its host is to be asked for a while, by whoever: it is asked too much (429), or cannot
        answer now (503)."""
        return self.status in {429, 503}

    @property
    def asks_for_a_pause(self) -> bool:
        """Whether its host asks to be left alone. A 503 that says no time may be a wall before one page."""
        return self.status == 429 or (self.status == 503 and self.retry_after is not None)

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
