"""A page -> what it says, by what is known of its outlet, and what it teaches about that outlet.

page ─► extract, by a template where one fits ─┬─ most pages: that is all
                                               └─ samples, and pages that no template fits: the long way, observed
"""

from contextlib import suppress
from typing import NamedTuple

from ingest.errors import ExtractFailed
from ingest.extract.body import NO_RULES, Extracted, extract
from ingest.extract.outlet import Outlet, is_sample, same_text
from ingest.extract.page import decode, parse
from ingest.extract.template import Observation, observe
from ingest.models import ExtractRules, Page, article_id


class Reading(NamedTuple):
    """found: what is believed; observation: what a template may be learned from; version: of the template that was
    checked, 0 for none; agreed: whether it found the same."""

    found: Extracted
    observation: Observation | None = None
    version: int = 0
    agreed: bool = True


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
    tree = parse(decode(page.body, page.content_type))
    observation = observe(tree, article, [block.text for block in found.blocks], found.confidence)
    if checked is None:
        return Reading(found, observation)
    return Reading(found, observation, checked.version, same_text(first.paragraphs, found.paragraphs))


def _first(page: Page, outlet: Outlet, rules: ExtractRules) -> Extracted:
    """What is found by a template where one fits. A body that proves to be none may be the template's fault."""
    if outlet.learned:
        with suppress(ExtractFailed):
            return extract(page.body, page.url, page.content_type, rules, outlet.learned)
    return extract(page.body, page.url, page.content_type, rules)
