"""What simulated outlets answer with: feeds, robots.txt, and pages around articles of our own making. Pure.

The words are made up of syllables between common English ones; an edit puts another paragraph in place of one and says
so in the headline. No two texts have a sentence in common, a wire's text is the same at each outlet that carries it.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from random import Random

from bench.simulated import REFUSED, Traits, Written

_SYLLABLES = [a + b for a in "bdfglmnprstv" for b in ("a", "en", "il", "o", "ur")]
_COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "is",
    "was",
    "for",
    "on",
    "as",
    "with",
    "at",
    "by",
    "from",
    "has",
    "it",
    "are",
    "this",
    "after",
    "before",
    "said",
    "which",
]
_SECTIONS = ["world", "politics", "economy", "culture", "sports", "science", "opinion", "weather", "letters", "archive"]
PARAGRAPHS = 9


def robots_of(traits: Traits) -> str:
    lines = ["User-agent: *", f"Disallow: {REFUSED}" if traits.refuses else "Disallow:"]
    return "\n".join(lines + ([f"Crawl-delay: {traits.crawl_delay:g}"] if traits.crawl_delay else [])) + "\n"


def feed_of(base: str, traits: Traits, articles: Sequence[tuple[Written, int, float]]) -> bytes:
    """articles: each with its version and when it was published, Unix seconds."""
    entries = "".join(
        f"<item><title>{headline(article.text, version)}</title><link>{base}{article.path}</link>"
        f"<guid>{base}{article.path}</guid><pubDate>{format_datetime(datetime.fromtimestamp(at, UTC))}</pubDate>"
        f"<description>{_sentence(Random(f'{article.text} summary'), 20)}</description></item>\n"
        for article, version, at in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{name_of(traits.number)}</title><link>{base}/</link><description/>\n{entries}</channel></rss>"
    ).encode()


@lru_cache(4096)
def headline(text: int, version: int) -> str:
    return _sentence(Random(f"{text} headline"), 7).rstrip(".") + (f", corrected {version}" if version else "")


@lru_cache(4096)
def page_of(base: str, traits: Traits, article: Written, version: int, at: float) -> bytes:
    """at: when it was published, Unix seconds."""
    chance, title = Random(f"{article.text} body"), headline(article.text, version)
    paragraphs = [" ".join(_sentence(chance, chance.randint(9, 18)) for _ in range(3)) for _ in range(PARAGRAPHS)]
    if version:
        paragraphs[4] = " ".join(_sentence(Random(f"{article.text} edit {version}"), 14) for _ in range(3))
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": datetime.fromtimestamp(at, UTC).isoformat(),
        "author": {"@type": "Person", "name": "Ana Rojas"},
    }
    menu = "".join(f'<li><a href="/{section}/">{section.title()}</a></li>' for section in _SECTIONS)
    others = "".join(f'<li><a href="/x/{n}">{_sentence(chance, 8)}</a></li>' for n in range(12))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {name_of(traits.number)}</title>'
        f'<link rel="canonical" href="{base}{article.path}"><script type="application/ld+json">{json.dumps(stated)}'
        f'</script></head><body><header><nav class="menu"><ul>{menu}</ul></nav></header><main><article>'
        f'<h1>{title}</h1><p class="by">By Ana Rojas</p><div class="text">'
        f"{''.join(f'<p>{paragraph}</p>' for paragraph in paragraphs)}</div></article>"
        f"<aside><h2>More</h2><ul>{others}</ul></aside></main>"
        f"<footer>About {name_of(traits.number)}</footer></body></html>"
    ).encode()


def name_of(number: int) -> str:
    return f"The {_word(Random(f'name {number}')).title()} Courier {number}"


def _sentence(chance: Random, words: int) -> str:
    said = [chance.choice(_COMMON) if n % 2 else _word(chance) for n in range(words)]
    return " ".join(said).capitalize() + "."


def _word(chance: Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))
