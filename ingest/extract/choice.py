"""A page's tree -> the elements that hold its article, and how sure that is.

    tree ─layout─► passages ─features─► rows ─model─► chances ─► the share of them that is best ─► elements

The model gives each passage a chance to be the article's. Those above a limit are the body; the limit is set for each
page where the F1 that the chances themselves promise is highest. Elements are as large as they can be while all that
they hold is chosen, so lists, quotes and pictures stay whole.
"""

import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

import numpy as np
from lxml import etree
from lxml.html import HtmlElement
from numpy.typing import NDArray

from ingest.extract.features import Stated, measure
from ingest.extract.layout import Box, Layout, Passage, layout
from ingest.extract.model import load

LIMITS = np.arange(0.2, 0.75, 0.05)
FEWEST_WORDS = 25
"""Below it a page is a video, a paywall, a consent screen or a front page rather than an article."""
BELOW = 3
"""Passages below the body that may say that the rest of it is not free."""
_OFTEN_AROUND_ALL = {
    "body", "html", "form", "main", "nav", "dialog", "menu", "noscript", "object", "svg", "template",
}  # fmt: skip
"""Never handed over as one, since what is no article's may be in them, or a reader of blocks leaves them out."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML has no place for, so that lxml refuses to write them, though it reads them."""
_FIGURES = {"figure", "figcaption", "caption"}


class Choice(NamedTuple):
    """elements: in their order on the page, none inside another. confidence: the F1 to expect of their text, 0 to 1.
    words: in the chosen passages. after: the passages just below the last of them. unseen: elements inside them that
    nobody sees."""

    elements: tuple[HtmlElement, ...] = ()
    confidence: float = 0.0
    words: int = 0
    after: tuple[str, ...] = ()
    unseen: Set[HtmlElement] = frozenset()


def choose(tree: HtmlElement, stated: Stated) -> Choice:
    """The elements that hold the article of a page, none where nothing looks like one."""
    choice = _choose(layout(tree), stated)
    return choice if choice.words >= FEWEST_WORDS else _choose(layout(tree, whole=True), stated)


def _choose(page: Layout, stated: Stated) -> Choice:
    measured = measure(page, stated, load().lexicon)
    if not measured.numbers:
        return Choice()
    chances = load().chances(measured.matrix)
    limit, confidence = best_limit(chances, measured.words)
    likely = chances >= limit
    chosen = {number for number, yes in zip(measured.numbers, likely, strict=True) if yes}
    below = page.passages[max(chosen) + 1 :][:BELOW] if chosen else ()
    return Choice(
        tuple(_elements(page, chosen)),
        confidence,
        int(measured.words[likely].sum()),
        tuple(passage.text for passage in below),
        page.unseen,
    )


def best_limit(chances: NDArray[np.float64], words: NDArray[np.float64]) -> tuple[float, float]:
    """The limit whose passages promise the highest F1 over words, and that F1."""
    weighed = chances * words
    above = chances >= LIMITS[:, None]
    chosen = above @ words
    promised = 2 * (above @ weighed) / np.maximum(1e-9, chosen + weighed.sum())
    best = int(promised.argmax())
    return float(LIMITS[best]), float(promised[best])


def _elements(page: Layout, chosen: set[int]) -> Iterator[HtmlElement]:
    """The outermost boxes that hold nothing but chosen passages; of any other box the chosen passages alone."""
    whole = _whole(page, chosen)
    given: set[int] = set()
    for number in sorted(chosen):
        passage = page.passages[number]
        outermost = None
        for box in _outwards(page.boxes, passage.box):
            if not whole[box]:
                break
            outermost = box
        if outermost is None:
            yield _paragraph(passage)
        elif outermost not in given:
            given.add(outermost)
            yield page.boxes[outermost].element


def _whole(page: Layout, chosen: set[int]) -> list[bool]:
    """Whether all passages in a box are chosen, captions of figures aside."""
    size = len(page.boxes)
    whole, holds = [number not in page.broken for number in range(size)], [False] * size
    in_figure = [False] * size
    for number, box in enumerate(page.boxes):
        in_figure[number] = box.element.tag in _FIGURES or (number > 0 and in_figure[box.parent])
    for number, passage in enumerate(page.passages):
        if number in chosen:
            holds[passage.box] = True
        elif not in_figure[passage.box]:
            whole[passage.box] = False
    for number in range(size - 1, -1, -1):
        box = page.boxes[number]
        if holds[number] and box.element.tag in _OFTEN_AROUND_ALL:
            whole[number] = False
        if number:
            whole[box.parent] = whole[box.parent] and whole[number]
            holds[box.parent] = holds[box.parent] or holds[number]
    return whole


def _outwards(boxes: Sequence[Box], number: int) -> Iterator[int]:
    while number >= 0:
        yield number
        number = boxes[number].parent


def _paragraph(passage: Passage) -> HtmlElement:
    """A passage between other elements, which has no element of its own."""
    paragraph: HtmlElement = etree.Element("p")
    paragraph.text = _UNWRITABLE.sub("", passage.text)
    return paragraph
