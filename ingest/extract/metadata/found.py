"""What was found on a page and where: the words that the readers of titles, dates and bylines share."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement

_NO_LETTERS = re.compile(r"[\W_]+")
_LONGEST = 50_000
"""Characters of an element that are looked at: a page may have all its text in each of a hundred nested headings."""


class Found(NamedTuple):
    """A value, where it was, and how sure it is to be right, from 0 to 1.

    How sure is what such evidence was worth on pages whose answer is known; see docs/extraction.md.
    """

    value: str
    evidence: str
    sure: float = 0.5


@lru_cache(maxsize=1024)
def key(text: str) -> str:
    """Equal for texts that differ in case, punctuation or white space only."""
    return _NO_LETTERS.sub("", text.casefold())


def line(element: HtmlElement) -> str:
    """The element's text on one line, with a space between the texts of neighbouring elements."""
    return " ".join((" ".join(_texts(element)) if len(element) else (element.text or "")[:_LONGEST]).split())


def _texts(element: HtmlElement) -> Iterator[str]:
    """The texts in the element until they are longer than any line."""
    left = _LONGEST
    for text in element.itertext():
        yield text[:left]
        left -= len(text)
        if left <= 0:
            return
