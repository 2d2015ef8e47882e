"""A WebSub hub on loopback: real HTTP, verifies intents, signs what it sends, misbehaves where a test asks it to."""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import requests


@dataclass(frozen=True)
class Asked:
    """One request that came in: its form, and where."""

    path: str
    form: dict[str, str]

    @property
    def mode(self) -> str:
        return self.form["hub.mode"]


@dataclass
class Manners:
    """How a hub behaves. status: of its answer; location: where it sends on; verify: whether it asks back; topic: the
    one that it asks back about, where that is a lie; lease: seconds that it grants, None for what was asked for; delay:
    seconds before it does anything."""

    status: int = 202
    location: str = ""
    verify: bool = True
    topic: str = ""
    lease: str | None = None
    delay: float = 0.0


class Hub:
    """`with Hub() as hub: hub.send(feed)`. It verifies before it answers, so that tests need not wait."""

    def __init__(self) -> None:
        self.manners = Manners()
        self.asked: list[Asked] = []
        self.challenged: list[tuple[int, str]] = []
        self.subscribers: dict[str, dict[str, str]] = {}
        self.called: Callable[[str], str] = lambda callback: callback
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> "Hub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def modes(self) -> list[str]:
        return [asked.mode for asked in self.asked]

    @property
    def form(self) -> dict[str, str]:
        """Of the one subscriber."""
        (form,) = self.subscribers.values()
        return form

    def verify(self, form: dict[str, str], **other: str) -> bool:
        """Ask the subscriber whether it asked for this. other: what the question says that the request did not."""
        challenge = f"challenge-{len(self.challenged)}"
        told = {"hub.mode": form["hub.mode"], "hub.topic": self.manners.topic or form["hub.topic"]}
        if form["hub.mode"] == "subscribe":
            lease = self.manners.lease
            told["hub.lease_seconds"] = form.get("hub.lease_seconds", "") if lease is None else lease
        answer = self.ask_back(form["hub.callback"], {**told, "hub.challenge": challenge, **other})
        self.challenged.append((answer.status_code, answer.text))
        return answer.status_code == 200 and answer.text == challenge

    def ask_back(self, callback: str, query: dict[str, str]) -> requests.Response:
        return requests.get(f"{self.called(callback)}?{urlencode(query)}", timeout=10)

    def send(
        self,
        body: bytes,
        kind: str = "application/rss+xml",
        *,
        method: str = "sha256",
        signature: str | None = None,
        secret: str = "",
    ) -> int:
        """Send this to the one subscriber; the status of its answer. signature: another one, "" for none."""
        headers = {"Content-Type": kind}
        made = hmac.new((secret or self.form["hub.secret"]).encode(), body, method).hexdigest()
        signature = f"{method}={made}" if signature is None else signature
        if signature:
            headers["X-Hub-Signature"] = signature
        url = self.called(self.form["hub.callback"])
        return requests.post(url, data=body, headers=headers, timeout=10).status_code

    def deny(self, reason: str = "no more of this", **other: str) -> int:
        told = {"hub.mode": "denied", "hub.topic": self.form["hub.topic"], "hub.reason": reason, **other}
        return self.ask_back(self.form["hub.callback"], told).status_code

    def _take(self, asked: Asked) -> tuple[int, dict[str, str]]:
        self.asked.append(asked)
        time.sleep(self.manners.delay)
        if self.manners.location and asked.path == "/":
            return self.manners.status, {"Location": self.manners.location}
        taken = self.manners.status < 300 or asked.path != "/"
        if taken and self.manners.verify and self.verify(asked.form):
            if asked.mode == "subscribe":
                self.subscribers[asked.form["hub.callback"]] = asked.form
            else:
                self.subscribers.pop(asked.form["hub.callback"], None)
        return (202 if self.manners.location else self.manners.status), {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(said, strict_parsing=True).items()}
                status, headers = hub._take(Asked(self.path, form))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing: the hub remembers instead."""

        return Handler


def names_hub(body: bytes, hub: str, topic: str) -> bytes:
    """The RSS feed with its hub in it."""
    link = '<link xmlns="http://www.w3.org/2005/Atom" rel="%s" href="%s"/>'
    named = link % ("hub", hub) + link % ("self", topic)
    return body.replace(b"<description/>", named.encode() + b"<description/>", 1)
