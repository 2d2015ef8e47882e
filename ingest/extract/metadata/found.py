"""What was found on a page and where: the words that the readers of titles, dates and bylines share."""

import re
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement

_NO_LETTERS = re.compile(r"[\W_]+")


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
    return " ".join((" ".join(element.itertext()) if len(element) else element.text or "").split())
