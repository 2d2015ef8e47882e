"""A body's blocks -> its HTML, safe to show anywhere: what an article's `html` is.

    li One, li Two, img, figcaption A ferry  ─►  <ul><li>One</li><li>Two</li></ul>
                                                 <figure><img src="https:…"><figcaption>A ferry</figcaption></figure>

Only elements that mean something to a reader are in it, without classes, styles, scripts and ids. Links are absolute,
lead to http or https, and carry nothing that follows their reader. Pictures are loaded by https alone, as a page that
is itself served so shows no others.
"""

import html
import re
from collections.abc import Iterable, Iterator

import nh3
from msgspec.structs import replace

from ingest.clean.urls import clean_url
from ingest.models import Block

_INLINE = {
    "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "strong", "sub",
    "sup", "u",
}  # fmt: skip
_OUTER = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "figure", "figcaption", "img"}
_CLEANER = nh3.Cleaner(
    tags=_INLINE | _OUTER,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel="noopener noreferrer",
)
_HREF = re.compile(r'<a href="([^"]*)">')
_SRC = re.compile(r'(?<=<img src=")[^"]+')
_LEADS_NOWHERE = re.compile(r'<a rel="noopener noreferrer">(.*?)</a>', re.DOTALL)


def article_html(blocks: Iterable[Block], url: str) -> str:
    """The blocks as one piece of HTML, a line for each paragraph, list, quote or picture.

    url: what links and pictures are relative to.
    """
    written = _CLEANER.clean("\n".join(map(_written, _groups(_absolute(blocks, url)))))
    return _LEADS_NOWHERE.sub(r"\1", written) if "<a rel=" in written else written


def _absolute(blocks: Iterable[Block], url: str) -> Iterator[Block]:
    """The blocks with their addresses in one spelling, pictures that cannot be shown left out."""
    for block in blocks:
        if block.tag == "img":
            if (source := _SRC.search(block.html)) and (address := _address(source[0], url)).startswith("https:"):
                start, end = source.span()
                yield replace(block, html=block.html[:start] + html.escape(address) + block.html[end:])
        elif "<a " in block.html:
            yield replace(block, html=_HREF.sub(lambda link: _link(_address(link[1], url)), block.html))
        else:
            yield block


def _address(escaped: str, base: str) -> str:
    try:
        return clean_url(html.unescape(escaped), base, keep_fragment=True)
    except ValueError:
        return ""


def _link(address: str) -> str:
    return f'<a href="{html.escape(address)}">' if address else "<a>"


def _groups(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The entries of one list, the paragraphs of one quote, a picture and what is said under it; any other alone."""
    group: list[Block] = []
    for block in blocks:
        if group and not _belongs(block, group[-1]):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(block: Block, before: Block) -> bool:
    if block.tag == "figcaption":
        return before.tag in {"img", "figcaption"}
    return block.tag in {"li", "blockquote"} and (block.tag, block.ordered) == (before.tag, before.ordered)


def _written(group: list[Block]) -> str:
    match group[0].tag:
        case "li":
            kind = "ol" if group[0].ordered else "ul"
            return f"<{kind}>{''.join(f'<li>{block.html}</li>' for block in group)}</{kind}>"
        case "blockquote":
            return f"<blockquote>{''.join(f'<p>{block.html}</p>' for block in group)}</blockquote>"
        case "img" | "figcaption":
            picture = "".join(block.html for block in group if block.tag == "img")
            caption = "<br>".join(block.html for block in group if block.tag == "figcaption")
            return f"<figure>{picture}{caption and f'<figcaption>{caption}</figcaption>'}</figure>"
        case tag:
            return f"<{tag}>{group[0].html}</{tag}>"
