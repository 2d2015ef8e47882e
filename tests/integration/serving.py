"""The HTTP interface as it runs: uvicorn on loopback, in a thread, over the test's own store."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests

from ingest.api import create_app
from ingest.api.server import Server
from ingest.settings import ApiSettings, Settings
from ingest.store import Store
from workers.address import listen

TOKEN = "a token for these tests"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


class Api:
    """A client of one running server. `ask` gives status, headers and body; the rest is JSON."""

    def __init__(self, url: str, server: Server) -> None:
        self.url, self.server = url, server
        self.session = requests.Session()

    def ask(self, path: str, method: str = "GET", **more: Any) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=20, **more)

    def get(self, path: str, **more: Any) -> Any:
        answer = self.ask(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self.ask(path, "POST", json=body, **more)

    def refusal(self, path: str, method: str = "GET", **more: Any) -> tuple[int, str, str]:
        """Status, error and hint of an answer that is a failure."""
        answer = self.ask(path, method, **more)
        said = answer.json()
        assert set(said) == {"error", "hint"}, answer.text
        return answer.status_code, said["error"], said["hint"]


@contextmanager
def serving(settings: Settings, store: Store) -> Iterator[Api]:
    """A server on a free port, until the end of the block; it listens as `teletipo run` lets it."""
    ready = threading.Event()
    listening = listen(ApiSettings(port=0))
    port = listening.getsockname()[1]
    server = Server(create_app(settings, store), ready.set)
    thread = threading.Thread(target=server.serve_on, args=(listening,))
    thread.start()
    try:
        assert ready.wait(20)
        yield Api(f"http://127.0.0.1:{port}", server)
    finally:
        server.stop()
        thread.join(20)


class Events:
    """One listener, reading on: `with Events(api, "/queues/all/events") as events: events.next()`."""

    def __init__(self, api: Api, path: str, **headers: str) -> None:
        self._connection = HTTPConnection(urlsplit(api.url).netloc, timeout=20)
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        assert answer.status == 200, answer.read()
        assert (answer.getheader("Content-Type") or "").startswith("text/event-stream")
        self.lines = (line.rstrip(b"\n") for line in iter(answer.readline, b""))
        self.place = ""
        """The last id that came: what a browser sends as Last-Event-ID."""

    def __enter__(self) -> "Events":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def next(self) -> dict[str, Any]:
        """The next event that carries anything. Its kind is at "kind"."""
        kind = "message"
        for line in self.lines:
            name, _, value = line.decode().partition(": ")
            if name == "id":
                self.place = value
            elif name == "event":
                kind = value
            elif name == "data":
                return {"kind": kind, **json.loads(value)}
        raise EOFError("the stream ended")

    def until_placed(self) -> "Events":
        """Wait until the server said where this listener is: from then on it misses nothing."""
        while not self.place:
            name, _, value = next(self.lines).decode().partition(": ")
            self.place = value if name == "id" else ""
        return self
