"""What a page says about its article, in the many forms in which pages say it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from ingest.extract import Extracted, extract
from ingest.extract.metadata import guess_metadata, read_metadata
from ingest.models import to_json

PAGES = Path(__file__).parents[1] / "data/pages"
URL = "https://harbour.example/news/ferry"
BODY = """<article><p>The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay.</p>
<p>Ninety people spent the night on board, among them a school choir from the capital.</p></article>"""


def read(head: str = "", body: str = "") -> Extracted:
    return extract(f"<!doctype html><html><head>{head}</head><body>{body}{BODY}</body></html>".encode(), URL)


def script(node: Any) -> str:
    return f"<script type='application/ld+json'>{node if isinstance(node, str) else json.dumps(node)}</script>"


def article(**fields: Any) -> str:
    return script({"@context": "https://schema.org", "@type": "NewsArticle", **fields})


def test_a_page_says_all_that_its_structured_data_and_its_head_say() -> None:
    found = extract((PAGES / "english.html").read_bytes(), URL)
    assert found.title == "Ferry crews walk out as fog closes the bay"
    assert found.authors == ("Ana Pérez", "John Smith")
    assert (found.published, found.updated) == ("2022-02-21T22:22:00Z", "2022-02-22T08:00:00Z")
    assert found.url == "https://harbour.example/news/ferry-crews-walk-out"
    assert found.image == "https://harbour.example/images/ferry.jpg"
    assert found.summary == "Ninety people spent the night on board."
    assert {tag.casefold() for tag in found.tags} == {"ferry", "strike"}
    assert len(found.tags) == 2
    assert found.language == "en"


def test_meta_elements_say_it_in_spanish() -> None:
    found = extract((PAGES / "spanish.html").read_bytes(), URL)
    assert (found.title, found.authors) == ("El puerto reabre tras dos días de niebla", ("María Núñez",))
    assert found.published == "2022-02-21T18:22:00-04:00"
    assert found.url == "https://bahia.example/2022/02/21/el-puerto-reabre"
    assert found.tags == ("puerto", "niebla")
    assert found.language == "es"


def test_microdata_says_it_in_portuguese() -> None:
    found = extract((PAGES / "portuguese.html").read_bytes(), URL)
    assert (found.title, found.authors) == ("Porto reabre após dois dias de neblina", ("João Conceição",))
    assert found.published == "2022-02-21T19:22:00-03:00"
    assert found.language == "pt"


def test_every_field_that_was_found_says_where() -> None:
    found = extract((PAGES / "english.html").read_bytes(), URL)
    assert found.evidence["title"] == found.evidence["authors"] == "json-ld"
    assert found.evidence["url"] == "link canonical"
    assert found.evidence["image"] == "meta og:image"


def test_a_page_that_says_nothing_has_empty_fields() -> None:
    found = read()
    assert (found.title, found.authors, found.published, found.url, found.tags) == ("", (), "", "", ())
    assert set(found.evidence) == {"body"}


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NODE = {"@type": "NewsArticle", "headline": "The ferry leaves at ten", "datePublished": "2022-02-21"}


@pytest.mark.parametrize(
    "written",
    [
        NODE,
        [NODE],
        [[{"@type": "BreadcrumbList"}, NODE]],
        {"@graph": [{"@type": "WebSite", "name": "Harbour Post"}, NODE]},
        {"@type": "WebPage", "mainEntity": NODE},
        {"@type": "WebPage", "hasPart": [NODE]},
        {**NODE, "@type": ["Thing", "https://schema.org/ReportageNewsArticle"]},
        {**NODE, "@type": "schema:BlogPosting"},
    ],
    ids=["node", "list", "nested lists", "graph", "main entity", "part", "address of a type", "prefixed type"],
)
def test_the_article_is_found_wherever_json_ld_has_it(written: Any) -> None:
    found = read(script(written))
    assert (found.title, found.published) == ("The ferry leaves at ten", "2022-02-21")


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(NODE).replace("ferry", "ferry\n"),
        json.dumps(NODE).replace("}", ",}"),
        f"<!-- {json.dumps(NODE)} -->",
        f"/* <![CDATA[ */ {json.dumps(NODE)} /* ]]> */",
        f"//<![CDATA[\n{json.dumps(NODE)}\n//]]>",
        f"<![CDATA[{json.dumps(NODE)}]]>",
        json.dumps(NODE) + ";",
        "// the article\n" + json.dumps(NODE),
        '{"@type": "NewsArticle", "headline": "The ferry leaves at ten", "author": Ana, "image": "<img src="x">"}',
        "{'@type': 'NewsArticle', \"headline\": 'The ferry leaves at ten', }",
    ],
    ids=[
        "line break",
        "comma too many",
        "HTML comment",
        "CDATA in comments",
        "CDATA in a comment",
        "CDATA",
        "semicolon",
        "comment line",
        "bare word",
        "single quotes",
    ],
)
def test_json_ld_that_is_nearly_right_is_mended(broken: str) -> None:
    assert read(script(broken)).title == "The ferry leaves at ten"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        '{"@type": "NewsArticle", "headline": "The ferry',
        "[" * 100_000,
        '{"@type":' * 3000,
        "null",
        "7",
        '"NewsArticle"',
        "var article = {};",
        '{"@type": "NewsArticle", "author": ' + '{"name":' * 900 + "1" + "}" * 901,
        '{"@type": "NewsArticle", "author": ' + "[" * 900 + "]" * 900 + "}",
        '{"@type": "NewsArticle", "wordCount": ' + "9" * 5000 + "}",
        "//;<" * 50_000,
    ],
)
def test_broken_json_ld_is_skipped_and_the_rest_of_the_page_read(broken: str) -> None:
    found = read(script(broken) + "<meta property='og:title' content='The ferry leaves at ten'>")
    assert found.title == "The ferry leaves at ten"
    assert len(found.paragraphs) == 2


@pytest.mark.parametrize("key", ["url", "@id", "mainEntityOfPage", "image"])
def test_an_address_in_json_ld_that_is_none_costs_no_article(key: str) -> None:
    found = read(article(headline="The ferry leaves at ten", **{key: "https://[outlet]/ferry"}))
    assert found.title == "The ferry leaves at ten"


def test_of_several_articles_the_one_at_this_address_is_meant() -> None:
    other = {**NODE, "headline": "Most read", "url": "https://harbour.example/other", "author": "X", "image": "/x.jpg"}
    own = {"@type": "NewsArticle", "headline": "The ferry leaves at ten", "url": URL}
    assert read(script([other, own])).title == "The ferry leaves at ten"
    assert read(script([own, other])).title == "The ferry leaves at ten"


def test_half_of_an_emoji_reaches_no_field() -> None:
    half = "ferry \ud83d"
    found = read(
        article(headline=half, image=f"/{half}", keywords=[half], author=half, description=half, url=f"/{half}")
    )
    assert json.loads(to_json(found))["title"] == "ferry"
    assert found.authors == found.tags == ("ferry",)


def test_markup_and_entities_in_json_ld_are_no_text() -> None:
    found = read(article(headline="The <i>ferry</i> &amp;amp; the fog", author={"name": "Ana P&eacute;rez"}))
    assert (found.title, found.authors) == ("The ferry & the fog", ("Ana Pérez",))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["#a", "https://[", "2022-02-21"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@id", "@type", "@graph", "name", "url", "author", "headline", "mainEntity", "@value", "image"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("@type", "@id", "headline", "author", "creator", "publisher", "datePublished", "image", "url", "@graph"),
            *("mainEntityOfPage", "keywords", "articleSection", "articleBody", "inLanguage", "description"),
        ]
    ),
    VALUES,
)


@given(FIELDS)
@example({"author": {"@id": "#a"}, "@graph": [{"@id": "#a", "name": {"@id": "#a"}}]})
def test_no_json_ld_whatever_its_shape_costs_the_article_or_its_json(fields: dict[str, Any]) -> None:
    found = read(script(json.dumps({"@type": "NewsArticle", **fields}).replace("</", "<\\/")))
    assert len(found.paragraphs) == 2
    to_json(found)


# ── authors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "author",
    [
        "Ana Pérez",
        ["Ana Pérez"],
        {"@type": "Person", "name": "Ana Pérez"},
        [{"@type": "Person", "name": "Ana Pérez"}, {"@type": "Person", "name": "Ana Pérez"}],
        {"name": ["Ana Pérez"]},
        {"@type": "Person", "alternateName": "Ana Pérez"},
        {"@type": "Person", "name": {"@value": "x", "name": "Ana Pérez"}},
    ],
)
def test_an_author_in_json_ld_may_be_a_name_a_node_or_a_list(author: Any) -> None:
    assert read(article(author=author)).authors == ("Ana Pérez",)


def test_an_author_may_stand_elsewhere_in_the_graph() -> None:
    graph = [{"@id": "#ana", "@type": "Person", "name": "Ana Pérez"}, {**NODE, "author": {"@id": "#ana"}}]
    assert read(script({"@graph": graph})).authors == ("Ana Pérez",)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (article(creator="Ana Pérez"), ""),
        ("<meta name='author' content='Ana Pérez'>", ""),
        ("<meta property='article:author' content='Ana Pérez'>", ""),
        ("<meta name='author' content='https://social.example/ana'><meta name='byl' content='Ana Pérez'>", ""),
        ("<meta name='DC.creator' content='Ana Pérez'>", ""),
        ("<meta name='sailthru.author' content='Ana P&eacute;rez'>", ""),
        ("", "<a rel='author' href='/ana'>Ana\n Pérez</a>"),
        ("", "<span itemprop='author'>Ana Pérez</span>"),
    ],
)
def test_an_author_is_found_in_the_page(head: str, body: str) -> None:
    assert read(head, body).authors == ("Ana Pérez",)


def test_several_elements_name_several_authors() -> None:
    metas = "".join(
        f"<meta name='citation_author' content='{name}'>" for name in ("Ana Pérez", "John Smith", "Ana Pérez")
    )
    assert read(metas).authors == ("Ana Pérez", "John Smith")


def test_kinds_of_evidence_are_not_mixed() -> None:
    found = read(article(author="Ana Pérez") + "<meta name='author' content='A. Pérez'>")
    assert found.authors == ("Ana Pérez",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        (
            "<p class='byline'>By <a href='/author/ana'>Ana Pérez</a> <time>21 Feb 2022</time> <a>Share</a></p>",
            ("Ana Pérez",),
        ),
        ("<div class='c-author__name'>Ana Pérez</div>", ("Ana Pérez",)),
        ("<ul><li class='autor'>Ana Pérez</li><li class='autor'>João Souza</li></ul>", ("Ana Pérez", "João Souza")),
        ("<p>Por Ana Pérez</p>", ("Ana Pérez",)),
        ("<p>Harbour | By Ana Pérez | 21 Feb 2022</p>", ("Ana Pérez",)),
        ("<div>Ana Pérez | 21.02.2022 - 22:22</div>", ("Ana Pérez",)),
        ("<div>Text: Ana Pérez, Fotos: Eva Klein</div>", ("Ana Pérez",)),
    ],
)
def test_a_byline_between_headline_and_body_is_read_where_nothing_is_stated(
    byline: str, names: tuple[str, ...]
) -> None:
    assert read(body=f"<h1>The ferry leaves at ten</h1>{byline}").authors == names


def test_a_paragraph_of_names_alone_above_the_text_is_its_byline() -> None:
    page = f"<h1>Ferry</h1><div>The Harbour Post</div><p><b>Ana Pérez / João Souza</b></p>{BODY}"
    tree = document_fromstring(page)
    found = guess_metadata(tree, read_metadata(tree, URL), tree.findall(".//article/p"))
    assert [name.value for name in found.authors] == ["Ana Pérez", "João Souza"]


def test_a_byline_below_the_standfirst_is_found_however_much_is_between() -> None:
    buttons = "<ul>" + "<li><a href='/share'>1k</a></li>" * 20 + "</ul>"
    page = f"<h1>Ferry</h1><p>Ninety people spent the night.</p>{buttons}<p class='byline'>By Ana Pérez</p>{BODY}"
    tree = document_fromstring(page)
    found = guess_metadata(tree, read_metadata(tree, URL), [tree.find(".//p"), *tree.findall(".//article/p")])
    assert [name.value for name in found.authors] == ["Ana Pérez"]


def test_the_outlet_is_no_author_where_the_page_shows_one() -> None:
    outlet = {"@type": "Organization", "name": "Harbour Post"}
    head = article(author=outlet, publisher=outlet)
    assert read(head, "<h1>Ferry</h1><p class='byline'>By Ana Pérez, Harbour Post</p>").authors == ("Ana Pérez",)
    assert read(head).authors == ("Harbour Post",)


def test_the_author_is_nobody_who_comments_or_wrote_something_else() -> None:
    others = "<div class='comments'><p class='author'>Eva Klein</p></div>"
    others += "<div class='related'><a href='/author/max'>Max Ernst</a></div>"
    assert read(body=f"<h1>The ferry leaves at ten</h1>{others}").authors == ()


def test_who_took_the_picture_is_no_author() -> None:
    picture = "<figure><figcaption class='author'>Eva Klein</figcaption></figure>"
    assert read(body=f"<h1>The ferry leaves at ten</h1>{picture}").authors == ()


def test_an_address_is_no_author() -> None:
    head = "<meta property='article:author' content='https://social.example/ana'>"
    assert read(head).authors == ()


# ── titles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "title",
    [
        "The ferry leaves at ten | Harbour Post",
        "The ferry leaves at ten - Harbour Post",
        "The ferry leaves at ten — HARBOUR POST",
        "Harbour Post: The ferry leaves at ten",
        "Harbour Post | The ferry leaves at ten",
        "The ferry leaves at ten | News | Harbour Post",
    ],
)
def test_the_outlets_name_is_no_part_of_the_title(title: str) -> None:
    names = "<meta property='og:site_name' content='Harbour Post'>"
    heading = "<h1>The ferry leaves at ten</h1>" if "News" in title else ""
    assert read(f"{names}<title>{title}</title>", heading).title == "The ferry leaves at ten"


def test_an_outlet_that_names_itself_in_its_address_only_is_cut_off_too() -> None:
    assert read("<title>The ferry leaves at ten | Harbour</title>").title == "The ferry leaves at ten"


@pytest.mark.parametrize("title", ["Mayor: the pier will be lit", "Ferry - or fog", "Fog, night | day"])
def test_a_title_with_a_separator_of_its_own_stays_whole(title: str) -> None:
    assert read(f"<meta property='og:site_name' content='Harbour Post'><title>{title}</title>").title == title


def test_the_title_that_most_places_agree_on_wins() -> None:
    head = "<meta property='og:title' content='You will not believe this ferry'><title>The ferry leaves at ten</title>"
    assert read(head, "<h1>The ferry leaves at ten</h1>").title == "The ferry leaves at ten"


def test_the_headline_of_json_ld_is_believed_before_what_is_written_for_social_media() -> None:
    head = article(headline="The ferry leaves at ten") + "<meta property='og:title' content='You will not believe it'>"
    assert read(head + "<title>You will not believe it</title>").title == "The ferry leaves at ten"


def test_a_headline_that_was_cut_is_completed() -> None:
    whole = (
        "The ferry leaves at ten in the morning, or so say the crews, who have slept on board for a week in this fog"
    )
    assert read(article(headline=whole[:100]), f"<h1>{whole}</h1>").title == whole


def test_a_logo_at_the_top_is_no_title() -> None:
    head = "<meta property='og:title' content='The ferry leaves at ten, whatever the fog'>"
    assert read(head, "<h1>News of the bay</h1>").title == "The ferry leaves at ten, whatever the fog"


def test_a_title_in_capitals_is_written_as_elsewhere() -> None:
    head = "<meta property='og:title' content='The ferry leaves at ten'>"
    assert read(head, "<h1>THE FERRY LEAVES AT TEN</h1>").title == "The ferry leaves at ten"


def test_words_in_neighbouring_elements_of_a_headline_are_kept_apart() -> None:
    assert read(body="<h1><span>The ferry</span><br><span>leaves at ten</span></h1>").title == "The ferry leaves at ten"


def test_a_page_without_h1_and_title_has_the_nearest_heading_for_its_title() -> None:
    assert read(body="<h2>The ferry leaves at ten</h2>").title == "The ferry leaves at ten"


def test_a_heading_that_is_only_the_outlets_name_is_no_title() -> None:
    head = "<meta property='og:site_name' content='Harbour Post'><title>The ferry leaves at ten</title>"
    assert read(head, "<h1>Harbour Post</h1>").title == "The ferry leaves at ten"


# ── dates, language, addresses, tags ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (article(datePublished="2022-02-21T22:22Z"), ""),
        (article(datePublished=["2022-02-21T22:22Z"]), ""),
        (article(datePublished={"@value": "2022-02-21T22:22Z"}), ""),
        (article(dateCreated="2022-02-21T22:22Z"), ""),
        (article(datePublished="{{ date }}") + "<meta name='date' content='2022-02-21T22:22Z'>", ""),
        ("<meta property='article:published_time' content='2022-02-21T22:22Z'>", ""),
        ("<meta itemprop='datePublished' content='2022-02-21T22:22Z'>", ""),
        (script({"@type": "WebPage", "datePublished": "2022-02-21T22:22Z"}), ""),
        ("", "<time class='published' datetime='2022-02-21T22:22Z'>today</time>"),
        ("", "<time datetime='2022-02-20T10:00Z'>x</time><time pubdate datetime='2022-02-21T22:22Z'>today</time>"),
        ("", "<span itemprop='datePublished'>2022-02-21T22:22Z</span>"),
    ],
)
def test_the_date_of_publication_is_found_as_it_was_written(head: str, body: str) -> None:
    assert read(head, body).published == "2022-02-21T22:22Z"


def test_the_articles_own_date_comes_before_that_of_the_page_around_it() -> None:
    page = {"@type": "WebPage", "datePublished": "2019-01-01"}
    assert read(script([page, NODE])).published == "2022-02-21"


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("<p>21 de febrero de 2022, 22:22 h</p>", "21 de febrero de 2022, 22:22"),
        ("<p>By Ana Pérez <span>Feb 21, 2022</span></p>", "Feb 21, 2022"),
        ("<div>Actualizado 22.02.2022</div><div>Publicado: 21.02.2022</div>", "21.02.2022"),
        ("<div class='comments'>20 Feb 2022</div><div>21 Feb 2022</div>", "21 Feb 2022"),
        ('<script>var page = {"publishedAt": "2022-02-21T22:22Z"};</script>', "2022-02-21T22:22Z"),
        ("<script type='text/javascript'>x = {'modified': '2022-02-22'}</script>", ""),
    ],
)
def test_a_date_that_is_only_shown_is_found_near_the_headline(shown: str, raw: str) -> None:
    assert read(body=f"<h1>The ferry leaves at ten</h1>{shown}").published == raw


def test_a_date_that_cannot_be_read_gives_way_to_one_that_can() -> None:
    head = article(datePublished="1970-01-01T00:00:00Z") + "<meta name='date' content='2022-02-21'>"
    assert read(head).published == "2022-02-21"


def test_a_date_that_nothing_better_is_known_of_is_kept_as_written() -> None:
    assert read(article(datePublished="2022-02-21T25:61")).published == "2022-02-21T25:61"


def test_the_day_in_the_address_decides_between_dates_that_differ() -> None:
    head = article(datePublished="2023-05-05") + "<meta name='date' content='2022-02-21'>"
    page = f"<html><head>{head}</head><body>{BODY}</body></html>".encode()
    assert extract(page, "https://harbour.example/2022/02/21/ferry").published == "2022-02-21"
    assert extract(page, URL).published == "2023-05-05"


def test_the_address_alone_dates_a_page() -> None:
    page = f"<html><body>{BODY}</body></html>".encode()
    assert extract(page, "https://harbour.example/20220221/ferry").published == "2022-02-21"


def test_of_the_same_moment_the_outlets_own_clock_is_kept() -> None:
    head = article(datePublished="2022-02-22T02:22:00Z")
    local = "<h1>Ferry</h1><time datetime='2022-02-21T22:22:00-04:00'>yesterday</time>"
    assert read(head, local).published == "2022-02-21T22:22:00-04:00"


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("<time datetime='2022-02-21 22:22:30'>yesterday</time>", "2022-02-21T22:22:30-04:00"),
        ("<p>21 de febrero de 2022, 10:22 p. m.</p>", "2022-02-21T22:22:30-04:00"),
        ("<p>21 de febrero de 2022, 10:07 p. m.</p>", "2022-02-22T02:22:30Z"),
        ("<p>21 de febrero de 2022, 10:23 p. m.</p>", "2022-02-22T02:22:30Z"),
        ("<p>21 de febrero de 2022</p>", "2022-02-22T02:22:30Z"),
        ("<p>Actualizado: 21 de febrero de 2022, 10:22 p. m.</p>", "2022-02-22T02:22:30Z"),
    ],
    ids=["without a zone", "in words", "no zone on Earth", "another minute", "without a clock", "a change"],
)
def test_a_moment_in_utc_is_written_by_the_clock_that_the_page_shows(shown: str, raw: str) -> None:
    head = article(datePublished="2022-02-22T02:22:30Z", author="Ana Pérez")
    assert read(head, f"<h1>Ferry</h1>{shown}").published == raw


def test_a_clock_above_the_headline_and_a_change_below_are_not_when_it_was_published() -> None:
    body = """<time datetime='2024-01-01'>today</time><h1>The ferry leaves at ten</h1>
    <time class='updated' datetime='2022-02-22'></time><time datetime='2022-02-21'></time>"""
    assert read(body=body).published == "2022-02-21"


@pytest.mark.parametrize(("said", "code"), [("es-VE", "es"), ("pt_BR", "pt"), ("EN", "en"), ("fil", "fil"), ("", "")])
def test_the_language_that_a_page_declares_is_a_code(said: str, code: str) -> None:
    assert read(f"<meta property='og:locale' content='{said}'>").language == code


def test_a_canonical_link_comes_before_og_url() -> None:
    head = "<meta property='og:url' content='https://harbour.example/og'><link rel='Canonical' href='/news/own'>"
    assert read(head).url == "https://harbour.example/news/own"


def test_a_canonical_link_that_is_no_address_costs_no_article() -> None:
    assert len(read("<link rel='canonical' href='https://[outlet]/'>").paragraphs) == 2


def test_tags_come_once_and_at_most_thirty() -> None:
    found = read(f"<meta name='keywords' content='{', '.join(f'tag {n % 40}' for n in range(80))}'>")
    assert found.tags == tuple(f"tag {n}" for n in range(30))


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>Ferry</h1>" + "<div class='related'><time datetime='2022-02-21'>x</time></div>" * 9000,
        "<title>" + "a - " * 200_000 + "</title>",
        "<h1>a - b</h1>" * 20_000,
        "<a rel='author' class='comment'>Ana Pérez</a>" * 30_000,
        "<h1>Ferry</h1>" + "<p>21 x 2022 21 2022 february 2022 - 2022</p>" * 30_000,
        "<h1>Ferry</h1><div>" + "<a href='/author/x/'>By Ana Pérez 21 feb</a> " * 30_000 + "</div>",
        f"<h1>Ferry</h1><p>21{' ' * 200_000}de{' ' * 200_000}</p><div>By {'.' * 100_000}</div>",
        "<script>" + "'publishedAt' : '" * 200_000 + "</script>",
    ],
    ids=["times", "separators", "headings", "authors", "dates", "bylines", "spaces", "script"],
)
def test_a_page_that_is_made_to_make_its_reader_wait_is_read_at_once(markup: str) -> None:
    tree = document_fromstring(f"<html><body>{markup}{BODY}</body></html>")
    start = time.process_time()
    guess_metadata(tree, read_metadata(tree, URL), tree.findall(".//article/p"))
    assert time.process_time() - start < 2  # a fifth of a second, mostly; without limits some take minutes
