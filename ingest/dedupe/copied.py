"""What a copy made of the text that it copies, paragraph by paragraph.

    article + the other + the cluster's first + likeness ─► Copy: who had it first, what was kept, what was changed

Paragraphs are compared by their words, and wherever they stand: readers are told what is new, not what moved.
"""

from collections import Counter
from itertools import pairwise

from ingest.dedupe.likeness import Likeness
from ingest.dedupe.tokens import paragraphs
from ingest.models import Article, Copy

MOST = 0.5
"""Share of a paragraph's different words that a paragraph of the other must have for it to be that one, changed."""


def copied(article: Article, other: Article, first: Article, like: Likeness) -> Copy:
    """The record of an article that is a copy of another, in a cluster that was opened by the first."""
    ours, theirs = (list(filter(None, map(tuple, paragraphs(text)))) for text in (article.text, other.text))
    kept = (Counter(ours) & Counter(theirs)).total()
    left, missing = (list((Counter(a) - Counter(b)).elements()) for a, b in ((ours, theirs), (theirs, ours)))
    changed = _changed(left, missing)
    return Copy(
        of=other.id,
        first=first.id,
        first_source=first.source,
        first_url=first.url,
        shared=round(like.shared, 3),
        covered=round(like.covered, 3),
        kept=kept,
        changed=changed,
        added=len(left) - changed,
        dropped=len(missing) - changed,
    )


def _changed(left: list[tuple[str, ...]], missing: list[tuple[str, ...]]) -> int:
    """How many of the paragraphs share MOST of their words with one of the others that none before them was made of.

    Only that one is compared which has most pairs of words in common, and a pair stands for the first paragraph that
    has it, so that the time grows with the length of the texts and not with its square.
    """
    owners = {pair: number for number in reversed(range(len(missing))) for pair in pairwise(missing[number])}
    vocabularies = list(map(set, missing))
    taken: set[int] = set()
    for paragraph in left:
        votes = Counter(owners[pair] for pair in pairwise(paragraph) if pair in owners)
        words = set(paragraph)
        best = next((number for number, _ in votes.most_common() if number not in taken), None)
        if best is not None and len(words & vocabularies[best]) >= MOST * len(words):
            taken.add(best)
    return len(taken)
