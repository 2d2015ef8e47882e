"""Real processes for end-to-end tests: a newswire started as a user starts it, and an outlet with many pages."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psutil

from ingest.store import Store, open_store, running_url
from workers.demo.outlet import Headline, Outlet, rss

T = TypeVar("T")

TELETIPO = str(Path(sys.executable).parent / "teletipo")

QUICK = """
[store]
port = 0
[api]
port = 0
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = 0.0
timeout = 2.0
deadline = 3.0
[schedule]
min_interval = 2.0
lease = 1.0
attempts = 60
retry_first = 0.2
retry_cap = 1.0
[workers]
fetch_threads = 4
processes = 2
process_seconds = 5.0
"""
"""Settings under which what was lost is found again in seconds, so that a test sees it."""


def page(number: int, words: int = 60) -> str:
    """An article of its own: no two numbers share a sentence."""
    sentences = [
        f"Sentence {n} of report {number} says that gauge {number * 97 + n} on the river stood at {n * 13 + number}."
        for n in range(words // 14 + 1)
    ]
    paragraphs = "".join(f"<p>{a} {b}</p>" for a, b in zip(sentences, sentences[::-1], strict=True))
    return (
        f'<html lang="en"><head><title>Report {number} from the river</title></head><body>'
        f"<article><h1>Report {number} from the river</h1>{paragraphs}</article></body></html>"
    )


def publish_articles(outlet: Outlet, count: int, delay: float = 0.0) -> list[str]:
    """Give the outlet `count` articles and a feed that names them. Returns their addresses."""
    outlet.publish("/", "<title>The Outlet</title>")
    urls = [outlet.publish(f"/report/{n}", page(n), delay=delay) for n in range(count)]
    headlines = [Headline(url, f"Report {n} from the river") for n, url in enumerate(urls)]
    outlet.publish("/feed", rss("The Outlet", outlet.url, headlines), "application/rss+xml")
    return urls


class Newswire:
    """`teletipo run` (or another command) as a process; `with Newswire(config, data) as wire: wire.published()`."""

    def __init__(
        self, config: Path, data: Path, command: Sequence[str] = (TELETIPO,), environ: dict[str, str] | None = None
    ):
        self._config = config
        self._data = data
        self._environ = {**os.environ, **(environ or {})}
        self._command = [*command, "--config", str(config), "--data", str(data)]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stores: list[Store] = []
        self.log = data.parent / f"{data.name}.log"

    def __enter__(self) -> "Newswire":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for store in self._stores:
            store.close()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self._command, *(arguments or ("run",))], env=self._environ, stdout=log, stderr=log
            )
        self._processes.append(process)
        return process

    def call(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        command = [*self._command, *arguments]
        return subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=timeout)

    def stop(self, number: int = signal.SIGTERM) -> list[int]:
        """Stop what was started; exit codes."""
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(number)
        codes = [process.wait(20) for process in self._processes]
        self._processes.clear()
        return codes

    def store(self) -> Store:
        """Its embedded store, once it answers."""
        url = until(lambda: running_url(self._data), seconds=20)
        self._stores.append(open_store(url))
        return self._stores[-1]

    def children(self) -> list[psutil.Process]:
        """Every process under those started here, the store's server too."""
        return [child for process in self.started() for child in process.children(recursive=True)]

    def started(self) -> list[psutil.Process]:
        """What was started here and still runs."""
        return [psutil.Process(process.pid) for process in self._processes if process.poll() is None]


def kind_of(process: psutil.Process, store: Store) -> str:
    """scheduler, fetch, process or store."""
    if "server" in process.name():
        return "store"
    return next((beat.kind for beat in store.alive() if beat.pid == process.pid), "starting")


def queue_entries(store: Store, queue: str = "all") -> list[Any]:
    """Everything that was ever delivered to the queue."""
    return store.read_queue(queue, "0", 100_000)


def published(store: Store, queue: str = "all") -> Counter[str]:
    """URL -> how many entries the queue has of it."""
    return Counter(entry.url for entry in queue_entries(store, queue))


def until(ask: Callable[[], T | None], seconds: float = 60.0, every: float = 0.1) -> T:
    """Ask until the answer is true; fails the test after so many seconds. A store that is away is asked again."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            if answer := ask():
                return answer
            last = answer
        except Exception as error:
            last = error
        time.sleep(every)
    raise AssertionError(f"still not so after {seconds:.0f} s; last: {last!r}")


def read_json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
