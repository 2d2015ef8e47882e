"""The date that a page shows or implies where it states none: the first that can be read.

    lines near the headline ─► the address ─► labelled or short lines anywhere ─► scripts ─► last change ─► any line

Where the address carries a day, a line near the headline is believed only if it says the same, for its clock.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.clean.written import find_dates
from ingest.extract.metadata.dates import OF_CHANGE, by_own_clock, day_in, is_on, readable, updated
from ingest.extract.metadata.found import Found
from ingest.extract.metadata.head import Head
from ingest.extract.metadata.places import is_aside
from ingest.extract.metadata.visible import Line, Visible, block_of, lines_of

_LABEL = re.compile(
    r"publi|posted|veröffentlich|erschien|fecha|data de|pubblicat|opublik|опублик|公開|発行|掲載|发布", re.IGNORECASE
)
_WITH_YEAR = etree.XPath("//text()[contains(., '20') or contains(., '19')]")
_MOST = 1000
"""Lines with a year in them that are read in search of a date."""
_SHORT = 40
"""Characters of a line that holds little more than a date."""
_IN_SCRIPT = re.compile(
    r"[\"'](?:date_?published|published_?(?:at|date|time|on)|publish_?(?:date|time|at)|publication_?date|pub_?date"
    r"|first_?published\w*|fecha_?(?:de_?)?publicacion)[\"']\s*:\s*[\"']([^\"']{8,40})[\"']",
    re.IGNORECASE,
)


def shown_date(tree: HtmlElement, view: Visible, head: Head) -> Found | None:
    """The likeliest date of publication of those that the page shows, or None."""
    near = _shown(view.lines, view, head)
    if day := day_in(head.url):
        address = Found(day.date().isoformat(), "address", 0.85)
        return next((found for found in near if _says(found, day, head)), address)
    return next(_by_likelihood(tree, near, view, head), None)


def shown_clock(view: Visible, head: Head, stated: Found) -> Found | None:
    """`stated`, which is in UTC, by the outlet's own clock, where a line near the headline shows that."""
    dated = readable([stated], head.language)
    others = readable(_shown(view.lines, view, head), head.language)
    return next((local.found for one in dated for other in others if (local := by_own_clock(one, other))), None)


def _by_likelihood(tree: HtmlElement, near: Iterator[Found], view: Visible, head: Head) -> Iterator[Found]:
    yield from near
    lines = list(islice(_dated_lines(tree), _MOST))
    yield from _shown((one for one in lines if _LABEL.search(one.text) or len(one.text) < _SHORT), view, head)
    yield from (one.found for one in readable(_of_scripts(tree), head.language))
    yield from (found._replace(sure=0.5) for found in updated(head))
    yield from (found._replace(sure=0.4) for found in _shown(lines, view, head))


def _dated_lines(tree: HtmlElement) -> Iterator[Line]:
    """The lines anywhere on the page that have the digits of a year in them."""
    parents = (text.getparent() if text.is_text else text.getparent().getparent() for text in _WITH_YEAR(tree))
    blocks = dict.fromkeys(block_of(parent) for parent in parents if parent is not None)
    return (line for block in blocks for line in lines_of(block))


def _shown(lines: Iterable[Line], view: Visible, head: Head) -> Iterator[Found]:
    for one in lines:
        dates = [Found(raw, "text", 0.8) for raw in find_dates(one.text)]
        if not dates or OF_CHANGE.search(one.text):
            continue
        if _LABEL.search(one.text) or not is_aside(one.element, view.frame):
            yield from (dated.found for dated in readable(dates, head.language))


def _says(found: Found, day: datetime, head: Head) -> bool:
    return any(is_on(one, day) for one in readable([found], head.language))


def _of_scripts(tree: HtmlElement) -> Iterator[Found]:
    scripts = (script.text or "" for script in tree.iter("script"))
    return (Found(match[1], "script", 0.6) for text in scripts for match in _IN_SCRIPT.finditer(text))
