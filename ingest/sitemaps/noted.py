"""What was read of a sitemap, as small as it can be kept. Pure.

KnownMap, and Noted: its addresses with what it said of their changes, as hashes: 600 kB for the 50,000 of a full one
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

from ingest.models import Record, Validators


class KnownMap(Record, frozen=True, kw_only=True, array_like=True):
    """A sitemap that was read. changed: the lastmod that its index then stated; read: Unix seconds; entries: addresses
    in it; error: why it could not be read, empty where it could."""

    changed: str = ""
    read: float = 0.0
    entries: int = 0
    validators: Validators = Validators()
    error: str = ""


class Noted:
    """Addresses in the order of their hashes, and the hash of each one's lastmod."""

    def __init__(self, addresses: Sequence[int] = (), changes: Sequence[int] = ()) -> None:
        self.addresses, self.changes = array("Q", addresses), array("I", changes)

    @classmethod
    def unpacked(cls, kept: bytes) -> "Noted":
        """Raises ValueError where these are no bytes of `packed`."""
        noted, count = cls(), len(kept) // 12
        noted.addresses.frombytes(kept[: 8 * count])
        noted.changes.frombytes(kept[8 * count :])
        if len(noted.changes) != count:
            raise ValueError(f"{len(kept)} bytes")
        return noted

    def packed(self) -> bytes:
        return self.addresses.tobytes() + self.changes.tobytes()

    def change_of(self, address: int) -> int | None:
        """What was said of its changes; None where it was not there."""
        place = bisect_left(self.addresses, address)
        found = place < len(self.addresses) and self.addresses[place] == address
        return self.changes[place] if found else None

    def __len__(self) -> int:
        return len(self.addresses)


def noted_of(changes: dict[int, int]) -> Noted:
    """By the hashes of addresses."""
    ordered = sorted(changes)
    return Noted(ordered, [changes[address] for address in ordered])


def address_hash(address: str) -> int:
    return int.from_bytes(blake2b(address.encode("utf-8", "replace"), digest_size=8).digest())


def change_hash(changed: str) -> int:
    return crc32(changed.encode("utf-8", "replace"))
