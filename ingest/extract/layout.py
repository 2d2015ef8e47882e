"""A page's tree -> its layout: boxes, and the passages of text in them, in the order in which a reader meets them.

    <div class="story"><p>The <a>crews</a> walked.</p><p>They sang.</p></div>

    boxes      0 body   1 div.story   2 p   3 p        (each a block-level element, with the box that it is in)
    passages   "The crews walked." in 2, 5 characters of it linked      "They sang." in 3

A passage is text with no block element and no double line break inside: what may be one paragraph of an article. What
readers never see (scripts, forms' fields, drawings) is left out; what is hidden until a script shows it is marked.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

_BOXES = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_UNREAD = {
    "audio", "button", "canvas", "dialog", "embed", "head", "iframe", "input", "label", "map", "math", "menu",
    "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
}  # fmt: skip
_INLINE, _BOX, _SKIP, _BREAK, _LINK, _BOLD = range(6)
_KINDS = {
    **dict.fromkeys(_BOXES, _BOX), **dict.fromkeys(_UNREAD, _SKIP), "br": _BREAK, "a": _LINK, "b": _BOLD,
    "strong": _BOLD,
}  # fmt: skip
_HIDDEN = ".//*[@hidden or @aria-hidden='true' or contains(@style,'display:none') or contains(@style,'display: none')]"


class Box(NamedTuple):
    """A block-level element. `parent` is the number of the box around it, -1 for the outermost."""

    element: HtmlElement
    parent: int
    hidden: bool


class Passage(NamedTuple):
    """A run of text. `box` is the number of the box that it stands in; `linked` and `bold` count its characters."""

    box: int
    text: str
    linked: int
    bold: int


class Layout(NamedTuple):
    """A page as boxes and passages; a box comes after the box that it is in."""

    boxes: Sequence[Box]
    passages: Sequence[Passage]


def layout(tree: HtmlElement) -> Layout:
    """The layout of the page's body. The tree is no deeper than the parser allows (255 elements)."""
    body = tree.find("body")
    reader = _Reader(tree if body is None else body)
    return Layout(reader.boxes, reader.passages)


class _Reader:
    """One pass over a tree of a thousand elements, which is why it is written flat and passes by position."""

    def __init__(self, body: HtmlElement) -> None:
        self.boxes: list[Box] = []
        self.passages: list[Passage] = []
        self._hidden = set(body.xpath(_HIDDEN))
        self._box = -1
        self._texts: list[str] = []
        self._linked = self._bold = self._breaks = 0
        self._read(body, _BOX, False, False, False)

    def _read(self, element: HtmlElement, kind: int, linked: bool, bold: bool, hidden: bool) -> None:
        if kind == _BOX:
            self._end()
            self.boxes.append(Box(element, self._box, hidden))
            self._box = len(self.boxes) - 1
        elif kind == _BREAK:
            self._break()
        linked = linked or kind == _LINK
        bold = bold or kind == _BOLD
        texts = self._texts
        if text := element.text:
            texts.append(text)
            if linked or bold or self._breaks:
                self._count(text, linked, bold)
        for child in element:
            inner = _KINDS.get(child.tag, _INLINE)
            if inner != _SKIP:
                if not self._hidden or child not in self._hidden:
                    self._read(child, inner, linked, bold, hidden)
                elif inner == _BOX:  # words hidden inside a paragraph are for machines
                    self._read(child, inner, linked, bold, True)
            if text := child.tail:
                texts.append(text)
                if linked or bold or self._breaks:
                    self._count(text, linked, bold)
        if kind == _BOX:
            self._end()
            self._box = self.boxes[self._box].parent

    def _count(self, text: str, linked: bool, bold: bool) -> None:
        if linked:
            self._linked += len(text)
        if bold:
            self._bold += len(text)
        if self._breaks and not text.isspace():
            self._breaks = 0

    def _break(self) -> None:
        self._breaks += 1
        if self._breaks == 2:
            self._end()
        else:
            self._texts.append(" ")

    def _end(self) -> None:
        if self._texts:
            if text := " ".join("".join(self._texts).split()):
                self.passages.append(Passage(self._box, text, self._linked, self._bold))
            self._texts.clear()
        self._linked = self._bold = self._breaks = 0
