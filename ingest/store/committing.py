"""Commit: an article is published, once, or it is found out why not. Copies of it are found in the same step.

commit ─► candidates: who has the same words ─► the caller judges each by its text ─► commit, with what they are
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, cast

import msgspec

from ingest.baseline import Baseline
from ingest.models import Article, Copy, article_from_json, to_json
from ingest.settings import QueueSettings
from ingest.store.base import Base, days_ms, ms, today
from ingest.store.entries import told
from ingest.store.work import Lease

CommitOutcome = Literal[
    "created", "copy", "updated", "unchanged", "quietened", "duplicate", "stale", "conflict", "candidates"
]
Verdict = Literal["same", "part", "duplicate", ""]
"""What an article is to another one, see commit.lua."""

NO_RULES: Mapping[str, QueueSettings] = {}


class Candidate(NamedTuple):
    """An article that may be a copy: how many of the fingerprints it had first, the name of its cluster, and the
    revision that is to be judged."""

    id: str
    minima: int
    paragraphs: int
    cluster: str
    revision: int


class Case(NamedTuple):
    """What is known of an article beside itself when it is committed.

    version: of the features; minima, paragraphs: 8 bytes each, see ingest/dedupe. judged: what it is to each
    candidate, and at which revision of that. copy_of: for where it comes into a cluster. guid: a hash of what its feed
    calls it. moved: its entry is this article at a new address. settled: the revision against which no change that is
    to be published was seen, and the outcome of that; again: seconds until one that was quietened may be published, 0
    for never.
    """

    version: str = ""
    minima: Sequence[bytes] = ()
    paragraphs: Sequence[bytes] = ()
    judged: Mapping[str, tuple[Verdict, int]] = MappingProxyType({})
    copy_of: Copy | None = None
    guid: str = ""
    moved: bool = False
    settled: tuple[int, CommitOutcome] | None = None
    again: float = 0.0


PLAIN = Case()


class Committed(NamedTuple):
    """What became of an article. `id` is the published article, or the one that this is a duplicate of; candidates:
    what is to be judged before it can be published."""

    outcome: CommitOutcome
    id: str = ""
    candidates: tuple[Candidate, ...] = ()


class Other(NamedTuple):
    """An article that was committed before, as far as it is known: its text, None where it was purged, and its guid."""

    article: Article | None
    guid: str


class Member(NamedTuple):
    """An article of a cluster, None where it was purged, and the queues that have it."""

    id: str
    article: Article | None
    queues: tuple[str, ...]


class Committing(Base):
    """Commit, and what it needs and leaves."""

    def commit(
        self,
        lease: Lease,
        article: Article,
        queues: Iterable[str],
        rules: Mapping[str, QueueSettings] = NO_RULES,
        baseline: Baseline | None = None,
        case: Case = PLAIN,
    ) -> Committed:
        """Publish the article to those of the queues that want it, once, or find out why it is not to be published (see
        commit.lua).

        rules: what the queues say of copies and of how much they keep. baseline: its source's figures with this page in
        them, to be kept together with it.
        """
        taking = [(name, rules.get(name, QueueSettings())) for name in queues]
        keys = [
            self.keys.due("process"),
            self.keys.entry(lease.id),
            self.keys.article(article.id),
            self.keys.identity(article.id),
            self.keys.articles(),
            self.keys.articles(article.source),
            self.keys.day(article.source, today()),
            self.keys.revised,
            self.keys.revisions(article.id),
            self.keys.baseline(article.source),
            self.keys.fingerprints(case.version),
            self.keys.addresses(article.id),
            *(self.keys.queue(name) for name, _ in taking),
        ]
        also: dict[str, object] = {
            "queues": [(name, self.kept_entries(rule), rule.duplicates) for name, rule in taking],
            "addresses": article.addresses or (article.url,),
            "told": told(article)[1:],
            "minima": len(case.minima),
            "life": days_ms(self._retention.fingerprint_days),
            "revisions": self._retention.revisions,
            "guid": case.guid,
            "judged": dict(case.judged),
            "moved": case.moved,
        }
        if case.settled:
            also["settled"], also["as"] = case.settled
        if case.again:
            also["again"] = ms(case.again)
        copy = to_json(msgspec.structs.replace(article, copy_of=case.copy_of)) if case.copy_of else b""
        arguments: list[str | bytes | int] = [
            lease.member,
            lease.token,
            article.id,
            article.revision,
            article.content_hash,
            to_json(article),
            ms(article.sorted.timestamp()),
            days_ms(self._retention.entry_days),
            article.source,
            to_json(baseline) if baseline else "",
            self.keys.prefix,
            msgspec.json.encode(also),
            copy,
            *case.minima,
            *case.paragraphs,
        ]
        outcome, *rest = self._run("commit", keys, arguments)
        return _committed(cast("CommitOutcome", outcome.decode()), rest)

    def others(self, article_ids: Sequence[str]) -> list[Other]:
        """What it takes to judge these articles, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for article_id in article_ids:
                pipeline.get(self.keys.article(article_id))
                pipeline.hget(self.keys.identity(article_id), "guid")
            answers = pipeline.execute()
        return [
            Other(article_from_json(article) if article else None, (guid or b"").decode())
            for article, guid in zip(answers[::2], answers[1::2], strict=True)
        ]

    def addresses(self, article_id: str) -> set[str]:
        """The addresses of an article that were found after it was published."""
        return {address.decode() for address in self._redis.smembers(self.keys.addresses(article_id))}

    def cluster(self, article_id: str) -> list[Member]:
        """This article and its copies by Article.sorted, so the first publisher first; empty where it is alone."""
        name = self._redis.hget(self.keys.identity(article_id), "cluster")
        ids = [each.decode() for each in self._redis.zrange(self.keys.cluster(name.decode()), 0, -1)] if name else []
        with self._redis.pipeline(transaction=False) as pipeline:
            for each in ids:
                pipeline.get(self.keys.article(each))
                pipeline.hget(self.keys.identity(each), "queues")
            answers = pipeline.execute()
        return [
            Member(each, article_from_json(article) if article else None, tuple((queues or b"").decode().split()))
            for each, article, queues in zip(ids, answers[::2], answers[1::2], strict=True)
        ]


def _committed(outcome: CommitOutcome, rest: Sequence[Any]) -> Committed:
    if outcome != "candidates":
        return Committed(outcome, rest[0].decode() if rest else "")
    found = zip(rest[::5], rest[1::5], rest[2::5], rest[3::5], rest[4::5], strict=True)
    return Committed(
        outcome,
        candidates=tuple(
            Candidate(other.decode(), minima, paragraphs, name.decode(), revision)
            for other, minima, paragraphs, name, revision in found
        ),
    )
