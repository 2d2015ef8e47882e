"""Where an element stands on a page, in words that hold for the outlet's other pages too.

    <body class="post-4711 single"><div id="main"><p class="lead">  ─►  body post-# single > div #main > p lead

A step is a tag, its classes and its id, with digits taken out, as they number pages. A path is the steps from one
element down to another.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from lxml import etree

BETWEEN = " > "
_MOST_TOKENS = 12
_DIGITS = re.compile(r"\d+")
_HASHED = 3
"""Groups of digits from which a class is a hash rather than a name."""


def step_of(element: etree._Element) -> str:
    """The element's step: its tag, then its classes and its id."""
    return _step(element.tag, element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=8192)
def _step(tag: str, classes: str, identifier: str) -> str:
    names = [*dict.fromkeys(classes.split()), *([f"#{identifier}"] if identifier else [])]
    tokens = [_DIGITS.sub("#", name.replace(">", "").replace(" ", "-")) for name in names]
    kept = sorted({token for token in tokens if token.lstrip("#").count("#") < _HASHED})
    return " ".join((tag, *kept[:_MOST_TOKENS]))


def joined(above: str, step: str) -> str:
    """The path that goes one step further."""
    return f"{above}{BETWEEN}{step}" if above else step


def path_of(element: etree._Element) -> tuple[str, ...]:
    """The steps from the root to the element; each says which of its siblings with that tag it is (`@1`)."""
    return tuple(reversed([*map(_numbered, (element, *element.iterancestors()))]))


def _numbered(element: etree._Element) -> str:
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    return f"{step_of(element)} @{before}"


def without_number(step: str) -> str:
    """The step of a path as `step_of` has it."""
    return step.rpartition(" @")[0] or step


def tags_of(path: Iterable[str]) -> list[str]:
    """The tags on a path, which stay what they are from page to page."""
    return [step.partition(" ")[0] for step in path]


def tokens_of(step: str) -> set[str]:
    """The classes and the id of a step."""
    return {token for token in step.split(" ")[1:] if not token.startswith("@")}


def elements_at(root: etree._Element, path: Sequence[str]) -> list[etree._Element]:
    """The elements to which the path leads, each step to the children that it fits best."""
    found = [root] if path and root.tag == path[0].partition(" ")[0] else []
    for step in path[1:]:
        found = [child for parent in found for child in _children(parent, step)]
    return found


def elements_along(tree: etree._Element, path: Sequence[str]) -> list[etree._Element]:
    """As `elements_at`, the path beginning at those elements of the tree that its first step fits best."""
    starts = _best(list(tree.iter(path[0].partition(" ")[0])), tokens_of(path[0]))
    return [element for start in starts for element in elements_at(start, path)]


def _children(parent: etree._Element, step: str) -> list[etree._Element]:
    """The children that the step fits best; its number counts only where several do."""
    same = list(parent.iterchildren(step.partition(" ")[0]))
    found = _best(same, tokens_of(step))
    number = int(step.rpartition(" @")[2]) if len(found) > 1 and " @" in step else len(same)
    return [same[number]] if number < len(same) and same[number] in found else found


def _best(elements: list[etree._Element], wanted: set[str]) -> list[etree._Element]:
    """Those that have most of these tokens, and at least half of them."""
    if not wanted or not elements:
        return elements
    shares = [len(wanted.intersection(step_of(element).split(" ")[1:])) for element in elements]
    most = max(shares)
    return [
        element for element, share in zip(elements, shares, strict=True) if share == most and 2 * share >= len(wanted)
    ]
