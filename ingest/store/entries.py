"""One entry of a queue's stream: its fields as written by the scripts, and as read."""

import msgspec

from ingest.models import Article, Record


class QueueEntry(Record, frozen=True, kw_only=True):
    """One entry of a queue, without the article's text."""

    entry: str
    id: str
    revision: int
    event: str
    source: str
    url: str
    title: str
    language: str
    published: str

    @property
    def delivery(self) -> str:
        """Its name as a delivery, see store/subscribing.py."""
        return f"{self.entry}|{self.id}|{self.revision}|{self.event}"


def told(article: Article) -> list[str]:
    """What an entry tells of the article besides its id, revision and event, in the scripts' order."""
    published = article.published.isoformat().replace("+00:00", "Z") if article.published else ""
    return [article.source, article.url, article.title, article.language, published]


def queue_entry(entry_id: bytes, fields: dict[bytes, bytes]) -> QueueEntry:
    """A stream entry as redis-py gives it."""
    return msgspec.convert({"entry": entry_id.decode(), **text(fields)}, QueueEntry, strict=False)


def text(record: dict[bytes, bytes]) -> dict[str, str]:
    """A hash as text; bytes that are not UTF-8 are replaced."""
    return {name.decode(): value.decode("utf-8", "replace") for name, value in record.items()}
