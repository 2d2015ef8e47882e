"""What outlets say about the use of their articles, by each way in which they say it."""

from datetime import UTC, datetime

import pytest

from ingest.compose import compose, extract_article
from ingest.fetch import robots
from ingest.models import Entry, Page, Rights, Source
from ingest.rights import rights
from tests.e2e.newswire import page

URL = "https://outlet.example/report/1"
SOURCE = Source(id="outlet", name="Outlet", homepage=URL, language="en", country="VE", timezone="UTC")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def stated(head: str, **terms: str) -> Rights:
    """The rights of an article whose page has this in its head, and came with these terms."""
    body = page(1).replace("</head>", f"{head}</head>").encode()
    assert head.encode() in body
    kept = {name.replace("_", "-"): said for name, said in terms.items()}
    return compose(Entry(url=URL), SOURCE, Page(url=URL, body=body, fetched=NOW, terms=kept), NOW).rights


def linked(words: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Report", {words}}}</script>'


def test_where_nothing_is_said_nothing_is_known() -> None:
    assert stated("") == Rights()


@pytest.mark.parametrize(
    ("head", "where"),
    [
        ('<meta name="robots" content="index, NoAI, noimageai">', "meta robots"),
        ('<meta name="googlebot" content="noai">', "meta googlebot"),
        ('<meta name="tdm-reservation" content="1">', "meta tdm-reservation"),
    ],
)
def test_a_page_can_refuse_to_be_learned_from(head: str, where: str) -> None:
    found = stated(head)
    assert found.train == "refused"
    assert where in found.evidence


@pytest.mark.parametrize(
    ("name", "said", "train"),
    [
        ("x-robots-tag", "otherbot: noai", "refused"),
        ("x-robots-tag", "noindex, max-snippet: 50", "unknown"),
        ("tdm-reservation", "1", "refused"),
        ("tdm-reservation", "0", "allowed"),
        ("robots.txt", "GPTBot", "refused"),
        ("content-signal", "search=yes, ai-train=no", "refused"),
        ("content-signal", "search=yes,ai-train=yes", "allowed"),
        ("content-signal", "search=yes", "unknown"),
    ],
)
def test_so_can_the_headers_and_robots_txt(name: str, said: str, train: str) -> None:
    assert rights({name: said}).train == train


def test_one_no_outweighs_every_yes() -> None:
    assert stated('<meta name="tdm-reservation" content="0">', tdm_reservation="1").train == "refused"
    assert stated('<meta name="tdm-reservation" content="0">').train == "allowed"


def test_what_limits_use_otherwise_is_told_and_decides_nothing() -> None:
    found = stated('<meta name="robots" content="index,follow, noarchive, max-snippet:-1, max-image-preview:large">')
    assert found == Rights(evidence={"meta robots": "noarchive, max-snippet:-1"})
    assert stated('<meta name="robots" content="index, follow">') == Rights()


def test_no_archive_is_not_no_ai() -> None:
    assert rights({"meta robots": "noaiport, noai-something"}).train == "unknown"


@pytest.mark.parametrize(
    ("words", "free"),
    [
        ('"isAccessibleForFree": false', False),
        ('"isAccessibleForFree": "False"', False),
        ('"isAccessibleForFree": "http://schema.org/False"', False),
        ('"isAccessibleForFree": true', True),
        ('"isAccessibleForFree": "True"', True),
        ('"isAccessibleForFree": "perhaps"', None),
        ('"isAccessibleForFree": true, "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false}', False),
        ('"hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".more"}]', False),
        ('"hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": true}]', None),
    ],
)
def test_json_ld_says_whether_an_article_is_free(words: str, free: bool | None) -> None:
    assert stated(linked(words)).free is free


def test_what_the_article_says_counts_before_what_the_page_says() -> None:
    around = '<script type="application/ld+json">{"@type": "WebPage", "isAccessibleForFree": false}</script>'
    assert stated(around).free is False
    assert stated(around + linked('"isAccessibleForFree": true')).free is True


@pytest.mark.parametrize(("tier", "free"), [("free", True), ("metered", False), ("locked", False), ("gold", None)])
def test_a_content_tier_says_whether_an_article_is_free(tier: str, free: bool | None) -> None:
    assert stated(f'<meta property="article:content_tier" content="{tier}">').free is free


@pytest.mark.parametrize(
    "head",
    ['<link rel="license" href="/licence">', linked('"license": "https://outlet.example/licence"')],
    ids=["link", "json-ld"],
)
def test_a_licence_that_the_page_names_is_told(head: str) -> None:
    assert stated(head) == Rights(license="https://outlet.example/licence")


def test_the_crawlers_that_robots_txt_keeps_from_learning_are_named() -> None:
    rules = "User-agent: *\nAllow: /\n\nUser-agent: gptbot\nUser-agent: CCBot\nUser-agent: Bingbot\nDisallow: /\n"
    assert robots.terms(rules, URL) == {"robots.txt": "GPTBot, CCBot"}
    assert robots.terms("User-agent: GPTBot\nDisallow: /video/\n", URL) == {}


def test_a_content_signal_holds_for_the_paths_that_it_names() -> None:
    rules = (
        "User-agent: *\nContent-Signal: /blog/ ai-train=yes\nContent-signal: search=yes, ai-train=no # ours\nAllow: /\n"
    )
    assert robots.terms(rules, URL) == {"content-signal": "search=yes, ai-train=no"}
    assert robots.terms(rules, "https://outlet.example/blog/1") == {"content-signal": "ai-train=yes"}


def test_a_page_from_a_file_has_what_it_says_itself() -> None:
    body = page(1).replace("</head>", '<meta name="robots" content="noai"></head>').encode()
    assert extract_article(body, URL).rights == Rights(train="refused", evidence={"meta robots": "noai"})
