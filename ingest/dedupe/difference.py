"""What a revision of an article changed, for people and programs to read; None where nothing that matters did.

    the article as published, and as it is now ─► difference ─► Difference: title, authors, paragraphs, words

Matters: other words, figures and authors. Does not: dates, pictures and markup, case, quotes, dashes and spaces (see
spelling.py), counters (see counters.py), the outlet's recurring lines, the order of the authors, and paragraphs that
moved or are divided otherwise. A page that is known to show less than the article (a paywall that went up) does not say
that what it lacks was taken back.
"""

from collections.abc import Iterable, Iterator

from ingest.dedupe.paragraphs import Ignored, Pair, aligned, pieces
from ingest.dedupe.spelling import spelt
from ingest.models import Article, Change, Difference
from ingest.words import word_count

MOST_SHOWN = 100_000
"""Characters of changed paragraphs that a difference shows; the words of all of them are counted."""


def difference(before: Article, after: Article, ignored: Ignored | None = None) -> Difference | None:
    """What `after` changes in `before`. ignored: lines that are the outlet's rather than the article's."""
    renamed = spelt(before.title) != spelt(after.title)
    signed = sorted(map(spelt, before.authors)) != sorted(map(spelt, after.authors))
    changed = [pair for pair in aligned(before.text.split("\n\n"), after.text.split("\n\n"), ignored) if pair.changed]
    if after.extraction.partial and not before.extraction.partial:
        changed = [pair for pair in changed if not spelt(pair.before).startswith(spelt(pair.after))]
    if not (renamed or signed or changed):
        return None
    removed, added = _words(changed)
    return Difference(
        title=before.title if renamed else "",
        authors=before.authors if signed else None,
        paragraphs=tuple(_shown(changed)),
        words_added=added,
        words_removed=removed,
    )


def _words(pairs: Iterable[Pair]) -> tuple[int, int]:
    """How many words went, and how many came."""
    marked = [piece for pair in pairs for piece in pieces(pair.before, pair.after)]
    removed, added = (sum(word_count(piece.text) for piece in marked if piece.mark == mark) for mark in ("gone", "new"))
    return removed, added


def _shown(pairs: Iterable[Pair]) -> Iterator[Change]:
    left = MOST_SHOWN
    for before, after, _ in pairs:
        left -= len(before) + len(after)
        if left < 0:
            return
        yield Change(
            kind="changed" if before and after else "added" if after else "removed", before=before, after=after
        )
