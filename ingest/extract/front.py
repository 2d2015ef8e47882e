"""A page that need not be an article's -> its tree, and what stands before it, for whoever looks for ways in."""

from lxml.html import HtmlElement

from ingest.errors import PageKind
from ingest.extract.kinds import Look, kind_of
from ingest.extract.page import decode, parse


def front(body: bytes, url: str, content_type: str = "") -> tuple[HtmlElement, PageKind | None]:
    """The page's tree, and its kind where it is none with an article (a front page is an `index`, or of no kind).

    Raises ExtractFailed for what is no HTML.
    """
    tree = parse(decode(body, content_type))
    return tree, kind_of(Look(tree, url))
