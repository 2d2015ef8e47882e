"""compose: whom to believe where the page and the feed differ, and what is written down about it."""

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
