"""A site's own CSS selectors: what they find on a page, before anything general is tried."""

from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from ingest.errors import ExtractFailed
from ingest.extract.blocks import blocks_of
from ingest.models import Block, ExtractRules


class Ruled(NamedTuple):
    """What the rules found, empty where none matched, and the page without what they remove."""

    text: str
    blocks: tuple[Block, ...] = ()
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""


def apply_rules(text: str, rules: ExtractRules) -> Ruled:
    """Read a page by its site's rules. Raises ExtractFailed for a selector that is none, naming it."""
    if rules == ExtractRules():
        return Ruled(text)
    soup = BeautifulSoup(text, "lxml")
    for selector in rules.remove:
        for element in _select(soup, selector):
            element.decompose()
    bodies = _outermost(_select(soup, rules.body))
    return Ruled(
        text=str(soup) if rules.remove else text,
        blocks=tuple(block for body in bodies for block in blocks_of(str(body))),
        title=next(filter(None, map(_value, _select(soup, rules.title))), ""),
        authors=tuple(dict.fromkeys(filter(None, map(_value, _select(soup, rules.author))))),
        published=next(filter(None, map(_value, _select(soup, rules.published))), ""),
    )


def _select(soup: BeautifulSoup, selector: str) -> list[Tag]:
    if not selector:
        return []
    try:
        return list(soup.select(selector))
    except (SelectorSyntaxError, NotImplementedError) as error:
        problem = str(error).partition("\n")[0]
        raise ExtractFailed(f"{selector!r} in [extract] is no CSS selector: {problem}", again=False) from error


def _outermost(elements: list[Tag]) -> list[Tag]:
    """A selector that matches an element and its children would otherwise give their text twice."""
    chosen = {id(element) for element in elements}
    return [element for element in elements if not any(id(parent) in chosen for parent in element.parents)]


def _value(element: Tag) -> str:
    """The machine's value where the element has one (`content` of a meta, `datetime` of a time), else its text."""
    value = element.get("datetime") or element.get("content")
    return " ".join((value if isinstance(value, str) else element.get_text(" ")).split())
