"""Text, addresses, dates and bylines as outlets write them -> as this house keeps them.

    blocks     ─► clean_blocks ─► NFC, one space, no invisible marks, nothing captured twice
    blocks     ─► take_credits ─► without bylines and dateline, which are fields
    blocks     ─► article_html ─► HTML that is safe to show, links absolute
    address    ─► clean_url, canonical_url ─► one spelling for one page, as an article's id is made of it
    date       ─► read_date ─► aware, in UTC, or None
    byline     ─► split_authors ─► names

All pure: the same input gives the same output, wherever and whenever it runs.
"""

from ingest.clean.blocks import clean_blocks
from ingest.clean.canonical import canonical_url, plain_url
from ingest.clean.credits import Credited, take_credits
from ingest.clean.dates import read_date
from ingest.clean.markup import article_html
from ingest.clean.names import split_authors
from ingest.clean.repeats import unrepeated
from ingest.clean.text import clean_text
from ingest.clean.urls import clean_url

__all__ = [
    "Credited",
    "article_html",
    "canonical_url",
    "clean_blocks",
    "clean_text",
    "clean_url",
    "plain_url",
    "read_date",
    "split_authors",
    "take_credits",
    "unrepeated",
]
