"""What a reader sees around the headline, for what the page nowhere states.

    headline ─► elements above it │ between it and the body │ at the body's end and below ─► lines

A line is the text of a block element without that of the blocks inside it. A page has thousands of elements, so that
only those near the headline and the body are walked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import chain, islice, takewhile
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.extract.metadata.found import key, line

_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "big", "cite", "code", "em", "font", "i", "ins", "label", "mark", "s", "small",
    "span", "strong", "sub", "sup", "time", "tt", "u", "var",
}  # fmt: skip
_APART = {"a", "time"}
_UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "button", "head"}
_WORDLESS = {
    "svg", "g", "path", "use", "script", "style", "source", "img", "picture", "video", "input", "br", "hr", "wbr",
}  # fmt: skip
HEADINGS = ("h1", "h2", "h3")
_LONGEST = 300
"""Characters of a line that can be a byline or hold the date; longer ones are prose."""
_ABOVE, _INTO, _BELOW = 40, 12, 60
"""Elements above the headline, into the body, and below it, in which its date and byline stand."""
_FAR = 250
"""Elements between headline and body from which it is no headline of that body, but a logo."""


class Place(IntEnum):
    """Where an element stands, better places being higher."""

    BELOW = 1
    ABOVE = 2
    BETWEEN = 4


class Line(NamedTuple):
    """A line, and the element that begins it."""

    text: str
    element: HtmlElement
    place: Place


@dataclass(frozen=True)
class Visible:
    """near: the elements near headline and body, likelier places first, each once; frame: those around headline and
    body; opening: those with which the body begins and just above, where it is known."""

    near: dict[HtmlElement, Place]
    frame: frozenset[HtmlElement]
    opening: tuple[HtmlElement, ...]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines near headline and body, in the order of `near`."""
        return [line for element, place in self.near.items() for line in lines_of(element, place)]


def look(tree: HtmlElement, title: str, body: Sequence[HtmlElement]) -> Visible:
    """Find the places. title: the believed one, to find the headline by; body: the elements chosen as the body."""
    first = body[0] if body else None
    headline = _headline(tree, title)
    between = _until(first, headline)
    if first is not None and not between:
        headline = first
    start = tree if headline is None else headline
    near: dict[HtmlElement, Place] = {}
    for place, elements in (
        (Place.BETWEEN, between or islice(_onward(start), _ABOVE)),
        (Place.BETWEEN, islice(_onward(first), _INTO)),
        (Place.ABOVE, islice(_backward(start), _ABOVE)),
        (Place.BELOW, islice(_backward(body[-1] if body else None), _INTO)),
        (Place.BELOW, islice(_onward(body[-1] if body else None), _BELOW)),
        (Place.BETWEEN, _until(body[1], first) if len(body) > 1 else ()),  # what follows a standfirst
    ):
        for element in elements:
            near.setdefault(element, place)
    inner = (one for one in (headline, first) if one is not None)
    frame = frozenset(around for one in inner for around in one.iterancestors())
    return Visible(near, frame, (*between[-3:], *islice(_onward(first), 2)))


def _headline(tree: HtmlElement, title: str) -> HtmlElement | None:
    """The heading that says the title, else the first h1."""
    headings, wanted = list(tree.iter(*HEADINGS)), key(title)
    titled = (heading for heading in headings if wanted and key(line(heading)) == wanted)
    return next(chain(titled, (heading for heading in headings if heading.tag == "h1")), None)


def _until(first: HtmlElement | None, headline: HtmlElement | None) -> list[HtmlElement]:
    """The elements from the headline to the first of the body; none where they are too far from each other."""
    if first is None:
        return []
    onward = list(takewhile(lambda element: element is not first, islice(_onward(headline), _FAR)))
    return onward if len(onward) < _FAR else []


def _onward(element: HtmlElement | None) -> Iterator[HtmlElement]:
    """This element, what is in it and what follows, in the order of the page."""
    while element is not None:
        yield from (one for one in element.iter() if one.tag not in _WORDLESS)
        while element is not None and element.getnext() is None:
            element = element.getparent()
        element = None if element is None else element.getnext()


def _backward(element: HtmlElement | None) -> Iterator[HtmlElement]:
    """What begins before this element, nearest first."""
    while element is not None:
        before = element.getprevious()
        element = element.getparent() if before is None else before
        while before is not None and len(before):
            element = before = before[-1]
        if element is not None and element.tag not in _WORDLESS:
            yield element


def lines_of(element: HtmlElement, place: Place = Place.BELOW) -> Iterator[Line]:
    """The lines that a block element begins: its text before the first block in it, and after each."""
    if element.tag in _INLINE or element.tag in _UNSEEN:
        return
    for text in _own_texts(element):
        if len(text) <= _LONGEST:
            yield Line(text, element, place)


def block_of(element: HtmlElement) -> HtmlElement:
    """The block that the element is in, itself where it is one."""
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _own_texts(element: HtmlElement) -> Iterator[str]:
    pieces = (element.text or "").split()
    for child in element:
        if child.tag in _INLINE:
            pieces += " ".join(child.itertext()).split()
        elif child.tag not in _UNSEEN and pieces:
            yield " ".join(pieces)
            pieces.clear()
        if child.tail:
            pieces += child.tail.split()
    if pieces:
        yield " ".join(pieces)


def text_of(element: HtmlElement) -> str:
    """The element's text with a line for each block, link and time in it."""
    pieces: list[str] = []
    _collect(element, pieces)
    lines = (" ".join(text.split()) for text in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    edge = "\n" if element.tag not in _INLINE or element.tag in _APART else ""
    pieces += (edge, " ".join((element.text or "").split("\n")))
    for child in element:
        if child.tag not in _UNSEEN:
            _collect(child, pieces)
        pieces.append(" ".join((child.tail or "").split("\n")))
    pieces.append(edge)
