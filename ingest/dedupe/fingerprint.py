"""The exact fingerprint: equal bodies have equal ones, whatever their case, punctuation, breaks or Unicode form."""

import re
import unicodedata

from ingest.models import short_hash
from ingest.words import SPACELESS

LEAST_WORDS = 25
"""Shorter texts ("Video: watch the speech here") are alike by chance, so they have no fingerprint."""

_CHARACTER = re.compile(f"[{SPACELESS}]")
_TOKEN = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+")


def fingerprint(text: str) -> str:
    """16 hexadecimal digits over the text's words; empty for a text of fewer than LEAST_WORDS words."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    characters = sum(map(bool, map(_CHARACTER.match, tokens)))  # each a token of its own, and two count as a word
    return short_hash(" ".join(tokens)) if len(tokens) - characters // 2 >= LEAST_WORDS else ""
