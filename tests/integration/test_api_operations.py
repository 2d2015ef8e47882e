"""Fetch by hand, sources, dead letters, metrics and readiness over HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import article_id
from ingest.pipeline import run
from ingest.settings import Settings
from ingest.store import Heartbeat, Limits, QueueName, Store
from tests.conftest import WriteConfig
from tests.integration.making import NOW, claimed, drifting, published, started, text
from tests.integration.serving import Api, serving
from workers.demo.outlet import Headline, Outlet, rss


@pytest.fixture
def settings(write_config: WriteConfig, outlet: Outlet) -> Settings:
    return write_config(outlet)


@pytest.fixture
def api(settings: Settings, store: Store) -> Iterator[Api]:
    with serving(settings, store) as running:
        yield running


@contextmanager
def steps(settings: Settings, store: Store) -> Iterator[Context]:
    fetcher = Fetcher(settings.fetch)
    try:
        yield Context(settings, store, fetcher)
    finally:
        fetcher.close()


def take(context: Context, *queues: QueueName) -> None:
    """Every step that is due now, once."""
    for queue in queues or ("fetch", "process"):
        for lease in context.store.lease(queue, 30, 1000):
            run(context, lease)


def page(number: int) -> str:
    return f"<html lang='en'><title>Letter {number}</title><article><p>{text(number)}</p></article></html>"


def dead(store: Store, name: str, error: str = "no article in the page") -> str:
    member = claimed(store, f"https://outlet.example/{name}")
    store.set_aside(started(store, member), "outlet", error)
    return member.partition(":")[2]


# ── fetch by hand ──


def test_a_source_is_fetched_by_hand_and_its_ticket_tells_how_far_it_has_come(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    urls = [outlet.publish(f"/{n}", page(n)) for n in range(2)]
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "A letter") for url in urls]))
    answer = api.post("/fetch", {"names": ["outlet"]})
    asked = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/fetch/{asked['ticket']}"
    assert (asked["done"], asked["feeds"], asked["feeds_done"]) == (False, 1, 0)
    with steps(settings, store) as context:
        take(context, "fetch")
        polled = api.get(f"/fetch/{asked['ticket']}")
        assert (polled["feeds_done"], polled["entries"], polled["entries_done"]) == (1, 2, 0)
        while not (now := api.get(f"/fetch/{asked['ticket']}"))["done"]:
            take(context)
    assert (now["entries_done"], now["outcomes"], now["errors"]) == (2, {"created": 2}, [])


def test_a_past_is_walked_by_hand_and_its_ticket_tells_how_far_it_has_come(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    urls = [outlet.publish(f"/{n}", page(n)) for n in range(3)]
    places = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    outlet.publish("/sitemap.xml", f"<urlset>{places}</urlset>", "application/xml")
    asked = api.post("/fetch", {"names": ["outlet"], "since": "2024-01-01T00:00:00Z"}).json()
    assert (asked["done"], [walk["source"] for walk in asked["walks"]]) == (False, ["outlet"])
    assert 'teletipo_backfill_running{source="outlet"} 1.0' in api.ask("/metrics").text
    with steps(settings, store) as context:
        while not (now := api.get(f"/fetch/{asked['ticket']}"))["done"]:
            take(context)
    (walk,) = now["walks"]
    assert (walk["end"], walk["found"], walk["published"]) == ("as far as it goes", 3, 3)
    assert now["outcomes"] == {"created": 3}
    assert 'teletipo_backfill_running{source="outlet"} 0.0' in api.ask("/metrics").text
    (source,) = api.get("/sources")["sources"]
    assert source["remarks"][0].startswith("its past is walked back to 2024-01-01: ")


def test_the_past_of_what_is_no_source_is_refused(api: Api, outlet: Outlet) -> None:
    since = {"since": "2024-01-01T00:00:00Z"}
    assert api.refusal("/fetch", "POST", json={"names": [f"{outlet.url}/0"], **since})[0] == 404
    assert api.refusal("/fetch", "POST", json={"names": ["outlet"], "since": "2024-01-01T00:00:00"})[0] == 422


def test_any_process_answers_for_a_ticket(api: Api, settings: Settings, store: Store, outlet: Outlet) -> None:
    url = outlet.publish("/letter", page(1))
    ticket = api.post("/fetch", {"names": [url]}).json()["ticket"]
    with steps(settings, store) as context:
        take(context, "fetch")
        take(context, "process")
    with serving(settings, store) as another:
        assert another.get(f"/fetch/{ticket}")["outcomes"] == {"created": 1}
        assert another.get(f"/articles/{article_id(url)}")["title"] == "Letter 1"
    assert 86_000_000 < store._redis.pttl(store.keys.ticket(ticket)) <= 86_400_000


@pytest.mark.parametrize(
    ("names", "status", "says", "hint"),
    [
        (["outlt"], 404, "no source is called 'outlt'", "did you mean 'outlet'?"),
        (["ftp://outlet.example/a"], 404, "ftp://outlet.example/a", "outlet"),
        ([], 422, "names", "openapi"),
        ([""], 422, "names", "openapi"),
        (["outlet"] * 51, 422, "names", "openapi"),
        ("outlet", 422, "names", "openapi"),
    ],
)
def test_what_cannot_be_fetched_is_refused_with_what_to_do(
    api: Api, names: Any, status: int, says: str, hint: str
) -> None:
    found, error, remedy = api.refusal("/fetch", "POST", json={"names": names})
    assert found == status
    assert says in error
    assert hint in remedy


def test_a_ticket_that_is_none_is_404(api: Api) -> None:
    assert api.refusal(f"/fetch/{'0' * 16}")[:2] == (404, "no fetch has this ticket")
    assert api.refusal("/fetch/x")[0] == 422


# ── sources ──


def test_a_source_tells_its_health_its_next_poll_and_its_articles_a_day(
    api: Api, settings: Settings, store: Store, outlet: Outlet
) -> None:
    (before,) = api.get("/sources")["sources"]
    assert (before["healthy"], before["last_poll"], before["last_error"]) == (True, None, "")
    assert [day["articles"] for day in before["days"]] == [0] * 14
    assert before["days"][-1]["date"] == datetime.now(UTC).date().isoformat()
    store.add_feeds(settings.feeds)
    began = time.time()
    with steps(settings, store) as context:
        take(context, "fetch")  # nothing is published: the feed is a 404
    published(store)
    (source,) = api.get("/sources")["sources"]
    (feed,) = source["feeds"]
    assert (source["id"], source["name"], source["country"]) == ("outlet", "The Outlet", "VE")
    assert (source["healthy"], feed["failures"], feed["last_success"]) == (False, 1, None)
    assert "404" in source["last_error"]
    assert datetime.fromisoformat(source["last_poll"]).timestamp() >= began - 1
    assert datetime.fromisoformat(source["next_poll"]).timestamp() > began
    assert [day["articles"] for day in source["days"]] == [0] * 13 + [1]


# ── dead ──


def test_what_is_dead_is_listed_with_its_reason_and_tried_again(api: Api, store: Store) -> None:
    first, second = dead(store, "a"), dead(store, "b", "the page is empty")
    listed = api.get("/dead?limit=1")
    assert listed["total"] == 2
    (entry,) = listed["entries"]
    assert entry["id"] in {first, second}
    assert {each["error"] for each in api.get("/dead")["entries"]} == {"no article in the page", "the page is empty"}
    answer = api.post(f"/dead/{first}/retry")
    assert (answer.status_code, answer.json()) == (200, {"retried": 1})
    assert [each["id"] for each in api.get("/dead")["entries"]] == [second]
    assert store.waiting(f"entry:{first}")
    assert api.refusal(f"/dead/{first}/retry", "POST")[:2] == (404, "no dead entry has this id")


def test_a_source_that_drifts_is_not_healthy_and_says_how_and_since_when(api: Api, store: Store) -> None:
    (before,) = api.get("/sources")["sources"]
    assert (before["drift"], before["drifting_since"]) == ("", None)
    store.save_baseline("outlet", drifting())
    (source,) = api.get("/sources")["sources"]
    assert source["healthy"] is False
    assert "of the latest pages bring a bot challenge" in source["drift"]
    assert datetime.fromisoformat(source["drifting_since"]) == NOW
    assert 'teletipo_source_drifting{source="outlet"} 1.0' in api.ask("/metrics").text


# ── alive, ready, metrics ──


def test_it_is_ready_when_the_store_answers_and_every_kind_of_process_lives(api: Api, store: Store) -> None:
    status, error, hint = api.refusal("/readyz")
    assert (status, error) == (503, "not alive: scheduler, fetch, process")
    assert "teletipo run" in hint
    for kind in ("scheduler", "fetch", "process"):
        store.beat(Heartbeat(name=kind, kind=kind, host="here", pid=1, slots=1, started=0.0))
    assert api.get("/readyz") == {"status": "ok", "processes": {"fetch": 1, "process": 1, "scheduler": 1}}


def test_metrics_say_how_things_stand(api: Api, store: Store) -> None:
    for n in range(3):
        published(store, f"https://outlet.example/{n}")
    dead(store, "dead")
    store.create_group("all", "readers", "0")
    store.take("all", "readers", "one", most=1, idle=60, limits=Limits(5, None))
    store.beat(Heartbeat(name="s", kind="scheduler", host="here", pid=1, slots=0, started=0.0))
    api.ask("/articles?limit=0")
    answer = api.ask("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for expected, *sample in (
        (3, "teletipo_articles_today", ("outcome", "created"), ("source", "outlet")),
        (1, "teletipo_articles_today", ("outcome", "dead"), ("source", "outlet")),
        (0, "teletipo_source_drifting", ("source", "outlet")),
        (3, "teletipo_queue_entries", ("queue", "all")),
        (2, "teletipo_group_lag", ("group", "readers"), ("queue", "all")),
        (1, "teletipo_group_pending", ("group", "readers"), ("queue", "all")),
        (0, "teletipo_group_dead", ("group", "readers"), ("queue", "all")),
        (0, "teletipo_due", ("queue", "fetch")),
        (1, "teletipo_dead"),
        (1, "teletipo_processes_alive", ("kind", "scheduler")),
        (0, "teletipo_processes_alive", ("kind", "process")),
        (0, "teletipo_api_listeners"),
        (1, "teletipo_api_requests_total", ("method", "GET"), ("route", "/articles"), ("status", "422")),
    ):
        assert told[tuple(sample)] == expected, sample


def test_a_path_that_is_not_there_adds_no_series(api: Api) -> None:
    for n in range(5):
        api.ask(f"/made-up-{n}")
    assert 'route="none",status="404"} 5.0' in api.ask("/metrics").text
    assert "made-up" not in api.ask("/metrics").text
