"""The exact fingerprint: equal bodies have equal ones, whatever their case, punctuation, breaks or Unicode form."""

from ingest.dedupe.tokens import has_words, tokens
from ingest.models import short_hash

LEAST_WORDS = 25
"""Shorter texts ("Video: watch the speech here") are alike by chance, so they have no fingerprint."""


def fingerprint(text: str) -> str:
    """16 hexadecimal digits over the text's words; empty for a text of fewer than LEAST_WORDS words."""
    found = tokens(text)
    return short_hash(" ".join(found)) if has_words(found, LEAST_WORDS) else ""
