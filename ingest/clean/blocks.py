"""A body's blocks as they were captured -> one spelling, and nothing said or shown twice."""

import re
import unicodedata
from collections.abc import Iterable

from msgspec.structs import replace

from ingest.clean.repeats import unrepeated
from ingest.clean.text import clean_text, respelled
from ingest.models import Block

_TAG = re.compile(r"(<[^>]*>)")
_EMPTY = re.compile(r"<(\w+)(?: [^>]*)?></\1>")


def clean_blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Each block's text and markup through `clean_text`, the empty ones dropped, and nothing twice (`unrepeated`)."""
    cleaned = [clean for block in blocks if (clean := _clean(block)).text or clean.tag == "img"]
    texts = [place for place, block in enumerate(cleaned) if block.in_text]
    quotes = [index for index, place in enumerate(texts) if cleaned[place].tag == "blockquote"]
    kept = {texts[index] for index in unrepeated([cleaned[place].text for place in texts], quotes)}
    # A picture has one place. Of two places with one caption the first has it.
    others = {block.html: place for place, block in reversed([*enumerate(cleaned)]) if not block.in_text}
    return tuple(cleaned[place] for place in sorted(kept.union(others.values())))


def _clean(block: Block) -> Block:
    text = clean_text(block.text)
    if text == block.text and block.html.isprintable() and unicodedata.is_normalized("NFC", block.html):
        return block  # nearly always
    if block.tag == "pre":
        return replace(block, text=text, html=_respelled(block.html))
    return replace(block, text=text, html=_one_line(_respelled(_one_line(block.html))))


def _respelled(markup: str) -> str:
    parts = _TAG.split(markup)  # words, a tag, words, ...
    parts[::2] = map(respelled, parts[::2])
    return without_empty("".join(parts))


def without_empty(markup: str) -> str:
    """The markup without elements in which nothing is left."""
    while (fewer := _EMPTY.sub("", markup)) != markup:
        markup = fewer
    return markup


def _one_line(text: str) -> str:
    return " ".join(text.split())
