"""A small virtual outlet of the tests' own making: two frames, and as many articles as are asked for.

Its pages come from bench/outlets.py like those of the virtual outlets that the corpora give, so what holds of these is
tested of that code too.
"""

import random
from datetime import UTC, datetime, timedelta

from bench.frames import Frame
from bench.manuscripts import Line, Manuscript
from bench.outlets import Virtual, outlet
from ingest.compose import Composed, compose_known
from ingest.extract import Outlet, evidence_of, outlet_of, packed, taught
from ingest.models import Entry, Page, Source

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HARBOUR = Source(
    id="harbour", name="", homepage="https://harbour.example/", language="en", country="VE", timezone="UTC"
)

_WHO = (
    "The harbour master",
    "A crane driver",
    "The council",
    "Her lawyer",
    "The pilots' union",
    "A neighbour",
    "The mayor",
)
_DID = ("refused", "promised", "described", "postponed", "signed", "questioned", "welcomed", "measured", "repaired")
_WHAT = ("the new timetable", "a second bridge", "the noise of the pumps", "an old map", "the winter storage of boats")
_WHERE = ("on the eastern quay", "behind the fish market", "at a meeting in the town hall", "below the lighthouse")
_WHY = (
    "because nobody had asked the crews",
    "although the money was there",
    "after a long night of talks",
    "since 1986",
)
_NAMES = ("Ana", "Luis", "Ruth", "Jon", "Mei", "Ola"), ("Marín", "Paz", "Ohm", "Berg", "Silva", "Quist")

Kept = tuple[bytes, bytes]
"""What is known of an outlet, and the evidence, as the store keeps them."""


def manuscripts(count: int, seed: int = 0) -> list[Manuscript]:
    """So many articles, each with its own title, author, day and sentences."""
    chance = random.Random(seed)
    return [_manuscript(number, chance) for number in range(count)]


def _manuscript(number: int, chance: random.Random) -> Manuscript:
    lines = [Line("paragraph", " ".join(_sentence(chance) for _ in range(3))) for _ in range(chance.randrange(6, 11))]
    lines.insert(3, Line("heading", _sentence(chance).partition(" and ")[0]))
    first, last = _NAMES
    return Manuscript(
        title=f"{_sentence(chance).rstrip('.')}, part {number}",
        authors=(f"{chance.choice(first)} {chance.choice(last)}",),
        published=datetime(2025, 1, 10, 12, tzinfo=UTC) + timedelta(days=number),
        lines=tuple(lines),
    )


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(part) for part in (_WHO, _DID, _WHAT, _WHERE, _WHY)]
    return " ".join((*words, f"and {chance.randrange(2, 900)} others heard of it.")).replace(
        "since 1986 and", "as in 1986;"
    )


def _set(page: str) -> Frame:
    own = _manuscript(0, random.Random(7))
    paragraphs, headings = ([x.text for x in own.lines if x.role == role] for role in ("paragraph", "heading"))
    fields = {"title": own.title, "author": own.authors[0], "day": f"{own.published:%d.%m.%Y}"}
    for name, value in {**fields, "iso": own.published.isoformat(), "heading": headings[0]}.items():
        page = page.replace(f"[{name}]", value)
    (model,) = [line for line in page.splitlines() if "[paragraph]" in line]
    body = [model.replace("[paragraph]", text) for text in paragraphs]
    body.insert(3, _FIGURE)
    page = page.replace(model, "\n".join(body))
    return Frame(page.encode(), "https://harbour.example/news/1", own)


_FIGURE = (
    '<div class="slot"><script>fill(this)</script></div><figure class="pic"><img src="https://harbour.example/p.jpg" '
    'width="640" alt="A pier"><figcaption>The old pier as it was before the council sold it</figcaption></figure>'
)
_NAVIGATION = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "port", "sport", "weather"))
_TEASERS = "".join(f'<li><a href="/news/{n}">Some other piece of news from the town {n}</a></li>' for n in range(8))


def first_frame() -> Frame:
    """How the outlet looks at first."""
    return _set(f"""<!DOCTYPE html><html lang="en"><head><title>[title] | Harbour Post</title>
<meta property="og:title" content="[title]"><meta property="og:site_name" content="Harbour Post">
<meta property="article:published_time" content="[iso]"><meta name="author" content="[author]"></head>
<body class="single postid-4711"><nav><ul>{_NAVIGATION}</ul></nav>
<main class="page"><article id="post-4711" class="story"><header><h1>[title]</h1>
<div class="meta">By <a class="byline" href="/by">[author]</a> <time datetime="[iso]">[day]</time></div></header>
<div class="story-body"><div class="ad"></div>
<p class="text">[paragraph]</p>
<h2 class="sub">[heading]</h2>
<div class="related"><b>More on this</b><ul>{_TEASERS}</ul></div></div>
<p class="tags"><a href="/t/1">Harbour</a> <a href="/t/2">Boats</a></p></article>
<aside class="most-read"><h3>Most read</h3><ul>{_TEASERS}</ul></aside></main>
<footer><p>All rights reserved by the Harbour Post, Quay 1. Imprint, privacy, contact.</p></footer></body></html>""")


def second_frame() -> Frame:
    """How it looks after a redesign."""
    return _set(f"""<!DOCTYPE html><html lang="en"><head><title>[title] – Harbour Post</title>
<meta property="og:title" content="[title]"><meta property="og:site_name" content="Harbour Post">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "[title]", "datePublished": "[iso]",
"author": {{"@type": "Person", "name": "[author]"}}}}</script></head>
<body><div id="app"><div class="top"><ul>{_NAVIGATION}</ul></div>
<section class="reader"><h1 class="headline">[title]</h1><span class="who">[author]</span>
<section class="reader-text"><div class="rich">
<div class="par">[paragraph]</div>
<h3>[heading]</h3></div></section>
<section class="next"><h4>Read next</h4><ul>{_TEASERS}</ul></section></section>
<div class="bottom"><ul>{_NAVIGATION}</ul><p>Harbour Post, Quay 1, all rights reserved.</p></div></div></body>
</html>""")


def pages(count: int, *frames: Frame, seed: int = 0) -> list[Virtual]:
    """So many pages of the outlet, in the first frame where none is named."""
    return list(outlet(frames or (first_frame(),), manuscripts(count, seed), count=count, seed=seed))


def composed(page: Virtual, known: Outlet, source: Source = HARBOUR) -> Composed:
    """The page's article, by what is known of its outlet."""
    return compose_known(Entry(url=page.url), source, Page(url=page.url, body=page.body, fetched=NOW), NOW, known)


def learned(
    read: list[Virtual], kept: tuple[bytes, bytes] = (b"", b""), source: Source = HARBOUR
) -> tuple[bytes, bytes]:
    """What is kept of an outlet once these pages were read, one after the other."""
    for page in read:
        if lesson := composed(page, outlet_of(kept[0]), source).lesson:
            kept = packed(*taught(outlet_of(kept[0]), evidence_of(kept[1]), lesson))
    return kept
