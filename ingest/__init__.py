"""teletipo: a newswire of your own.

config/sources ──► due ──lease──► refresh_feed ──claim──► fetch_page ──► process_article ──commit──► queues ──► you
                    ▲             GET, parse             GET, keep        extract, clean,    one Lua
                    │             only what is new       the bytes        fingerprint        script
                    └────── every unfinished piece of work stays in `due` until it is done ──────┘

from ingest import connect, extract_article
"""

from typing import TYPE_CHECKING, Any

from ingest.errors import TeletipoError
from ingest.models import Article

if TYPE_CHECKING:
    from ingest.compose import extract_article
    from ingest.wire import Wire, connect

__all__ = ["Article", "TeletipoError", "Wire", "connect", "extract_article"]

_HOMES = {"Wire": "ingest.wire", "connect": "ingest.wire", "extract_article": "ingest.compose"}


def __getattr__(name: str) -> Any:
    """Import the heavier names on first use: a subscriber need not load the extractor (PEP 562)."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ingest' has no attribute {name!r}")
