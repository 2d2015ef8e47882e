"""Webhooks: a subscription whose subscriber is somebody's HTTP receiver.

    delivery ─► id and JSON body ─► signed POST ─┬─► 2xx    acknowledged
                                                 ├─► 410    no more, until somebody says `teletipo webhooks retry`
                                                 └─► else   put off: seconds at first, hours in the end, for days

Each webhook has a Sender, a thread and a group of its own, so that none waits for another. Deliveries are put off one
by one, since a receiver may refuse just one of them; one that refuses two new ones in a row is left alone for a
while, and what it refused since is due at once when it takes one again.
"""

import logging
import random as chance
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from uuid import uuid4

from ingest.deliver.delivery import Delivery
from ingest.deliver.signature import signed
from ingest.deliver.subscription import Subscription
from ingest.errors import UnknownName
from ingest.fetch import Fetcher
from ingest.models import Fetch, Outcome, short_hash, to_json
from ingest.settings import Settings, WebhookSettings
from ingest.store import STORE_DOWN, Store

FIRST, LONGEST = 5.0, 4 * 3600.0
"""Seconds until a delivery is tried again: doubled at each failure, so twelve tries in the first three hours."""

LONGEST_REST = 600.0
"""Seconds that a receiver which takes nothing is left alone, at most: so long may it be back before we notice."""

LOOK_SECONDS = 0.5
"""While it is left alone we look so often whether somebody said to go on."""

TROUBLE_SECONDS = 1.0
NOTE_SECONDS = 1.0
"""Answers that say nothing new are written down this often."""

BATCH = 50
CONSUMER = "sender"
"""One at a time sends for a webhook, so what the last one left lying is this one's at once."""

GONE = 410

_log = logging.getLogger("teletipo.webhooks")


def group_of(name: str) -> str:
    """The consumer group of a webhook on its queue."""
    return f"webhook:{name}"


def message_id(article: str, revision: int) -> str:
    """The webhook-id: the same whenever this revision is sent."""
    return f"{article}-{revision}"


def back_off(failures: int, longest: float, random: Callable[[], float]) -> float:
    """Seconds to wait after so many failures, spread by a quarter either way."""
    return min(FIRST * 2.0 ** min(failures - 1, 20), longest) * (0.75 + random() / 2)


def body_of(delivery: Delivery) -> bytes:
    """What is sent: the same bytes at every try, as long as this revision is kept."""
    article = delivery.article
    happened = _moment(delivery.entry) if delivery.entry else article.fetched
    return _event(
        f"article.{delivery.event}",
        happened,
        {"entry": delivery.entry, "event": delivery.event, "revision": delivery.revision, "article": article},
    )


def post(fetcher: Fetcher, webhook: WebhookSettings, keys: tuple[bytes, ...], message: str, body: bytes) -> Fetch:
    """Send one signed message, once."""
    headers = {"Content-Type": "application/json", **signed(keys, message, int(time.time()), body)}
    return fetcher.post(webhook.url, body, headers, webhook.timeout)


def post_test(fetcher: Fetcher, settings: Settings, name: str) -> Fetch:
    """Send a signed `webhook.test`, which says nothing but the webhook's name."""
    body = _event("webhook.test", datetime.now(UTC), {"webhook": name})
    return post(fetcher, settings.webhook(name), settings.webhook_keys(name), f"test-{uuid4().hex}", body)


class Waiting:
    """Deliveries that are put off, by article: a later revision must not overtake an earlier one."""

    def __init__(self, names: Iterable[str]) -> None:
        self._revisions: dict[str, dict[int, str]] = defaultdict(dict)
        for name in names:
            if not name.endswith("|gap"):  # what retention dropped is no one article
                self.add(name)

    def add(self, name: str) -> None:
        article, revision = _what(name)
        self._revisions[article][revision] = name

    def discard(self, name: str) -> None:
        article, revision = _what(name)
        if (revisions := self._revisions.get(article)) and revisions.pop(revision, None) and not revisions:
            del self._revisions[article]

    def before(self, name: str) -> list[str]:
        """Earlier revisions of the same article, the first one first."""
        article, revision = _what(name)
        revisions = self._revisions.get(article, {})
        return [revisions[number] for number in sorted(revisions) if number < revision]

    def after(self, name: str) -> list[str]:
        """The next revision of the same article, if one waits."""
        article, revision = _what(name)
        later = [number for number in self._revisions.get(article, {}) if number > revision]
        return [self._revisions[article][min(later)]] if later else []


