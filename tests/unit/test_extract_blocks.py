"""A body comes apart into paragraphs, headings, list entries, quotes, captions and pictures, each with its markup."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from ingest.errors import ExtractFailed
from ingest.extract import blocks_of
from ingest.extract.blocks import ICON, blocks_in
from ingest.extract.page import parse
from ingest.models import Block


def paragraphs_of(fragment: str) -> tuple[str, ...]:
    return tuple(block.text for block in blocks_of(fragment) if block.in_text)


# ── where a paragraph ends ──


@pytest.mark.parametrize(
    ("fragment", "paragraphs"),
    [
        ("<p>One</p><p>Two</p>", ("One", "Two")),
        ("<p>One <b>and</b>\n half", ("One and half",)),
        ("One<br>still one<br><br>Two", ("One still one", "Two")),
        ("One<br> \n <br/>Two", ("One", "Two")),
        ("<div>One<div>Two</div>Three</div>", ("One", "Two", "Three")),
        ("<ul><li>One<li>Two</ul>", ("One", "Two")),
        ("<table><tr><td>1<td>2<tr><td>3</table>", ("1 2", "3")),
        ("<p>One<script>if (a<b) {}</script> two<!-- three --></p><style>p{}</style>", ("One two",)),
        ("<figure><img><figcaption>A ferry</figcaption></figure><p>One", ("One",)),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two", ("One", "Two")),
        ("One\n\nTwo\nstill two", ("One", "Two still two")),
        ("One\nTwo", ("One", "Two")),
        ("Fish &amp; chips", ("Fish & chips",)),
        ("3 < 4", ("3 < 4",)),
        ("", ()),
        ("<p> </p>", ()),
        ("<!-- -->", ()),
    ],
)
def test_a_fragment_gives_its_paragraphs(fragment: str, paragraphs: tuple[str, ...]) -> None:
    assert paragraphs_of(fragment) == paragraphs


@pytest.mark.parametrize("apart", ["<nav>Sections</nav>", "<form>Subscribe</form>", "<hr>", "<figure></figure>"])
def test_what_stands_between_two_lines_parts_them(apart: str) -> None:
    assert paragraphs_of(f"<div>One{apart}Two</div>") == ("One", "Two")


def test_a_fragment_nested_too_deep_is_refused() -> None:
    with pytest.raises(ExtractFailed, match="nested too deep"):
        paragraphs_of("<div>" * 100_000 + "ferry")


@given(st.text(max_size=200))
def test_any_text_gives_paragraphs_without_white_space_around_them(fragment: str) -> None:
    try:
        paragraphs = paragraphs_of(fragment)
    except ExtractFailed:
        return
    assert all(paragraph == " ".join(paragraph.split()) != "" for paragraph in paragraphs)


def test_elements_are_read_in_their_order_and_what_is_around_them_is_not() -> None:
    tree = parse("<div>No<p id=a>One <b>and</b> half</p>No<section id=b><p>Two</p>Three</section>No</div>")
    one, two = (tree.find(f".//*[@id='{name}']") for name in "ab")
    assert [block.text for block in blocks_in([one, two])] == ["One and half", "Two", "Three"]
    assert blocks_in(one) == blocks_in([one])


# ── what a block is ──


@pytest.mark.parametrize(
    ("fragment", "blocks"),
    [
        ("<p>One</p>", ["p One"]),
        ("<h1>One</h1><h2>Two</h2><h5>Five</h5>", ["h2 One", "h2 Two", "h5 Five"]),
        ("<ul><li>One<li><p>Two</p></ul>Three", ["li One", "li Two", "p Three"]),
        ("<ul><li>One<ul><li>Two</ul>Three</ul>", ["li One", "li Two", "li Three"]),
        ("<blockquote><p>One</p><p>Two</p></blockquote>Three", ["blockquote One", "blockquote Two", "p Three"]),
        ("<blockquote>One<ul><li>Two</ul></blockquote>", ["blockquote One", "li Two"]),
        ("<pre>One\n  two</pre>", ["pre One two"]),
        ("<figure><figcaption><h4>One</h4><p>Two</p></figcaption></figure>", ["figcaption One", "figcaption Two"]),
        ("<table><tr><th>1<td>2</table><dl><dt>One<dd>Two</dl>", ["p 1 2", "p One", "p Two"]),
        ("One\n\nTwo", ["p One", "p Two"]),
    ],
)
def test_a_block_is_what_its_element_says(fragment: str, blocks: list[str]) -> None:
    assert [f"{block.tag} {block.text}" for block in blocks_of(fragment)] == blocks


def test_an_entry_of_a_numbered_list_says_so() -> None:
    entries = blocks_of("<ol><li>One<ul><li>Two</ul></ol><ul><li>Three</ul>")
    assert [entry.ordered for entry in entries] == [True, False, False]


def test_a_caption_is_no_paragraph() -> None:
    fragment = "<p>One</p><figure><img src=/a.jpg><figcaption>A ferry</figcaption></figure><p>Two</p>"
    assert [block.tag for block in blocks_of(fragment)] == ["p", "img", "figcaption", "p"]
    assert paragraphs_of(fragment) == ("One", "Two")


# ── markup ──


@pytest.mark.parametrize(
    ("fragment", "markup"),
    [
        ("<p>One <b>two</b>\n <i class=x>three</i></p>", ["One <b>two</b> <i>three</i>"]),
        ("<p>One <span style='color:red'>two</span> <font>three</font></p>", ["One two three"]),
        ("<p>1 &lt; 2 &amp; <code>&lt;b&gt;</code></p>", ["1 &lt; 2 &amp; <code>&lt;b&gt;</code>"]),
        ("<p>One<br>two<br></p>", ["One<br>two"]),
        ("<p><br>One<br><br>Two</p>", ["One", "Two"]),
        ("<b>One<br><br>Two</b>", ["<b>One</b>", "<b>Two</b>"]),
        ("<a href=/a><h3>One</h3><p>Two</p></a>", ['<a href="/a">One</a>', '<a href="/a">Two</a>']),
        ("<p>One<b><a name=note></a></b>", ["One"]),
        ("<p>One<br><b> <br></b>", ["One"]),
        ("<p>One<a href=/share><svg></svg></a><b></b></p>", ["One"]),
        ("<p><a href=' /a?b=1&amp;c=&quot;2&quot;'>One</a></p>", ['<a href="/a?b=1&amp;c=&quot;2&quot;">One</a>']),
        ("<p><a href='#note'>One</a> <a name=note>two</a></p>", ["One two"]),
        ("<p><a href='javascript:open()'>One</a> <a href=' MAILTO:a@b.example'>two</a></p>", ["One two"]),
        ("<p><a href=HTTPS://harbour.example>One</a></p>", ['<a href="HTTPS://harbour.example">One</a>']),
        ("<p onclick=x()>One<script>x()</script></p>", ["One"]),
        ("<pre>One\n  <b>two</b>\n</pre>", ["One\n  <b>two</b>"]),
        ("Fish &amp; chips", ["Fish &amp; chips"]),
    ],
)
def test_inline_markup_that_means_something_stays(fragment: str, markup: list[str]) -> None:
    assert [block.html for block in blocks_of(fragment)] == markup


def test_links_and_pictures_are_relative_to_what_the_page_says_they_are() -> None:
    head = "<head><base href='/news/'></head>"
    page = parse(f"<html>{head}<body><p><a href=a>One</a></p><figure><img src=b.jpg></figure></body></html>")
    link, picture = blocks_in(page)
    assert (link.html, picture.html) == ('<a href="/news/a">One</a>', '<img src="/news/b.jpg" alt="">')


def test_a_base_that_is_no_address_costs_its_links_only() -> None:
    page = parse("<html><head><base href='http://[/'></head><body><p><a href=a>One</a></p></body></html>")
    assert [block.html for block in blocks_in(page)] == ["One"]


# ── pictures ──


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("<figure><img src=/a.jpg alt='A  ferry'></figure>", '<img src="/a.jpg" alt="A ferry">'),
        (f"<p><img src=/a.jpg width={ICON}></p>", '<img src="/a.jpg" alt="">'),
        ("<p><img src=/a.jpg width=640px></p>", '<img src="/a.jpg" alt="">'),
        ("<figure><img src='data:image/gif;base64,R0' data-src=/a.jpg></figure>", '<img src="/a.jpg" alt="">'),
        ("<figure><img src=/blank.gif data-original=/a.jpg></figure>", '<img src="/a.jpg" alt="">'),
    ],
)
def test_a_picture_of_the_articles_own_is_a_block(image: str, shown: str) -> None:
    assert [block.html for block in blocks_of(f"<p>One</p>{image}")] == ["One", shown]


@pytest.mark.parametrize(
    "image",
    [
        "<p><img src=/a.jpg></p>",
        f"<p><img src=/a.jpg width={ICON - 1}></p>",
        "<figure><img src=/pixel.gif width=1></figure>",
        "<figure><img src='data:image/gif;base64,R0'></figure>",
        "<figure><img alt='A ferry'></figure>",
    ],
)
def test_an_icon_is_no_picture(image: str) -> None:
    assert [block.html for block in blocks_of(f"<p>One</p>{image}")] == ["One"]


def test_a_picture_inside_a_paragraph_comes_before_it_and_does_not_part_it() -> None:
    blocks = blocks_of("<p>One <img src=/a.jpg width=400> and half</p>")
    assert [(block.tag, block.text) for block in blocks] == [("img", ""), ("p", "One and half")]


# ── whatever comes ──

PIECES = re.findall(
    r"\S+",
    "one &#32; &#10; &lt;b&gt; &amp;amp; <p> </p> <b> </b> <i> <a/href=/a> </a> <br> <h2> </h2> <li> </ul> <ol> <td> "
    "<pre> </pre> <blockquote> <figcaption> <figure><img/src=/a></figure> <script>x</script>",
)


TAGS = {"p", "h2", "li", "pre", "blockquote", "figcaption", "img"}


def seen(block: Block) -> str:
    """What a reader sees of a block's markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", block.html.replace("<br>", " "))).split())


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("<a href=/a><p>one</p>")
def test_markup_shows_the_same_words_as_the_text_and_is_well_formed(fragment: str) -> None:
    for block in blocks_of(f"<div>{fragment}</div>"):
        assert seen(block) == block.text
        assert block.tag in TAGS
        etree.fromstring(f"<p>{re.sub('<(br|img[^>]*)>', '', block.html)}</p>")
