"""An article -> published, or found to be one that is there already: the questions that commit asks, answered.

    commit ─► candidates   articles that share fingerprints: each is read and judged by its text
           ─► conflict     it was published before: compared with that, it is the next revision or none
           ─► anything else is the end

Nothing is decided on what was read alone: commit looks again each time, and asks for what came in between.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ingest.baseline import Baseline
from ingest.context import Context
from ingest.dedupe import VERSION, Features, Likeness, copied, features, likeness, tokens
from ingest.errors import WorkFailed
from ingest.extract import outlet_of, recurs
from ingest.models import Article, Copy, short_hash
from ingest.revising import revised
from ingest.store import Candidate, Case, Committed, Lease, Other, Verdict

TRIES = 20
"""Times that commit may ask; each needs another worker that committed in between, but for the first two."""

OF_A_TOMBSTONE = 0.6
"""The share of the minima that a text has in common with one that was purged to be taken for the same: the texts
cannot be compared any more, and so many agree by chance in one of a hundred pairs that are alike by 0.35."""
MOST_ADDRESSES = 200
"""Of one article, in its JSON."""

OF_AN_OUTLET = 2
"""Other articles of the outlet that have a paragraph of this one, from which it may be the outlet's own line. One alone
mostly is what this one follows up."""


class Published(NamedTuple):
    """What became of an article, and whether it has paragraphs in common with others of its outlet that are none of its
    copies: lines of the outlet that are not known as such yet, perhaps."""

    committed: Committed
    shares_lines: bool = False


class Judged(NamedTuple):
    """A candidate, what the article is to it, and how like the texts are, None where the other's is gone."""

    candidate: Candidate
    other: Other
    verdict: Verdict
    like: Likeness | None = None


def publish(
    context: Context, lease: Lease, article: Article, guid: str, baseline: Baseline | None, looked: str
) -> Published:
    """Commit the article as what it is: new, a copy, the next revision, or nothing new.

    guid: what its feed calls it, empty where that is nothing. baseline: as for `Store.commit`; looked: as in
    `Known`.
    """
    store, known = context.store, features(article.text)
    case = Case(VERSION, *known, guid=short_hash(f"{article.source}\x1f{guid}", 8) if guid else "")
    if looked and looked != article.id:
        article, case = _as_looked_at(context, looked, article), case._replace(moved=True)
    seen: dict[str, Judged] = {}
    having: list[str] = []
    for _ in range(TRIES):
        queues = dict.fromkeys((*context.filters.queues_for(article), *having))
        committed = store.commit(lease, article, queues, context.settings.queues, baseline, case)
        if committed.outcome == "conflict":
            text = article.text
            article, case, having = _revised(context, article, case)
            if article.text != text:
                known = features(article.text)
                case = case._replace(minima=known.minima, paragraphs=known.paragraphs)
        elif committed.outcome == "candidates":
            new = [
                each
                for each in committed.candidates
                if each.id not in seen or seen[each.id].candidate.revision != each.revision
            ]
            seen |= {each.candidate.id: each for each in _judged(context, article, known, new)}
            if moved := _moved(seen.values(), article, case, store.owned(lease)):
                article, case = _at_new_address(article, moved), case._replace(moved=True)
                seen.pop(moved.id)
            case = case._replace(
                judged=_verdicts([each for other, each in seen.items() if other != article.id]),
                copy_of=_copy_of(article, list(seen.values())),
            )
        else:
            return Published(committed, _shares_lines(article, seen.values()))
    raise WorkFailed(f"{article.url} was revised by others {TRIES} times in a row")


# ── copies ──


def _judged(context: Context, article: Article, known: Features, candidates: Sequence[Candidate]) -> Iterable[Judged]:
    others = context.store.others([candidate.id for candidate in candidates])
    return [_judge(article, known, candidate, other) for candidate, other in zip(candidates, others, strict=True)]


def _judge(article: Article, known: Features, candidate: Candidate, other: Other) -> Judged:
    if other.article is None:
        gone = candidate.minima >= OF_A_TOMBSTONE * len(known.minima) > 0
        return Judged(candidate, other, "duplicate" if gone else "")
    like = likeness(article.text, other.article.text)
    if _is_again(article, other.article):
        return Judged(candidate, other, "duplicate", like)
    return Judged(candidate, other, "same" if like.kind == "same" else "part" if like.kind else "", like)


