"""What each of a source's selectors selects on a page, for whoever writes or mends them."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.extract.page import decode, parse
from ingest.extract.rules import outermost, remove, values
from ingest.extract.selectors import select
from ingest.models import ExtractRules
from ingest.words import word_count


class Selected(NamedTuple):
    """What one selector found: how many elements, the words in them, and the beginning of what is taken from them."""

    key: str
    selector: str
    elements: int
    words: int
    begins: str


def inspect_rules(body: bytes, content_type: str, rules: ExtractRules) -> list[Selected]:
    """Every selector on this page, as extraction applies them: what is removed is gone for the others.

    Raises ExtractFailed where the page cannot be read, or a selector is none.
    """
    tree = parse(decode(body, content_type))
    removed = list(_removed(tree, rules))
    found = [_selected(tree, key, selector) for key, selector in rules.selectors() if key != "remove"]
    return [*found, *removed]


def _removed(tree: HtmlElement, rules: ExtractRules) -> Iterator[Selected]:
    for selector in rules.remove:
        yield _selected(tree, "remove", selector)
        remove(select(tree, selector))


def _selected(tree: HtmlElement, key: str, selector: str) -> Selected:
    elements = select(tree, selector)
    texts = list(values(outermost(elements) if key in {"body", "remove"} else elements))
    return Selected(key, selector, len(elements), sum(map(word_count, texts)), " ".join(texts)[:200])
