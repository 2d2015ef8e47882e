"""compose: whom to believe where the page and the feed differ, and what is written down about it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from ingest.compose import compose, extract_article
from ingest.errors import ExtractFailed
from ingest.models import Entry, ExtractRules, Page, Source, article_id

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = "https://outlet.example/news/tide"
WORDS = "The harbour master measured the tide at noon and wrote the figure into the long green book. "
SOURCE = Source(
    id="outlet",
    name="The Outlet",
    homepage="https://outlet.example/",
    language="en",
    country="VE",
    timezone="America/Caracas",
    tags=("port",),
)


def page(body: str, head: str = "<title>The tide book</title>") -> Page:
    html = f"<html lang='en'><head>{head}</head><body><article>{body}</article></body></html>"
    return Page(url=URL, body=html.encode(), fetched=NOW)


def text(paragraphs: int) -> str:
    return "".join(f"<p>{n}. {WORDS * 2}</p>" for n in range(paragraphs))


def test_the_page_is_the_article_and_the_feed_fills_in_what_it_does_not_say() -> None:
    entry = Entry(url=URL, title="Tide book (feed)", authors=("Ana Rojas",), published="2026-10-31T08:00:00-04:00")
    article = compose(entry, SOURCE, page(text(3)), NOW)
    assert article.text.count("\n\n") == 2
    assert article.title == "The tide book"
    assert article.authors == ("Ana Rojas",)
    assert article.published == datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert article.extraction.evidence["published"] == "feed"
    assert (article.id, article.country, article.tags[0]) == (article_id(URL), "VE", "port")


def test_a_feed_with_far_more_text_than_a_stub_of_a_page_is_taken() -> None:
    article = compose(Entry(url=URL, content=text(8)), SOURCE, page(text(1)), NOW)
    assert article.extraction.method == "feed"
    assert article.text.count("\n\n") == 7


def test_a_page_is_read_by_the_rules_of_the_day_on_which_it_was_fetched() -> None:
    old, new = ExtractRules(body=".old"), ExtractRules(since=date(2026, 10, 1), body=".new")
    source = msgspec.structs.replace(SOURCE, extract=(old, new))
    both = page(f"<div class='old'><p>Old. {WORDS * 2}</p></div><div class='new'><p>New. {WORDS * 2}</p></div>")

    def begins(published: str = "", **more: Any) -> str:
        return compose(Entry(url=URL, published=published), source, msgspec.structs.replace(both, **more), NOW).text[:4]

    assert begins(fetched=datetime(2026, 10, 1, tzinfo=UTC)) == "New."
    assert begins(fetched=datetime(2026, 9, 30, 23, 59, tzinfo=UTC)) == "Old."
    assert begins("2019-05-01") == "New.", "outlets show old articles in the new layout"
    assert begins("2019-05-01", imported=True) == "Old.", "a file may be of any age"
    assert begins(imported=True) == "New."


OFFER = "<p>Subscribe now to continue reading.</p>"


def test_a_paywalls_lead_is_marked_partial_unless_the_feed_carries_more() -> None:
    lead = page(text(1) + OFFER)
    article = compose(Entry(url=URL), SOURCE, lead, NOW)
    assert article.extraction.partial
    assert "Subscribe" not in article.text + article.html
    whole = compose(Entry(url=URL, content=text(1) + "<p>And so it was.</p>"), SOURCE, lead, NOW)
    assert (whole.extraction.method, whole.extraction.partial) == ("feed", False)
    assert whole.text.endswith("And so it was.")


def test_a_date_in_the_future_is_kept_as_said_and_sorted_by_when_it_was_fetched() -> None:
    article = compose(Entry(url=URL, published="2027-01-01T00:00:00Z"), SOURCE, page(text(2)), NOW)
    assert article.published == datetime(2027, 1, 1, tzinfo=UTC)
    assert article.sorted == NOW


def test_feed_markup_that_cannot_be_read_costs_nothing_where_the_page_is_good() -> None:
    broken = "<div>" * 5_000 + "deep"
    article = compose(Entry(url=URL, content=broken, summary=broken), SOURCE, page(text(2)), NOW)
    assert article.text.count("\n\n") == 1
    assert article.summary == ""
    with pytest.raises(ExtractFailed):
        compose(Entry(url=URL, content=broken), SOURCE, None, NOW)


BYLINE = f"<p>By Jane Roe</p><p>CARACAS, Nov 3 (Reuters) – {WORDS * 2}</p>{text(2)}"


def test_dateline_and_byline_are_fields_and_the_text_is_what_was_reported() -> None:
    for kept, content in ((page(BYLINE), ""), (None, BYLINE)):
        article = compose(Entry(url=URL, content=content), SOURCE, kept, NOW)
        assert article.dateline == "CARACAS, Nov 3 (Reuters)"
        assert article.authors == ("Jane Roe",)
        assert article.text.startswith("The harbour master measured the tide")
        assert article.html.startswith("<p>The harbour master measured the tide")


@pytest.mark.parametrize(
    ("authors", "names", "evidence"),
    [(("Luis Paz",), ("Luis Paz",), "feed"), (("admin",), ("Jane Roe",), "byline in text")],
)
def test_a_byline_in_the_text_counts_where_nobody_else_names_the_authors(
    authors: tuple[str, ...], names: tuple[str, ...], evidence: str
) -> None:
    article = compose(Entry(url=URL, authors=authors, content=BYLINE), SOURCE, None, NOW)
    assert article.authors == names
    assert article.extraction.evidence["authors"] == evidence


def test_an_article_can_be_had_from_bytes_alone() -> None:
    article = extract_article(page(text(2)).body, URL)
    assert (article.source, article.title, article.published, article.language) == ("", "The tide book", None, "en")
    with pytest.raises(ValueError, match="no http"):
        extract_article(page(text(2)).body, "ftp://outlet.example/a")


# ── page and feed ──

HEADLINE = "The tide book is closed"
SOCIAL = "You will not believe what stood in this book"


def node(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def test_a_title_on_which_page_and_feed_agree_is_surer_than_one_that_the_page_has_alone() -> None:
    alone = compose(Entry(url=URL), SOURCE, page(text(3)), NOW)
    agreed = compose(Entry(url=URL, title="THE TIDE BOOK!"), SOURCE, page(text(3)), NOW)
    assert agreed.title == alone.title == "The tide book"
    assert alone.extraction.sure["title"] < agreed.extraction.sure["title"] < 1


def test_of_two_titles_on_the_page_the_one_that_the_feed_confirms_is_believed() -> None:
    head = f"<meta property='og:title' content='{SOCIAL}'>"
    found = page(f"<h1>{HEADLINE}, says the harbour master</h1>{text(3)}", head)
    assert compose(Entry(url=URL), SOURCE, found, NOW).title == f"{HEADLINE}, says the harbour master"
    assert compose(Entry(url=URL, title=SOCIAL), SOURCE, found, NOW).title == SOCIAL
    assert compose(Entry(url=URL, title="Tides"), SOURCE, found, NOW).title == f"{HEADLINE}, says the harbour master"


def test_an_outlet_as_author_gives_way_to_whom_the_feed_names() -> None:
    found = page(
        text(3), node(author={"@type": "Organization", "name": "The Outlet"}, publisher={"name": "The Outlet"})
    )
    assert compose(Entry(url=URL), SOURCE, found, NOW).authors == ("The Outlet",)
    article = compose(Entry(url=URL, authors=("Ana Rojas",)), SOURCE, found, NOW)
    assert (article.authors, article.extraction.evidence["authors"]) == (("Ana Rojas",), "feed")
    assert compose(Entry(url=URL, authors=("The Outlet",)), SOURCE, found, NOW).authors == ("The Outlet",)


def test_authors_on_whom_page_and_feed_agree_are_the_pages_and_surer() -> None:
    found = page(text(3), node(author=["Ana Rojas", "John Smith"]))
    alone = compose(Entry(url=URL), SOURCE, found, NOW)
    agreed = compose(Entry(url=URL, authors=("By Ana Rojas",)), SOURCE, found, NOW)
    assert agreed.authors == alone.authors == ("Ana Rojas", "John Smith")
    assert agreed.extraction.sure["authors"] > alone.extraction.sure["authors"]


def test_a_date_that_is_only_shown_gives_way_to_the_feeds_and_makes_it_surer() -> None:
    found = page(f"<h1>The tide book</h1><p>31 October 2026</p>{text(3)}")
    assert compose(Entry(url=URL), SOURCE, found, NOW).published == datetime(2026, 10, 31, 4, tzinfo=UTC)
    same = compose(Entry(url=URL, published="2026-10-31T08:00:00-04:00"), SOURCE, found, NOW)
    other = compose(Entry(url=URL, published="2026-10-29T08:00:00-04:00"), SOURCE, found, NOW)
    assert same.published == datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert other.published == datetime(2026, 10, 29, 12, tzinfo=UTC)
    assert same.extraction.sure["published"] > other.extraction.sure["published"]


def test_of_two_dates_on_the_page_the_one_on_the_feeds_day_is_believed() -> None:
    head = node(datePublished="2026-10-30T09:00:00Z") + "<meta name='date' content='2026-10-20T09:00:00Z'>"
    entry = Entry(url=URL, published="2026-10-20T08:00:00Z")
    assert compose(Entry(url=URL), SOURCE, page(text(3), head), NOW).published == datetime(2026, 10, 30, 9, tzinfo=UTC)
    assert compose(entry, SOURCE, page(text(3), head), NOW).published == datetime(2026, 10, 20, 9, tzinfo=UTC)
    twice = head + "<meta property='article:published_time' content='2026-10-30T09:00:00Z'>"
    assert compose(entry, SOURCE, page(text(3), twice), NOW).published == datetime(2026, 10, 30, 9, tzinfo=UTC)


def test_a_date_after_the_fetch_gives_way_to_one_that_is_not() -> None:
    head = node(datePublished="2027-01-01T00:00:00Z")
    entry = Entry(url=URL, published="2026-10-31T12:00:00Z")
    article = compose(entry, SOURCE, page(text(3), head), NOW)
    assert (article.published, article.published_raw) == (
        datetime(2026, 10, 31, 12, tzinfo=UTC),
        "2026-10-31T12:00:00Z",
    )
    assert compose(Entry(url=URL), SOURCE, page(text(3), head), NOW).published == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_date_that_nobody_can_read_is_kept_as_written() -> None:
    article = compose(Entry(url=URL), SOURCE, page(text(3), node(datePublished="2026-10-31T25:61")), NOW)
    assert (article.published, article.published_raw) == (None, "2026-10-31T25:61")
    assert article.extraction.sure["published"] == 0
