"""A page and what the feed said about it -> one Article. Pure: no network, no store, the clock passed in.

extract finds, clean tidies, belief decides between page and feed, dedupe fingerprints, enrich adds; this module puts
them together, and writes down in `extraction.evidence` who won.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ingest import belief
from ingest.clean import (
    Credited,
    article_html,
    canonical_url,
    clean_blocks,
    clean_text,
    clean_url,
    plain_url,
    read_date,
    take_credits,
)
from ingest.dedupe import fingerprint
from ingest.enrich import enrich
from ingest.errors import ExtractFailed
from ingest.extract import (
    Extracted,
    Lesson,
    Outlet,
    Reading,
    blocks_of,
    counts_lines,
    extract,
    read,
    without_recurring,
)
from ingest.models import Article, Block, Entry, Extraction, ExtractRules, Page, Source, article_id, texts_of
from ingest.rights import rights

FULLER = 1.5
"""The feed's text is taken where it is so many times as long as the page's: a stub behind a paywall or consent."""


def extract_article(html: bytes, url: str, source: Source | None = None) -> Article:
    """The article in a page: no I/O, no store.

    html: the page's bytes, in whatever encoding it says. url: where it came from. source: its site rules, language and
    time zone; none is needed. Raises ExtractFailed where there is no article in it, ValueError for a bad url.
    """
    now = datetime.now(UTC)
    outlet = source or Source(id="", name="", homepage=url, language="", country="", timezone="UTC")
    return compose(Entry(url=clean_url(url)), outlet, Page(url=url, body=html, fetched=now), now)


class Composed(NamedTuple):
    """An article, and what its page teaches about its outlet; None where that is nothing."""

    article: Article
    lesson: Lesson | None


def compose(entry: Entry, source: Source, page: Page | None, now: datetime) -> Article:
    """The article at revision 1, by its page and entry alone. `page` is None where the feed's own text is the article.

    Raises ExtractFailed where neither the page nor the feed has an article.
    """
    return compose_known(entry, source, page, now, None).article


def compose_known(entry: Entry, source: Source, page: Page | None, now: datetime, outlet: Outlet | None) -> Composed:
    """As `compose`, by what is known of the outlet too: where its pages have their body, and which lines recur."""
    reading = _read_page(entry, source, page, outlet)
    credited = take_credits(reading.found.blocks)
    own = without_recurring(credited.blocks, outlet.lines) if outlet else credited.blocks
    gone = len(credited.blocks) - len(own)
    evidence = reading.found.evidence | ({"recurring": f"{gone} left out"} if gone else {})
    found = msgspec.structs.replace(reading.found, blocks=own, evidence=evidence)
    lesson = _lesson(page, reading, credited.blocks, outlet) if outlet and page and found.method != "feed" else None
    return Composed(_article(entry, source, page, now, found, credited), lesson)


def _lesson(page: Page, reading: Reading, blocks: tuple[Block, ...], outlet: Outlet) -> Lesson | None:
    """What the page teaches; None where it was read by a template that is trusted, and enough lines are known."""
    article = article_id(page.url)
    if reading.found.partial or not (reading.observation or reading.version or counts_lines(outlet, article)):
        return None
    return Lesson(article, texts_of(blocks), reading.observation, reading.version, reading.agreed, reading.part)


def _article(
    entry: Entry, source: Source, page: Page | None, now: datetime, found: Extracted, credited: Credited
) -> Article:
    url, base = _url(found, entry, source, page), page.url if page else entry.url
    text = "\n\n".join(found.paragraphs)
    fetched = page.fetched if page else now
    title = belief.title(found, entry)
    authors = belief.authors(found, entry, credited.authors, source)
    published = belief.published(found, entry, source, fetched)
    believed: dict[str, belief.Title | belief.Authors | belief.Dated] = {"title": title, "published": published}
    if authors.names:
        believed["authors"] = authors
    return enrich(
        Article(
            id=article_id(url),
            revision=1,
            url=url,
            source=source.id,
            title=title.text,
            text=text,
            html=article_html(found.blocks, base),
            authors=authors.names,
            dateline=credited.dateline,
            published=published.moment,
            published_raw=published.raw,
            updated=_date(found.updated or entry.updated, source),
            fetched=fetched,
            sorted=min(published.moment, fetched) if published.moment else fetched,
            language=_language(found.language, entry.language, source.language),
            country=source.country,
            summary=" ".join(texts_of(_read(found.summary or entry.summary))),
            image=_picture(found.image, base) or _picture(entry.image, base),
            tags=source.tags,
            keywords=tuple(dict.fromkeys(filter(None, map(clean_text, (*entry.tags, *found.tags))))),
            addresses=tuple(dict.fromkeys((url, entry.url, *((clean_url(page.url),) if page else ())))),
            fingerprint=fingerprint(text),
            rights=rights((page.terms if page else {}) | found.terms),
            extraction=Extraction(
                method=found.method,
                confidence=round(found.confidence, 3),
                partial=found.partial,
                evidence=found.evidence | {field: one.evidence for field, one in believed.items()},
                sure={field: round(one.sure, 3) for field, one in believed.items()},
            ),
        )
    )


def _url(found: Extracted, entry: Entry, source: Source, page: Page | None) -> str:
    """The canonical address. What follows a "#" may tell articles apart where there is no page of their own."""
    if page:
        return canonical_url(page.url, found.url, source.homepage)
    return plain_url(clean_url(entry.url, keep_fragment=True), source.homepage)


def _picture(address: str, base: str) -> str:
    """The address of a picture, absolute and without what tracks who looks at it; empty where it is none."""
    try:
        return clean_url(address, base) if address else ""
    except ValueError:
        return ""


def _read_page(entry: Entry, source: Source, page: Page | None, outlet: Outlet | None) -> Reading:
    """What the page gave, or what the feed carried where there is no page or far less in it; blocks cleaned."""
    fed = _read(entry.content)
    if page is None:
        fed = fed or _read(entry.summary)
        if not fed:
            raise ExtractFailed("the feed carries no text, and no page is kept to take it from", again=False)
        return Reading(Extracted(blocks=fed, method="feed"))
    rules = _rules(entry, source, page)
    try:
        reading = (
            read(page, outlet, rules) if outlet else Reading(extract(page.body, page.url, page.content_type, rules))
        )
    except ExtractFailed as error:
        if not fed:
            raise
        return Reading(Extracted(blocks=fed, method="feed", evidence={"page": error.kind}))
    found = reading.found
    blocks = clean_blocks(found.blocks)
    if fed and _words(fed) > _words(blocks) * (1 if found.partial else FULLER):
        return Reading(msgspec.structs.replace(found, blocks=fed, method="feed", partial=False))
    return reading._replace(found=msgspec.structs.replace(found, blocks=blocks))


def _rules(entry: Entry, source: Source, page: Page) -> ExtractRules:
    """Those of the layout that the bytes have. Outlets show old articles in the new one, so the fetch's day counts, and
    the article's own only where a file brought the page."""
    stated = _date(entry.published, source) if page.imported else None
    return source.rules_on((stated or page.fetched).date())


def _read(fragment: str) -> tuple[Block, ...]:
    """The blocks of what a feed carried; none where that cannot be read or has no text, for the page may be good."""
    try:
        blocks = clean_blocks(blocks_of(fragment))
    except ExtractFailed:
        return ()
    return blocks if texts_of(blocks) else ()


def _language(*said: str) -> str:
    """The first ISO 639-1 code: "es-VE" is Spanish, but "fil" (Filipino, which has no such code) is not Finnish."""
    codes = (re.split(r"[-_]", claim.strip().lower())[0] for claim in said)
    return next((code for code in codes if re.fullmatch(r"[a-z]{2}", code)), "")


def _date(raw: str, source: Source) -> datetime | None:
    return read_date(raw, source.timezone, source.language) if raw else None


def _words(blocks: Iterable[Block]) -> int:
    return sum(len(text.split()) for text in texts_of(blocks))
