"""The bytes of a robots.txt and a URL -> may this agent ask for it, and how far apart (RFC 9309). Pure.

Protego reads the file. Whether there is one, and what holds where it cannot be had, is said in ingest/robots.py.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from protego import Protego

LARGEST = 512_000
"""Bytes that are read of it: RFC 9309 asks for 500 KiB at least, and what is longer is a page of another kind."""

MOST_DELAY = 30.0
"""Seconds: the longest Crawl-delay that is kept. Some say a day, at which no newspaper could be read."""

LEARNERS = (
    "GPTBot", "Google-Extended", "Applebot-Extended", "ClaudeBot", "anthropic-ai", "CCBot", "meta-externalagent",
    "FacebookBot", "Amazonbot", "Bytespider", "cohere-ai", "cohere-training-data-crawler", "AI2Bot", "Diffbot",
    "omgili", "Timpibot", "PanguBot", "img2dataset",
)  # fmt: skip
"""Crawlers, and names that stand for none, by which robots.txt speaks of collecting texts to train models on. Those
that fetch what somebody asks for at that moment, or for a search index, are left out."""

_SIGNAL = re.compile(
    r"^[^\S\n]*content-signal[^\S\n]*:[^\S\n]*(?:(/\S*)[^\S\n]+)?([^\n#]*)", re.IGNORECASE | re.MULTILINE
)
"""A line of the IETF's draft on AI preferences, which Cloudflare writes for its customers."""

_LONGEST_TERMS = 300

_PRODUCT = re.compile(r"[A-Za-z_-]+")


def origin(url: str) -> str:
    """Whose robots.txt speaks of this URL: scheme, host and port; empty where it is no web address."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and url.isprintable()
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}" if known else ""


def product(user_agent: str) -> str:
    """The product token that a robots.txt calls us by: "teletipo" of "teletipo/0.1 (newswire)"."""
    token = _PRODUCT.match(user_agent)
    return token[0] if token else "*"


def rules_in(body: bytes) -> str:
    """The text of a robots.txt, as it is kept: UTF-8, what is not is replaced."""
    return body[:LARGEST].decode("utf-8", "replace").removeprefix("\ufeff")


def allows(rules: str, url: str, agent: str) -> bool:
    """Whether these rules let the agent, a product token, ask for this URL."""
    return not rules or _parsed(rules).can_fetch(url, agent)


def crawl_delay(rules: str, agent: str) -> float:
    """The seconds that the rules ask this agent to leave between two pages, at most MOST_DELAY; 0 where they do not."""
    asked = _parsed(rules).crawl_delay(agent) if rules else None
    return min(max(asked or 0.0, 0.0), MOST_DELAY)


def sitemaps(rules: str) -> list[str]:
    """The sitemaps that the rules name, in their order."""
    return list(dict.fromkeys(_parsed(rules).sitemaps)) if rules else []


def terms(rules: str, url: str) -> dict[str, str]:
    """What the rules say about training models on what is at this URL: the crawlers of LEARNERS that may not have it,
    and the Content-Signal that holds for it."""
    if not rules:
        return {}
    path = urlsplit(url).path or "/"
    refused = ", ".join(agent for agent in LEARNERS if not allows(rules, url, agent))
    signals = (signal[2].strip() for signal in _SIGNAL.finditer(rules) if path.startswith(signal[1] or ""))
    found = {"robots.txt": refused, "content-signal": next((said for said in signals if "ai-train" in said), "")}
    return {name: said[:_LONGEST_TERMS] for name, said in found.items() if said}


@lru_cache(256)
def _parsed(rules: str) -> Protego:
    return Protego.parse(rules)
