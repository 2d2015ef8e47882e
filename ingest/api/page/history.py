"""What each stage did to an article: who named it, what was fetched, and where it went."""

from dataclasses import dataclass

from ingest.deliver import Filters
from ingest.models import Article, Entry, Page, article_id
from ingest.settings import Settings
from ingest.store import EntryState, Store

BY_HAND = {"hand": "fetched by hand", "import": "imported from a file"}
"""What stands where no feed named the entry."""


@dataclass(frozen=True)
class Naming:
    """A feed that named an address: its id, and its own address where the configuration still has it."""

    feed: str
    url: str


@dataclass(frozen=True)
class Trace:
    """One address that led to the article. state is None where it is forgotten; claimed: Unix seconds."""

    url: str
    state: EntryState | None
    named_by: tuple[Naming, ...]
    claimed: float | None
    said: Entry | None
    page: Page | None


@dataclass(frozen=True)
class History:
    """The article's way through the house, as far as it is still kept."""

    traces: tuple[Trace, ...]
    queues: tuple[str, ...]


def history(settings: Settings, store: Store, article: Article) -> History:
    """Look at everything that is still kept about it."""
    urls = dict.fromkeys((*article.addresses, article.url))
    traces = (trace(settings, store, url) for url in urls)
    return History(tuple(traces), tuple(Filters(settings.queues).queues_for(article)))


def trace(settings: Settings, store: Store, url: str) -> Trace:
    """What is remembered of one address."""
    entry_id = article_id(url)
    feeds, claimed = store.named_by(entry_id)
    return Trace(
        url=url,
        state=store.entry_state(entry_id),
        named_by=tuple(_naming(settings, feed) for feed in feeds),
        claimed=claimed or None,
        said=store.said(entry_id),
        page=store.page(entry_id),
    )


def _naming(settings: Settings, feed_id: str) -> Naming:
    feed = settings.feeds.get(feed_id)
    return Naming(BY_HAND.get(feed_id, feed_id), feed.url if feed else "")
