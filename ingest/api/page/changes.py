"""What changed between two revisions of an article, as the page shows it: title, authors, paragraphs, words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.dedupe import Pair, Piece, aligned, pieces
from ingest.models import Article


@dataclass(frozen=True)
class Change:
    """One paragraph, in pieces; or, where `skipped`, so many paragraphs that stayed as they were."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class Revised:
    """One revision, and how it differs from the one before; `before` is None for the oldest that is kept."""

    article: Article
    before: Article | None = None
    title: Change | None = None
    authors: Change | None = None
    paragraphs: tuple[Change, ...] = ()


def revised(revisions: list[Article]) -> list[Revised]:
    """Every revision against the one before it, the newest first. revisions: the oldest first."""
    oldest = [Revised(revisions[0])] if revisions else []
    return [*(compared(before, after) for before, after in reversed(list(pairwise(revisions)))), *oldest]


def compared(before: Article, after: Article) -> Revised:
    """How one revision differs from another."""
    return Revised(
        after,
        before,
        title=_line(before.title, after.title),
        authors=_line(", ".join(before.authors), ", ".join(after.authors)),
        paragraphs=tuple(_paragraphs(aligned(before.text.split("\n\n"), after.text.split("\n\n")))),
    )


def _line(before: str, after: str) -> Change | None:
    return None if before == after else Change(tuple(pieces(before, after)))


def _paragraphs(pairs: list[Pair]) -> Iterator[Change]:
    for changed, group in groupby(pairs, lambda pair: pair.changed):
        if changed:
            yield from (Change(tuple(pieces(pair.before, pair.after))) for pair in group)
        else:
            yield Change(skipped=len(list(group)))
