"""What a poll found in a feed -> claims, and the roll for its next poll.

Fetch ─parse─► entries under their clean addresses, each address once ─claim─► Found
Roll ──renew─┘ those that the last poll had and that still stand as they were are neither read nor claimed again
"""

import logging
from typing import NamedTuple

import msgspec

from ingest import gaps, guids
from ingest.clean import clean_url
from ingest.context import Context
from ingest.models import Entry, Feed, Fetch
from ingest.parse import Listed, Parsed, Told, parse
from ingest.roll import Roll, RollEntry, Seen, enrolled
from ingest.sitemaps.poll import Poll
from ingest.store import Claim, FeedState

_log = logging.getLogger("teletipo.pipeline")

MOST_ANNOUNCED = 100
"""Entries that are taken of what a hub sends at once."""


class Found(NamedTuple):
    """What a poll found. new: ids of entries that were new or changed; said: the dates, as they were written, of those
    that were never seen before; total: entries that the feed has, those without an address left out; ttl, hub,
    topic: see Parsed; roll: for the next poll; renewed: whether nothing is left of what it had, see ingest/gaps.py;
    fresh: how many of its entries it did not have at the last poll; unfinished: whether the next one may find more in
    what stays as it is: sitemaps that it names, or news for which one poll had no room."""

    new: list[str]
    said: tuple[str, ...]
    total: int
    ttl: float | None
    roll: Roll = Roll()
    renewed: bool = False
    fresh: int = 0
    hub: str = ""
    topic: str = ""
    unfinished: bool = False


def claim_found(context: Context, feed: Feed, fetch: Fetch) -> Found:
    """Read what was fetched and claim the entries in it. Raises ParseFailed."""
    before = context.store.roll(feed.id)
    parsed = parse(feed, fetch, _seen(context, feed, before))
    if parsed.left_out:
        _log.warning("feed %s: %d entries are left out, they are too long or too many", feed.id, parsed.left_out)
    roll, entries = _listed(feed, parsed, before)
    new, said = _claimed(context, feed, guids.told_apart(entries, roll), guids.moved(roll, before.entries))
    now = Roll(context=parsed.context, entries=tuple(roll), head=parsed.head)
    return Found(
        new=new,
        said=said,
        total=sum(bool(each.entry) for each in roll),
        ttl=parsed.ttl,
        roll=now,
        renewed=gaps.renewed(before, now),
        fresh=len({each.entry for each in roll} - {each.entry for each in before.entries} - {b""}),
        hub=parsed.hub,
        topic=parsed.topic,
    )


def claim_mapped(context: Context, feed: Feed, fetch: Fetch, state: FeedState, until: float) -> Found:
    """The same of a sitemap, and of those that an index names: see ingest/sitemaps. until: by time.monotonic."""
    poll, new, said, fresh = Poll(context, feed, state, until), list[str](), tuple[str, ...](), 0
    for read in poll.read(fetch):
        came, dates = _claimed(context, feed, _entries(feed, read.new), {})
        again = _changed(context, feed, _entries(feed, read.changed))
        new, said, fresh = [*new, *came, *again], (*said, *dates), fresh + len(read.new)
        read.keep()
    return Found(
        new=new,
        said=said,
        total=poll.total,
        ttl=None,
        fresh=fresh,
        renewed=poll.renewed,
        unfinished=poll.unfinished,
    )


def _entries(feed: Feed, told: list[Told]) -> list[Entry]:
    """Under their clean addresses, each once."""
    found = (tidy(entry, feed) for entry in (each.entry() for each in told) if entry)
    return list({entry.id: entry for entry in found if entry}.values())


