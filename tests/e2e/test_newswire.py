"""The real processes, as a user starts them, against an outlet on loopback."""

import random
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import redis

from ingest.models import article_id
from ingest.store import EmbeddedServer, Keys, Store, open_store
from tests.conftest import config_folder
from tests.e2e.faulty import SEAMS, died
from tests.e2e.newswire import (
    QUICK,
    Newswire,
    kind_of,
    page,
    publish_articles,
    published,
    queue_entries,
    read_json_lines,
    until,
)
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

ARTICLES = 40
FAULTY = str(Path(__file__).parent / "faulty.py")


@pytest.fixture
def config(tmp_path: Path, outlet: Outlet) -> Path:
    return config_folder(tmp_path / "config", outlet.url, main=QUICK)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def expect_each_once(store: Store, urls: list[str], seconds: float = 90) -> None:
    """Every article is published, none twice, and nothing is left over or dead."""
    until(lambda: set(published(store)) >= set(urls), seconds)
    time.sleep(2.5)  # longer than a lease: whatever would come twice comes now
    assert published(store) == dict.fromkeys(urls, 1)
    assert store.dead_count() == 0


def test_every_page_of_an_outlet_is_published_exactly_once(config: Path, data: Path, outlet: Outlet) -> None:
    urls = publish_articles(outlet, ARTICLES)
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        expect_each_once(store, urls)
        assert {path for path in outlet.paths() if path != "/feed"} == {f"/report/{n}" for n in range(ARTICLES)}
        assert len([path for path in outlet.paths() if path != "/feed"]) == ARTICLES
        article = store.article(article_id(urls[7]))
        assert article
        assert article.title == "Report 7 from the river"
        assert article.language == "en"
        assert "gauge 679 on the river" in article.text
        assert wire.stop() == [0]


def test_an_unchanged_feed_is_asked_with_its_validators_and_publishes_nothing(
    config: Path, data: Path, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 3)
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        expect_each_once(store, urls)
        before = len(outlet.asked)
        assert wire.call("fetch", "outlet", "--wait").returncode == 0
        polls = [asked for asked in outlet.asked[before:] if asked.path == "/feed"]
        assert {asked.headers.get("if-none-match") for asked in polls} == {outlet.answers["/feed"].etag}
        assert {asked.status for asked in polls} == {304}
        assert len(queue_entries(store)) == 3


def test_an_edited_article_is_published_as_its_next_revision(config: Path, data: Path, outlet: Outlet) -> None:
    url = publish_articles(outlet, 1)[0]
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        expect_each_once(store, [url])
        outlet.publish("/report/0", page(0).replace("gauge", "tide gauge"))
        outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Report 0 from the river, corrected")]))
        assert wire.call("fetch", "outlet", "--wait").returncode == 0
        events = [(entry.event, entry.revision) for entry in queue_entries(store)]
        assert events == [("created", 1), ("updated", 2)]


def test_killing_any_process_at_any_moment_costs_nothing(config: Path, data: Path, outlet: Outlet) -> None:
    urls = publish_articles(outlet, ARTICLES, delay=0.2)
    chance = random.Random(20)
    killed: list[str] = []
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        until(lambda: len(store.alive()) == 5)

        def kill_one() -> bool:
            victim = chance.choice(wire.children())
            killed.append(kind_of(victim, store))
            victim.kill()
            return len(published(store)) >= ARTICLES or len(killed) >= 15

        until(kill_one, 90, every=0.6)
        expect_each_once(store, urls)
    assert len(set(killed)) >= 3, killed


SEAMS_OF_A_RUN = (
    ("before the claim", "after the page is kept", "before the commit"),
    ("after the claim", "before the page is kept", "after the commit"),
    ("before the poll is saved", "after the poll is saved", "after the fetch"),
)
"""Together each; in the first two the workers that fetch and those that process die at the same time."""


@pytest.mark.parametrize("seams", SEAMS_OF_A_RUN, ids=", ".join)
def test_deaths_at_each_seam_cost_nothing(
    seams: tuple[str, ...], config: Path, data: Path, outlet: Outlet, tmp_path: Path
) -> None:
    urls = publish_articles(outlet, 8)
    marks = tmp_path / "marks"
    marks.mkdir()
    deaths = {seam: 1 if seam == "after the poll is saved" else 2 for seam in seams}  # its next poll is far away
    times = ", ".join(map(str, deaths.values()))
    with Newswire(config, data, [sys.executable, FAULTY, ", ".join(deaths), times, str(marks)]) as wire:
        wire.start()
        store = wire.store()
        until(lambda: died(marks) == deaths, 90)
        expect_each_once(store, urls)


