"""An address's query -> what is wanted of the articles; the search itself is the HTTP interface's (finding.py).

/?q=oil "state of emergency"&source=efecto-cocuyo&language=es&country=VE&since=2026-11-01
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from ingest.api.finding import Wanted, search_words
from ingest.deliver import Filter, takes_all
from ingest.models import Article
from ingest.settings import QueueSettings

LONGEST = 200
"""Characters of one parameter; what is longer was not typed by anybody."""


@dataclass(frozen=True)
class Search:
    """What was typed and chosen, as it stands in the address; empty asks for everything."""

    q: str = ""
    source: str = ""
    language: str = ""
    country: str = ""
    since: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Search":
        """The search that an address asks for."""
        return cls(**{field.name: query.get(field.name, "").strip()[:LONGEST] for field in fields(cls)})

    @property
    def parameters(self) -> dict[str, str]:
        """The query that asks for this."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    @property
    def narrowed(self) -> int:
        """How many filters there are besides the words."""
        return len(self.parameters) - bool(self.q)

    def wanted(self) -> Wanted:
        """Raises ValueError for words or a time that cannot be read."""
        conditions = QueueSettings(
            source=_any_of(self.source), language=_any_of(self.language), country=_any_of(self.country)
        )
        return Wanted(conditions, search_words(self.q), since=_time(self.since))


def taker(wanted: Wanted) -> Callable[[Article], bool]:
    """Whether one article is wanted, for those that just arrived."""
    filters = [Filter(wanted.conditions), *(Filter(QueueSettings(words=(word,))) for word in wanted.words)]

    def takes(article: Article) -> bool:
        return takes_all(filters, article) and (wanted.since is None or article.sorted >= wanted.since)

    return takes


def _any_of(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _time(said: str) -> datetime | None:
    """A date or a time; UTC where it names no zone, as the page cannot know the reader's without script."""
    if not said:
        return None
    try:
        time = datetime.fromisoformat(said)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{said!r} is no date; write 2026-11-01 or 2026-11-01T08:00") from None
