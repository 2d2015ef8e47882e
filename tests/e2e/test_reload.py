"""A newswire whose configuration changes while it runs."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from ingest.store import Store, open_store, running_url
from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, TELETIPO, Newswire, kind_of, page, publish_articles, published, until
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

KINDS = {"scheduler", "fetch", "process"}


@pytest.fixture
def config(tmp_path: Path, outlet: Outlet) -> Path:
    return config_folder(tmp_path / "config", outlet.url, main=QUICK)


def add_source(config: Path, name: str, outlet: Outlet) -> Path:
    text = (config / "sources" / "outlet.toml").read_text()
    home = text.partition('homepage = "')[2].partition('/"')[0]
    file = config / "sources" / f"{name}.toml"
    file.write_text(text.replace('"outlet"', f'"{name}"').replace(home, outlet.url))
    return file


def said(wire: Newswire, text: str, times: int = 1) -> bool:
    return wire.log.read_text().count(text) >= times


def test_sources_are_added_broken_mended_and_removed_without_a_restart(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    first = publish_articles(outlet, 2)
    with Newswire(config, tmp_path / "data") as wire, Outlet() as second:
        supervisor = wire.start()
        store = wire.store()
        until(lambda: set(published(store)) >= set(first), 30)

        urls = [second.publish(f"/report/{n}", page(n)) for n in range(100, 103)]
        headlines = [Headline(url, f"Report {n} from the sea") for n, url in enumerate(urls)]
        second.publish("/feed", rss("Second", second.url, headlines), "application/rss+xml")
        file = add_source(config, "second", second)
        until(lambda: set(published(store)) >= set(urls), 30)
        assert said(wire, "sources added: second")

        good = file.read_text()
        file.write_text(good.replace("language", "langauge"))
        until(lambda: said(wire, "did you mean 'language'?"), 20)
        asked = len(second.asked)
        store.poll_now([member.partition(":")[2] for member in due(store) if member.startswith("feed:second:")])
        until(lambda: len(second.asked) > asked, 20)  # it is polled as before
        file.write_text(good)
        until(lambda: said(wire, "can be used again"), 20)
        assert wire.log.read_text().count("did you mean 'language'?") == 1

        file.unlink()
        until(lambda: said(wire, "sources removed: second"), 20)
        until(lambda: len([member for member in due(store) if member.startswith("feed:")]) == 1, 20)
        assert supervisor.poll() is None
        assert published(store) == dict.fromkeys(first + urls, 1)
        assert "Traceback" not in wire.log.read_text()
        assert wire.stop() == [0]


def due(store: Store) -> list[str]:
    return [member.decode() for member in store._redis.zrange(store.keys.due("fetch"), 0, -1)]


def test_nothing_is_lost_or_doubled_where_settings_change_with_work_in_hand(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 60)
    for number in range(0, 60, 3):
        outlet.publish(f"/report/{number}", page(number), delay=1.0)
    with Newswire(config, tmp_path / "data") as wire:
        wire.start()
        store = wire.store()
        until(lambda: len(published(store)) > 5, 30)
        for times, number in enumerate((1, 3, 2), 1):
            (config / "teletipo.toml").write_text(QUICK.replace("processes = 2", f"processes = {number}"))
            until(lambda: said(wire, "settings changed: [workers] processes", times), 30)  # noqa: B023 — asked at once
            until(lambda: kinds(wire, store)["process"] == number, 30)  # noqa: B023
        until(lambda: set(published(store)) >= set(urls), 90)
        time.sleep(2.5)  # longer than a lease
        assert published(store) == dict.fromkeys(urls, 1)
        assert store.dead_count() == 0
        assert wire.stop() == [0]


def kinds(wire: Newswire, store: Store) -> dict[str, int]:
    found = [kind_of(process, store) for process in wire.children() if process.status() != psutil.STATUS_ZOMBIE]
    return {kind: found.count(kind) for kind in (*KINDS, "starting")}


def test_a_signal_reads_it_at_once_and_what_needs_a_restart_is_said(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    publish_articles(outlet, 1)
    with Newswire(config, tmp_path / "data") as wire:
        supervisor = wire.start()
        store = wire.store()
        until(lambda: published(store), 30)
        before = {process.pid for process in wire.children()}
        supervisor.send_signal(signal.SIGHUP)
        until(lambda: said(wire, "nothing in it has changed"), 10)
        (config / "teletipo.toml").write_text(QUICK.replace("[store]", '[store]\nprefix = "other:"'))
        supervisor.send_signal(signal.SIGHUP)
        until(lambda: said(wire, "[store] prefix: changed, and used from the next start on"), 10)
        time.sleep(1)
        assert {process.pid for process in wire.children()} == before, "no process was started anew for it"
        assert wire.stop() == [0]


def test_webhooks_that_are_added_and_removed_have_their_process_and_a_queue_that_is_added_fills(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    with Newswire(config, tmp_path / "data") as wire:
        wire.start()
        store = wire.store()
        until(lambda: "scheduler" in {beat.kind for beat in store.alive()}, 30)
        (config / "queues.toml").write_text("[queues.all]\n[queues.river]\nwords = ['river']\n")
        (config / "webhooks.toml").write_text(
            f'[webhooks.desk]\nqueue = "river"\nurl = "{outlet.url}/hook"\nsecret = "whsec_{"a" * 44}"\n'
        )
        until(lambda: "webhooks" in {kind_of(process, store) for process in wire.children()}, 20)
        assert said(wire, "queues added: river; webhooks added: desk")
        until(lambda: said(wire, "every process was started with the new configuration"), 30)
        urls = publish_articles(outlet, 2)
        store.poll_now([member.partition(":")[2] for member in due(store) if member.startswith("feed:")])
        until(lambda: set(published(store, "river")) == set(urls), 30)
        (config / "webhooks.toml").unlink()
        until(lambda: said(wire, "webhooks removed: desk"), 20)
        until(lambda: "webhooks" not in {kind_of(process, store) for process in wire.children()}, 20)
        assert wire.stop() == [0]


def test_a_newswire_whose_terminal_is_closed_stops_instead_of_running_on(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    master, slave = os.openpty()
    command = [TELETIPO, "--config", str(config), "--data", str(tmp_path / "data"), "run"]
    take_terminal = (
        "import os, sys; os.setsid(); os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", take_terminal, *command], stdin=slave, stdout=log, stderr=log)
    try:
        os.close(slave)
        with closing(open_store(until(lambda: running_url(tmp_path / "data"), 30))) as store:
            until(store.alive, 30)
        os.close(master)
        assert process.wait(20) == 0
    finally:
        process.kill()
