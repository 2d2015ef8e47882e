"""WebSub (W3C Recommendation, 23 January 2018), as far as a subscriber has anything to decide. Pure.

    Link headers, the feed ─► Named(hub, topic) ─► is the hub to be asked now? ─► subscribed until the lease ends
    a poll ─► what came that the hub had told of, what came that it had not ─► trust, and so the next interval

A hub is believed as far as it was right. Once it has told of `PROVEN` entries in a row that polls then found in the
feed, and of all that came, the feed is polled `FACTOR` times less often. The first entry that it leaves out ends that.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from ingest.models.base import Record

DAY, HOUR = 86_400.0, 3_600.0

FACTOR, PROVEN = 4.0, 10
"""A hub that was right ten times out of ten is wrong less than three times out of ten, by the rule of three."""

GRACE = 300.0
"""Seconds that a hub may take to tell of an entry: what is younger when a poll finds it was not missed yet."""

PENDING = HOUR
"""Seconds for which a hub may verify that we asked; it may do so again, for our answer may have been lost."""

FIRST_WAIT, LONGEST_WAIT = 300.0, DAY
"""A hub that has verified nothing is asked again after five minutes, then ten, at last once a day."""

DENIED = 10
"""A hub that denies is left alone as one that was asked so often in vain: for a day."""

LONGEST_LEASE = 30 * DAY
"""A hub may grant more, but is asked again after that."""

METHODS = ("sha1", "sha256", "sha384", "sha512")


class Named(NamedTuple):
    """The hub that a feed names, and the address under which news of it are subscribed to; empty for none."""

    hub: str = ""
    topic: str = ""

    def __bool__(self) -> bool:
        return bool(self.hub and self.topic)


class Callback(Record, frozen=True, kw_only=True):
    """A subscription at a hub, by the address at which the hub calls. Times are Unix seconds.

    id: the unguessable end of that address, base: its beginning; secret: what the hub signs with; mode: what it was
    last asked for; asked: when; attempts: how often in a row without its verifying that; granted: seconds of its lease.
    """

    id: str
    feed: str
    hub: str
    topic: str
    base: str
    secret: str
    mode: Literal["subscribe", "unsubscribe"] = "subscribe"
    asked: float = 0.0
    attempts: int = 0
    granted: float = 0.0

    @property
    def url(self) -> str:
        return f"{self.base}/websub/{self.id}"


class Trust(NamedTuple):
    """since, until: when the hub began to tell of news, and when its lease ends; told: until when all that came is
    taken for told of, as it said that something had come but not what; proved: entries in a row, see above."""

    since: float = 0.0
    until: float = 0.0
    told: float = 0.0
    proved: int = 0


class Judged(NamedTuple):
    """What a poll showed. proved: see Trust; missed: entries of this poll that the hub had left out."""

    proved: int
    missed: int


Step = Literal["", "subscribe", "renew", "leave"]


def named(links: Mapping[str, str], said: Named) -> Named:
    """What the answer's Link headers and what the feed itself says make together: by WebSub, 4, the headers first.

    A feed that was not modified says what it said last. Addresses that a terminal would obey are none.
    """
    names = Named(links.get("hub") or said.hub, links.get("self") or said.topic)
    return names if all(map(str.isprintable, names)) else Named()


def step(names: Named, base: str, known: Callback | None, until: float, ahead: float, now: float) -> Step:
    """What is to be done about the hub at the end of a poll.

    base: where hubs may call, empty for nowhere; known: the subscription that there is; until: when its lease ends;
    ahead: seconds to the next poll. A lease is renewed in its last third, or while three polls more come before its
    end, so that a hub may fail twice.
    """
    if not (names and base):
        return "leave" if known else ""
    if not known or (known.hub, known.topic, known.base) != (names.hub, names.topic, base):
        return "subscribe"
    if now < known.asked + wait(known.attempts) or until - now > max(known.granted / 3, 3 * ahead):
        return ""
    return "renew"


def wait(attempts: int) -> float:
    """Seconds until a hub is asked again that has verified none of so many requests in a row."""
    return min(FIRST_WAIT * 2.0 ** (min(attempts, 20) - 1), LONGEST_WAIT) if attempts else 0.0


def meant(known: Callback, mode: str, topic: str, now: float) -> bool:
    """Whether this is what we asked the hub for, lately: only then is its verification confirmed."""
    return known.mode == mode and known.topic == topic and now - known.asked < PENDING


def lease(said: str, asked: float) -> float:
    """Seconds for which a hub tells of news, as it says; what was asked for where it says nothing of use."""
    granted = float(said) if said.isascii() and said.isdecimal() and len(said) < 20 else 0.0
    return min(granted or asked, LONGEST_LEASE)


def signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether X-Hub-Signature says that who knows the secret sent this body (WebSub, 8)."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in METHODS:
        return False
    digest = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(digest.encode(), given.lower().encode("utf-8", "replace"))


def judged(trust: Trust, came: Sequence[float], confirmed: int, now: float) -> Judged:
    """What a poll shows of a hub. came: when each entry came that only the poll found; confirmed: how many more it
    found of which the hub had told."""
    missed = sum(max(trust.since, trust.told) < moment < min(trust.until, now - GRACE) for moment in came)
    told = sum(moment <= trust.told for moment in came)
    return Judged(0 if missed else trust.proved + confirmed + told, missed)


def stretched(seconds: float, trust: Trust, most: float, now: float) -> float:
    """The interval to the next poll of a feed whose hub is trusted so far: never beyond `most` or the end of the lease,
    but for what the feed asked for itself."""
    if trust.proved < PROVEN:
        return seconds
    return max(seconds, min(seconds * FACTOR, most, trust.until - now))
