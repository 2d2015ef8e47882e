"""The names by which a page's outlet calls itself, to tell them from titles and from people."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from ingest.extract.metadata.found import key
from ingest.words import without_accents

_SHORTEST_IN_NAME = 5
"""Letters that the outlet's name must have to be found within a longer name."""


class Outlet(NamedTuple):
    """names: as the page states them, host: that of its address; both as keys without accents."""

    names: frozenset[str]
    host: str

    @classmethod
    def of(cls, names: Iterable[str], url: str) -> "Outlet":
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return cls(frozenset(map(_plain_key, names)) - {""}, _plain_key(host))

    def owns(self, text: str) -> bool:
        """Whether the text is one of the outlet's names, or reads as a part of its host (harbourpost.example)."""
        own = _plain_key(text)
        if own in self.names:
            return True
        return (own in self.host) if len(own) > 3 else (len(own) == 3 and self.host.startswith(own))

    def is_in(self, text: str) -> bool:
        """Whether the text is the outlet's name, with or without words around it ("Redacción El Puerto")."""
        own = _plain_key(text)
        names = (name for name in self.names if len(name) >= _SHORTEST_IN_NAME)
        return self.owns(text) or any(own.startswith(name) or own.endswith(name) for name in names)


@lru_cache(maxsize=1024)
def _plain_key(text: str) -> str:
    """As `key`, without accents, as names are spelled in addresses."""
    if text.isascii():
        return key(text)
    return key(without_accents(text))
