"""Which places on a page are not the article's own."""

import re
from collections.abc import Container

from lxml.html import HtmlElement

_TAGS = {"nav", "footer", "aside"}
_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|disqus|related|recommend\w*|teasers?|newsletter|popular|trending|most-?read"
    r"|more-(?:stories|news|articles)|recirc\w*|ticker|promo|latest)(?=$|[\s_-])",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?:^|[\s_-])(?:(?<!post.)(?<!entry.)(?<!article.)footer|nav|navbar|menu|rail)(?=$|[\s_-])", re.IGNORECASE
)
_WRAPPERS = {"html", "body", "main", "article"}
"""Their classes say what a page has, not what they are."""


def is_aside(element: HtmlElement, frame: Container[HtmlElement] = (), near: bool = False) -> bool:
    """Whether the element stands among comments, in a box of other articles, or in a navigation or footer.

    frame: the elements around the headline and the body, which are none of these whatever they are called. near: that
    it stands below the headline, where the parts of a header are called navigation and footer too.
    """
    for one in (element, *element.iterancestors()):
        if one in frame:
            return False
        if one.tag in _TAGS and not near:
            return True
        if one.tag in _WRAPPERS or not (one.get("class") or one.get("id")):
            continue
        names = f"{one.get('class') or ''} {one.get('id') or ''}"
        if _OTHERS.search(names) or (not near and _PARTS.search(names)):
            return True
    return False
