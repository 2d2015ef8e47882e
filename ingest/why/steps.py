"""What the scripts wrote down -> steps in words, with what the revisions say where a step is one of theirs. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ingest.models import Article, Copy, Difference
from ingest.settings import Settings
from ingest.store import BY_HAND, IMPORT, Happened
from ingest.why.records import Step
from ingest.why.span import span

_CLASS = re.compile(r"[A-Z]\w+: ")
"""Of an error, as it is kept."""

PAST = "backfill:"
WAYS = {"sitemap": "sitemap", "wordpress": "list of the WordPress API", "listing": "listing", "feed": "feed's archive"}
"""What stands in a record's `feed` where a walk into the past found the entry, and in what it did."""

Facts = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What the words need besides. revisions: by number, those that are kept; urls: of other articles, by their ids."""

    settings: Settings
    revisions: Mapping[int, Article] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)

    def feed(self, feed_id: str) -> str:
        """The feed's address, or its id where it is no longer configured."""
        known = self.settings.feeds.get(feed_id)
        return known.url if known else feed_id


def steps(lived: Sequence[Happened], about: About) -> tuple[Step, ...]:
    """Every step in the order in which it happened."""
    return tuple(step for happened in lived for step in _told(happened, about))


def moment(seconds: float) -> datetime | None:
    """Unix seconds as a time, None for 0."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def plain(error: str) -> str:
    """An error for people: without the name of its class."""
    return _CLASS.sub("", error, count=1) if _CLASS.match(error) else error


def difference_line(difference: Difference) -> str:
    """What a revision changed, on one line."""
    kinds = [change.kind for change in difference.paragraphs]
    found = [f"title was “{difference.title}”"] if difference.title else []
    if difference.authors is not None:
        found.append(f"authors were {', '.join(difference.authors) or 'none'}")
    if kinds:
        counts = (f"{kinds.count(kind)} {kind}" for kind in ("changed", "added", "removed") if kind in kinds)
        found.append(f"{_of('paragraph', len(kinds))}: {', '.join(counts)}")
    if difference.words_added or difference.words_removed:
        found.append(f"{difference.words_added} words more, {difference.words_removed} less")
    return "; ".join(found)


def copy_line(copy: Copy, url: str) -> str:
    """What a copy has in common with the one that it was compared with, on one line."""
    counts = {"as they were": copy.kept, "changed": copy.changed, "added": copy.added, "left out": copy.dropped}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{copy.shared:.0%} of its text is in {url}" + (f" (paragraphs: {told})" if told else "")


# ── one record ──


def _told(happened: Happened, about: About) -> Iterator[Step]:
    at, what = moment(happened.at), happened.what
    facts, words = _TELL.get(what, _as_it_is)(happened, about)
    revision = about.revisions.get(facts.get("revision", 0))
    if revision and what in _PUBLISHED:
        yield Step(at=at, what="extracted", words=_extracted(revision), facts=_extraction_facts(revision))
    yield Step(at=at, what=what, words=words, facts=facts)


def _as_it_is(happened: Happened, _: About) -> tuple[Facts, str]:
    return {}, f"{happened.what} {happened.words}".strip()


def past(feed: str) -> str:
    """Where a walk into its source's past found an entry, by what stands in the record's `feed`; empty for others."""
    return f"its source's past, in a {WAYS.get(feed.removeprefix(PAST), 'page')}" if feed.startswith(PAST) else ""


def _named(happened: Happened, about: About) -> tuple[Facts, str]:
    feed, _, title = happened.words.partition(" ")
    said = f": “{title}”" if title else ""
    facts = {"feed": feed, **({"title": title} if title else {})}
    again = happened.what == "changed"
    if feed == BY_HAND:
        return facts, "asked for by hand" + (" again" if again else "")
    if feed == IMPORT:
        return facts, "came from a file" + (" again, with other words" if again else "") + said
    if found := past(feed):
        return facts, f"found in {found}{said}"
    name = about.feed(feed)
    if again:
        return facts, f"changed in {name}{said}"
    return facts, f"found in {name}{' too' if happened.what == 'named' else ''}{said}"


def _announced(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"hub": happened.words}, f"the feed's hub told of it, before any poll: {happened.words}"


def _fetched(happened: Happened, _: About) -> tuple[Facts, str]:
    status, size, ms, *url = happened.words.split(" ")
    facts: Facts = {"status": int(status), "bytes": int(size), "seconds": int(ms) / 1000}
    if url:
        facts["url"] = url[0]
    took = span(int(ms) / 1000)
    return facts, f"fetched: {status}, {int(size):,} bytes in {took}" + (f", at {url[0]}" if url else "")


def _carried(happened: Happened, _: About) -> tuple[Facts, str]:
    reason = happened.words
    known = {"full_text": "its source's full_text is never", "no page": "it has no page of its own"}
    if reason in known:
        return {"reason": reason}, f"the feed's own text is taken: {known[reason]}"
    return {"error": reason}, f"the feed's own text is taken, as its page cannot be had: {plain(reason)}".rstrip(": ")


def _failed(happened: Happened, _: About) -> tuple[Facts, str]:
    attempt, seconds, error = _parts(happened.words, 3)
    facts = {"attempt": int(attempt), "seconds": int(seconds), "error": error}
    return facts, f"attempt {attempt} failed: {plain(error)}; again in {span(int(seconds))}"


def _refetch(happened: Happened, _: About) -> tuple[Facts, str]:
    seconds, error = _parts(happened.words, 2)
    facts = {"seconds": int(seconds), "error": error}
    return facts, f"no article in the page: {plain(error)}; fetched again in {span(int(seconds))}"


def _paused(happened: Happened, _: About) -> tuple[Facts, str]:
    seconds = int(happened.words) / 1000
    return {"seconds": seconds}, f"its host asks to be left alone: again in {span(round(seconds))}"


def _dead(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"error": happened.words}, f"dead: {plain(happened.words)}"


def _revived(_: Happened, __: About) -> tuple[Facts, str]:
    return {}, "given all its attempts again, by hand"


def _dropped(_: Happened, __: About) -> tuple[Facts, str]:
    return {}, "dropped by hand: no feed brings it back"


def _gap(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"steps": int(happened.words)}, f"({happened.words} steps are not kept)"


def _published(happened: Happened, about: About) -> tuple[Facts, str]:
    said, moved = _parts(happened.words, 2)
    number = int(said)
    revision, facts = about.revisions.get(number), {"revision": number}
    said = "published" if number == 1 else f"published again: revision {number}"
    if moved:
        said = f"moved here by its feed: {said}"
    if revision and revision.copy_of and happened.what == "copy":
        said += f", a copy: {copy_line(revision.copy_of, about.urls.get(revision.copy_of.of, revision.copy_of.of))}"
    elif revision and revision.difference and (line := difference_line(revision.difference)):
        said += f"; {line}"
    return facts, said


def _unchanged(happened: Happened, _: About) -> tuple[Facts, str]:
    moved = "moved here by its feed: " if happened.words else ""
    return {}, f"{moved}nothing that matters has changed: not published again"


def _quietened(happened: Happened, _: About) -> tuple[Facts, str]:
    if not happened.words:
        return {}, "it was revised as often as an article is ([revisions] most): not published again"
    wait = int(happened.words)
    return {"seconds": wait}, f"it changes each time it is looked at: not published again within {span(wait)}"


def _looked(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"found": happened.words}, f"its page was looked at again: {happened.words}"


def _stays(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"error": happened.words}, f"nothing came of that page, the article stays as it is: {plain(happened.words)}"


def _retracted(happened: Happened, _: About) -> tuple[Facts, str]:
    return {"revision": int(happened.words)}, f"retracted, as revision {happened.words}: its page is gone"


def _purged(_: Happened, __: About) -> tuple[Facts, str]:
    return {}, "purged: a tombstone is left, so that it does not come back as new"


def _duplicate(happened: Happened, about: About) -> tuple[Facts, str]:
    of, reason = _parts(happened.words, 2)
    facts = {"of": of, **({"reason": reason} if reason else {})}
    said = f"a duplicate of {about.urls.get(of, f'article {of}')}"
    return facts, f"{said}: {_SAME[reason]}" if reason in _SAME else said


_EVIDENCE = {"title": "title", "authors": "authors", "published": "date"}
"""What is told of an article's evidence; the rest of it is in the facts."""

