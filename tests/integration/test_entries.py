"""What comes of a feed's entries: which pages are asked for, and which entries are one article."""

import pytest

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.inline import work_off
from ingest.settings import Settings
from ingest.store import Store
from ingest.ticket import Progress
from ingest.wire import Wire
from tests.conftest import WriteConfig
from workers.demo.outlet import Headline, Outlet, rss

LEAD = "The council opened the sluice at noon, two days late."
REST = "Boats that had waited since Monday went through one by one, the oldest first."
MORE = "The lock keeper, who had slept in his hut since the water rose, said that he would now go home to sleep."


def fetch(settings: Settings, store: Store) -> Progress:
    """Poll the outlet and do all that comes of it, as `teletipo fetch outlet --wait` does without a newswire."""
    context = Context(settings, store, Fetcher(settings.fetch))
    return work_off(context, Wire(settings, store).fetch("outlet"))


@pytest.mark.parametrize(("content", "text"), [("", LEAD), (f"<p>{REST}</p>", REST)])
def test_never_means_that_no_page_is_asked_for(
    content: str, text: str, outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    page = outlet.publish("/sluice", f"<article><h1>Sluice</h1><p>{LEAD}</p><p>{REST}</p></article>")
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(page, "Sluice", summary=LEAD, content=content)]))
    assert fetch(write_config(outlet, source='[fetch]\nfull_text = "never"\n'), store).done
    (article,) = store.articles()
    assert (article.title, article.text, article.url) == ("Sluice", text, page)
    assert outlet.paths() == ["/feed"]


def test_entries_without_an_address_are_told_apart_and_are_what_the_feed_says(
    outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    """A description is all that many feeds of short notices carry."""
    notices = "".join(
        f'<item><guid isPermaLink="false">{number}</guid><title>Notice {number}</title>'
        f"<description>{text}</description></item>"
        for number, text in enumerate((LEAD, REST))
    )
    outlet.publish("/feed", f'<rss version="2.0"><channel><title>Notices</title>{notices}</channel></rss>')
    assert fetch(write_config(outlet), store).done
    assert {(article.url, article.text) for article in store.articles()} == {
        (f"{outlet.url}/feed#0", LEAD),
        (f"{outlet.url}/feed#1", REST),
    }
    assert outlet.paths() == ["/feed"]


def test_two_entries_at_one_address_are_one_article_and_no_change_of_each_other(
    outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    """Updates to one page under anchors of their own: only the words differ."""
    page = outlet.publish("/sluice", f"<article><h1>Sluice</h1><p>{LEAD} {REST}</p><p>{MORE}</p></article>")
    headlines = [Headline(f"{page}#{number}", f"Sluice, update {number}", guid=str(number)) for number in (2, 1)]
    settings = write_config(outlet)
    for again in (" ", "  "):  # the feed's bytes change, what it says does not
        outlet.publish("/feed", rss("The Outlet" + again, outlet.url, headlines))
        assert fetch(settings, store).done
    assert outlet.paths() == ["/feed", "/sluice", "/feed"]
    assert [article.url for article in store.articles()] == [page]


def test_entries_that_a_feed_gives_one_guid_are_articles_of_their_own_however_alike_they_are(
    outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    common = "".join(f"<p>{line}</p>" for line in (LEAD, REST, MORE))
    pages = [
        outlet.publish(f"/sluice/{hour}", f"<article><h1>Sluice at {hour}</h1>{common}<p>{more}</p></article>")
        for hour, more in (("ten", "Nobody was in the water."), ("noon", "A heron watched from the wall."))
    ]
    headlines = [Headline(page, f"Sluice {number}", guid="0") for number, page in enumerate(pages)]
    outlet.publish("/feed", rss("The Outlet", outlet.url, headlines))
    assert fetch(write_config(outlet), store).done
    assert {(article.url, article.revision) for article in store.articles()} == {(page, 1) for page in pages}
