"""A change of a published article: its next revision, or none, or not yet. Pure.

    as published + as it is now ─┬─ nothing that matters changed ───────────► `unchanged`
                                 ├─ it changes whenever it is looked at ────► `quietened`, until a day has gone by
                                 ├─ it was revised too often already ───────► `quietened`
                                 └─ else ───────────────────────────────────► the next revision, with its difference

A live page with a clock in its text would fill every queue. Nothing of it is lost: what is published next is how the
page was last seen. Two changes never wait: a stub that is filled in, and a correction.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec.structs import replace

from ingest.dedupe import difference
from ingest.models import Article
from ingest.settings import RevisionSettings
from ingest.store import Standing


class Revised(NamedTuple):
    """The article as its next revision, and what it is settled as where it is none. again: seconds until it may be
    published, where it was quietened for a time."""

    article: Article
    settled: Literal["", "unchanged", "quietened"] = ""
    again: float = 0.0


def revised(
    standing: Standing, article: Article, rules: RevisionSettings, ignored: Callable[[str], bool] | None = None
) -> Revised:
    """What becomes of an article that was published before, and is as `article` now. ignored: lines of its text that
    are the outlet's rather than its own."""
    before, after = standing.article, replace(article, revision=standing.revision + 1)
    if before is None:  # its text is no longer kept, and any is news to whoever asks
        return Revised(after)
    found = difference(before, after, ignored)
    after = replace(_with_whole_text(before, after) if found and not found.paragraphs else after, difference=found)
    if before.retracted:
        return Revised(after)
    if found is None:
        return Revised(after, "unchanged")
    if not _is_urgent(before, after):
        if standing.revision >= rules.most:
            return Revised(after, "quietened")
        wait = rules.restless_seconds - standing.age
        if standing.changes >= rules.restless_after and wait > 0:
            return Revised(after, "quietened", wait)
    return Revised(after)


def _with_whole_text(before: Article, after: Article) -> Article:
    """The new title over the text that was published, where the page shows less than that now: a paywall went up."""
    if before.extraction.partial or not after.extraction.partial:
        return after
    kept = ("text", "html", "words", "reading_minutes", "fingerprint", "notes", "extraction")
    return replace(after, **{field: getattr(before, field) for field in kept})


def _is_urgent(before: Article, after: Article) -> bool:
    filled_in = before.extraction.partial and not after.extraction.partial
    return filled_in or _corrections(after) > _corrections(before)


def _corrections(article: Article) -> int:
    return sum(note.kind not in {"update", "editor"} for note in article.notes)
