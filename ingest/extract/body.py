"""A page's bytes -> Extracted: the body by rules, by choice or by structured data, and the metadata beside it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from lxml.html import HtmlElement
from msgspec import field

from ingest.errors import ExtractFailed
from ingest.extract.blocks import blocks_in, blocks_of
from ingest.extract.choice import FEWEST_WORDS, choose
from ingest.extract.excerpt import excerpt
from ingest.extract.features import Stated, shingles, words_of
from ingest.extract.figures import with_figures
from ingest.extract.fitting import Surprise, below, fitted
from ingest.extract.kinds import Look, expect_article
from ingest.extract.linked_data import plain
from ingest.extract.metadata import Found, Metadata, guess_metadata, key, read_metadata, terms_in
from ingest.extract.outlet import Learned
from ingest.extract.page import decode, parse, unreadable
from ingest.extract.rules import Ruled, apply_rules
from ingest.extract.stubs import lead_of
from ingest.models import Block, ExtractRules, Record, texts_of
from ingest.words import word_count

RULED = 0.98
"""How sure a field is that a site's own rule found."""
NO_RULES = ExtractRules()
FULLER = 0.6
"""JSON-LD's articleBody is the body where the page shows less than this share of it: the rest is behind a script."""
USUAL = 4
"""Times that a body by a template may be longer or shorter than those that it was learned from."""


class Body(NamedTuple):
    """What gave the blocks, the blocks, how sure they are (the F1 to expect of their text, 0 to 1), the elements of the
    page that they stand in, and the text just below them."""

    method: str
    blocks: tuple[Block, ...]
    confidence: float
    elements: Sequence[HtmlElement] = ()
    after: Sequence[str] = ()
    version: int = 0
    """Of the template, where one gave it."""


class Extracted(Record, frozen=True, kw_only=True):
    """What a page says, nothing of it cleaned or believed yet.

    authors: bylines as written; published, updated: dates as written; url: the address that the page declares for
    itself; summary: its description; language: the declared ISO 639 code; method: what gave the blocks (`rules`,
    `template`, `generic`, `json-ld`); template: its version, 0 for none; confidence: the F1 to expect of the text, 0 to
    1; partial: the blocks are known to be less than the whole article; evidence: field -> where it was found; sure:
    field -> how sure that is, 0 to 1; also: what else the page states for `title` and `published`, likeliest first;
    terms: what the page says about its use, by where that is said.
    What was not found is empty.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    url: str = ""
    image: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    method: str = ""
    template: int = 0
    confidence: float = 0.0
    partial: bool = False
    evidence: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of the blocks, pictures and captions aside."""
        return texts_of(self.blocks)


def extract(
    body: bytes,
    url: str,
    content_type: str = "",
    rules: ExtractRules = NO_RULES,
    learned: Sequence[Learned] = (),
) -> Extracted:
    """Find the article in a page.

    url: where the page was found, absolute. content_type: the HTTP header, for its charset. learned: templates of its
    outlet, of which the first that fits is believed, after the rules. Raises ExtractFailed, and nothing else, where the
    bytes are empty or not HTML, are nested too deep, or hold no article text.
    """
    try:
        return _extract(body, url, content_type, rules, learned)
    except ExtractFailed:
        raise
    except RecursionError as error:
        raise unreadable("the page is nested too deep to be read") from error
    except Exception as error:  # lxml meets new surprises on the web every day
        raise unreadable(f"the page broke its reader: {type(error).__name__}: {error}") from error


def extract_part(body: bytes, url: str, content_type: str, learned: Learned) -> Extracted | None:
    """As `extract`, by this template alone and from that part of the page alone that is about its article; None where
    the part cannot be told, or the template does not fit it."""
    try:
        part = excerpt(decode(body, content_type), learned.template.container)
        return _read(parse(part.text), url, NO_RULES, part=(learned, part.path)) if part else None
    except Exception:  # the whole page says what is wrong with it
        return None


def _extract(body: bytes, url: str, content_type: str, rules: ExtractRules, learned: Sequence[Learned]) -> Extracted:
    return _read(parse(decode(body, content_type)), url, rules, learned)


