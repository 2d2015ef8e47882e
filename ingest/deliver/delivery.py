"""One article as a subscriber is given it, to be answered with `ack` or `retry`."""

from dataclasses import dataclass, field
from typing import Protocol

from ingest.models import Article


class Answered(Protocol):
    """Who hears the answers: the subscription."""

    def _done(self, delivery: "Delivery") -> None: ...

    def _not_done(self, delivery: "Delivery", seconds: float, reason: str) -> bool: ...


@dataclass(slots=True, eq=False)
class Delivery:
    """One article for this subscriber, who owes an `ack` when done with it. (article.id, revision) is the key by which
    a subscriber tells that it had this one before. Only the first answer counts."""

    article: Article
    event: str
    """created, updated or retracted."""
    revision: int
    entry: str
    """The stream entry's id; empty where the article came from the store to fill a gap."""
    failures: int
    """How often it was delivered to this group before without success."""
    name: str
    """What the store calls it, see store/subscribing.py."""
    _subscription: Answered = field(repr=False)
    _given: bool = field(default=False, repr=False)
    _answered: bool = field(default=False, repr=False)

    def ack(self) -> None:
        """Done: never delivered to this group again. Sent with the next batch, within about a second or at the end."""
        self._subscription._done(self)

    def retry(self, after: float = 0.0, reason: str = "the subscriber asked for it again") -> bool:
        """Not done: delivered again to whichever consumer of the group reads then, in `after` seconds. It counts as a
        failure unless the reason is empty. Returns False where it is a dead letter now."""
        return self._subscription._not_done(self, after, reason)
