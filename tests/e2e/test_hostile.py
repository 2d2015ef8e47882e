"""A running newswire whose sources misbehave in every way that has a name, and three good ones among them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.newswire import QUICK, Newswire, published, until
from tests.hostile import WAYS, Hostile, Way
from tests.hostile.outlet import NETWORK, available

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(not available(), reason="these outlets need Linux, which answers at all of 127.0.0.0/8"),
]

GOOD = {
    name: Way(name, "", lambda _: None, "ok", "", "", at="nowhere", kind="feed", tls="", entries=3)
    for name in ("north", "east", "south")
}
MAIN = (
    QUICK.replace("127.0.0.0/8", NETWORK)
    .replace("fetch_threads = 4", "fetch_threads = 16")
    .replace("min_interval = 2.0", "min_interval = 600.0")
    .replace("lease = 1.0", "lease = 30.0")  # reading what is made to be read slowly takes seconds, and threads share
    .replace("retry_first = 0.2\nretry_cap = 1.0", "retry_first = 20.0\nretry_cap = 60.0")
)
MOST_MEMORY = 400_000_000
"""Bytes of one process, of which 100 MB are what it is made of."""


def test_good_outlets_lose_nothing_to_those_that_misbehave(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "sources").mkdir(parents=True)
    (folder / "teletipo.toml").write_text(MAIN)
    (folder / "queues.toml").write_text("")
    with Hostile(WAYS.values(), tmp_path / "tls") as bad, Hostile(GOOD.values(), tmp_path / "more tls") as good:
        for name in WAYS:
            (folder / "sources" / f"{name}.toml").write_text(f"{bad.source(name)}[fetch]\ndelay = 30.0\n")
        for name in GOOD:
            (folder / "sources" / f"{name}.toml").write_text(good.source(name))
        urls = [url for name in GOOD for url in good.articles(name)]
        with Newswire(folder, tmp_path / "data", environ={"SSL_CERT_FILE": str(bad.authorities)}) as wire:
            wire.start()
            store = wire.store()
            until(lambda: len(store.alive()) >= 5)
            workers = {beat.pid for beat in store.alive()}
            until(lambda: set(urls) <= set(published(store)), 90)
            states = until(lambda: polled(wire), 120, every=2.0)
            assert {name: (states[name]["outcome"], states[name]["error"]) for name in wrong(states)} == {}
            assert {url: count for url, count in published(store).items() if count > 1} == {}
            assert {beat.pid for beat in store.alive()} == workers, "a worker died"
            memory = {process.pid: process.memory_info().rss for process in wire.children()}
            assert max(memory.values()) < MOST_MEMORY, memory
            assert wire.stop() == [0]


def polled(wire: Newswire) -> dict[str, Any]:
    """What `status --json` says of each source's one feed, once all were polled."""
    said = json.loads(wire.call("status", "--json").stdout)
    states = {source["id"]: source["feeds"][0] for source in said["sources"]}
    missing = [name for name, state in states.items() if not state["outcome"]]
    assert not missing, f"not yet polled: {missing}"
    return states


def wrong(states: dict[str, Any]) -> list[str]:
    """The sources of which status does not say what they do. On a busy machine a deadline may come before another end,
    and a feed that is read may have been polled twice."""
    read = re.compile("ok|not modified")
    return [
        name
        for name, way in {**WAYS, **GOOD}.items()
        if way.at != "/article/"
        and states[name]["outcome"] not in {way.ends, "timeout"}
        and not (read.fullmatch(way.ends) and read.fullmatch(states[name]["outcome"]))
    ]
