"""When an article was published: every place that states it, which of them is believed, and what the others said.

    JSON-LD, article: properties, microdata, time elements, other metas ─► readable ─► the believed one first

Each place errs in its own way: a system fills datePublished with the last change, the head carries today's clock, a
related article has a time element too. Where places differ, the day in the address (/2022/02/21/) decides. Values are
as written, and of two that write the same moment the one with the outlet's own hours from UTC comes first, as it says
on which day that was there.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from lxml.html import HtmlElement

from ingest.clean import read_date
from ingest.extract import linked_data as ld
from ingest.extract.metadata.found import Found, line
from ingest.extract.metadata.head import Head
from ingest.extract.metadata.places import is_aside

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "article.published", "published_time_telegram", "dc.date.issued", "dcterms.issued", "citation_online_date",
    "article_date_original", "originalpublicationdate", "article:post_date", "bt:pubdate", "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime", "iso-8601-publish-date", "vr:published_time", "rnews:datepublished",
    "date_published", "displaydate", "ptime", "pdate", "dcsext.articlefirstpublished", "citation_publication_date",
)  # fmt: skip
_CREATED = (
    "date", "dc.date", "dc:date", "dcterms.date", "dcterms.created", "dc.date.created", "datecreated", "created",
    "citation_date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "article:updated_time", "article:modified", "datemodified", "lastmod",
    "dcterms.modified", "last-modified", "dc.date.modified", "revised", "parsely-updated-date", "date_modified",
)  # fmt: skip
_DATE_LIKE = re.compile(r"\d{4}|\d{1,2}\W\d{1,2}\W\d{2}")
_OF_PUBLICATION = re.compile(r"publi|posted|entry-date|date|timestamp|byline|meta", re.IGNORECASE)
OF_CHANGE = re.compile(r"updat|modif|güncel|aktual|actuali|atualiz|aggiorn|mise-?a-?jour|mis à jour", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_-]?)(\d\d?)\2(\d\d?)(?!\d)")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b[A-Z]{2,4})$")
_CLOCK = re.compile(r"\d:\d\d")
_ABROAD = re.compile(r"\d[+-](?!00:?00)\d\d:?\d\d$")
_MOST = 30
"""Time elements below the headline and above it that are looked at; lists of hundreds are of other articles."""
SURE, SURER = 0.9, 0.97
"""One place states it; another states the same day."""


class Dated(NamedTuple):
    """A date as found, and the moment that it states; in UTC where it states no zone."""

    found: Found
    moment: datetime


def published(head: Head) -> tuple[Found, ...]:
    """The dates of publication that the page states, the believed one first, unreadable ones last."""
    said = [found for found in _stated(head) if _DATE_LIKE.search(found.value)]
    if not (dated := readable(said, head.language)):
        return tuple(said)
    best = _believed(dated, head)
    agree = sum(abs(one.moment - best.moment) < timedelta(days=1) for one in dated)
    known = [best.found._replace(sure=SURER if agree > 1 else SURE), *(one.found for one in dated if one is not best)]
    readable_ones = {id(one.found) for one in dated}
    return (*known, *(found for found in said if id(found) not in readable_ones))


def updated(head: Head) -> tuple[Found, ...]:
    """The dates of the last change that can be read."""
    return tuple(one.found for one in readable([*head.linked("dateModified"), *head.stated(*_UPDATED)], head.language))


def readable(said: Iterable[Found], language: str) -> list[Dated]:
    """Those of which the date can be read. language: the page's own, "en-US"."""
    return [Dated(found, moment) for found in said if (moment := read_date(found.value, "UTC", language))]


def day_in(address: str) -> datetime | None:
    """The day that an address carries (/2022/02/21/, -20220221), if it does."""
    for year, between, month, day in _IN_ADDRESS.findall(address):
        if between or len(month + day) == 4:
            try:
                return datetime(int(year), int(month), int(day), tzinfo=UTC)
            except ValueError:
                continue
    return None


def hides_day(found: Found) -> bool:
    """Whether the date is written in UTC and at an hour at which it was another day in America or in Asia."""
    in_utc = re.search(r"(?:T(\d\d):\S*)?(?:Z|[+-]00:?00|\bUTC|\bGMT)$", found.value)
    return in_utc is not None and not (in_utc[1] and 9 <= int(in_utc[1]) < 14)


def is_on(one: Dated, day: datetime) -> bool:
    """Whether the moment is on this day somewhere on Earth."""
    return timedelta(hours=-14) <= one.moment - day <= timedelta(hours=38)


def _stated(head: Head) -> Iterator[Found]:
    strong = [*head.linked("datePublished"), *head.stated(*_PUBLISHED)]
    yield from strong or _of_microdata(head)
    for page in ld.page_nodes(head.nodes):
        yield from (Found(text, "json-ld page") for text in ld.texts(page.get("datePublished"), "@value"))
    yield from head.linked("dateCreated", "uploadDate")
    yield from _of_times(head)
    yield from head.stated(*_CREATED)


def _of_microdata(head: Head) -> Iterator[Found]:
    for element in head.marked:
        if "datePublished" in (element.get("itemprop") or "").split() and not is_aside(element, near=True):
            yield Found(_value(element), "itemprop datePublished")


def _of_times(head: Head) -> Iterator[Found]:
    """The time elements, those below the headline first: above it are clocks and teasers."""
    times = [*head.times[head.early :][:_MOST], *head.times[: head.early][:_MOST]]
    own = [time for time in times if not _is_of_change(time) and not is_aside(time)]
    marked = [time for time in own if "pubdate" in time.attrib or _OF_PUBLICATION.search(_classes(time))]
    return (Found(_value(time), "time element") for time in [*marked, *own])


def _value(element: HtmlElement) -> str:
    title = element.get("title") or ""
    return element.get("datetime") or element.get("content") or (title if _DATE_LIKE.search(title) else line(element))


def _is_of_change(time: HtmlElement) -> bool:
    own = time.get("class") or ""
    return bool(OF_CHANGE.search(own)) and "publi" not in own.lower()


def _classes(element: HtmlElement) -> str:
    parent = element.getparent()
    return f"{element.get('class')} {parent.get('class') if parent is not None else ''}"


def _believed(dated: list[Dated], head: Head) -> Dated:
    best = dated[0]
    if (day := day_in(head.url)) and not is_on(best, day):
        best = next((one for one in dated if is_on(one, day)), best)
    if _ZONE.search(best.found.value) is None:
        return best
    same = (one for one in dated if abs(one.moment - best.moment) < timedelta(minutes=1))
    abroad = next((one for one in same if _ABROAD.search(one.found.value)), None)
    return abroad or next((local for one in dated if (local := by_own_clock(best, one))), best)


def by_own_clock(best: Dated, other: Dated) -> Dated | None:
    """The moment of `best` with the hours from UTC by which `other`, a clock without a zone, shows the same minute."""
    ahead = other.moment.replace(second=0) - best.moment.replace(second=0)
    half_hours, rest = divmod(ahead, timedelta(minutes=30))
    if _ZONE.search(other.found.value) or not _CLOCK.search(other.found.value) or rest or not -24 <= half_hours <= 28:
        return None
    return Dated(best.found._replace(value=best.moment.astimezone(timezone(ahead)).isoformat()), best.moment)
