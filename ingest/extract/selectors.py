"""CSS selectors on the shared tree.

    selector ─ soupsieve: is it one? ─┬─ cssselect can translate it ─► XPath, a millisecond, in C
                                      └─ else ─► soupsieve over the same tree as Beautiful Soup sees it, slower

soupsieve says what a selector is, here as for listings, so that one grammar holds wherever one is written. Nearly all
are translated; the others (`:has(> a)`, `[class*=ad i]`) cost a copy of the tree.
"""

import re
from functools import lru_cache

from bs4 import BeautifulSoup, Tag
from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

from ingest.css import problem
from ingest.errors import ExtractFailed

_TRANSLATED = re.compile(
    r"(?:[^:\[]|\[(?!\s*type\b)(?:[^\]|]|\|(?!=))*\]"
    r"|:(?:not\(|(?:first|last|only)-(?:child|of-type)\b|nth-(?:last-)?(?:child|of-type)\())+"
)
"""What both mean the same by. cssselect knows fewer pseudo-classes, or knows them differently, and minds the case where
HTML does not (`[type=TEXT]`, `[lang|=en]`)."""


def select(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements of the tree that match, in its order. Raises ExtractFailed, naming it, where it is no selector."""
    if not selector:
        return []
    path = _path(selector)
    return list(path(tree)) if path else _by_soup(tree, selector)


@lru_cache(maxsize=1024)
def _path(selector: str) -> etree.XPath | None:
    if reason := problem(selector):
        raise ExtractFailed(
            f"{selector!r} in [extract] is no CSS selector: {reason}; correct it in the source's file",
            kind="bad rule",
            again=False,
        )
    if not _TRANSLATED.fullmatch(selector):
        return None
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None


def _by_soup(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """By a copy of the tree, in which each tag remembers the element that it was made of."""
    soup = BeautifulSoup("", "html.parser")
    made: dict[int, HtmlElement] = {}
    inside: list[Tag] = [soup]
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            tag = soup.new_tag(element.tag, attrs=dict(element.attrib))
            made[id(tag)] = element
            inside[-1].append(tag)
            inside.append(tag)
            text = element.text
        else:
            inside.pop()
            text = element.tail
        if text:
            inside[-1].append(text)
    return [made[id(tag)] for tag in soup.select(selector)]