def _changed(context: Context, feed: Feed, entries: list[Entry]) -> list[str]:
    """Have those of them fetched again that an article was made of. What was said of them before is not lost."""
    states = context.store.entry_states([entry.id for entry in entries])
    known = [entry for entry, state in zip(entries, states, strict=True) if state and state.settled and state.article]
    delay = context.settings.delay(feed.source)
    claims = []
    for entry in known:
        said = context.store.said(entry.id)
        full = msgspec.structs.replace(said, updated=entry.updated) if said else entry
        claims.append(Claim(full, feed.source, feed.id, delay, believed="always"))
    if claims:
        context.store.claim(claims)
    return [claim.entry.id for claim in claims]


def claim_announced(context: Context, feed: Feed, fetch: Fetch, hub: str) -> tuple[list[str], bool]:
    """Claim what a hub sent of the feed. Returns the ids of new entries, and whether all of it could be taken: not what
    may be an entry at another address, as the whole feed alone can tell, and not too much at once. Raises ParseFailed.
    """
    before = context.store.roll(feed.id)
    parsed = parse(feed, fetch, _seen(context, feed, before))
    roll, entries = _listed(feed, parsed, before)
    moved = guids.moved(roll, before.entries)
    taken = [entry for entry in guids.told_apart(entries, roll) if entry.id not in moved]
    if len(taken) > MOST_ANNOUNCED:
        return [], False
    new, _ = _claimed(context, feed, taken, {}, hub)
    known = {each.id for each in before.entries}
    return [entry for entry in new if entry not in known], not moved and bool(roll)


def _seen(context: Context, feed: Feed, roll: Roll) -> Seen:
    """What this poll need not read: entries that the store still knows as the feed said them, and those left out."""
    marked = [each for each in roll.entries if each.mark]
    standing = context.store.renew(feed.id, [each for each in marked if each.entry])
    marks = {each.mark for each in marked if not each.entry} | {each.mark for each in standing}
    return Seen(roll.context, marks, roll.head)


def _listed(feed: Feed, parsed: Parsed, before: Roll) -> tuple[list[RollEntry], list[Entry]]:
    """The new roll, and the entries to claim. Of two entries at one address the first counts, which feeds have on top:
    else each would be a change of the other at every poll. The other is not on the roll, and read again."""
    known = {each.mark: each for each in before.entries if each.mark and before.context == parsed.context}
    roll: list[RollEntry] = []
    entries: list[Entry] = []
    taken: set[bytes] = set()
    for place in parsed.listed or [Listed(entry=entry) for entry in parsed.entries]:
        entry = tidy(place.entry, feed) if place.entry else None
        left_out = RollEntry(mark=place.mark)
        listed = enrolled(entry, place.mark) if entry else left_out if place.entry else known.get(place.mark, left_out)
        if listed.entry in taken:
            continue
        if listed.entry:
            taken.add(listed.entry)
        roll.append(listed)
        entries += [entry] if entry else []
    return roll, entries


def _claimed(
    context: Context, feed: Feed, entries: list[Entry], moved: dict[str, str], hub: str = ""
) -> tuple[list[str], tuple[str, ...]]:
    """The ids of those that were new or changed, and the dates of those that the feed had at no other address."""
    delay = context.settings.delay(feed.source)
    claims = [Claim(each, feed.source, feed.id, delay, known_as=moved.get(each.id, ""), hub=hub) for each in entries]
    verdicts = context.store.claim(claims) if claims else []
    claimed = [(claim.entry, verdict) for claim, verdict in zip(claims, verdicts, strict=True) if verdict != "seen"]
    said = (entry.published for entry, verdict in claimed if verdict == "new" and entry.id not in moved)
    return [entry.id for entry, _ in claimed], tuple(said)


def tidy(entry: Entry, feed: Feed) -> Entry | None:
    """The entry under its clean address; None where that is no web address. What follows a "#" stays where the feed
    itself carries the text: in full, or under an address that was made of the feed's, since the outlet gave none."""
    carried = bool(entry.content) or entry.url.startswith(f"{feed.url}#")
    try:
        return msgspec.structs.replace(entry, url=clean_url(entry.url, keep_fragment=carried))
    except ValueError:
        _log.warning("entry without a usable address url=%r", entry.url)
        return None
