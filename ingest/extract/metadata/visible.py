"""What a reader sees around the headline, for what the page nowhere states.

    tree ─► its elements in order ─► above the headline │ between headline and body │ below the body ─► lines

A line is the text of a block element without that of the blocks inside it. Only elements near headline and body are
looked at one by one, as a page has thousands.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.extract.metadata.found import key, line

_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "big", "cite", "code", "em", "font", "i", "ins", "label", "mark", "s", "small",
    "span", "strong", "sub", "sup", "time", "tt", "u", "var",
}  # fmt: skip
_APART = {"a", "time"}
_UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "button", "head"}
_HEADINGS = ("h1", "h2", "h3")
_LONGEST = 300
"""Characters of a line that can be a byline or hold the date; longer ones are prose."""
_ABOVE, _INTO, _BELOW = 40, 8, 60
"""Elements above the headline, into the body, and below it, in which its date and byline stand."""
_FAR = 60
"""Elements before the body from which an h1 is a logo rather than the headline."""


class Line(NamedTuple):
    """order: the place of the line's element among the page's elements."""

    text: str
    element: HtmlElement
    order: int


class Visible(NamedTuple):
    """elements: the page's, in order; headline, start, end: the places of the headline, of the body's first and of its
    last element; frame: the elements around headline and body."""

    elements: list[HtmlElement]
    headline: int
    start: int
    end: int
    frame: frozenset[HtmlElement]

    def between(self) -> range:
        """From the headline to the first paragraphs."""
        return range(self.headline, min(self.start + _INTO, len(self.elements)))

    def above(self) -> range:
        """Just above the headline, nearest first."""
        return range(self.headline - 1, max(self.headline - _ABOVE, 0) - 1, -1)

    def below(self) -> range:
        """The end of the body, and just below."""
        return range(max(self.end, self.start) + 1 - _INTO, min(self.end + _BELOW, len(self.elements)))

    def near(self) -> Iterator[int]:
        """The places of the elements near the headline and the body, the likeliest first, each once."""
        return iter(dict.fromkeys((*self.between(), *self.above(), *self.below())))

    def lines(self, places: Iterable[int]) -> Iterator[Line]:
        """The lines that the elements at these places begin."""
        for place in places:
            element = self.elements[place]
            if element.tag not in _INLINE and element.tag not in _UNSEEN:
                texts = (" ".join(text.split()) for text in _own_texts(element))
                yield from (Line(text, element, place) for text in texts if 0 < len(text) <= _LONGEST)


def look(tree: HtmlElement, title: str, body: Sequence[HtmlElement]) -> Visible:
    """Find the places. title: the believed one, to find the headline by; body: the elements chosen as the body."""
    elements = list(tree.iter())
    start = elements.index(body[0]) if body else None
    headline = _headline(tree, elements, key(title), start)
    inner = [*elements[headline : headline + 1], *body[:1]]
    return Visible(
        elements,
        headline,
        headline + _ABOVE if start is None else max(start, headline),
        elements.index(body[-1]) if body else len(elements),
        frozenset(around for element in inner for around in element.iterancestors()),
    )


def _headline(tree: HtmlElement, elements: list[HtmlElement], title: str, start: int | None) -> int:
    """The place of the heading that says the title, else of the first h1, else of the body."""
    headings = list(tree.iter(*_HEADINGS))
    titled = [elements.index(heading) for heading in headings if title and key(line(heading)) == title]
    if titled:
        return next((place for place in titled if start is None or place <= start), titled[0])
    first = next((elements.index(heading) for heading in headings if heading.tag == "h1"), start or 0)
    return first if start is None or first > start - _FAR else start


def heading_at(view: Visible) -> str:
    """The text of the headline, or of the nearest heading after it; empty where there is none."""
    headings = (view.elements[place] for place in view.between())
    return next((text for heading in headings if heading.tag in _HEADINGS and (text := line(heading))), "")


def _own_texts(element: HtmlElement) -> Iterator[str]:
    """What the element says outside the blocks in it: before the first, and after each."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag in _INLINE:
            pieces.append(" ".join(child.itertext()))
        elif child.tag not in _UNSEEN:
            yield " ".join(pieces)
            pieces.clear()
        pieces.append(child.tail or "")
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
