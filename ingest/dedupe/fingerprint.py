"""The exact fingerprint: equal bodies have equal ones, whatever their case, punctuation, breaks or Unicode form."""

import re
import unicodedata

from ingest.models import short_hash

LEAST_WORDS = 25
"""Shorter texts ("Video: watch the speech here") are alike by chance, so they have no fingerprint."""

# Japanese, Chinese, Thai, Lao and Khmer are written without spaces: a character each, and two count as a word.
_SPACELESS = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_CHARACTER = re.compile(f"[{_SPACELESS}]")
_TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")


def fingerprint(text: str) -> str:
    """16 hexadecimal digits over the text's words; empty for a text of fewer than LEAST_WORDS words."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    characters = sum(map(bool, map(_CHARACTER.match, tokens)))
    return short_hash(" ".join(tokens)) if len(tokens) - characters // 2 >= LEAST_WORDS else ""
