"""Ask robots.txt before each GET: an outlet says what it wants to be asked for, and is heard.

    url ─► robots.txt of its host (kept for a day) ─► GET ─► Fetch
                         └── says no, or cannot be had ───► Fetch with no body, and the reason

By RFC 9309. Any 4xx but 429, and whatever cannot be a robots.txt: everything may be asked for. 429, 5xx and no answer:
nothing may for an hour, then what was last known holds; where nothing ever was, everything may after 30 days. The host
of each redirect is asked too.
"""

import time
from http import HTTPStatus
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec

from ingest.fetch import Fetcher, robots
from ingest.models import Fetch, Outcome, Robots, Validators
from ingest.settings import Settings

DAY, HOUR = 86_400.0, 3_600.0

FIRST_RETRY = 300.0
"""A robots.txt that cannot be had is asked for again in five minutes, then ten, at last once an hour."""

SILENT_WITH_RULES, SILENT_WITHOUT = HOUR, 30 * DAY
"""How long nothing may be asked for while it cannot be had: where rules are known from before, and where none are."""

SECONDS = 20.0
"""For a robots.txt, all of it: the lease of the work that waits for it leaves no more."""

PATIENCE = 5.0
"""Seconds that a thread waits for another one that is asking the same host for it."""

_NONE = {Outcome.GONE, Outcome.BAD_URL, Outcome.TOO_LARGE, Outcome.TOO_MANY_REDIRECTS}


class Kept(Protocol):
    """Where what is known of hosts is kept: the store, or `Unkept` for a command that has none."""

    def robots(self, origin: str) -> Robots | None: ...
    def keep_robots(self, origin: str, robots: Robots) -> None: ...
    def keep_crawl_delay(self, host: str, seconds: float) -> None: ...
    def answered(self, url: str, seconds: float, *, well: bool, unpaced: str = "") -> None: ...
    def hold(self, name: str, owner: str, seconds: float) -> bool: ...
    def let_go(self, name: str, owner: str) -> None: ...


class Asking(NamedTuple):
    """What it takes to ask: the configuration, the network, and where robots.txt is kept."""

    settings: Settings
    fetcher: Fetcher
    kept: Kept


def get(
    asking: Asking,
    source: str,
    url: str,
    validators: Validators | None = None,
    *,
    unpaced: str = "",
    seconds: float | None = None,
) -> Fetch:
    """GET a URL for this source where robots.txt lets us, as `Fetcher.get` does.

    Where it does not, the outcome is REFUSED_BY_ROBOTS; where it cannot be had, that of asking for it, with the seconds
    until it is asked for again in `retry_after`. What it says about training models goes into the fetch's `terms`.
    `[fetch] robots = "ignore"` asks nobody. unpaced: a host that is known to need no pace, as `Turn` has it;
    seconds: for the GET, where less than the deadline is left.
    """
    if not asking.settings.obeys_robots(source):
        return _answered(asking, asking.fetcher.get(url, validators, seconds=seconds), unpaced)
    heard: dict[str, Robots] = {}
    said = Fetch(requested=url, url=url, outcome=Outcome.REFUSED_BY_ROBOTS, validators=validators or Validators())
    if refused := _refusal(asking, url, said, heard):
        return refused
    fetch = asking.fetcher.get(url, validators, lambda target: _refusal(asking, target, said, heard), seconds)
    _answered(asking, fetch, unpaced)
    known = heard.get(robots.origin(fetch.url)) if fetch.ok else None
    terms = robots.terms(known.rules, fetch.url) if known else {}
    return msgspec.structs.replace(fetch, terms=fetch.terms | terms) if terms else fetch


def sitemaps(asking: Asking, source: str, url: str) -> list[str]:
    """The sitemaps that the robots.txt of this URL's host names; it is asked for where that is not known. None where it
    is ignored, or cannot be had."""
    origin = robots.origin(url)
    if not origin or not asking.settings.obeys_robots(source):
        return []
    known = _known(asking, origin)
    return robots.sitemaps(known.rules) if known else []


def after(fetch: Fetch, known: Robots | None, now: float) -> Robots:
    """What is known of a robots.txt once it was asked for. now: Unix seconds. Pure."""
    if fetch.ok:
        return Robots(rules=robots.rules_in(fetch.body), until=now + DAY)
    if fetch.outcome in _NONE or (400 <= fetch.status < 500 and fetch.status != HTTPStatus.TOO_MANY_REQUESTS):
        return Robots(until=now + DAY)
    known = known or Robots(ever=False)
    failures = known.failures + 1
    wait = min(FIRST_RETRY * 2.0 ** min(failures - 1, 10), HOUR)
    return msgspec.structs.replace(
        known,
        until=now + max(wait, fetch.retry_after or 0.0),
        failures=failures,
        since=known.since or now,
        failure=msgspec.structs.replace(fetch, body=b"", validators=Validators()),
    )


