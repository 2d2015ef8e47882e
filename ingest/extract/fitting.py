"""A template on a page of its outlet -> the element that holds the body, and what in it is no part of it.

It answers only for kinds of elements that it knows. Text in any other may be anything: then the page is a surprise, and
is read the long way.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from ingest.extract.blocks import BLOCKS, DROPPED
from ingest.extract.layout import is_frame, is_hidden, layout
from ingest.extract.metadata import key
from ingest.extract.places import elements_along, elements_at, joined, step_of
from ingest.extract.template import LINKED, Template, Verdict

BELOW = 3
"""Texts below a body that are looked at."""
LABEL = 12
"""Letters up to which a text of unknown kind may be left out: a number, a button, an advertisement's label."""
_MAYBE_HIDDEN = etree.XPath("descendant::*[@hidden or @aria-hidden or @style]")


class Fitted(NamedTuple):
    """container: the element that holds the body; without: those inside it that are no part of it; elements: those that
    are, as large as they can be, in their order."""

    container: HtmlElement
    without: frozenset[HtmlElement]
    elements: Sequence[HtmlElement]


class Surprise(Exception):
    """The template does not fit this page; its text says why. The page is read the long way."""


def fitted(template: Template, tree: HtmlElement, along: Sequence[str] = ()) -> Fitted:
    """The page's body by the template. along: the path to its element where the tree is that of an excerpt. Raises
    Surprise."""
    found = elements_along(tree, along) if along else elements_at(tree, template.container)
    if len(found) != 1:
        raise Surprise(f"{len(found) or 'no'} elements stand where the body was")
    container = found[0]
    parts = list(_parts(template.kinds, container, ""))
    kept = [number for number, (_, verdict) in enumerate(parts) if verdict is Verdict.IN]
    inside = range(kept[0], kept[-1]) if kept else range(0)
    without = {
        element
        for number, (element, verdict) in enumerate(parts)
        if verdict is Verdict.OUT or (verdict is None and number not in inside)
    }
    elements = [parts[number][0] for number in kept] or [container]
    return Fitted(container, frozenset(without.union(_hidden(container))), elements)


def below(fit: Fitted) -> tuple[str, ...]:
    """The texts just below the body, in which a paywall makes its offer."""
    texts = [*_last_left_out(fit.container, fit.without)]
    texts += [" ".join(element.itertext()) for element in islice(fit.container.itersiblings(), BELOW)]
    return tuple(" ".join(text.split()) for text in texts if text.strip())[:BELOW]


def _last_left_out(element: HtmlElement, without: Container[HtmlElement]) -> Iterator[str]:
    """What was left out after the last text that was not, the last of it first."""
    for child in reversed(element):
        if child in without:
            yield " ".join(child.itertext())
        elif any(text.strip() for text in child.itertext()):
            yield from _last_left_out(child, without)
            return


def _parts(kinds: dict[str, Verdict], parent: HtmlElement, above: str) -> Iterator[tuple[HtmlElement, Verdict | None]]:
    """The elements that are a part of the body (IN), or not (OUT), as large as they can be, in their order; None for
    those without a text (a picture, a place for advertisements), which stay where they stand within the body."""
    for element in parent:
        if element.tag in DROPPED or element.tag.__class__ is not str:
            continue
        path = joined(above, step_of(element))
        verdict = kinds.get(path)
        if verdict is Verdict.OPEN:
            yield from _parts(kinds, element, path)
        elif verdict is Verdict.PROSE:
            yield element, Verdict.OUT if _is_linked(element) else Verdict.IN
        elif verdict is not None or is_frame(element):
            yield element, verdict or Verdict.OUT
        elif _is_block(element):
            yield element, Verdict.OUT if _has_label(element, path) else None


def _hidden(container: HtmlElement) -> Iterator[HtmlElement]:
    """Elements inside paragraphs that nobody sees, as the long way leaves them out."""
    return (each for each in _MAYBE_HIDDEN(container) if each.tag not in BLOCKS and is_hidden(each))


def _is_linked(element: HtmlElement) -> bool:
    letters = sum(map(len, element.itertext()))
    return sum(len(text) for link in element.iter("a") for text in link.itertext()) >= LINKED * letters


def _is_block(element: HtmlElement) -> bool:
    """Whether it is a block element or has one in it; else its text is that of the block around it."""
    return element.tag in BLOCKS or next(element.iterdescendants(*BLOCKS), None) is not None


def _has_label(element: HtmlElement, path: str) -> bool:
    """Whether there is a text in the element, and no longer one than a label has. Most elements of unknown kind are
    places for advertisements, with nothing or a script in them."""
    if not any(not text.isspace() for text in element.itertext()):
        return False
    letters = sum(len(key(passage.text)) for passage in layout(element).passages)
    if letters > LABEL:
        raise Surprise(f"text in an element of a kind not seen before: {path}")
    return letters > 0