def test_no_seam_is_left_out() -> None:
    assert sorted(seam for seams in SEAMS_OF_A_RUN for seam in seams) == sorted(SEAMS)


def test_lost_and_repeated_celery_messages_cost_nothing(config: Path, data: Path, outlet: Outlet) -> None:
    urls = publish_articles(outlet, ARTICLES, delay=0.05)
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        stop = threading.Event()
        lost_and_repeated = [0, 0]

        def meddle() -> None:
            chance, client = random.Random(7), redis.Redis.from_url(store.url)
            queues = [f"{Keys('teletipo:').celery}{name}" for name in ("fetch", "process")]
            while not stop.wait(0.003):
                queue = chance.choice(queues)
                if chance.random() < 0.3:
                    lost_and_repeated[0] += bool(client.lpop(queue))
                elif message := client.lindex(queue, 0):
                    client.rpush(queue, message, message)
                    lost_and_repeated[1] += 2

        thread = threading.Thread(target=meddle)
        thread.start()
        try:
            until(lambda: len(published(store)) >= ARTICLES, 90)
        finally:
            stop.set()
            thread.join()
        expect_each_once(store, urls)
    assert min(lost_and_repeated) > 3, lost_and_repeated


def test_two_schedulers_and_four_workers_never_publish_twice(
    config: Path, data: Path, outlet: Outlet, tmp_path: Path
) -> None:
    urls = publish_articles(outlet, ARTICLES)
    with EmbeddedServer(tmp_path / "shared", 0) as server:
        environ = {"TELETIPO_STORE__URL": server.url, "TELETIPO_WORKERS__PROCESSES": "1"}
        with Newswire(config, data, environ=environ) as wire:
            for command in (["scheduler"], ["scheduler"], *([["worker", "fetch"], ["worker", "process"]] * 2)):
                wire.start(*command)
            store = open_store(server.url)
            expect_each_once(store, urls)
            assert [beat.kind for beat in store.alive()] == ["fetch"] * 2 + ["process"] * 2 + ["scheduler"] * 2
            assert wire.call("health", "fetch").returncode == 0
            assert wire.stop() == [0] * 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_ten_seconds_and_gives_work_in_hand_back(
    number: signal.Signals, config: Path, data: Path, outlet: Outlet
) -> None:
    url = publish_articles(outlet, 1)[0]
    outlet.publish("/report/0", page(0), delay=30.0)
    (config / "teletipo.toml").write_text(
        QUICK.replace("timeout = 2.0", "timeout = 60").replace("deadline = 3.0", "deadline = 60")
    )
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        until(lambda: "/report/0" in outlet.paths())
        descendants = wire.children()
        began = time.monotonic()
        assert wire.stop(number) == [0]
        assert time.monotonic() - began < 10
        assert [process for process in descendants if process.is_running()] == []
    with EmbeddedServer(data, 0) as server:
        store = open_store(server.url)
        waiting = store.waiting(f"entry:{article_id(url)}")
        assert waiting
        assert waiting[1] <= 0, "given back means due at once"
        state = store.entry_state(article_id(url))
        assert state
        assert state.attempt == 0, "an attempt that was not made is not counted"


