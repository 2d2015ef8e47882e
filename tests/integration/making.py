"""What the integration tests make: articles and entries that share nothing with one another, and work begun."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.baseline import Baseline, Observed, observe
from ingest.context import Context
from ingest.dedupe import fingerprint
from ingest.fetch import Fetcher
from ingest.models import Article, Entry, Extraction, article_id
from ingest.publishing import Published, publish
from ingest.settings import FetchSettings, QueueSettings, RetentionSettings, Settings
from ingest.store import Claim, Committed, Lease, Store

A, B, C = (f"https://outlet.example/{name}" for name in "abc")
LONG_LEASE = 60.0
LONG_RUN = 90.0
"""Longer, as it is in a newswire."""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text(number: int, words: int = 60) -> str:
    """A body: no two numbers share a sentence, so no two share a fingerprint."""
    count = -(-words // 12)
    return " ".join(
        f"Sentence {n} of letter {number} counts {number * 31 + n} boats in harbour and waits." for n in range(count)
    )


def entry(url: str = A, **more: Any) -> Entry:
    return Entry(url=url, title=more.pop("title", f"The news at {url}"), **more)


def article(url: str = A, body: str | None = None, **more: Any) -> Article:
    """An article whose body differs from that of any other address."""
    words = text(int(article_id(url), 16)) if body is None else body
    return Article(
        **{
            "id": article_id(url),
            "revision": 1,
            "url": url,
            "source": "outlet",
            "title": f"The news at {url}",
            "text": words,
            "fetched": NOW,
            "sorted": NOW,
            "fingerprint": fingerprint(words),
            "extraction": Extraction(method="feed"),
            **more,
        }
    )


def claimed(store: Store, url: str = A, **more: Any) -> str:
    """Claim a new entry at this address, as a feed of the outlet does. Returns its member of `due`."""
    said = more.pop("said", entry(url))
    store.claim([Claim(said, "outlet", more.pop("feed", "outlet:feed"), **more)])
    return f"entry:{said.id}"


def started(store: Store, member: str, seconds: float = LONG_RUN) -> Lease:
    """Start this member's next step, whatever else is due."""
    waiting = store.waiting(member)
    assert waiting, f"{member} is in no due"
    held = store.start(waiting[0], seconds)
    assert held
    return held


def to_process(store: Store, url: str = A, **more: Any) -> Lease:
    """An entry whose process step was started."""
    return started(store, claimed(store, url, step="process", believed="always", **more))


def published(store: Store, url: str = A, body: str | None = None, queues: tuple[str, ...] = ("all",)) -> Article:
    """An article that was committed."""
    made = article(url, body)
    assert store.commit(to_process(store, url), made, queues).outcome == "created"
    return made


def through_commit(
    store: Store, made: Article, queues: Mapping[str, QueueSettings] | None = None, *, url: str = "", guid: str = ""
) -> Committed:
    """Commit an article as the newswire does: candidates are judged, and what was published before is revised. url: of
    the entry, where that is another than the article's own."""
    return through_publish(store, made, queues, url=url, guid=guid).committed


def through_publish(
    store: Store, made: Article, queues: Mapping[str, QueueSettings] | None = None, *, url: str = "", guid: str = ""
) -> Published:
    """As `through_commit`, with what was seen on the way."""
    settings = Settings(config=Path(), data=Path(), queues=dict(queues or {"all": QueueSettings()}))
    context = Context(settings, store, Fetcher(FetchSettings()))
    lease = to_process(store, url or made.url)
    return publish(context, lease, made, guid, None, store.known(lease.id, made.source).looked)


def drifting() -> Baseline:
    """The figures of a source whose pages have brought nothing but a bot challenge lately."""
    figures = Baseline()
    for seen in [Observed(words=500, method="body")] * 40 + [Observed("challenge")] * 10:
        figures = observe(figures, seen, NOW.timestamp())
    return figures


def kept_for(days: float) -> RetentionSettings:
    return RetentionSettings(page_days=days, entry_days=days)