def _read(
    tree: HtmlElement,
    url: str,
    rules: ExtractRules,
    learned: Sequence[Learned] = (),
    part: tuple[Learned, Sequence[str]] | None = None,
) -> Extracted:
    look = Look(tree, url)
    expect_article(look)
    ruled = apply_rules(tree, rules)
    stated = read_metadata(tree, url)
    way = _templated(tree, *part, stated_for_body(stated)) if part else _body(tree, ruled, stated, learned)
    metadata = guess_metadata(tree, stated, way.elements)
    found = {**metadata.found, **_by_rule(ruled)}
    authors = tuple(Found(name, "rule", RULED) for name in ruled.authors) or metadata.authors
    blocks, partial = lead_of(look, _without_title(way.blocks, found.get("title")), way.after)
    if (words := sum(map(word_count, texts_of(blocks)))) < FEWEST_WORDS:
        raise ExtractFailed(f"no article text found: {words} words in the body, {FEWEST_WORDS} are the fewest")
    evidence = {name: one.evidence for name, one in found.items()} | {"body": _origin(way)}
    sure = {name: one.sure for name, one in found.items()}
    if authors:
        evidence["authors"], sure["authors"] = authors[0].evidence, authors[0].sure
    return Extracted(
        blocks=blocks,
        authors=tuple(one.value for one in authors),
        tags=stated.tags,
        method=way.method,
        template=way.version,
        confidence=way.confidence,
        partial=partial,
        evidence=evidence,
        sure=sure,
        also={name: tuple(one.value for one in rest) for name, rest in metadata.also.items()},
        terms=terms_in(stated.head),
        **{name: one.value for name, one in found.items()},
    )


def _body(tree: HtmlElement, ruled: Ruled, stated: Metadata, learned: Sequence[Learned]) -> Body:
    if sum(map(word_count, texts_of(ruled.blocks))) >= FEWEST_WORDS:
        return Body("rules", ruled.blocks, 1.0)
    said = stated_for_body(stated)
    for each in learned:
        with suppress(Surprise):
            return _templated(tree, each, (), said)
    choice = choose(tree, said)
    if _is_fuller(said.body, choice.words):
        return Body("json-ld", blocks_of(stated.body), choice.confidence)
    places = [element for element in choice.elements if element.getparent() is not None]
    blocks = blocks_in(with_figures(choice.elements), choice.unseen)
    return Body("generic", blocks, choice.confidence, places, choice.after)


def _is_fuller(stated: str, words: int) -> bool:
    """Whether JSON-LD's articleBody has far more than so many words that the page shows."""
    return words < FULLER * word_count(stated) and words < FULLER * _distinct(stated)


def _distinct(text: str) -> int:
    """Runs of four words, each counted once: as many as words, unless the text is there twice, as it is at times."""
    return len(shingles(words_of(text), 4))


def _templated(tree: HtmlElement, learned: Learned, along: Sequence[str], said: Stated) -> Body:
    """The body by a template. Raises Surprise, also where its length is not that of a body."""
    template = learned.template
    fit = fitted(template, tree, along)
    blocks = blocks_in(fit.container, fit.without)
    words = sum(map(word_count, texts_of(blocks)))
    least, most = template.words
    if not least / USUAL <= words <= most * USUAL or _is_fuller(said.body, words):
        raise Surprise(f"{words} words, where bodies have {least} to {most}")
    return Body("template", blocks, template.confidence, fit.elements, below(fit), learned.version)


def stated_for_body(stated: Metadata) -> Stated:
    """What the page says about itself that the body's passages are held against."""
    title, summary = (stated.found[name].value if name in stated.found else "" for name in ("title", "summary"))
    return Stated(title, summary, plain(stated.body))


def _origin(way: Body) -> str:
    return f"{way.method} {way.version}" if way.version else way.method


def _by_rule(ruled: Ruled) -> dict[str, Found]:
    values = {"title": ruled.title, "published": ruled.published}
    return {name: Found(value, "rule", RULED) for name, value in values.items() if value}


def _without_title(blocks: tuple[Block, ...], title: Found | None) -> tuple[Block, ...]:
    """The body often starts with its own headline; one that is in the page twice has it in its middle too."""
    headline = key(title.value) if title else ""
    longest = 2 * len(title.value) if title else 0
    return tuple(block for block in blocks if not headline or len(block.text) > longest or key(block.text) != headline)
