"""The newswire from outside: fetch by name or address, follow it to its end, and read what was published."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import connect
from ingest.context import Context
from ingest.errors import ConfigError, StoreUnavailable, UnknownName
from ingest.fetch import Fetcher
from ingest.inline import work_off
from ingest.models import article_id
from ingest.pipeline import run
from ingest.settings import Settings
from ingest.store import QUEUES, EmbeddedServer, Store
from ingest.ticket import Progress, Ticket
from ingest.wire import Wire
from tests.conftest import WriteConfig
from tests.e2e.newswire import page, publish_articles
from tests.integration.making import LONG_LEASE, text
from workers.demo.outlet import Headline, Outlet, rss


@pytest.fixture
def wire(outlet: Outlet, store: Store, write_config: WriteConfig) -> Wire:
    return Wire(write_config(outlet), store)


def done(wire: Wire, ticket: Ticket) -> Progress:
    """Do the ticket's work here and now."""
    fetcher = Fetcher(wire.settings.fetch)
    try:
        return work_off(Context(wire.settings, wire.store, fetcher), ticket)
    finally:
        fetcher.close()


@contextmanager
def working(settings: Settings, store: Store) -> Iterator[None]:
    """A worker that takes whatever is due, as long as this lasts."""
    over = threading.Event()
    context = Context(settings, store, Fetcher(settings.fetch))

    def work() -> None:
        while not over.wait(0.01):
            for queue in QUEUES:
                for lease in store.lease(queue, LONG_LEASE, 10):
                    run(context, lease)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()
        context.fetcher.close()


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sources_name_polls_all_its_feeds_and_fetches_what_they_name(wire: Wire, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 3)
    progress = done(wire, wire.fetch("outlet"))
    assert progress == Progress(feeds=1, feeds_done=1, entries=3, entries_done=3, outcomes=progress.outcomes)
    assert progress.done
    assert progress.outcomes == {"created": 3}
    assert {article.url for article in wire.articles()} == set(urls)


def test_a_feeds_address_polls_that_feed_alone(outlet: Outlet, store: Store, write_config: WriteConfig) -> None:
    settings = write_config(outlet, source=f'sitemaps = ["{outlet.url}/sitemap.xml"]\n')
    publish_articles(outlet, 1)
    wire = Wire(settings, store)
    assert done(wire, wire.fetch(f"{outlet.url}/feed")).outcomes == {"created": 1}
    assert "/sitemap.xml" not in outlet.paths()


def test_any_other_address_is_an_article_of_the_source_that_has_its_host(wire: Wire, outlet: Outlet) -> None:
    url = outlet.publish("/extra", page(9))
    progress = done(wire, wire.fetch(f"{url}?utm_source=mail#top"))
    assert (progress.feeds, progress.entries, progress.outcomes) == (0, 1, {"created": 1})
    (article,) = wire.articles()
    assert (article.url, article.source, article.country) == (url, "outlet", "VE")


def test_an_address_of_no_source_is_an_article_of_its_host(wire: Wire, outlet: Outlet) -> None:
    url = outlet.publish("/extra", page(9)).replace("127.0.0.1", "localhost")
    assert done(wire, wire.fetch(url)).outcomes == {"created": 1}
    (article,) = wire.articles()
    assert (article.url, article.source) == (url, "localhost")


def test_an_article_that_a_feed_named_keeps_its_source_and_what_the_feed_said(wire: Wire, outlet: Outlet) -> None:
    """Outlets publish at hosts that are not their home page's: subdomains, a sister's."""
    url = outlet.publish("/report/1", page(1)).replace("127.0.0.1", "localhost")
    when = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Report 1", published=when)]))
    done(wire, wire.fetch("outlet"))
    outlet.publish("/report/1", page(1).replace("gauge", "tide gauge"))
    assert done(wire, wire.fetch(url)).outcomes == {"updated": 1}
    (article,) = wire.articles()
    assert (article.source, article.published, article.revision) == ("outlet", when, 2)


def test_an_article_is_fetched_again_whenever_it_is_asked_for(wire: Wire, outlet: Outlet) -> None:
    (url,) = publish_articles(outlet, 1)
    done(wire, wire.fetch("outlet"))
    assert done(wire, wire.fetch(url)).outcomes == {"unchanged": 1}
    outlet.publish("/report/0", page(0).replace("gauge", "tide gauge"))
    assert done(wire, wire.fetch(url)).outcomes == {"updated": 1}
    assert outlet.paths().count("/report/0") == 3


