"""The elements chosen for a body -> the same, with the figures that stand between them.

Passages are chosen for their words, and a picture with its caption has few. Those that the article is illustrated with
stand among its paragraphs; those of other articles stand in boxes of their own, in links or under headlines.
"""

from collections.abc import Iterable, Sequence

from lxml import etree

_ELSEWHERE = {"a", "aside", "nav", "footer", "header", "form", "li", "table"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LONGEST_CAPTION = 600
"""Characters; what says more is no caption."""


def with_figures(elements: Sequence[etree._Element]) -> list[etree._Element]:
    """The elements in their order, each figure with a caption behind the one that it follows in the page."""
    chosen = {element for element in elements if element.getparent() is not None}
    around = _around(elements, chosen)
    if around is None or next(around.iter("figure"), None) is None:
        return list(elements)
    behind = _behind(around, chosen)
    return [each for element in elements for each in (element, *behind.get(element, ()))]


def _around(elements: Iterable[etree._Element], chosen: set[etree._Element]) -> etree._Element | None:
    """The innermost element around the first and the last that are in the page."""
    placed = [element for element in elements if element in chosen]
    if len(placed) < 2:
        return None
    ancestors = set(placed[0].iterancestors())
    return next((element for element in placed[-1].iterancestors() if element in ancestors), None)


def _behind(around: etree._Element, chosen: set[etree._Element]) -> dict[etree._Element, list[etree._Element]]:
    """By the chosen element before them, the figures that more of these follow."""
    found: dict[etree._Element, list[etree._Element]] = {}
    waiting: list[etree._Element] = []
    last: etree._Element | None = None
    for element in around.iter():
        if element in chosen:
            if last is not None and waiting:
                found[last] = waiting
            last, waiting = element, []
        elif element.tag == "figure" and last is not None and _illustrates(element, around, chosen):
            waiting.append(element)
    return found


def _illustrates(figure: etree._Element, around: etree._Element, chosen: set[etree._Element]) -> bool:
    caption = figure.find(".//figcaption")
    if caption is None or figure.find(".//img") is None or next(figure.iter(*_HEADINGS), None) is not None:
        return False
    if not 0 < len("".join(caption.itertext()).strip()) <= LONGEST_CAPTION:
        return False
    for ancestor in figure.iterancestors():
        if ancestor is around:
            return True
        if ancestor in chosen or ancestor.tag in _ELSEWHERE or ancestor.tag == "figure":
            return False
    return False
