"""What subscribers read: an article, and what it says of itself."""

from datetime import datetime
from typing import Literal

import msgspec

from ingest.models.base import Record, short_hash


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


def article_from_json(data: bytes | str) -> Article:
    """Read an article back. Raises msgspec.ValidationError where the JSON is not an article."""
    return msgspec.json.decode(data, type=Article)
