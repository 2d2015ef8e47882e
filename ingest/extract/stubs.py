"""A body that was found -> whether it is the whole article, a paywall's lead, or no article after all.

Runs after kinds.py, on the paragraphs: what a page says in the place of its text is mostly found as its text. Long
bodies are let through at once; only a paywall that states itself and breaks off with an offer marks one of those.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from ingest.errors import PageKind
from ingest.extract import wording
from ingest.extract.kinds import Look, refusal
from ingest.models import Block, texts_of
from ingest.words import word_count

SHORT = 120
"""Words. An article may be as short, so an offer to subscribe anywhere on its page is needed to call it a stub."""

LOCKED_SHORT = 200
"""Words, where the page states that it is not free to read."""

LEAD = 25
"""Words. With fewer of its own a stub is a headline and an offer."""

OFFER_WITHIN = 3
"""A body that breaks off has the offer in its last blocks, if at all."""

_LOCKED = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:[Ff]alse|[Nn]o|0)\b')
_LENGTH = re.compile(r'"wordCount"\s*:\s*"?(\d{1,6})\b')
_LOCKED_TIERS = frozenset({"locked", "metered"})

_INSTEAD: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    ("notice", wording.NOTICE),
    ("challenge", wording.CHALLENGE),
    ("gone", wording.GONE),
)
"""What a page says instead of a text, and nothing else of length."""


class Lead(NamedTuple):
    """The blocks that are the article's own, and whether they are known to be less than the whole of it."""

    blocks: tuple[Block, ...]
    partial: bool = False


def lead_of(look: Look, blocks: tuple[Block, ...], after: Sequence[str] = ()) -> Lead:
    """What a body is worth. after: what stands below it on its page. Raises ExtractFailed with its kind where something
    else stands in an article's place."""
    words = _words(texts_of(blocks))
    locked = bool(_LOCKED.search(look.linked_data)) or (words < LOCKED_SHORT and _is_locked(look))
    if words >= LOCKED_SHORT and not locked:
        return Lead(blocks)
    end = len(blocks) - OFFER_WITHIN if words >= LOCKED_SHORT else 0
    folded = [wording.fold(block.text) if place >= end else "" for place, block in enumerate(blocks)]
    if words < SHORT:
        _expect_own_words(folded if words >= LEAD else list(_paragraphs(look)) or folded)
    if not _is_stub(look, [*folded[-OFFER_WITHIN:], *map(wording.fold, after)], words, locked=locked):
        return Lead(blocks)
    own = tuple(block for block, low in zip(blocks, folded, strict=True) if not wording.PAYWALL.search(low))
    if _words(texts_of(own)) < LEAD:
        raise refusal("paywall")
    return Lead(own, partial=True)


def _paragraphs(look: Look) -> Iterable[str]:
    """The page's first paragraphs, where hardly any of them was found to be an article's."""
    return (wording.fold(" ".join(each.itertext())) for each in islice(look.tree.iter("p"), 20))


def _expect_own_words(folded: Sequence[str]) -> None:
    for kind, pattern in _INSTEAD:
        if any(map(pattern.search, folded)) and _words(low for low in folded if not pattern.search(low)) < LEAD:
            raise refusal(kind)


def _is_stub(look: Look, ending: Sequence[str], words: int, *, locked: bool) -> bool:
    if locked and any(map(wording.PAYWALL.search, ending)):
        return True
    stated = _LENGTH.search(look.linked_data)
    if words >= LOCKED_SHORT or (stated and int(stated[1]) <= 1.25 * words):
        return False
    if locked and words < SHORT:
        return True
    return (locked or words < SHORT) and bool(wording.PAYWALL.search(look.text))


def _is_locked(look: Look) -> bool:
    """By the meta elements of those who use Facebook's names for it."""
    tiers = (each for each in look.tree.iter("meta") if each.get("property") == "article:content_tier")
    return any((each.get("content") or "").lower() in _LOCKED_TIERS for each in tiers)


def _words(texts: Iterable[str]) -> int:
    """Words, counted no further than to where it makes a difference."""
    words = 0
    for text in texts:
        words += word_count(text)
        if words >= LOCKED_SHORT:
            break
    return words
