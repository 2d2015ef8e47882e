"""Duplicates: fingerprints and what they mean. Pure.

    in    an article's text
    out   a fingerprint, equal for equal bodies

Who had a fingerprint first is decided in commit, the one place that sees all of them.
"""

from ingest.dedupe.fingerprint import LEAST_WORDS, fingerprint

__all__ = ["LEAST_WORDS", "fingerprint"]