def _is_again(article: Article, other: Article) -> bool:
    """Whether it is that article at another address of its outlet: every word of text and title is the same. A text
    that an outlet publishes under another title each day ("Today's cartoon") is another article each day."""
    if article.source != other.source or not article.fingerprint == other.fingerprint != "":
        return False
    return tokens(article.title) == tokens(other.title)


def _verdicts(judged: Sequence[Judged]) -> dict[str, tuple[Verdict, int]]:
    """What the article is to each, and at which revision of that. A text of which one copy was purged is not gone while
    another has it."""
    there = any(each.verdict and each.other.article for each in judged)
    return {
        each.candidate.id: (
            "same" if there and each.verdict and not each.other.article else each.verdict,
            each.candidate.revision,
        )
        for each in judged
    }


def _copy_of(article: Article, judged: Sequence[Judged]) -> Copy | None:
    """What it is a copy of: the most alike, and the first of all the clusters that it comes into. The first of them
    does not become a copy by being revised."""
    alike = [each for each in judged if each.verdict and each.like]
    if not alike:
        return None
    closest = max(alike, key=lambda each: (each.like.jaccard, each.like.shared, each.candidate.id) if each.like else ())
    clusters = {each.candidate.cluster for each in alike}
    fellows = [each.other.article for each in judged if each.candidate.cluster in clusters]
    first = min(filter(None, (article, *fellows)), key=lambda each: (each.sorted, each.id))
    if article.revision > 1 and first is article:
        return None
    assert closest.other.article is not None and closest.like is not None  # noqa: S101 — for the type checker
    return copied(article, closest.other.article, first, closest.like)


def _shares_lines(article: Article, judged: Iterable[Judged]) -> bool:
    strangers = [each for each in judged if each.candidate.paragraphs and not each.verdict]
    return sum(each.other.article.source == article.source for each in strangers if each.other.article) >= OF_AN_OUTLET


# ── the same article again ──


def _moved(judged: Iterable[Judged], article: Article, case: Case, owned: str) -> Article | None:
    """The article that this one is at a new address: its feed calls both the same, and they have the same words. Feeds
    lie about guids, so neither is enough, but what has moved stays so (owned: what its entry may revise). One that was
    retracted is back where its outlet has the very text again."""
    if article.revision > 1:
        return None
    for each in judged:
        if (other := each.other.article) is None:
            continue
        named = case.guid != "" and (other.source, each.other.guid) == (article.source, case.guid)
        its_own = other.id == owned and each.verdict
        back = other.retracted and each.verdict == "duplicate"
        if its_own or back or (named and each.verdict == "same"):
            return other
    return None


def _as_looked_at(context: Context, looked: str, article: Article) -> Article:
    """What a look found under the id of the article that it looked at, although the page calls itself otherwise now.
    Where its address leads to another article, a look has nothing to say."""
    known = context.store.article(looked)
    if known is None or not likeness(article.text, known.text).kind:
        raise WorkFailed(f"its address leads to another article, {article.url}", again=False)
    return _at_new_address(article, known)


def _at_new_address(article: Article, known: Article) -> Article:
    """The article under the id and address that it is known by."""
    return msgspec.structs.replace(
        article,
        id=known.id,
        url=known.url,
        addresses=_all(known.url, *known.addresses, article.url, *article.addresses),
    )


def _all(*addresses: str) -> tuple[str, ...]:
    """Each address once; some feeds make up a new one at each poll, which is not followed for ever."""
    return tuple(dict.fromkeys(addresses))[:MOST_ADDRESSES]


def _revised(context: Context, article: Article, case: Case) -> tuple[Article, Case, list[str]]:
    """The article as the next revision of what was published, how it is settled where it is none, and the queues that
    have it. These get the revision though their filter takes it no more: whoever was told of an article is told how it
    was corrected."""
    standing = context.store.standing(article.id)
    article = msgspec.structs.replace(article, addresses=_all(*article.addresses, *standing.addresses))
    lines = outlet_of(context.store.learned(article.source)[0]).lines
    found = revised(standing, article, context.settings.revisions, lambda line: recurs(lines, line))
    settled = (standing.revision, found.settled) if found.settled else None
    having = [name for name in standing.queues if name in context.settings.queues]
    return found.article, case._replace(settled=settled, again=found.again), having
