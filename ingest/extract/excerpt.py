"""A page's text -> its head, its headline and its body alone, where a template says what the body's element is called.

    head │ navigation, other news │ h1 ... <div class="story-body"> ... </div> │ comments, footer │ JSON-LD
    ━━━━                            ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━                     ━━━━━━━

Parsing is half of what reading a known page costs, and half of a page is not about its article. The body's element, or
one around it, is found by its start tag's own words, its end by counting tags of its kind. Where anything is not as
plain as that there is no excerpt, and the whole page is parsed. That an excerpt says what its page says is checked on
samples (outlet.py).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

ABOVE, BELOW = 2_000, 4_000
"""Characters above the headline and below the body, where bylines, dates and the offers of paywalls stand."""
FARTHEST = 40_000
"""Characters between the headline and the body, from which it is another headline."""
OUTWARDS = 4
"""Elements that are tried: the body's own, and those around it."""
_LINKED_DATA = "application/ld+json"


class Excerpt(NamedTuple):
    """text: HTML; path: from the element that was found in it to the body's own, as in a template."""

    text: str
    path: tuple[str, ...]


def excerpt(text: str, container: Sequence[str]) -> Excerpt | None:
    """What is about the article in the page of this text; None where that is not certain. container: path to the body's
    element, as in a template."""
    head = text.find("</head>")
    for depth in range(1, min(OUTWARDS, len(container) - 2) + 1 if head > 0 else 0):
        if found := _around(text, container[-depth], head):
            return Excerpt(found, tuple(container[-depth:]))
    return None


def _around(text: str, step: str, head: int) -> str:
    """The excerpt around the one element of this step; empty where it is not certain."""
    tag, *tokens = step.split(" ")
    names = [token.lstrip("#") for token in tokens if not token.startswith("@")]
    name = max((name for name in names if "#" not in name), key=len, default="")
    start = _only_start(text, tag, name, head) if name else -1
    end = _end(text, tag, start) if start > 0 else -1
    begin = _headline(text, start, end, head) if end > 0 else -1
    if begin < 0:
        return ""
    stop = text.find("<", end + BELOW)
    stop = len(text) if stop < 0 else stop
    return f"{text[:head]}</head><body>{text[begin:stop]}{_linked_data(text, head, begin, stop)}</body></html>"


def _only_start(text: str, tag: str, name: str, after: int) -> int:
    """Where the one start tag of this kind with this name in it begins, -1 where there is none or are several."""
    found = -1
    at = text.find(name, after)
    while at >= 0:
        start = text.rfind("<", 0, at)
        if text.startswith(tag, start + 1) and text.find(">", start, at) < 0 and start != found:
            if found >= 0:
                return -1
            found = start
        at = text.find(name, at + len(name))
    return found


@lru_cache(maxsize=64)
def _tags(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<!--.*?-->|<script\b.*?</script\s*>|<(/?){tag}(?=[\s>/])", re.IGNORECASE | re.DOTALL)


def _end(text: str, tag: str, start: int) -> int:
    """Where the element that starts there ends, -1 where it does not."""
    depth = 0
    for match in _tags(tag).finditer(text, start):
        if match[1] is None:
            continue
        depth += -1 if match[1] else 1
        if not depth:
            return match.end()
    return -1


def _headline(text: str, start: int, end: int, head: int) -> int:
    """Where the excerpt begins: a little above the headline, or at the body where there is none or it is inside; -1
    where the only ones are elsewhere."""
    above = text.rfind("<h1", head, start)
    if above >= 0 and start - above < FARTHEST:
        return text.find("<", max(head + len("</head>"), above - ABOVE))
    if above < 0 and text.find("<h1", end) < 0:
        return text.find("<", max(head + len("</head>"), start - ABOVE))
    return -1


def _linked_data(text: str, head: int, begin: int, stop: int) -> str:
    """The scripts of JSON-LD that stand elsewhere."""
    scripts = []
    at = text.find(_LINKED_DATA, head)
    while at >= 0:
        start, end = text.rfind("<script", head, at), text.find("</script>", at)
        if start >= 0 and end >= 0 and not begin <= start < stop:
            scripts.append(text[start:end] + "</script>")
        at = text.find(_LINKED_DATA, at + 1)
    return "".join(scripts)
