"""The headline: every place that states one, without the outlet's name, and which of them is believed.

    JSON-LD headline, h1, og:title, title element, ... ─► without the outlet's name ─► the title, and what else was said

JSON-LD's headline is the article's own. Without one it is the h1 that og:title or the title element confirms, since
those two are also written for search engines and social media; an h1 that none confirms is believed where it is about
as long as og:title, and so no logo or section. Each further place that says the same makes the title surer.
"""

import re
from collections.abc import Iterator

from ingest.extract.metadata.found import Found, key, line
from ingest.extract.metadata.head import Head

_SEPARATOR = re.compile(
    r"\s+[|·•»«–—:~/\\>-]{1,2}\s+|\s*[|｜]\s*|:\s+"
    r"|(?<=[\u3000-\u9fff！？!?])[-_:：](?=\S)|_(?=[\u3040-\u9fff])"  # East Asian titles have no spaces around theirs
)
_EAST_ASIAN_OUTLET = re.compile(r"[\u3040-\u9fff]{1,8}(?:网|網|报|報|新聞|新闻|ニュース)")
_METAS = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title", "dc.title", "dcterms.title",
)  # fmt: skip
_MOST_HEADINGS = 8
_LONGEST = 1000
"""Characters of a title: what is longer is none, and may be made of separators alone."""
_LIMIT = 70
"""Characters from which a headline in JSON-LD may be cut: search engines ask for at most 110."""
_SURE = (0.0, 0.6, 0.85, 0.95)
"""By how many places say the same: none, one, two, three or more."""


def titles(head: Head) -> tuple[Found, ...]:
    """The titles that the page states, the believed one first, then the others as they were met."""
    places = _places(head)
    if not places:
        return ()
    best = _believed(places)
    others = [found for found in places if key(found.value) != key(best.value)]
    alike = [found for found in places if key(found.value) == key(best.value)]
    written = next((found for found in (best, *alike) if not found.value.isupper()), best)
    sure = _SURE[min(len(alike), 3)]
    return (best._replace(value=written.value, sure=sure), *{key(found.value): found for found in others}.values())


def _places(head: Head) -> list[Found]:
    """All that is stated, without the outlet's name; what then is empty or only that name is none."""
    stated = [found for found in _stated(head) if 0 < len(found.value) <= _LONGEST]
    whole = {key(found.value) for found in stated}
    cut = [found._replace(value=without_outlet(found.value, head, whole)) for found in stated]
    return [found for found in cut if key(found.value) and not head.outlet.owns(found.value)]


def _stated(head: Head) -> Iterator[Found]:
    yield from list(head.linked("headline"))[:1]
    yield from (Found(line(element), "h1") for element in head.headings[:_MOST_HEADINGS])
    for name in _METAS:
        yield from (Found(value, f"meta {name}") for value in head.metas.get(name, ())[:1])
    yield Found(head.title, "title")
    yield from (found._replace(evidence="json-ld name") for found in list(head.linked("name"))[:1])


def _believed(places: list[Found]) -> Found:
    first = {found.evidence: found for found in reversed(places)}
    if headline := first.get("json-ld"):
        return next((found for found in places if _completes(found.value, headline.value)), headline)
    social, window = first.get("meta og:title"), first.get("title")
    headings = [found for found in places if found.evidence == "h1"]
    for other in filter(None, (social, window)):
        if agreed := next((found for found in headings if key(found.value) == key(other.value)), None):
            return agreed
    if headings and (social is None or _is_as_good(headings[0].value, social.value)):
        return headings[0]
    return social or window or places[0]


def _completes(text: str, cut: str) -> bool:
    start = key(cut)
    return len(start) > _LIMIT and len(key(text)) > len(start) and key(text).startswith(start)


def _is_as_good(heading: str, social: str) -> bool:
    own, other = key(heading), key(social)
    return own in other or len(own) > 0.6 * len(other)


def without_outlet(title: str, head: Head, whole: set[str]) -> str:
    """The title without " | Outlet" and what follows it, or "Outlet: " before it, and without a section at its end.

    What is cut at the end is the outlet's name, or what another place does without. whole: the keys of what they say.
    """
    separators = list(_SEPARATOR.finditer(title))
    ends = [*(one.start() for one in separators[1:]), len(title)]
    for separator, end in zip(separators, ends, strict=False):
        before, after = title[: separator.start()], title[separator.end() :]
        if separator is separators[0] and after.strip() and head.outlet.owns(before):
            return without_outlet(after, head, whole)
        part = title[separator.end() : end]
        is_outlet = head.outlet.owns(part) or _EAST_ASIAN_OUTLET.fullmatch(part)
        if is_outlet and (end == len(title) or ":" not in separator[0]):
            return _shorter(before, whole)
    return _shorter(title, whole)


def _shorter(title: str, whole: set[str]) -> str:
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        if key(title[: separator.start()]) in whole:
            return title[: separator.start()].strip()
    return title.strip()
