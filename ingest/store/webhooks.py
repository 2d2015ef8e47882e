"""How each webhook stands: what its receiver answered last, and whether it is left alone for now.

Written by the one process that sends for it, read by whoever asks. Times are the store's: machines need not agree.
"""

import msgspec

from ingest.models import Record
from ingest.store.base import Base, ms
from ingest.store.entries import text


class WebhookState(Record, frozen=True, kw_only=True):
    """said: what the receiver answered last, or why nothing came; at, success: unix seconds of the last answer and of
    the last one that took a delivery; failures: deliveries in a row that failed at their first try; resting: seconds
    for which the receiver is still left alone; gone: hash of the address that answered 410, empty where none did."""

    said: str = ""
    at: float = 0.0
    success: float = 0.0
    failures: int = 0
    resting: float = 0.0
    gone: str = ""


class Webhooks(Base):
    """The record of each webhook."""

    def webhook_state(self, name: str) -> WebhookState:
        """How it stands; all empty for one that never sent."""
        known = text(self._redis.hgetall(self.keys.webhook(name)))
        if until := known.pop("until", ""):
            known["resting"] = str(max(0.0, float(until) / 1000 - self.now_ms() / 1000))
        return msgspec.convert(known, WebhookState, strict=False)

    def note_answer(self, name: str, said: str, *, ok: bool, failures: int, rest: float = 0.0) -> None:
        """The receiver answered, or did not; it is left alone for `rest` seconds from now."""
        now = self.now_ms()
        fields = {"said": said, "at": now / 1000, "failures": failures, "until": now + ms(rest) if rest else 0}
        self._redis.hset(self.keys.webhook(name), mapping={**fields, "success": now / 1000} if ok else fields)

    def note_gone(self, name: str, said: str, address: str) -> None:
        """The receiver at this (hashed) address asked never to be told again."""
        self._redis.hset(self.keys.webhook(name), mapping={"said": said, "at": self.now_ms() / 1000, "gone": address})

    def go_on(self, name: str) -> None:
        """Send again at once, whatever the receiver said before."""
        self._redis.hdel(self.keys.webhook(name), "failures", "until", "gone")
