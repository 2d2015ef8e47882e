"""A webhook receiver on loopback: real HTTP, remembers what it was told, answers as a test asks it to."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Told:
    """One POST that came in. Header names are in lower case."""

    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Answer:
    """hang: says nothing until the receiver closes, after what was sent of it."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    hang: bool = False


TAKEN = Answer()


class Receiver:
    """`with Receiver() as receiver: receiver.answer = lambda told: Answer(500)`."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.taken: list[str] = []
        self.connections = 0
        self.sent = 0
        self.answer: Callable[[Told], Answer] = lambda told: TAKEN
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/in"

    def ids(self) -> list[str]:
        """The ids of all that came in, in order."""
        return [told.id for told in self.told]

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                receiver.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told = Told({name.lower(): value for name, value in self.headers.items()}, body, time.time())
                receiver.told.append(told)
                answer = receiver.answer(told)
                receiver._closing.wait(answer.delay)
                if answer.hang:
                    receiver._closing.wait()
                    self.close_connection = True
                    return
                self._send(answer)
                if 200 <= answer.status < 300:
                    receiver.taken.append(told.id)

            def do_GET(self) -> None:
                """A redirect that was followed would come here."""
                receiver.told.append(Told({"webhook-id": "GET"}, b"", time.time()))
                self._send(TAKEN)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                for start in range(0, len(answer.body), 65_536):
                    self.wfile.write(answer.body[start : start + 65_536])
                    receiver.sent = start + 65_536

            def log_message(self, *_: object) -> None:
                """Say nothing: the receiver remembers instead."""

        class Quiet(Handler):
            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # whoever told us hung up
                    self.close_connection = True

        return Quiet
