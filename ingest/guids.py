"""What a feed calls its entries, and what that is worth: a guid is lied about. Pure.

    the roll of this poll, and that of the one before ─► entries under a new address with the same words

Feeds repeat a guid for different articles and change it at each poll, so a guid says something only where it stands
once in the feed, the address it had is gone from there, and the entry says word for word, under the same date, what it
said.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from ingest.models import Entry
from ingest.roll import RollEntry, guid_of


def told_apart(entries: Iterable[Entry], roll: Iterable[RollEntry]) -> list[Entry]:
    """The entries, without the guids that several entries of the poll have."""
    count = Counter(each.guid for each in roll)
    return [replace(entry, guid="") if count[guid_of(entry)] > 1 else entry for entry in entries]


def moved(now: Iterable[RollEntry], before: Iterable[RollEntry]) -> dict[str, str]:
    """Entries of this poll that were at another address at the one before: id -> the id that they had."""
    named, was = _named(now), _named(before)
    here = {each.entry for each in named.values()}
    return {
        each.id: was[guid].id
        for guid, each in named.items()
        if guid in was and was[guid].words == each.words and was[guid].entry not in here
    }


def _named(roll: Iterable[RollEntry]) -> dict[bytes, RollEntry]:
    """Entries by their guids, those that are repeated or have nothing else to be told by left out."""
    known = [each for each in roll if each.guid]
    count = Counter(each.guid for each in known)
    return {each.guid: each for each in known if each.words and count[each.guid] == 1}
