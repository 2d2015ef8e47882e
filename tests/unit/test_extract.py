"""A page's bytes become its paragraphs, whatever its charset, and what is no article is refused by name."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.clean import clean_blocks
from ingest.errors import ExtractFailed
from ingest.extract import Extracted, extract
from ingest.models import ExtractRules

PAGES = Path(__file__).parents[1] / "data/pages"
URL = "https://harbour.example/news/ferry"

SPANISH = (
    "El puerto reabrió el lunes por la tarde, después de dos días en que la niebla no dejó salir a ningún barco.",
    "La capitanía informó de que noventa pasajeros pasaron la noche a bordo, entre ellos un coro de niños.",
    "«Nunca habíamos visto una niebla así», dijo el práctico José Muñoz, que lleva treinta años en la bahía.",
)
PORTUGUESE = (
    "O porto reabriu na segunda-feira à tarde, depois de dois dias em que a neblina não deixou sair nenhum navio.",
    "A capitania informou que noventa passageiros passaram a noite a bordo, entre eles um coro de crianças.",
)
ENGLISH = (
    "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay to every ship.",
    "Ninety people spent the night on board, among them a school choir that had sung in the capital on Sunday.",
)


def markup(paragraphs: tuple[str, ...] = SPANISH, head: str = "", root: str = "<html>") -> str:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html>{root}<head>{head}<title>Año nuevo</title></head><body><article>{body}</article></body></html>"
    )


def captured(name: str) -> bytes:
    return (PAGES / f"{name}.html").read_bytes()


def read(page: str | bytes, content_type: str = "", **rules: str) -> Extracted:
    body = page.encode() if isinstance(page, str) else page
    return extract(body, URL, content_type, ExtractRules(**rules))  # type: ignore[arg-type]


# ── the body ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_english_page_gives_its_article_and_nothing_around_it() -> None:
    found = extract(captured("english"), URL)
    assert found.method == "generic"
    assert found.paragraphs == (
        "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay to every ship.",
        "Ninety people spent the night on board, among them a school choir that had sung in the capital on Sunday.",
        "Talks until dawn",
        "The company and the union talked until dawn. “We are close,” said Mary Jones, who speaks for the crews, "
        "“but not there.”",
        "The next ferry is due to leave at noon, if the fog lifts and the two sides sign what they have written.",
    )


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("spanish", ("El puerto reabrió", "La capitanía informó", "«Nunca habíamos visto")),
        ("portuguese", ("O porto reabriu", "A capitania informou", "“Nunca tínhamos visto")),
    ],
)
def test_a_page_in_spanish_or_portuguese_gives_its_paragraphs(name: str, starts: tuple[str, ...]) -> None:
    paragraphs = extract(captured(name), URL).paragraphs
    assert len(paragraphs) == len(starts)
    assert all(paragraph.startswith(start) for paragraph, start in zip(paragraphs, starts, strict=True))


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"body": ".text"},
        {"body": "article"},
        {"body": "article, .text, .text p"},
        {"body": "p"},
        {"body": ".print"},
    ],
    ids=lambda rules: rules.get("body", "no rule"),
)
def test_a_body_that_is_in_the_page_twice_comes_out_once(rules: dict[str, str]) -> None:
    blocks = clean_blocks(read(captured("twice"), **rules).blocks)
    assert tuple(block.text for block in blocks) == (
        "The council voted on Tuesday to light the pier before the winter, whatever it costs the town.",
        "Forty lamps will be set along the rail, and the fishermen may switch them off when the herring come.",
        "Who pays?",
        "“We all do,” said the mayor.",
        "The lamps come from a factory up the coast that closed last year and opened again in the spring.",
    )


def test_a_headline_inside_the_body_is_no_paragraph() -> None:
    headline = "<meta property='og:title' content='The ferry leaves at ten'>"
    page = markup(("THE FERRY LEAVES AT TEN.", *ENGLISH), headline)
    assert read(page, body="article").paragraphs == ENGLISH


@pytest.mark.parametrize("template", ["\n\n".join, lambda parts: "".join(f"<p>{part}</p>" for part in parts)])
def test_a_body_that_is_only_in_structured_data_keeps_its_paragraphs(
    template: Callable[[tuple[str, ...]], str],
) -> None:
    node = {"@type": "NewsArticle", "headline": "Ferry", "articleBody": template(ENGLISH)}
    script = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    found = read(f"<html><head><title>Ferry</title>{script}</head><body><div id='app'></div></body></html>")
    assert found.paragraphs == ENGLISH
    assert found.method == found.evidence["body"] == "json-ld"


@pytest.mark.parametrize(("shown", "stated", "method"), [(1, 3, "json-ld"), (3, 3, "generic"), (3, 6, "generic")])
def test_structured_data_is_the_body_where_it_says_much_more_and_not_the_same_twice(
    shown: int, stated: int, method: str
) -> None:
    body = json.dumps(" ".join((SPANISH * 2)[:stated]))
    data = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": {body}}}</script>'
    assert read(markup(SPANISH[:shown], data)).method == method


def test_a_page_with_fewer_than_twenty_five_words_is_no_article_yet() -> None:
    twelve = "The crews of the night ferry walked out on Monday evening early."
    assert read(markup((f"{twelve} {twelve} Fog.",)), body="article").paragraphs
    with pytest.raises(ExtractFailed, match="24 words in the body, 25 are the fewest") as failed:
        read(markup((f"{twelve} {twelve}",)), body="article")
    assert failed.value.again, "the page may be filled later"


# ── bytes and charsets ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written_in", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    "declared", ["", "utf-8", "iso-8859-1", "us-ascii", "undefined", "no-such-charset", "idna", "utf-16", "utf-16le"]
)
@pytest.mark.parametrize("where", ["header", "page"])
def test_letters_survive_a_wrong_charset(written_in: str, declared: str, where: str) -> None:
    for pad in ("", " "):  # an even and an odd number of bytes
        head = f"<meta charset='{declared}'>" if declared and where == "page" else ""
        header = f"text/html; charset={declared}" if declared and where == "header" else "text/html"
        found = read((markup(head=head) + pad).encode(written_in), header)
        assert found.paragraphs == SPANISH
        assert found.title == "Año nuevo"


def test_portuguese_in_latin_1_without_a_word_about_it_is_read() -> None:
    assert read(markup(PORTUGUESE).encode("cp1252")).paragraphs == PORTUGUESE


@pytest.mark.parametrize(
    ("text", "written_in", "declared"),
    [
        (
            "城市昨天早上在河上开了一座新桥，很多市民冒着大雨来看，直到中午才离开，市长也到了现场，发表了讲话，感谢工人。",
            "gb18030",
            "gb2312",
        ),
        (
            "市は昨日の朝、川に新しい橋を開通させ、大雨の中を多くの市民が見に来て、正午まで帰らなかったと市長が発表した。",
            "cp932",
            "shift_jis",
        ),
        (
            "市は昨日の朝、川に新しい橋を開通させ、大雨の中を多くの市民が見に来て、正午まで帰らなかったと市長が発表した。",
            "iso2022_jp",
            "iso-2022-jp",
        ),
        ("Вчера утром город открыл новый мост через реку. " * 5, "cp1251", "windows-1251"),
        ("Zażółć gęślą jaźń, powiedział wójt, a łódź płynęła dalej wzdłuż źródła. " * 4, "iso8859_2", "iso-8859-2"),
    ],
    ids=["Chinese", "Japanese", "escapes", "Russian", "Polish"],
)
def test_a_right_charset_is_believed(text: str, written_in: str, declared: str) -> None:
    page = markup((text.strip(),), f"<meta charset='{declared}'>").replace("Año", "2022").encode(written_in)
    assert read(page, body="article").paragraphs == (text.strip(),)


def test_the_pages_language_decides_where_the_bytes_could_be_either() -> None:
    croatian = "Čovjek je jučer rekao da će cesta biti zatvorena do proljeća, a žitelji šute. " * 3
    page = markup((croatian.strip(),), root='<html lang="hr">').replace("Año", "2022").encode("cp1250")
    assert read(page, body="article").paragraphs == (croatian.strip(),)


@pytest.mark.parametrize("declared", ["", "<meta charset='utf-8'>", "<meta charset='iso-8859-1'>"])
def test_a_page_that_breaks_off_within_a_letter_keeps_the_rest(declared: str) -> None:
    page = markup(head=declared).encode()
    cut = page[: page.rindex("é".encode()) + 1]
    found = read(cut)
    assert found.paragraphs[:2] == SPANISH[:2]
    assert found.title == "Año nuevo"


def test_a_page_that_breaks_off_in_its_body_gives_what_came_of_it() -> None:
    page, whole = captured("spanish"), "\n".join(extract(captured("spanish"), URL).paragraphs)
    for length in range(page.index(b"a bordo"), len(page), 7):
        text = "\n".join(extract(page[:length], URL).paragraphs).rstrip("\ufffd</")
        assert whole.startswith(text)
        assert len(text) > 150


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b" " * 5000, "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 <p>ferry</p>", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "an image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "an image"),
        (b"PK\x03\x04" + b"\x00" * 40, "a zip or office file"),
        (gzip.compress(b"<p>ferry</p>"), "gzip that is still packed"),
        (b"\x00" * 4000, "binary"),
        (b"The ferry leaves at ten, and nothing else is known about it today.", "plain text"),
        (b'{"title": "Ferry"}', "plain text"),
        (b"<?xml version='1.0'?><!-- a --><rss version='2.0'><channel/></rss>", "a feed or a sitemap"),
        (b"<!-- a -->" * 10_000 + b"<urlset/>", "a feed or a sitemap"),
    ],
    ids=[
        "none",
        "space",
        "much space",
        "PDF",
        "PNG",
        "JPEG",
        "zip",
        "gzip",
        "zeros",
        "text",
        "JSON",
        "feed",
        "sitemap",
    ],
)
def test_what_is_no_page_is_named(body: bytes, says: str) -> None:
    with pytest.raises(ExtractFailed, match=says) as failed:
        extract(body, URL)
    assert failed.value.again is (says == "empty")


@pytest.mark.parametrize(
    "rules", [ExtractRules(), ExtractRules(body="p", remove=("aside", "b"))], ids=["none", "rules"]
)
@pytest.mark.parametrize("element", ["div", "b", "blockquote", "ul><li"])
def test_a_page_nested_a_hundred_thousand_deep_is_refused_at_once(element: str, rules: ExtractRules) -> None:
    page = f"<{element}>" * 100_000 + markup()
    start = time.process_time()
    with pytest.raises(ExtractFailed, match="nested too deep"):
        extract(page.encode(), URL, rules=rules)
    assert time.process_time() - start < 3


def test_a_page_nested_two_hundred_deep_is_read() -> None:
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in SPANISH)
    assert read("<div>" * 200 + inner + "</div>" * 200).paragraphs == SPANISH


NOISE = st.binary(max_size=300)
TAGS = st.sampled_from(
    [
        *(b"<html>", b"<p>", b"</p>", b"<div>", b"<script type=application/ld+json>", b"</script>", b"<meta charset="),
        *(b'{"@type":"NewsArticle","author":', b"[" * 50, b"<!--", b"-->", b"<![CDATA[", b"<svg>", b"<table><td>"),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"%PDF", b"<h1>", b"<title>", b"&#x0;", b"utf-16>"),
        *(b"ferry " * 30, "año ".encode() * 30),
    ]
)


@settings(max_examples=150)
@given(st.one_of(NOISE, st.lists(st.one_of(TAGS, NOISE), max_size=12).map(b"".join)), st.text(max_size=30))
@example(zlib.compress(b"ferry" * 99), "text/html; charset=undefined")
@example(b"<meta charset=undefined>" + b"a\xff" * 99, "")
def test_arbitrary_bytes_are_an_article_or_an_extract_failed(body: bytes, content_type: str) -> None:
    for rules in (ExtractRules(), ExtractRules(body="p, div", title="h1", remove=("script",))):
        try:
            assert extract(body, URL, content_type, rules).paragraphs
        except ExtractFailed as failed:
            assert "broke its reader" not in str(failed), "the last resort hides what should be handled"


# ── a site's own rules ───────────────────────────────────────────────────────────────────────────────────────────────

RULED = """<html><head><title>Wrong | Harbour Post</title><meta name="author" content="Wrong">
<meta property="article:published_time" content="1999-01-01"></head><body>
<h2 class="t"> </h2><h2 class="t">The ferry leaves at ten</h2>
<span class="a">Ana Pérez</span><span class="a">Ana Pérez</span>
<i class="d" datetime="2022-02-21T22:22Z">today</i>
<section class="b"><p>The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay.</p>
<p class="ad"><b class="ad">Buy a lamp today and save a great deal of money.</b></p>
<p>Ninety people spent the night on board, among them a school choir from the capital.</p></section>
</body></html>"""


def test_a_sites_rules_come_before_anything_general() -> None:
    found = extract(
        RULED.encode(), URL, rules=ExtractRules(body=".b", title=".t", author=".a", published=".d", remove=(".ad",))
    )
    assert found.paragraphs == (
        "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay.",
        "Ninety people spent the night on board, among them a school choir from the capital.",
    )
    assert (found.title, found.authors, found.published) == (
        "The ferry leaves at ten",
        ("Ana Pérez",),
        "2022-02-21T22:22Z",
    )
    assert found.method == "rules"
    assert {found.evidence[name] for name in ("title", "authors", "published")} == {"rule"}


def test_a_rule_that_finds_nothing_leaves_the_general_way() -> None:
    found = read(captured("spanish"), body=".gone", title=".gone", author=".gone", published=".gone")
    assert found == extract(captured("spanish"), URL)


def test_a_rule_that_finds_a_teaser_only_leaves_the_general_way() -> None:
    page = "<p class='teaser'>Fog.</p>" + markup(SPANISH)
    assert read(page, body=".teaser").method == "generic"


def test_what_is_removed_is_gone_for_the_general_way_too() -> None:
    found = extract(captured("english"), URL, rules=ExtractRules(remove=("h2", "article p:last-of-type")))
    assert "Talks until dawn" not in found.paragraphs
    assert "The next ferry" not in "".join(found.paragraphs)
    assert len(found.paragraphs) == 3


@pytest.mark.parametrize("selector", ["a[[", "p::before", "p:nonsense", ">", "p,,q", ":not("])
@pytest.mark.parametrize("key", ["body", "title", "author", "published", "remove"])
def test_a_selector_that_is_none_is_named_and_not_tried_again(key: str, selector: str) -> None:
    rules = ExtractRules(remove=(selector,)) if key == "remove" else ExtractRules(**{key: selector})  # type: ignore[arg-type]
    with pytest.raises(ExtractFailed, match=r"in \[extract\] is no CSS selector") as failed:
        extract(RULED.encode(), URL, rules=rules)
    assert repr(selector) in str(failed.value)
    assert not failed.value.again
