"""What every record is made of, and the hashes that name things."""

from hashlib import sha256
from typing import Any

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The base of every record: immutable, named fields only, to and from JSON by msgspec."""


class Strict(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record read from a configuration file, where an unknown key is an error."""


def short_hash(text: str, length: int = 16) -> str:
    """The first `length` hexadecimal digits of the text's SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def article_id(url: str) -> str:
    """The id of the article at this canonical URL: the first 16 hexadecimal digits of the URL's SHA-256.

    Anyone can compute it: `printf %s "$URL" | sha256sum | cut -c1-16`.
    """
    return short_hash(url)


def to_json(record: Any) -> bytes:
    """The record as JSON in UTF-8; times are ISO 8601 in UTC."""
    return msgspec.json.encode(record)