def test_an_entry_of_a_feed_without_pages_is_fetched_again_from_what_the_feed_said(wire: Wire, outlet: Outlet) -> None:
    page_of_all = f"{outlet.url}/notices"
    headline = Headline(f"{page_of_all}#7", "Notice 7", content=f"<p>{text(7)}</p>")
    outlet.publish("/feed", rss("The Outlet", outlet.url, [headline]))
    done(wire, wire.fetch("outlet"))
    (article,) = wire.articles()
    assert wire.article(article.url) == article
    assert done(wire, wire.fetch(article.url)).outcomes == {"unchanged": 1}
    assert outlet.paths() == ["/feed"]


def test_a_dead_article_that_is_asked_for_is_tried_again(wire: Wire, outlet: Outlet) -> None:
    url = outlet.publish("/extra", "gone", status=410)
    first = done(wire, wire.fetch(url))
    assert (first.done, first.outcomes) == (True, {"dead": 1})
    assert first.errors[0].startswith(f"{url}: ")
    outlet.publish("/extra", page(9))
    assert done(wire, wire.fetch(url)).outcomes == {"created": 1}
    assert wire.store.dead_count() == 0


def test_many_names_are_one_ticket_and_a_name_twice_counts_once(wire: Wire, outlet: Outlet) -> None:
    publish_articles(outlet, 2)
    extra = outlet.publish("/extra", page(9))
    progress = done(wire, wire.fetch("outlet", extra, "outlet", f"{outlet.url}/feed", extra))
    assert (progress.feeds, progress.entries, progress.outcomes) == (1, 3, {"created": 3})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("outlt", "no source is called 'outlt'; did you mean 'outlet'?"),
        ("zzz", "no source is called 'zzz'; there are: outlet"),
        ("ftp://outlet.example/a", "no source or address is called 'ftp://outlet.example/a'"),
        ("http://", "no source or address is called 'http://'"),
    ],
)
def test_a_name_that_is_none_is_told_the_nearest_and_nothing_is_asked_for(
    name: str, told: str, wire: Wire, outlet: Outlet
) -> None:
    with pytest.raises(UnknownName) as refused:
        wire.fetch("outlet", f"{outlet.url}/extra", name)
    assert told in str(refused.value)
    assert wire.store.due_counts() == {"fetch": 0, "process": 0}


def test_a_source_without_feeds_says_what_to_add(outlet: Outlet, store: Store, write_config: WriteConfig) -> None:
    settings = write_config(outlet)
    file = settings.config / "sources" / "outlet.toml"
    file.write_text(file.read_text().replace(f'feeds = ["{outlet.url}/feed"]', "feeds = []"))
    wire = connect(store.url, config=settings.config)
    with pytest.raises(ConfigError, match="has no feeds, sitemaps, WordPress API or listings; add one"):
        wire.fetch("outlet")
    wire.close()


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ticket_waits_until_all_of_it_is_done_and_tells_how_far_it_has_come(wire: Wire, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 3)
    outlet.publish("/report/1", "gone", status=410)
    seen: list[Progress] = []
    with working(wire.settings, wire.store):
        progress = wire.fetch("outlet").wait(20, seen.append)
    assert progress.done
    assert progress.outcomes == {"created": 2, "dead": 1}
    assert [error.partition(": ")[0] for error in progress.errors] == [urls[1]]
    assert seen[-1] == progress
    assert [one.entries_done for one in seen] == sorted(one.entries_done for one in seen)
    assert not seen[0].done


