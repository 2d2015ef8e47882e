"""HTTP as part of `teletipo run`: where it listens, what docs/http.md says to type, and what kills cost its readers."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from ingest.models import article_id
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import config_folder
from tests.e2e.newswire import QUICK, Newswire, kind_of, page, publish_articles, published, until
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

DOC = (Path(__file__).parents[2] / "docs/http.md").read_text("utf-8")


@pytest.fixture
def config(tmp_path: Path, outlet: Outlet) -> Path:
    return config_folder(tmp_path / "config", outlet.url, main=QUICK)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def told_url(data: Path) -> str:
    """Where it answers, once DATA/api.url says so."""
    return until((data / "api.url").read_text, 60).rstrip("/")


def process_of(wire: Newswire, store: Store, kind: str) -> psutil.Process:
    return until(lambda: next((each for each in wire.children() if kind_of(each, store) == kind), None))


class Reader(threading.Thread):
    """Follows a queue as a browser's EventSource does: whenever the stream ends, it asks again after the last id."""

    def __init__(self, url: str, path: str) -> None:
        super().__init__(daemon=True)
        self.url, self.path = url, path
        self.place, self.connections = "", 0
        self.entries: list[str] = []
        self.addresses: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
            try:
                connection.request("GET", self.path, headers={"Last-Event-ID": self.place} if self.place else {})
                with connection.getresponse() as answer:
                    self._read(answer)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            finally:
                connection.close()

    def _read(self, answer: http.client.HTTPResponse) -> None:
        self.connections += answer.status == 200
        for line in iter(answer.readline, b""):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                self.place = value
            elif name == "data":
                event: dict[str, Any] = json.loads(value)
                self.entries.append(event["entry"])
                self.addresses.append(event["article"]["url"])
            if self.over.is_set():
                return


