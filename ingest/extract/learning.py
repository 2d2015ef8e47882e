"""A page -> what it says, by what is known of its outlet, and what it teaches about that outlet.

page ─► extract, by a template where one fits ─┬─ most pages: that is all
                                               └─ samples, and pages that no template fits: the long way, observed
"""

import logging
from contextlib import suppress
from typing import NamedTuple

from ingest.errors import ExtractFailed
from ingest.extract.body import NO_RULES, Extracted, extract, extract_part
from ingest.extract.outlet import Learned, Outlet, is_sample, same_text
from ingest.extract.page import decode, parse
from ingest.extract.template import Observation, observe
from ingest.models import ExtractRules, Page, article_id

_log = logging.getLogger("teletipo.extract")
_FIELDS = ("title", "authors", "published", "updated", "url", "image", "summary", "tags", "language")


class Reading(NamedTuple):
    """found: what is believed; observation: what a template may be learned from; version: of the template that was
    checked, 0 for none; agreed: whether it found the same; part: whether an excerpt of the page said the same, None
    where there is none."""

    found: Extracted
    observation: Observation | None = None
    version: int = 0
    agreed: bool = True
    part: bool | None = None


def read(page: Page, outlet: Outlet, rules: ExtractRules = NO_RULES) -> Reading:
    """Find the article in a page of this outlet. Raises ExtractFailed where there is none."""
    article = article_id(page.url)
    first = _first(page, outlet, rules)
    checked = next((each for each in outlet.learned if each.version == first.template), None)
    if checked and not is_sample(checked, article):
        return Reading(first)
    found = extract(page.body, page.url, page.content_type, rules) if checked else first
    if found.method == "rules" or found.partial:
        return Reading(found)
    observation = _observed(page, article, found)
    if checked is None:
        return Reading(found, observation)
    agreed = same_text(first.paragraphs, found.paragraphs)
    return Reading(found, observation, checked.version, agreed, _is_enough(page, checked, found))


def _observed(page: Page, article: str, found: Extracted) -> Observation | None:
    """What a template may be learned from; nothing where the page is too strange for that."""
    try:
        tree = parse(decode(page.body, page.content_type))
        return observe(tree, article, [block.text for block in found.blocks], found.confidence)
    except Exception:  # an article was found, and is not lost for want of a lesson
        _log.exception("nothing is learned from %s", page.url)
        return None


def _first(page: Page, outlet: Outlet, rules: ExtractRules) -> Extracted:
    """What is found by a template where one fits. A body that proves to be none may be the template's fault."""
    if outlet.learned:
        latest = outlet.learned[0]
        if latest.by_excerpt and rules == NO_RULES and (part := _part(page, latest)):
            return part
        with suppress(ExtractFailed):
            return extract(page.body, page.url, page.content_type, rules, outlet.learned)
    return extract(page.body, page.url, page.content_type, rules)


def _part(page: Page, learned: Learned) -> Extracted | None:
    return extract_part(page.body, page.url, page.content_type, learned)


def _is_enough(page: Page, learned: Learned, found: Extracted) -> bool | None:
    """Whether an excerpt says what was found in the whole page."""
    part = _part(page, learned)
    if part is None:
        return None
    fields = all(getattr(part, field) == getattr(found, field) for field in _FIELDS)
    return fields and same_text(part.paragraphs, found.paragraphs)
