"""Duplicates and revisions: what texts have in common, and what they have not. Pure.

    fingerprint    text -> one value, equal for equal bodies
    features       text -> some values, of which texts that have much in common share several
    likeness       two texts -> how much they have in common, and whether one is a copy of the other
    copied         two articles -> the record of what the one copied from the other
    difference     an article, before and after -> what changed that matters, or None

Who had a feature first is decided in commit, the one place that sees all of them.
"""

from ingest.dedupe.copied import copied
from ingest.dedupe.difference import difference
from ingest.dedupe.features import VERSION, Features, features
from ingest.dedupe.fingerprint import LEAST_WORDS, fingerprint
from ingest.dedupe.firsts import shared_paragraphs
from ingest.dedupe.likeness import Likeness, likeness
from ingest.dedupe.paragraphs import Pair, Piece, aligned, pieces
from ingest.dedupe.tokens import tokens

__all__ = [
    "LEAST_WORDS",
    "VERSION",
    "Features",
    "Likeness",
    "Pair",
    "Piece",
    "aligned",
    "copied",
    "difference",
    "features",
    "fingerprint",
    "likeness",
    "pieces",
    "shared_paragraphs",
    "tokens",
]
