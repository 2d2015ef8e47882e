"""A source's selectors mean on the shared tree what they mean to Beautiful Soup, and cost next to nothing there."""

import time

import pytest
from bs4 import BeautifulSoup

from ingest.errors import ExtractFailed
from ingest.extract.page import parse
from ingest.extract.selectors import select
from tests.unit.test_extract import RULED, captured

PAGE = """<html lang="en-GB"><head><meta property="og:title" content="a:b"><title>The ferry</title></head>
<body class="Post x">
<nav id="top"><ul><li>1<li class="on">2<li>3<li>4</ul></nav>
<main><h1 data-x="y-z">The ferry</h1><p>One <a href="https://a.example/x.html" rel="author nofollow">Ana</a></p>
<div class="text big"><p>Two</p><aside><p class="ad">Buy</p></aside><p></p><p>Three <b>and</b> <i>four</i></p></div>
<form><input type="TEXT" name="q" disabled><input type="checkbox" checked></form>
<time datetime="2026-11-01">today</time><section><p>Four</p></section></main><p>Five</p></body></html>"""

SELECTORS = [
    "p", "P", "*", "main p", "main > p", "h1 + p", "h1 ~ div", "#top li", ".text.big", "body.Post", "body.post",
    "p, b,i", "[datetime]", "time[datetime]", "meta[property='og:title']", "[content='a:b']", "a[href^='https://a']",
    "a[href$='.html']", "a[href*='a.ex']", "a[rel~=author]", "[data-x|=y]", "[lang|=en]", "input[type=text]",
    "[class~='']", "[id^='']", "li:first-child", "li:last-child", "li:nth-child(2)", "li:nth-child(odd)",
    "li:nth-child(-n+2)", "li:nth-last-child(2)", "li:nth-of-type(3)", "p:first-of-type", "p:last-of-type",
    "b:only-child", "i:only-of-type", "p:not(.ad)", ":not([class]):not(p)", "p:not(aside p)", "p:not(.ad, section p)",
    "p:has(> a)", ":is(h1, h2)", ":where(b, i)", "p:empty", ":root", "input:checked", "input:disabled", "a:any-link",
    "p:nth-child(1 of .ad)", "[class*='BIG' i]", "p:-soup-contains('Three')", "html > body > p",
    "section > :first-child",
]  # fmt: skip


@pytest.mark.parametrize("selector", SELECTORS)
@pytest.mark.parametrize("page", [PAGE, RULED, captured("english").decode()], ids=["all sorts", "small", "article"])
def test_a_selector_finds_what_beautiful_soup_finds(selector: str, page: str) -> None:
    soup, tree = BeautifulSoup(page, "lxml"), parse(page)
    tags, elements = soup.find_all(True), list(tree.iter())
    assert [tag.name for tag in tags] == [element.tag for element in elements]
    places = {id(tag): place for place, tag in enumerate(tags)}
    assert [elements.index(found) for found in select(tree, selector)] == [
        places[id(tag)] for tag in soup.select(selector)
    ]


def test_most_of_these_selectors_find_something() -> None:
    assert sum(bool(select(parse(PAGE), selector)) for selector in SELECTORS) > len(SELECTORS) - 6


def test_what_is_found_are_the_trees_own_elements() -> None:
    tree = parse(PAGE)
    for selector in ("aside p", "aside p:is(.ad)"):
        (found,) = select(tree, selector)
        assert found in list(tree.iter("p"))
        assert found.get("class") == "ad"


def test_an_empty_selector_finds_nothing() -> None:
    assert select(parse(PAGE), "") == []


def test_a_selector_that_is_none_says_where_it_stands_and_what_to_do() -> None:
    with pytest.raises(ExtractFailed, match=r"'p::before' in \[extract\] is no CSS selector: .*; correct it") as failed:
        select(parse(PAGE), "p::before")
    assert (failed.value.kind, failed.value.again) == ("bad rule", False)


def test_five_rules_on_a_large_page_cost_a_few_milliseconds() -> None:
    tree = parse(
        PAGE.replace("<section>", "<section>" + "<div class='a'><p>Six <b>and</b> <i>seven</i></p></div>" * 1000)
    )
    rules = ("div.text", "h1", "a[rel~=author]", "time[datetime]", "aside, .ad")
    [select(tree, selector) for selector in rules]
    start = time.process_time()
    for _ in range(5):
        assert all(select(tree, selector) for selector in rules)
    assert (time.process_time() - start) / 5 < 0.015