def test_nothing_outlives_a_supervisor_that_is_killed(config: Path, data: Path, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    with Newswire(config, data) as wire:
        supervisor = wire.start()
        store = wire.store()
        until(lambda: len(store.alive()) == 5)
        descendants = wire.children()
        assert len(descendants) == 6
        supervisor.kill()
        until(lambda: not any(running(process) for process in descendants), 15)
        wire.start()
        until(lambda: wire.store().alive(), 20)


def running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_second_teletipo_on_the_same_folder_is_refused_with_a_remedy(
    config: Path, data: Path, outlet: Outlet
) -> None:
    publish_articles(outlet, 1)
    with Newswire(config, data) as wire:
        first = wire.start()
        wire.store()
        refused = wire.call("run")
        assert refused.returncode == 1
        assert f"another teletipo (process {first.pid}) already owns {data}" in refused.stderr
        assert "--data DIR" in refused.stderr


def test_a_page_that_hangs_or_crashes_the_extractor_ends_dead_and_harms_no_other(
    config: Path, data: Path, outlet: Outlet, tmp_path: Path
) -> None:
    urls = publish_articles(outlet, 6)
    (config / "teletipo.toml").write_text(
        QUICK.replace("attempts = 60", "attempts = 2").replace("process_seconds = 5.0", "process_seconds = 1.5")
    )
    outlet.publish("/report/0", page(0) + "<!-- hang -->")
    outlet.publish("/report/1", page(1) + "<!-- crash -->")
    outlet.publish("/report/2", page(2) + "<!-- memory -->")
    script = tmp_path / "poisoned.py"
    script.write_text(POISONED)
    with Newswire(config, data, [sys.executable, str(script)]) as wire:
        wire.start()
        store = wire.store()
        until(lambda: len(published(store)) == 3 and store.dead_count() == 3, 60)
        assert set(published(store)) == set(urls[3:])
        errors = {state.url: state.error for state in store.dead()}
        assert "ended without an answer" in errors[urls[0]]
        assert "ended without an answer" in errors[urls[1]]
        assert "MemoryError" in errors[urls[2]]
        listed = wire.call("dead", "list").stdout
        assert urls[0] in listed
        assert "0 tests" not in wire.log.read_text()
        assert "Timeout (0:00:01.5" in wire.log.read_text(), "the hang leaves its traceback in the log"


POISONED = """
import ctypes, time
import ingest.pipeline as pipeline
compose_known = pipeline.compose_known

def poisoned(entry, source, page, now, outlet):
    if b"hang" in page.body:
        ctypes.PyDLL(None).sleep(60)  # C code that keeps the interpreter's lock
    if b"crash" in page.body:
        ctypes.string_at(0)
    if b"memory" in page.body:
        bytearray(4_000_000_000)
    return compose_known(entry, source, page, now, outlet)

pipeline.compose_known = poisoned
from workers.cli import main
main()
"""


def test_the_command_line_tells_what_arrives_and_how_things_stand(config: Path, data: Path, outlet: Outlet) -> None:
    urls = publish_articles(outlet, 3)
    extra = outlet.publish("/extra", page(99))
    with Newswire(config, data) as wire:
        wire.start()
        store = wire.store()
        expect_each_once(store, urls)
        assert wire.call("fetch", extra, "--wait").returncode == 0
        lines = read_json_lines(wire.call("tail", "--json", "--from", "0", "--count", "4").stdout)
        assert {line["article"]["url"] for line in lines} == {*urls, extra}
        assert {line["event"] for line in lines} == {"created"}
        assert all(line["article"]["id"] == article_id(line["article"]["url"]) for line in lines)
        last = wire.call("tail", "all", "--json", "--from", lines[2]["entry"], "--no-follow").stdout
        assert [line["entry"] for line in read_json_lines(last)] == [lines[3]["entry"]]
        assert "Report 99 from the river" in wire.call("tail", "--from", "0", "--no-follow").stdout
        told = wire.call("status").stdout
        assert "1 api, 1 fetch, 2 process, 1 scheduler" in told
        assert "outlet" in told
        wrong = wire.call("fetch", "outlt")
        assert wrong.returncode == 2
        assert "did you mean 'outlet'?" in wrong.stderr
        assert wire.call("tail", "al").returncode == 2
        assert wire.call("sources", "check", "outlet").returncode == 0


def test_where_no_outlet_can_be_reached_it_says_so_and_points_to_the_demo(
    config: Path, data: Path, outlet: Outlet
) -> None:
    del outlet.answers  # nothing was published: every path is a 404 at best
    outlet.answers = {}
    with Newswire(config, data) as wire:
        wire.start()
        until(lambda: "No outlet could be reached" in wire.log.read_text(), 20)
        assert "teletipo demo" in wire.log.read_text()
        state = until(lambda: wire.store().feed_states(["outlet:" + article_id(f"{outlet.url}/feed")[:8]]))
        assert next(iter(state.values())).failures >= 1