def silent(known: Robots, now: float) -> bool:
    """Whether nothing may be asked for, since robots.txt cannot be had. Pure."""
    return bool(known.failures) and now - known.since < (SILENT_WITH_RULES if known.ever else SILENT_WITHOUT)


# ── parts ──


def _answered(asking: Asking, fetch: Fetch, unpaced: str) -> Fetch:
    """The fetch, which its host's pace has heard of where the host was reached."""
    if fetch.status or fetch.outcome is Outcome.TIMEOUT:
        well = fetch.ok or fetch.outcome is Outcome.NOT_MODIFIED
        asking.kept.answered(fetch.url, fetch.elapsed, well=well, unpaced=unpaced)
    return fetch


def _refusal(asking: Asking, url: str, said: Fetch, heard: dict[str, Robots]) -> Fetch | None:
    """`said`, as the fetch of this URL that is not made; None where it may be. heard: what is known, by origin."""
    origin = robots.origin(url)
    if not origin:
        return None  # the fetcher says what is wrong with it
    known, now, host = _known(asking, origin), time.time(), urlsplit(url).hostname
    said = msgspec.structs.replace(said, url=url)
    if known is None:
        text = f"{host}: its robots.txt is still being asked for"
        return msgspec.structs.replace(said, outcome=Outcome.TIMEOUT, error=text, retry_after=PATIENCE)
    if silent(known, now) and (failure := known.failure):
        return msgspec.structs.replace(
            said,
            outcome=failure.outcome,
            status=failure.status,
            retry_after=max(0.0, known.until - now),
            error=f"{failure.error}, when asked for robots.txt, without which nothing else is asked for",
        )
    heard[origin] = known
    agent = robots.product(asking.settings.fetch.user_agent)
    if robots.allows(known.rules, url, agent):
        return None
    return msgspec.structs.replace(
        said, error=f"{host}: refused by robots.txt, which lets {agent} have no {urlsplit(url).path or '/'}"
    )


def _known(asking: Asking, origin: str) -> Robots | None:
    """What robots.txt says, asked for where that is not known any more; None where others ask for too long."""
    name, owner = f"robots:{origin}", f"{id(asking)}:{time.monotonic_ns()}"
    give_up = time.monotonic() + PATIENCE
    while True:
        if _holds(known := asking.kept.robots(origin)):
            return known
        if asking.kept.hold(name, owner, SECONDS + 1):
            try:
                known = asking.kept.robots(origin)  # somebody may have been quicker
                return known if _holds(known) else _asked(asking, origin, known)
            finally:
                asking.kept.let_go(name, owner)
        if known or time.monotonic() > give_up:
            return known
        time.sleep(0.05)


def _holds(known: Robots | None) -> bool:
    """Whether it need not be asked for yet."""
    return known is not None and time.time() < known.until


def _asked(asking: Asking, origin: str, known: Robots | None) -> Robots:
    found = after(asking.fetcher.get(f"{origin}/robots.txt", seconds=SECONDS), known, time.time())
    asking.kept.keep_robots(origin, found)
    if not found.failures:
        agent = robots.product(asking.settings.fetch.user_agent)
        asking.kept.keep_crawl_delay(urlsplit(origin).netloc, robots.crawl_delay(found.rules, agent))
    return found


class Unkept:
    """Keeps what is known of hosts for one command, without a store."""

    def __init__(self) -> None:
        self._known: dict[str, Robots] = {}
        self.delays: dict[str, float] = {}
        """Seconds that robots.txt asks each host to be given between two requests."""

    def robots(self, origin: str) -> Robots | None:
        return self._known.get(origin)

    def keep_robots(self, origin: str, robots: Robots) -> None:
        self._known[origin] = robots

    def keep_crawl_delay(self, host: str, seconds: float) -> None:
        self.delays[host] = seconds

    def answered(self, url: str, seconds: float, *, well: bool, unpaced: str = "") -> None:
        """Nothing is paced here."""

    def hold(self, name: str, owner: str, seconds: float) -> bool:  # noqa: ARG002 - as Kept has it
        """Two threads of a command that ask the same host twice do no harm."""
        return True

    def let_go(self, name: str, owner: str) -> None:
        """Nothing was held."""