@pytest.fixture
def stores() -> Iterator[ExitStack]:
    """Connections to a store that are closed with the test; a killed server leaves them for the collector to find."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def readers() -> Iterator[list[Reader]]:
    """Those that are put here are ended with the test."""
    started: list[Reader] = []
    yield started
    for reader in started:
        reader.over.set()
        reader.join(30)


def test_killing_store_and_api_under_a_reader_costs_it_no_article(
    config: Path, data: Path, outlet: Outlet, readers: list[Reader], stores: ExitStack
) -> None:
    urls = publish_articles(outlet, 90, delay=0.25)
    with Newswire(config, data) as wire:
        wire.start()
        url, store = told_url(data), stores.enter_context(closing(wire.store()))
        reader = Reader(url, "/queues/all/events?from=0")
        readers.append(reader)
        reader.start()
        for kind, after in (("api", 5), ("store", 15), ("api", 30), ("store", 45)):
            until(lambda after=after: len(reader.addresses) >= after)  # type: ignore[misc]
            process_of(wire, store, kind).kill()
        until(lambda: set(reader.addresses) >= set(urls))
        assert set(published(store)) == set(urls)
        assert len(reader.entries) == len(set(reader.entries)), "each entry comes once to who says what it had"
        assert reader.connections == 3, "a store that is away ends no stream; an api that is killed ends one"
        assert wire.stop() == [0]
        assert not (data / "api.url").exists()


def test_it_stops_at_once_although_somebody_listens(
    config: Path, data: Path, outlet: Outlet, readers: list[Reader]
) -> None:
    publish_articles(outlet, 1)
    with Newswire(config, data) as wire:
        wire.start()
        reader = Reader(told_url(data), "/queues/all/events?from=0")
        readers.append(reader)
        reader.start()
        until(lambda: reader.addresses)
        began = time.monotonic()
        assert wire.stop(signal.SIGINT) == [0]
        assert time.monotonic() - began < 5
        assert "Traceback" not in wire.log.read_text()


def test_where_its_port_is_taken_it_takes_another_and_says_so(config: Path, data: Path, outlet: Outlet) -> None:
    publish_articles(outlet, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Newswire(config, data, environ={"TELETIPO_API__PORT": str(port)}) as wire:
            wire.start()
            url = told_url(data)
            assert urlsplit(url).port != port
            assert requests.get(f"{url}/healthz", timeout=5).json() == {"status": "ok"}
            until(lambda: requests.get(f"{url}/readyz", timeout=5).status_code == 200)
            log = wire.log.read_text()
            assert f"port {port} is taken by another program; the HTTP interface takes {urlsplit(url).port}" in log
            assert f"{url}/" in log, "and where the page is"
            assert wire.call("health", "api").returncode == 0


def test_it_can_be_left_out(config: Path, data: Path, outlet: Outlet, stores: ExitStack) -> None:
    publish_articles(outlet, 1)
    with Newswire(config, data, environ={"TELETIPO_API__ENABLED": "false"}) as wire:
        wire.start()
        store = stores.enter_context(closing(wire.store()))
        until(lambda: len(store.alive()) == 4)
        assert not (data / "api.url").exists()
        assert wire.call("health", "api").returncode == 1


def test_it_serves_alone_on_a_store_that_many_machines_share(
    config: Path, data: Path, outlet: Outlet, tmp_path: Path, stores: ExitStack
) -> None:
    with EmbeddedServer(tmp_path / "shared", 0) as server, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        environ = {
            "TELETIPO_STORE__URL": server.url,
            "TELETIPO_API__HOST": "0.0.0.0",
            "TELETIPO_API__PORT": str(port),
            "TELETIPO_API__TOKENS": '["a token for these tests"]',
        }
        with Newswire(config, data, environ=environ) as wire:
            wire.start("api")
            url, allowed = f"http://127.0.0.1:{port}", {"Authorization": "Bearer a token for these tests"}
            until(lambda: requests.get(f"{url}/healthz", timeout=5).status_code == 200)
            assert requests.get(f"{url}/articles", timeout=5).status_code == 401
            assert requests.get(f"{url}/articles", timeout=5, headers=allowed).json() == {"articles": [], "next": None}
            store = stores.enter_context(closing(open_store(server.url)))
            until(lambda: [beat.kind for beat in store.alive()] == ["api"])
            assert requests.get(f"{url}/readyz", timeout=5, headers=allowed).status_code == 503
            assert wire.stop() == [0]
        without = {**environ, "TELETIPO_API__TOKENS": "[]"}
        refused = Newswire(config, data, environ=without).call("api")
        assert refused.returncode == 2
        assert "api.tokens is empty" in refused.stderr
        with socket.create_server(("0.0.0.0", port)):
            taken = Newswire(config, data, environ=environ).call("api")
            assert taken.returncode == 2
            assert f"cannot listen at 0.0.0.0 port {port}" in taken.stderr


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not here")
def test_what_the_page_about_http_says_to_type_works(
    config: Path, data: Path, outlet: Outlet, stores: ExitStack
) -> None:
    url = outlet.publish("/news/1001", page(1))
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(url, "Report 1 from the river")]))
    blocks = re.findall(r"```sh\n(.*?)```", DOC, re.DOTALL)
    assert len(blocks) == 11
    with Newswire(config, data) as wire:
        wire.start()
        api, store = told_url(data), stores.enter_context(closing(wire.store()))
        until(lambda: published(store))
        script = "".join(blocks)
        for said, here in (
            ("API=http://127.0.0.1:7380", f"API={api}"),
            ("https://harbour.example/news/1001", url),
            ("venezuelanalysis", "outlet"),
            ("curl -N ", "curl -sN --max-time 2 "),
        ):
            assert said in script
            script = script.replace(said, here)
        outputs = [_typed(line, script) for line in script.splitlines() if line.startswith("curl")]
    assert all(status < 400 for status, _ in outputs), outputs
    everything = "\n".join(body for _, body in outputs)
    for part in ('"event":"created"', "<feed", '"feed_url"', '"ticket"', '"walks"', '"last_error"', "teletipo_due"):
        assert part in everything
    assert len([body for _, body in outputs if f'"id":"{article_id(url)}"' in body]) >= 4


def _typed(line: str, script: str) -> tuple[int, str]:
    """One line of curl after the assignments before it; its status and what it said."""
    before = [each for each in script.splitlines() if re.match(r"(API|ID|NEXT)=", each)]
    shell = "\n".join([*before, line.replace("curl ", "curl -s -w '\\n%{http_code}' ", 1)])
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body
