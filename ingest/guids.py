"""What a feed calls its entries, and what that is worth: a guid is lied about. Pure.

    entries of this poll ─► guid -> Named ─kept─► the next poll: an entry under a new address, and the same words?

Feeds repeat a guid for different articles and change it at each poll, so a guid says something only where it stands
once in the feed, the address it had is gone from there, and the entry says word for word, under the same date, what it
said.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from ingest.models import Entry, Record, short_hash


class Named(Record, frozen=True, kw_only=True, array_like=True):
    """An entry as a feed had it. words: a hash of what it said, its date included."""

    entry: str
    words: str


def told_apart(entries: Collection[Entry]) -> list[Entry]:
    """The entries of one poll, without the guids that several of them have."""
    count = Counter(entry.guid for entry in entries)
    return [entry if count[entry.guid] == 1 else replace(entry, guid="") for entry in entries]


def named(entries: Iterable[Entry]) -> dict[str, Named]:
    """The entries of one poll by their guids, those that are repeated or have nothing else to be told by left out."""
    known = [entry for entry in entries if entry.guid and (entry.published or entry.summary or entry.content)]
    count = Counter(entry.guid for entry in known)
    return {
        short_hash(entry.guid, 12): Named(entry=entry.id, words=short_hash(f"{entry.hash}\x1f{entry.published}", 12))
        for entry in known
        if count[entry.guid] == 1
    }


def moved(now: Mapping[str, Named], before: Mapping[str, Named]) -> dict[str, str]:
    """Entries of this poll that were at another address at the one before: id -> the id that they had."""
    here = {each.entry for each in now.values()}
    return {
        each.entry: before[guid].entry
        for guid, each in now.items()
        if guid in before and before[guid].words == each.words and before[guid].entry not in here
    }
