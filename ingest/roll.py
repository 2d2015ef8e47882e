"""The roll of a feed: the entries it had at its last poll, so that the next one reads only what is new. Pure.

poll ─► Roll(context, entries) ─kept─► the next poll: an entry with the same mark in the same context says the same
"""

from collections.abc import Collection
from typing import NamedTuple

from ingest.models import Entry, Record, short_hash


class RollEntry(Record, frozen=True, kw_only=True, array_like=True):
    """An entry of the last poll, as hashes: about 40 bytes.

    mark: of the bytes it stood in, empty where these cannot be cut out. entry: its id, empty for an entry that is left
    out because it has no address. hash: `Entry.hash`. guid: of its guid. words: of what it said with its date, empty
    where there is nothing but a title to tell it by; see ingest/guids.py.
    """

    mark: bytes = b""
    entry: bytes = b""
    hash: bytes = b""
    guid: bytes = b""
    words: bytes = b""

    @property
    def id(self) -> str:
        return self.entry.hex()


class Head(Record, frozen=True, kw_only=True, array_like=True):
    """What was read of all that stands around a feed's entries. mark: of its bytes, dates left out; top: how many of
    them are the tags that the entries stand in; the rest: what entries take from it, see Parsed."""

    mark: bytes
    top: int
    title: str
    language: str
    ttl: float | None
    authors: tuple[str, ...]
    atom: bool
    hub: str = ""
    topic: str = ""


class Roll(Record, frozen=True, kw_only=True, array_like=True):
    """context: of all that an entry takes from its feed and from the rules it was read by; empty where nothing may be
    cut out."""

    context: bytes = b""
    entries: tuple[RollEntry, ...] = ()
    head: Head | None = None


class Seen(NamedTuple):
    """What need not be read again: entries with these marks, where they stand in this context, and their head."""

    context: bytes = b""
    marks: Collection[bytes] = frozenset()
    head: Head | None = None


NOTHING = Seen()


def enrolled(entry: Entry, mark: bytes) -> RollEntry:
    """The entry as it stands on the roll."""
    told = entry.guid and (entry.published or entry.summary or entry.content)
    return RollEntry(
        mark=mark,
        entry=bytes.fromhex(entry.id),
        hash=bytes.fromhex(entry.hash),
        guid=guid_of(entry),
        words=bytes.fromhex(short_hash(f"{entry.hash}\x1f{entry.published}", 12)) if told else b"",
    )


def guid_of(entry: Entry) -> bytes:
    """A hash of the entry's guid, empty where it has none."""
    return bytes.fromhex(short_hash(entry.guid, 12)) if entry.guid else b""
