"""The records that travel through the house, all frozen.

    Source ─has─► Feed ─poll─► Fetch ─parse─► Entry ─GET─► Page ─extract─► Blocks ─clean─► Article

Times are aware datetimes in UTC, durations are seconds, addresses are absolute URLs. `Article` is the contract with
subscribers: its JSON is what they read at `teletipo:article:<id>`.
"""

from ingest.models.article import Article, Change, Copy, Difference, Extraction, Note, Rights, article_from_json
from ingest.models.base import Record, Strict, article_id, short_hash, to_json
from ingest.models.network import Block, Entry, Fetch, Outcome, Page, Robots, Validators, texts_of
from ingest.models.source import ExtractRules, Feed, FeedKind, FetchPolicy, Listing, Source

__all__ = [
    "Article",
    "Block",
    "Change",
    "Copy",
    "Difference",
    "Entry",
    "ExtractRules",
    "Extraction",
    "Feed",
    "FeedKind",
    "Fetch",
    "FetchPolicy",
    "Listing",
    "Note",
    "Outcome",
    "Page",
    "Record",
    "Rights",
    "Robots",
    "Source",
    "Strict",
    "Validators",
    "article_from_json",
    "article_id",
    "short_hash",
    "texts_of",
    "to_json",
]
