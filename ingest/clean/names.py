"""Bylines as outlets write them -> the names in them, each once."""

import re
from collections.abc import Iterable

from ingest.clean.text import clean_text

_BY = re.compile(
    r"^\W*(?:(?:written|words|story|text|texte|texto|reporting)\s+)?"
    r"(?:(?:by|por|escrito por|texte?o?|authors?|auteurs?|autore?s?|autorin|文|von|par|di|da|door)\s*[:：●]\s*"
    # "Di Maio" and "Von der Leyen" are names, "Von Max Ernst" is a byline: two capitals must follow.
    r"|(?:by|por|de autoria de|escrito por)\s+|(?:von|par|di|da|door)\s+(?=(?-i:[A-ZÀ-Þ])\S*\s+(?-i:[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;|/／、•·\n]|\s(?:and|und|y|e|et|en|with|con|&)\s|(?<=\w)\s+[-–—]\s+)\s*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\(?[^\s@]+@[^\s@]+\.\w+\)?|(?<!\w)@\w+", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:the\s|la\s|die\s)?(?:admin(?:istra(?:tor|dor))?|anonymous|anónimo|authors?|autore?s?|by|contributors?|editors?"
    r"|editorial|guest|n/?a|newsdesk|newsroom|none|null|online|por|redacci[oó]n|redac?[cç][aã]o|redaktion|redazione|rédaction|root"
    r"|staff(?:\s(?:reporters?|writers?))?|undefined|unknown|user|web|webmaster|wordpress)",
    re.IGNORECASE,
)


LONGEST_BYLINE = 2000
"""Characters; in more there are no names, and a page can make its reader wait."""


def split_authors(raw: Iterable[str]) -> tuple[str, ...]:
    """The names in bylines such as "By A and B" or "Por: A", in order and each once.

    Addresses, handles, nobodies ("admin", "Staff") and what is longer than six words, so hardly a name, are dropped.
    A name written "Márquez, Gabriel" is not told from two names, and comes out as two.
    """
    names: dict[str, str] = {}
    for byline in raw:
        line = _ADDRESS.sub(" ", _one_line_each(byline[:LONGEST_BYLINE]))
        for part in _BETWEEN_NAMES.split(_BY.sub("", line)):
            name = _BY.sub("", clean_text(part)).strip(" \t.,;:-–—()[]\"'“”")
            if _is_name(name):
                names.setdefault(name.casefold(), name)
    return tuple(names.values())


def _one_line_each(byline: str) -> str:
    return "\n".join(clean_text(line) for line in byline.splitlines())


def _is_name(text: str) -> bool:
    return not _NOBODY.fullmatch(text) and len(text.split()) <= 6 and 2 <= sum(map(str.isalpha, text)) <= 80
