"""Which lines an outlet says in many of its articles: appeals, newsletter boxes, "edited by". They are no part of any.

    an article's lines ─counted─► Lines ─► recurring(line)

What follow-ups have in common (a quote, a paragraph of background) recurs too. It is told from the outlet's lines by
how they come: the outlet's in a fair share of all articles since they began, or time and again with others in between;
an event's within a few days, one after another. A long paragraph is prose more often than not, so more is asked of it.
A line counts once for each article, and an article with next to nothing new in it (a copy, the next version of one)
does not count at all. Pure, and bounded: the lines that were not seen for longest are forgotten.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec

from ingest.extract.choice import FEWEST_WORDS
from ingest.extract.metadata import key
from ingest.models import Block, Record, texts_of
from ingest.words import word_count

LONGEST = 600
"""Characters of a line that may be an outlet's own."""
MOST = 600
"""Lines that are remembered of an outlet; articles have thirty, of which one or two are the outlet's."""
MOST_ARTICLES = 32
"""Articles whose ids are remembered, so that the same one, read again, does not count again."""
NEW = 3
"""Lines never seen before that make an article another one."""
LONG = 25
"""Words from which a line is a paragraph."""
SENTENCE = 8
"""Words from which a line may be a sentence that people write again and again ("The ministry did not answer.")."""
SHORT = 3
"""Words up to which a line may be a whole answer ("No."), and must be in many articles."""
SINCE = 8
"""Articles since a line was first seen, before its share of them says anything."""
APART = 3
"""Articles after which a line that comes back is a new occasion."""
_FIGURE = re.compile(r"\d+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Line(Record, frozen=True, kw_only=True, array_like=True, omit_defaults=True):
    """How a line came: in how many articles, on how many occasions, and the numbers of the first and the last."""

    times: int
    occasions: int
    first: int
    last: int


class Lines(Record, frozen=True, kw_only=True):
    """articles: how many were counted; latest: the ids of the last of them; seen: a line's hash -> how it came."""

    articles: int = 0
    latest: tuple[str, ...] = ()
    seen: dict[str, Line] = msgspec.field(default_factory=dict)


def line_hash(text: str) -> str:
    """Equal for lines that differ in case, punctuation or white space, and for short ones with a year in them that
    differ in figures ("Updated on 3 May 2025"). Elsewhere figures count: what a report says each day with others ("The
    river stood at 4.20 m.") is news."""
    short = key(text)
    if word_count(text) < SENTENCE and _YEAR.search(text):
        short = _FIGURE.sub("0", short)
    return blake2b(short.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def counted(lines: Lines, article: str, texts: Iterable[str]) -> Lines:
    """The lines with one article more. article: its id."""
    hashes = {line_hash(text): None for text in texts if len(text) <= LONGEST and key(text)}
    unknown = sum(hash_ not in lines.seen for hash_ in hashes)
    if article in lines.latest or unknown < min(NEW, len(hashes)):
        return lines
    number = lines.articles + 1
    seen = dict(lines.seen)
    for hash_ in hashes:
        seen[hash_] = _again(seen.pop(hash_, None), number)
    return Lines(articles=number, latest=(*lines.latest, article)[-MOST_ARTICLES:], seen=_bounded(seen))


def _again(line: Line | None, number: int) -> Line:
    if line is None:
        return Line(times=1, occasions=1, first=number, last=number)
    occasion = number - line.last >= APART
    return Line(times=line.times + 1, occasions=line.occasions + occasion, first=line.first, last=number)


def _bounded(seen: dict[str, Line]) -> dict[str, Line]:
    """The lines seen last; what is known to recur is kept before what came once."""
    if len(seen) <= MOST:
        return seen
    kept = sorted(seen, key=lambda hash_: (seen[hash_].occasions > 1, seen[hash_].last), reverse=True)[:MOST]
    return {hash_: seen[hash_] for hash_ in kept}


def recurs(lines: Lines, text: str) -> bool:
    """Whether the line is the outlet's rather than the article's."""
    line = lines.seen.get(line_hash(text)) if len(text) <= LONGEST else None
    return line is not None and _recurs(line, lines.articles, word_count(text))


def _recurs(line: Line, articles: int, words: int) -> bool:
    since = articles - line.first + 1
    share = line.times / since
    if since < SINCE:
        return False
    if words >= LONG:
        return line.times >= 8 and (share >= 0.5 or (line.occasions >= 8 and share >= 0.25))
    if words <= SHORT:
        return line.times >= 5 and share >= 0.25
    times, occasions = (4, 5) if words < SENTENCE else (6, 8)
    return (line.times >= times and share >= 0.3) or (line.occasions >= occasions and share >= 0.12)


def recurring_lines(lines: Lines) -> int:
    """How many lines are known to recur, by what is asked of a sentence."""
    return sum(_recurs(line, lines.articles, SENTENCE) for line in lines.seen.values())


def without_recurring(blocks: Sequence[Block], lines: Lines) -> tuple[Block, ...]:
    """The blocks that are the article's own. A heading that many articles have ("What we know") is theirs, unless all
    below it goes. Nothing goes where less would be left than goes, and too little for an article: one that is made of
    lines that recur, such as a service's."""
    if not lines.seen:
        return tuple(blocks)
    gone = [bool(block.text) and recurs(lines, block.text) for block in blocks]
    if not any(gone):
        return tuple(blocks)
    kept: list[Block] = []
    empty = True
    for block, goes in zip(reversed(blocks), reversed(gone), strict=True):
        heading = block.tag in {"h2", "h3", "h4", "h5", "h6"}
        if not goes or (heading and not empty):
            kept.append(block)
            empty = heading
        elif heading:
            continue
    left, whole = (sum(map(word_count, texts_of(some))) for some in (kept, blocks))
    return tuple(reversed(kept)) if left >= max(1, min(FEWEST_WORDS, whole / 2)) else tuple(blocks)
