"""A site's own CSS selectors: what they find on a page's tree, before anything general is tried."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.extract.blocks import blocks_in
from ingest.extract.selectors import select
from ingest.models import Block, ExtractRules

_UNREAD = frozenset({"script", "style", "template"})


class Ruled(NamedTuple):
    """What the rules found, empty where none matched."""

    blocks: tuple[Block, ...] = ()
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""


def apply_rules(tree: HtmlElement, rules: ExtractRules) -> Ruled:
    """Read a page by its site's rules, and take out of its tree what they remove.

    Raises ExtractFailed for a selector that is none, naming it.
    """
    for selector in rules.remove:
        remove(select(tree, selector))
    return Ruled(
        blocks=blocks_in(outermost(select(tree, rules.body))),
        title=next(values(select(tree, rules.title)), ""),
        authors=tuple(dict.fromkeys(values(select(tree, rules.author)))),
        published=next(values(select(tree, rules.published)), ""),
    )


def remove(elements: list[HtmlElement]) -> None:
    """Empty these; the text behind each stays where it is, since lxml cannot move what `&#1;` has put there."""
    for element in elements:
        element.clear(keep_tail=True)
        element.tag = "template"


def outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """A selector that matches an element and its children would otherwise give their text twice."""
    chosen = set(elements)
    return [element for element in elements if chosen.isdisjoint(element.iterancestors())]


def values(elements: list[HtmlElement]) -> Iterator[str]:
    """The machine's value where an element has one (`content` of a meta, `datetime` of a time), else its text."""
    for element in elements:
        value = element.get("datetime") or element.get("content") or " ".join(_texts(element))
        if clean := " ".join(value.split()):
            yield clean


def _texts(element: HtmlElement) -> Iterator[str]:
    for each in element.iter():
        if each.tag not in _UNREAD and each.text:
            yield each.text
        if each is not element and each.tail:
            yield each.tail