class Sender:
    """Sends for one webhook; runs in a thread of its own. may_send: whether this process still is the one to send."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        store: Store,
        fetcher: Fetcher,
        *,
        may_send: Callable[[], bool] = lambda: True,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._name, self._store, self._fetcher = name, store, fetcher
        self._webhook, self._keys = settings.webhook(name), settings.webhook_keys(name)
        self._queue, self._group = self._webhook.queue, group_of(name)
        self._filter = settings.queues[self._queue]
        self._address = short_hash(self._webhook.url)
        self._may_send, self._random = may_send, random
        self._stopping = threading.Event()
        self._subscription: Subscription | None = None
        self._waiting = Waiting(())
        self._streak = 0
        self._refused: set[str] = set()
        self._noted = 0.0

    def serve(self) -> None:
        """Send until `stop`. A store that is away is waited for; an error of ours costs a second, not the webhook."""
        while not self._stopping.is_set():
            try:
                self._serve()
            except STORE_DOWN as error:
                _log.warning("webhook %s: waiting for the store: %s", self._name, error)
                self._stopping.wait(TROUBLE_SECONDS)
            except UnknownName as error:
                _log.warning("webhook %s: %s; it begins anew", self._name, error)
            except Exception:
                _log.exception("webhook %s: unexpected error", self._name)
                self._stopping.wait(TROUBLE_SECONDS)

    def stop(self) -> None:
        """End after the delivery in hand; for another thread."""
        self._stopping.set()
        if self._subscription:
            self._subscription.stop()

    # ── parts ──

    def _serve(self) -> None:
        self._subscription = Subscription(
            self._store,
            self._queue,
            self._group,
            CONSUMER,
            settings=self._filter,
            start=self._webhook.start,
            batch=BATCH,
            give_up_after=self._webhook.give_up_days * 86_400,
        )
        self._store.lay_down(self._queue, self._group, CONSUMER)  # so that nothing newer overtakes it
        down = self._store.webhook_state(self._name).failures > 1
        self._refused = set(self._store.waiting_deliveries(self._queue, self._group)) if down else set()
        while not self._stopping.is_set():
            if rest := self._rest():
                self._stopping.wait(min(rest, LOOK_SECONDS))
            else:
                self._send(self._subscription)

    def _rest(self) -> float:
        """Seconds for which nothing may be sent."""
        state = self._store.webhook_state(self._name)
        self._streak = state.failures
        if state.gone == self._address or not self._may_send():
            return LOOK_SECONDS
        return state.resting

    def _send(self, subscription: Subscription) -> None:
        """Until the receiver is to be left alone, or we are told to stop. Leaving gives back what is in hand."""
        self._waiting = Waiting(self._store.waiting_deliveries(self._queue, self._group))
        try:
            for delivery in subscription:
                if self._stopping.is_set() or not self._may_send():
                    delivery.retry(reason="")
                    return
                if self._in_turn(delivery) and self._tell(delivery):
                    return
        finally:
            subscription.close()

    def _in_turn(self, delivery: Delivery) -> bool:
        """Whether no earlier revision of its article waits; else it waits behind that."""
        for name in self._waiting.before(delivery.name):
            seconds = self._store.put_off_for(self._queue, self._group, name)
            if seconds is not None:
                delivery.retry(seconds + 1.0, reason="")
                self._waiting.add(delivery.name)
                return False
            self._waiting.discard(name)  # purged, or dropped with its group
        return True

    def _tell(self, delivery: Delivery) -> bool:
        """Send it. Returns whether the receiver is to be left alone now."""
        message = message_id(delivery.article.id, delivery.revision)
        answer = post(self._fetcher, self._webhook, self._keys, message, body_of(delivery))
        if answer.ok:
            delivery.ack()
            self._over(delivery)
            self._took_it(answer)
            return False
        if answer.outcome is Outcome.GONE:
            delivery.retry(reason="")
            self._store.note_gone(self._name, answer.error, self._address)
            _log.error("webhook %s: stopped: %s; `teletipo webhooks retry` goes on", self._name, answer.error)
            return True
        return self._failed(delivery, answer)

    def _took_it(self, answer: Fetch) -> None:
        if self._streak > 1:
            _log.warning("webhook %s: the receiver takes deliveries again", self._name)
        if self._refused:
            self._store.hasten(self._queue, self._group, list(self._refused))
            self._refused.clear()
        if self._streak or time.monotonic() - self._noted > NOTE_SECONDS:
            self._store.note_answer(self._name, _said(answer), ok=True, failures=0)
            self._noted = time.monotonic()
        self._streak = 0

    def _failed(self, delivery: Delivery, answer: Fetch) -> bool:
        """Put it off, and rest where the receiver asked for it or refused two new ones in a row. What failed before
        and fails again says nothing about the receiver: else a few that it never takes would hold up all others."""
        new = not delivery.failures
        self._streak += new
        asked = answer.retry_after or 0.0
        wait = max(back_off(delivery.failures + 1, LONGEST, self._random), asked)
        rest = max(asked, back_off(self._streak - 1, LONGEST_REST, self._random) if new and self._streak > 1 else 0.0)
        if new or self._streak > 1:
            self._refused.add(delivery.name)
        self._put_off(delivery, wait, answer.error)
        self._store.note_answer(self._name, answer.error, ok=False, failures=self._streak, rest=rest)
        if rest:
            _log.warning("webhook %s: the receiver is left alone for %.0f s: %s", self._name, rest, answer.error)
        return bool(rest)

    def _put_off(self, delivery: Delivery, wait: float, reason: str) -> None:
        message = message_id(delivery.article.id, delivery.revision)
        if delivery.retry(wait, reason):
            self._waiting.add(delivery.name)
            _log.warning("webhook %s: %s is sent again in %.0f s: %s", self._name, message, wait, reason)
            return
        self._over(delivery)
        _log.error("webhook %s: %s is a dead letter: %s", self._name, message, reason)

    def _over(self, delivery: Delivery) -> None:
        """It is done or dead: the next revision of its article need not wait any more."""
        self._refused.discard(delivery.name)
        self._waiting.discard(delivery.name)
        self._store.hasten(self._queue, self._group, self._waiting.after(delivery.name))


def _event(kind: str, happened: datetime, what: dict[str, object]) -> bytes:
    return to_json({"type": kind, "timestamp": happened, "data": what})


def _moment(entry: str) -> datetime:
    return datetime.fromtimestamp(int(entry.partition("-")[0]) / 1000, UTC)


def _what(name: str) -> tuple[str, int]:
    """Article and revision of a delivery, see store/subscribing.py."""
    _, article, revision, _ = name.split("|")
    return article, int(revision)


def _said(answer: Fetch) -> str:
    return f"took it: {answer.status} in {answer.elapsed * 1000:.0f} ms"
