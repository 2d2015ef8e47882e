"""The part of a known outlet's page that is about its article, cut out before anything is parsed."""

import re

import msgspec
import pytest

from bench.outlets import Virtual
from ingest.extract import Learned, outlet_of
from ingest.extract.body import extract, extract_part
from ingest.extract.excerpt import FARTHEST, Excerpt, excerpt
from ingest.extract.outlet import ENOUGH_PARTS, is_sample
from ingest.models import article_id
from tests.virtual import composed, first_frame, learned, pages, second_frame

CONTAINER = ("html", "body single", "main page", "article story", "div story-body @0")
FILLING = "<p>Nobody sails today, as the fog has not lifted and the pilots stay at home.</p>" * 80

LINKS = b"<ul>%s</ul>" % (b'<li><a href="/news">News of the port</a></li>' * 120)


def page(body: str, *, above: str = "<h1>Nobody sails</h1>", below: str = "") -> str:
    """A page with these parts of a story, and much else above and below."""
    return (
        f'<html><head><title>Nobody sails</title><style>.story-body {{ top: 0 }}</style></head><body class="single">'
        f"<nav>{FILLING}</nav><main class='page'><article class='story'>{above}{body}</article></main>"
        f"<footer>{FILLING}</footer>{below}</body></html>"
    )


BODY = '<div class="wide story-body"><p>The ferries stay in port.</p><div>And <b>the</b> crews too.</div></div>'


def cut(html: str, container: tuple[str, ...] = CONTAINER) -> Excerpt | None:
    return excerpt(html, container)


def test_an_excerpt_has_the_head_the_headline_and_the_body_and_little_else() -> None:
    found = cut(page(BODY))
    assert found
    assert found.path == CONTAINER[-1:]
    for part in ("<title>Nobody sails</title>", "<h1>Nobody sails</h1>", BODY):
        assert part in found.text
    assert len(found.text) < len(page(BODY)) - len(FILLING)


def test_json_ld_at_the_end_of_the_page_is_in_its_excerpt() -> None:
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Nobody sails"}</script>'
    found = cut(page(BODY, below=script + "<script>var ld = 'application/ld+json';</script>"))
    assert found
    assert found.text.count(script) == 1


def test_the_end_of_the_body_is_its_own_and_not_one_in_a_comment_or_a_script() -> None:
    inside = BODY.replace("And", "<!-- </div></div> --><script>'</div></div>'</script><divider>And</divider>")
    found = cut(page(inside, below="<p>THE END</p>"))
    assert found
    assert inside in found.text
    assert "THE END" not in found.text


@pytest.mark.parametrize(
    "html",
    [
        page(BODY.replace("story-body", "column")),
        page(BODY.removesuffix("</div>")).replace("</article>", ""),
        page(BODY, above="", below="<h1>Nobody sails</h1>"),
        page(BODY, above="<h1>Nobody sails</h1>" + "x" * FARTHEST),
        page(BODY).replace("</head>", ""),
    ],
    ids=["no such element", "which does not end", "headline below", "headline far above", "no head"],
)
def test_where_it_is_not_plain_there_is_no_excerpt(html: str) -> None:
    assert cut(html, ("html", "body single", "main", "article", "div story-body")) is None


def test_where_the_bodys_element_has_no_name_of_its_own_the_one_around_it_is_cut_out() -> None:
    for body in (BODY + BODY, BODY.replace("story-body", "x"), BODY.replace("story-body", "text-4711")):
        step = "div text-#" if "4711" in body else "div story-body"
        found = cut(page(body), (*CONTAINER[:-1], step))
        assert found
        assert found.path[0] == "article story"
        assert body in found.text


# ── when it is believed ──


@pytest.fixture(scope="module")
def harbour() -> list[Virtual]:
    return pages(40)


def the_learned(read: list[Virtual]) -> Learned:
    return outlet_of(learned(read)[0]).learned[0]


@pytest.mark.parametrize("frame", [first_frame, second_frame])
def test_the_excerpt_of_a_page_says_all_that_the_page_says(frame: object) -> None:
    read = pages(20, frame())  # type: ignore[operator]
    template = the_learned(read)
    for page in read[10:]:
        whole, part = extract(page.body, page.url, learned=[template]), extract_part(page.body, page.url, "", template)
        assert part == whole


def test_an_excerpt_is_believed_once_three_samples_said_the_same(harbour: list[Virtual]) -> None:
    at_first, later = the_learned(harbour[:4]), the_learned(harbour)
    assert (at_first.parts < ENOUGH_PARTS, at_first.by_excerpt) == (True, False)
    assert (later.parts >= ENOUGH_PARTS, later.by_excerpt) == (True, True)


def test_what_an_excerpt_lacks_is_noticed_on_a_sample_and_pages_are_parsed_whole_from_then_on(
    harbour: list[Virtual],
) -> None:
    """These pages state their day above the footer alone."""

    def moved(page: Virtual) -> Virtual:
        day = re.search(rb'<time datetime="[^"]*">[^<]*</time>', page.body)
        assert day
        body = re.sub(rb'<meta property="article:published_time"[^>]*>', b"", page.body.replace(day[0], b""))
        return page._replace(body=body.replace(b"<footer>", LINKS + day[0] + b"<footer>"))

    read = [moved(page) for page in harbour]
    outlet = outlet_of(learned(read)[0])
    assert outlet.learned[0].parts == -1
    page = next(each for each in read if not is_sample(outlet.learned[0], article_id(each.url)))
    article = composed(page, outlet).article
    assert (article.extraction.method, article.published is not None) == ("template", True)


def test_a_page_whose_excerpt_has_no_article_is_read_whole(harbour: list[Virtual]) -> None:
    kept = learned(harbour)
    outlet = outlet_of(kept[0])
    assert outlet.learned[0].by_excerpt
    page = next(each for each in harbour if not is_sample(outlet.learned[0], article_id(each.url)))
    twice = page._replace(body=page.body.replace(b"<main", b'<div class="story-body">Weather</div><main'))
    assert composed(twice, outlet).article.text == composed(page, outlet).article.text
    unlearned = msgspec.structs.replace(outlet, learned=())
    assert composed(page, outlet).article.title == composed(page, unlearned).article.title
