"""Articles over HTTP: filters, time, words, pages that neither skip nor repeat, one article with its revisions."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ingest.api import finding
from ingest.models import article_id
from ingest.settings import RetentionSettings
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import WriteConfig
from tests.integration.making import NOW, article, published, text, through_commit, to_process
from tests.integration.serving import Api, serving
from workers.demo.outlet import Outlet

Q = "/articles"


@pytest.fixture
def api(write_config: WriteConfig, outlet: Outlet, store: Store) -> Iterator[Api]:
    with serving(write_config(outlet), store) as running:
        yield running


def publish(store: Store, name: str, hours: float = 0.0, **more: Any) -> str:
    """An article at this address, so many hours before noon. Returns its id."""
    url = f"https://outlet.example/{name}"
    made = article(url, sorted=NOW - timedelta(hours=hours), **more)
    assert store.commit(to_process(store, url), made, ["all"]).outcome == "created"
    return made.id


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["articles"]]


def pages(api: Api, path: str) -> list[list[str]]:
    """The ids of every page from here on."""
    page = api.get(path)
    found = [ids(page)]
    while page["next"]:
        page = api.get(f"{path}&cursor={page['next']}")
        found.append(ids(page))
    return found


def test_articles_come_whole_and_the_newest_first(api: Api, store: Store) -> None:
    older, newer = publish(store, "a", 2), publish(store, "b", 1)
    page = api.get(Q)
    assert ids(page) == [newer, older]
    assert page["next"] is None
    kept = store.article(newer)
    assert kept
    assert page["articles"][0]["text"] == kept.text
    assert page["articles"][0]["sorted"] == "2026-03-01T11:00:00Z"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source=outlet.example", "a"),
        ("source=outlet&source=outlet.example", "ab"),
        ("language=es", "a"),
        ("language=es&language=en", "ab"),
        ("country=VE", "a"),
        ("topic=oil", "a"),
        ("tag=agency", "a"),
        ("keyword=petroleo", "a"),
        ("author=ana%20marin", "a"),
        ("topic=oil&language=en", ""),
        ("q=harbour", "ab"),
        ("q=harbour%20petróleo", "a"),
        ("q=petrol*", "a"),
        ('q="boats%20in%20harbour"', "b"),
        ('q="harbour%20boats"', ""),
        ("q=PETRÓLEO", "a"),
        ("since=2026-03-01T10:30:00Z", "b"),
        ("until=2026-03-01T10:30:00Z", "a"),
        ("since=2026-03-01T10:00:00Z&until=2026-03-01T11:00:00Z", "a"),
        ("since=2026-03-01T06:30:00-04:00", "b"),
        ("since=2026-03-01T12:30:00+02:00", "b"),  # its + is a space when it arrives
        ("since=2026-03-02", ""),
        ("url=https://outlet.example/a", "a"),
        ("url=HTTPS://Outlet.example/a?utm_source=x%23top", "a"),
        ("url=https://outlet.example/none", ""),
    ],
)
def test_a_filter_finds_what_it_says(api: Api, store: Store, query: str, found: str) -> None:
    publish(
        store,
        "a",
        2,
        source="outlet.example",
        language="es",
        country="VE",
        topics=("oil",),
        tags=("agency",),
        keywords=("Petróleo",),
        authors=("Ana Marín",),
        body="Nobody sails from the harbour while petróleo is dear.",
    )
    publish(store, "b", 1, language="en", body="Counted were ten boats in harbour on Monday.")
    names = {article_id(f"https://outlet.example/{name}"): name for name in "ab"}
    assert sorted(names[each] for each in ids(api.get(f"{Q}?{query}"))) == list(found)


def test_pages_neither_skip_nor_repeat_while_articles_are_written(api: Api, store: Store) -> None:
    there = [publish(store, f"there-{n}", hours=n // 3) for n in range(20)]  # three of each share a moment
    seen: list[str] = []
    page = api.get(f"{Q}?limit=3")
    for turn in range(100):
        seen += ids(page)
        publish(store, f"newest-{turn}", hours=-1)
        publish(store, f"oldest-{turn}", hours=100)
        publish(store, f"same-moment-{turn}", hours=turn % 7)
        if page["next"] is None or set(there) <= set(seen):
            break
        page = api.get(f"{Q}?limit=3&cursor={page['next']}")
    assert len(seen) == len(set(seen)), "repeated"
    assert set(there) <= set(seen), "skipped"


def test_one_page_looks_at_so_many_articles_and_no_more_and_names_the_next(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = publish(store, "wanted", hours=30, language="es")
    for n in range(30):
        publish(store, f"other-{n}", hours=n / 2)
    monkeypatch.setattr(finding, "MOST_LOOKED_AT", 10)
    monkeypatch.setattr(finding, "_BATCH", 5)
    assert pages(api, f"{Q}?language=es") == [[], [], [], [wanted]]


def test_a_search_that_takes_too_long_ends_and_names_the_next_page(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        publish(store, f"other-{n}", hours=n)
    wanted = publish(store, "wanted", hours=9, body="The one about petroleum, and nothing else.")
    monkeypatch.setattr(finding, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(finding, "_BATCH", 2)
    assert pages(api, f"{Q}?q=petroleum") == [[], [], [wanted]]


def test_the_copies_of_an_article_by_its_id(api: Api, store: Store) -> None:
    body = "\n\n".join(text(number, 24) for number in range(3))
    first = article("https://agency.example/a", body, source="agency")
    copy = article("https://daily.example/a", body, source="daily", sorted=NOW + timedelta(hours=1))
    for each in (first, copy):
        through_commit(store, each)
    for each in (first, copy):
        told = api.get(f"{Q}/{each.id}/cluster")
        assert [(m["source"], m["url"], m["queues"]) for m in told["members"]] == [
            ("agency", first.url, ["all"]), ("daily", copy.url, []),
        ]  # fmt: skip
        assert [part["articles"] for part in told["paragraphs"]] == [[first.id, copy.id]] * 3
    assert api.get(f"{Q}/{publish(store, 'alone')}/cluster") == {"members": [], "paragraphs": []}
    assert api.refusal(f"{Q}/{'0' * 16}/cluster")[:2] == (404, "no article has this id")


def test_one_article_by_its_id_with_its_revisions(api: Api, store: Store) -> None:
    url = "https://outlet.example/a"
    first = published(store, url)
    second = article(url, "Other words than before, and quite enough of them.", revision=2)
    assert store.commit(to_process(store, url), second, ["all"]).outcome == "updated"
    assert api.get(f"{Q}/{first.id}")["revision"] == 2
    revisions = api.get(f"{Q}/{first.id}/revisions")["revisions"]
    assert [(each["revision"], each["text"]) for each in revisions] == [(1, first.text), (2, second.text)]


def test_an_article_that_never_was_is_404_and_one_that_retention_dropped_is_410(
    api: Api, store: Store, server: EmbeddedServer
) -> None:
    assert api.refusal(f"{Q}/{'0' * 16}")[:2] == (404, "no article has this id")
    gone = published(store)
    time.sleep(0.05)  # by then it is old
    short = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=0.000_000_1))
    while short.sweep({}):
        pass
    short.close()
    for path in (f"{Q}/{gone.id}", f"{Q}/{gone.id}/revisions"):
        status, error, hint = api.refusal(path)
        assert (status, error) == (410, "retention dropped this article")
        assert "article_days" in hint


@pytest.mark.parametrize(
    ("query", "says", "hint"),
    [
        ("cursor=abc", "is no cursor", "leave it out to begin anew"),
        (f"cursor={'z' * 30}", "is no cursor", "leave it out"),
        ("limit=0", "greater than or equal to 1", "openapi.json"),
        ("limit=1000", "less than or equal to 200", "openapi.json"),
        ("limit=many", "valid integer", "openapi.json"),
        ("since=yesterday", "'yesterday' is no time", "openapi.json"),
        ("langauge=es", "no parameter is called 'langauge'", "did you mean 'language'?"),
        ("language=Spanish", "language.0", "openapi.json"),
        ("url=outlet.example/a", "is no address", "https://"),
        ("url=https://", "url", "https://"),
    ],
)
def test_a_bad_parameter_is_refused_with_what_to_do(api: Api, query: str, says: str, hint: str) -> None:
    status, error, remedy = api.refusal(f"{Q}?{query}")
    assert status == 422
    assert says in error
    assert hint in error + remedy


def test_a_source_that_is_not_there_is_named_with_the_nearest_and_one_that_left_articles_is_searched(
    api: Api, store: Store
) -> None:
    assert api.refusal(f"{Q}?source=outlt") == (404, "no source is called 'outlt'", "did you mean 'outlet'?")
    left = publish(store, "a", source="former")
    assert ids(api.get(f"{Q}?source=former")) == [left]


def test_a_cursor_is_a_place_so_that_it_outlives_its_article(api: Api, store: Store, server: EmbeddedServer) -> None:
    there = [publish(store, f"n{n}", hours=n) for n in range(4)]
    cursor = api.get(f"{Q}?limit=2")["next"]
    short = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=0.000_000_1))
    short._purge_one(there[1], short.now_ms() + 1)
    short.close()
    assert ids(api.get(f"{Q}?cursor={cursor}")) == there[2:]