def test_it_waits_no_longer_than_it_is_told_and_the_work_goes_on(wire: Wire, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    ticket = wire.fetch("outlet")
    began = time.monotonic()
    progress = ticket.wait(0.3)
    assert (progress.done, progress.feeds_done) == (False, 0)
    assert 0.3 <= time.monotonic() - began < 2
    with working(wire.settings, wire.store):
        assert ticket.wait(20).outcomes == {"created": 1}


def test_a_look_without_patience_is_one_look(wire: Wire, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    seen: list[Progress] = []
    assert not wire.fetch("outlet").wait(0, seen.append).done
    assert len(seen) <= 2


def test_a_feed_that_fails_ends_the_wait_with_its_error(wire: Wire, outlet: Outlet) -> None:
    with working(wire.settings, wire.store):
        progress = wire.fetch("outlet").wait(20)
    assert (progress.done, progress.feeds_done, progress.entries) == (True, 1, 0)
    assert "404" in progress.errors[0]


def test_a_feed_with_nothing_new_is_done_with_nothing_to_wait_for(wire: Wire, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    done(wire, wire.fetch("outlet"))
    progress = done(wire, wire.fetch("outlet"))
    assert (progress.done, progress.entries, progress.outcomes, progress.errors) == (True, 0, {}, ())


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_is_found_by_its_id_and_by_its_address_in_any_spelling(wire: Wire, outlet: Outlet) -> None:
    (url,) = publish_articles(outlet, 1)
    done(wire, wire.fetch("outlet"))
    expected = wire.article(article_id(url))
    assert expected
    for spelling in (url, f"{url}#top", f"{url}?utm_source=mail", url.replace("http", "HTTP")):
        assert wire.article(spelling) == expected
    assert wire.article("0" * 16) is wire.article(f"{url}/other") is wire.article("http://") is None


def test_articles_are_read_by_source_and_since(outlet: Outlet, store: Store, write_config: WriteConfig) -> None:
    wire = Wire(write_config(outlet), store)
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in (1, 2, 3)]
    headlines = [Headline(outlet.publish(f"/report/{n}", page(n)), "", published=day) for n, day in enumerate(days)]
    outlet.publish("/feed", rss("The Outlet", outlet.url, headlines))
    done(wire, wire.fetch("outlet"))
    assert [article.published for article in wire.articles()] == days[::-1]
    assert [article.published for article in wire.articles("outlet", days[1])] == days[:0:-1]
    assert list(wire.articles(since=days[2] + timedelta(seconds=1))) == []
    assert list(wire.articles("elsewhere")) == []


def test_a_date_in_the_future_is_kept_and_does_not_stay_on_top(wire: Wire, outlet: Outlet) -> None:
    future = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    url = outlet.publish("/report/0", page(0))
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "", published=future)]))
    done(wire, wire.fetch("outlet"))
    (article,) = wire.articles()
    assert article.published == future
    assert article.sorted == article.fetched < future


def test_a_subscriber_is_given_what_was_fetched(wire: Wire, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 3)
    done(wire, wire.fetch("outlet"))
    found = []
    for delivery in wire.subscribe("all", group="archive", idle=0.05):
        delivery.ack()
        found.append(delivery.article.url)
    assert sorted(found) == urls


def test_a_queue_that_is_not_there_is_refused_with_the_nearest(wire: Wire) -> None:
    with pytest.raises(UnknownName, match="no queue is called 'al'; did you mean 'all'"):
        wire.subscribe("al", group="archive")
    assert wire.store.groups("al") == []


# ── connect ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_connect_finds_the_store_of_the_data_folder(outlet: Outlet, tmp_path: Path, write_config: WriteConfig) -> None:
    settings = write_config(outlet)
    with EmbeddedServer(settings.data, 0) as server:
        wire = connect(config=settings.config, data=settings.data)
        assert wire.store.url == server.url
        assert list(wire.articles()) == []
        wire.close()


def test_connect_takes_an_address_and_keeps_to_the_prefix_of_the_configuration(
    outlet: Outlet, server: EmbeddedServer, write_config: WriteConfig
) -> None:
    main = '[store]\nprefix = "a test of connect:"\n'
    settings = write_config(outlet, main=main)
    wire = connect(server.url, config=settings.config, data=settings.data)
    assert (wire.store.url, wire.store.keys.prefix) == (server.url, "a test of connect:")
    wire.close()
    named = write_config(outlet, main=f'{main}url = "{server.url}"\n')
    assert connect(config=named.config, data=named.data).store.url == server.url


def test_where_none_runs_connect_says_how_to_start_one(outlet: Outlet, write_config: WriteConfig) -> None:
    settings = write_config(outlet)
    with pytest.raises(StoreUnavailable, match=f"no teletipo runs on {settings.data}; start one with `teletipo run`"):
        connect(config=settings.config, data=settings.data)