_SAME = {
    "address": "it is another address of that article",
    "text": "the same text was published there before",
    "guid": "its feed gives that article another link",
}

_PUBLISHED = {"created", "copy", "updated"}

_TELL: Mapping[str, Callable[[Happened, About], tuple[Facts, str]]] = {
    **dict.fromkeys(("new", "named", "changed"), _named),
    **dict.fromkeys(_PUBLISHED, _published),
    "announced": _announced,
    "fetched": _fetched,
    "carried": _carried,
    "failed": _failed,
    "refetch": _refetch,
    "paused": _paused,
    "dead": _dead,
    "revived": _revived,
    "dropped": _dropped,
    "unchanged": _unchanged,
    "quietened": _quietened,
    "duplicate": _duplicate,
    "looked": _looked,
    "stays": _stays,
    "retracted": _retracted,
    "purged": _purged,
    "gap": _gap,
}


# ── parts ──


def _parts(words: str, count: int) -> list[str]:
    found = words.split(" ", count - 1)
    return found + [""] * (count - len(found))


def _extracted(article: Article) -> str:
    found = article.extraction
    said = [f"by {found.method}" + (f", confidence {found.confidence:.2f}" if found.confidence else "")]
    ways = ((name, found.evidence.get(field)) for field, name in _EVIDENCE.items())
    said += [f"no {name}" if way == "none" else f"{name} by {way}" for name, way in ways if way]
    if found.partial:
        said.append("known to be less than the whole article")
    return f"extracted {'; '.join(said)}"


def _extraction_facts(article: Article) -> Facts:
    found = article.extraction
    return {
        "method": found.method,
        "confidence": found.confidence,
        "partial": found.partial,
        "evidence": found.evidence,
    }


def _of(name: str, count: int) -> str:
    return f"1 {name}" if count == 1 else f"{count} {name}s"
