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


def elements_at(root: etree._Element, path: Iterable[str]) -> list[etree._Element]:
    """The elements to which the path leads: each step a child with that tag and at least these classes. Its number
    counts only where several have them."""
    steps = [step.split(" ") for step in path]
    found = [root] if steps and root.tag == steps[0][0] else []
    for tag, *tokens in steps[1:]:
        found = [child for parent in found for child in _children(parent, tag, tokens)]
    return found


def elements_along(tree: etree._Element, path: Sequence[str]) -> list[etree._Element]:
    """As `elements_at`, the path beginning at any element of the tree that its first step fits."""
    tag, *tokens = path[0].split(" ")
    wanted = {token for token in tokens if not token.startswith("@")}
    starts = (each for each in tree.iter(tag) if wanted.issubset(step_of(each).split(" ")[1:]))
    return [element for start in starts for element in elements_at(start, path)]


def _children(parent: etree._Element, tag: str, tokens: list[str]) -> list[etree._Element]:
    wanted = {token for token in tokens if not token.startswith("@")}
    same = list(parent.iterchildren(tag))
    found = [child for child in same if not wanted or wanted.issubset(step_of(child).split(" ")[1:])]
    number = next((int(token[1:]) for token in tokens if token.startswith("@")), None)
    if len(found) > 1 and number is not None and number < len(same) and same[number] in found:
        return [same[number]]
    return found
