"""Clean blocks -> the same without the lines that say where, when and by whom they were written, and those lines."""

import re
from typing import NamedTuple

from msgspec.structs import replace

from ingest.clean.blocks import without_empty
from ingest.clean.bylines import byline
from ingest.clean.datelines import dateline
from ingest.models import Block

Blocks = tuple[Block, ...]

FIRST, LAST = 3, 2
"""Paragraphs from the start and from the end among which a byline stands, and from the start a dateline."""

_PIECE = re.compile(r"(?P<tag><(?!br>)[^>]*>)|(?P<space>\s+|<br>)|&[#\w]+;|.")


class Credited(NamedTuple):
    """dateline: as written, without its dash; authors: the names in bylines, in their order."""

    blocks: Blocks
    dateline: str = ""
    authors: tuple[str, ...] = ()


def take_credits(blocks: Blocks) -> Credited:
    """Bylines and the dateline, out of the text. A text that would be left empty is left as it is."""
    unsigned, authors = _without_bylines(blocks)
    where, dated = _without_dateline(unsigned)
    return Credited(dated, where, authors)


def _without_bylines(blocks: Blocks) -> tuple[Blocks, tuple[str, ...]]:
    places = _paragraphs(blocks)
    found = {place: names for place in {*places[:FIRST], *places[-LAST:]} if (names := byline(blocks[place].text))}
    if len(found) == len(places):
        return blocks, ()
    authors = dict.fromkeys(name for place in sorted(found) for name in found[place])
    return tuple(block for place, block in enumerate(blocks) if place not in found), tuple(authors)


def _without_dateline(blocks: Blocks) -> tuple[str, Blocks]:
    for place in _paragraphs(blocks)[:FIRST]:
        block = blocks[place]
        if found := dateline(block.text, " ".join(other.text for other in blocks[place + 1 :])):
            text, html = block.text[found.length :], _cut(block.html, found.length)
            return found.words, (*blocks[:place], replace(block, text=text, html=html), *blocks[place + 1 :])
    return "", blocks


def _paragraphs(blocks: Blocks) -> list[int]:
    return [place for place, block in enumerate(blocks) if block.tag == "p"]


def _cut(markup: str, length: int) -> str:
    """The markup without the first characters that are seen of it; white space counts once, as in the text."""
    kept, seen, space = [], 0, True
    for piece in _PIECE.finditer(markup):
        if piece["tag"]:
            kept.append(piece[0])
        elif seen >= length and not piece["space"]:
            kept.append(markup[piece.start() :])
            break
        elif not (piece["space"] and space):
            seen += 1
        space = bool(piece["space"]) or (space and bool(piece["tag"]))
    return without_empty("".join(kept))
