"""An article's HTML keeps what means something to its reader, and nothing that could do anything else."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.html import fragments_fromstring

from ingest.clean import article_html, clean_blocks
from ingest.extract import blocks_of
from ingest.models import Block

PAGE = "https://harbour.example/news/ferry"


def shown(fragment: str) -> str:
    """The HTML of an article whose body is this fragment of a page, on one line."""
    return article_html(clean_blocks(blocks_of(fragment)), PAGE).replace("\n", "")


@pytest.mark.parametrize(
    ("fragment", "markup"),
    [
        ("<h1>One</h1><p>Two <b>and</b> half<br>more</p>", "<h2>One</h2><p>Two <b>and</b> half<br>more</p>"),
        ("<ul><li>One<li>Two</ul><ol><li>1</ol>", "<ul><li>One</li><li>Two</li></ul><ol><li>1</li></ol>"),
        ("<ul><li>One</ul><p>Two</p><ul><li>Three</ul>", "<ul><li>One</li></ul><p>Two</p><ul><li>Three</li></ul>"),
        ("<blockquote>One<p>Two</blockquote>", "<blockquote><p>One</p><p>Two</p></blockquote>"),
        ("<pre>1\n  2</pre>", "<pre>1  2</pre>"),
        ("<p class=lead style='color:red' id=x onclick=y()>One</p>", "<p>One</p>"),
        ("<p>1 &lt; 2 &amp;&nbsp;3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_a_body_is_shown_as_it_is_built(fragment: str, markup: str) -> None:
    assert shown(fragment) == markup


@pytest.mark.parametrize(
    ("figure", "markup"),
    [
        (
            "<img src=/a.jpg alt='A &amp; B'>",
            '<figure><img src="https://harbour.example/a.jpg" alt="A &amp; B"></figure>',
        ),
        (
            "<img src=a.jpg><figcaption>A <i>ferry</i><p>Ana Marín</p></figcaption>",
            '<figure><img src="https://harbour.example/news/a.jpg" alt="">'
            "<figcaption>A <i>ferry</i><br>Ana Marín</figcaption></figure>",
        ),
        (
            "<img src=//pictures.example/a.jpg?w=800&amp;utm_source=rss>",
            '<figure><img src="https://pictures.example/a.jpg?w=800" alt=""></figure>',
        ),
        ("<video src=/a></video><figcaption>A ferry</figcaption>", "<figure><figcaption>A ferry</figcaption></figure>"),
        ("<img src=http://harbour.example/a.jpg>", ""),
        ("<img src='https://[/a.jpg'>", ""),
    ],
)
def test_a_picture_stands_with_its_caption_and_is_loaded_by_https_alone(figure: str, markup: str) -> None:
    assert shown(f"<p>One</p><figure>{figure}</figure>").removeprefix("<p>One</p>") == markup


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/a", "https://harbour.example/a"),
        ("b#part", "https://harbour.example/news/b#part"),
        ("http://elsewhere.example/?q=1&amp;utm_source=harbour&amp;fbclid=2", "http://elsewhere.example/?q=1"),
    ],
)
def test_a_link_is_absolute_and_carries_nothing_that_follows_its_reader(href: str, address: str) -> None:
    assert shown(f"<p><a href='{href}' target=_blank>One</a></p>") == (
        f'<p><a href="{address}" rel="noopener noreferrer">One</a></p>'
    )


@pytest.mark.parametrize("href", ["javascript:x()", "mailto:ana@harbour.example", "data:text/html,x", "http://[", "#a"])
def test_a_link_that_leads_to_no_page_leaves_its_words(href: str) -> None:
    assert shown(f"<p><a href='{href}'>One <b>two</b></a></p>") == "<p>One <b>two</b></p>"


HOSTILE = re.findall(
    r"\S+",
    "one <script>x()</script> <script> </p> </figure> --> <!-- <style> <a/href=javascript:x()> <a/href=/b> </a> "
    "<img/src=x> <img/src=/a/onerror=x()> <svg/onload=x()> <math> <iframe/src=/x> <p/onclick=x()> &lt;script> &#0; "
    "\" ' < > & <table> <form> <base/href=//evil.example/> <meta/http-equiv=refresh> <b/style=x> <li> </ul> "
    "<blockquote> <noscript> <textarea>",
)
ALLOWED = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "figure", "figcaption", "img", "a",
    "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "strong", "sub",
    "sup", "u",
}  # fmt: skip


@given(st.lists(st.sampled_from(HOSTILE), max_size=20).map("".join), st.sampled_from(["p", "li", "img", "pre", "x"]))
def test_whatever_a_block_holds_nothing_in_its_html_acts(markup: str, tag: str) -> None:
    written = article_html([Block(tag=tag, text="one", html=markup)], PAGE)
    for element in fragments_fromstring(f"<p>one</p>{written}"):
        for each in element.iter():
            assert each.tag in ALLOWED
            assert set(each.attrib) <= {"href", "rel", "src", "alt"}
            assert re.match("https?:", each.get("href", "https:"))
            assert re.match("https?:", each.get("src", "https:"))


@example("one<b><b><br>")
@given(st.lists(st.sampled_from([*HOSTILE, "<p>", "<br>", "<h3>", "<figcaption>"]), max_size=20).map("".join))
def test_html_that_is_read_again_has_the_same_text_and_the_same_html(markup: str) -> None:
    blocks = clean_blocks(blocks_of(f"<div>{markup}</div>"))
    written = article_html(blocks, PAGE)
    again = clean_blocks(blocks_of(f"<div>{written}</div>"))
    assert [block.text for block in again if block.in_text] == [block.text for block in blocks if block.in_text]
    assert article_html(again, PAGE) == written
