"""The exact fingerprint: equal bodies have equal ones, whatever their case, punctuation, breaks or Unicode form."""

import re
import unicodedata

from ingest.models import short_hash

LEAST_WORDS = 25
"""Shorter texts ("Video: watch the speech here") are alike by chance, so they have no fingerprint."""

_WORD = re.compile(r"\w+")


def fingerprint(text: str) -> str:
    """16 hexadecimal digits over the text's words; empty for a text of fewer than LEAST_WORDS words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return short_hash(" ".join(words)) if len(words) >= LEAST_WORDS else ""
