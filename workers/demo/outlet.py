"""A news outlet on loopback: real HTTP, with validators, delays and failures where they are asked for."""

import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Answer:
    """What a path answers with. never: it accepts the request and says nothing until the outlet closes."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    never: bool = False
    delay: float = 0.0

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True)
class Asked:
    """One request that came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    status: int
    at: float


class _Server(ThreadingHTTPServer):
    """Says nothing of whoever went away before the answer was written."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Outlet:
    """Publishes what it is given: `with Outlet() as outlet: outlet.publish("/a", page)`. Thread-safe enough for tests:
    a path's answer is replaced whole."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.robots: list[Asked] = []  # requests for /robots.txt, which come before all others
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Outlet":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def publish(self, path: str, body: bytes | str, content_type: str = "text/html; charset=utf-8", **more: Any) -> str:
        """Answer `path` with this body from now on. Returns its address."""
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(content, content_type, **more)
        return self.url + path

    def paths(self) -> list[str]:
        """The paths asked for, in order, but for /robots.txt."""
        return [asked.path for asked in self.asked]

    def _answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        answer = self.answers.get(path) or self.answers.get(urlsplit(path).path)
        if answer is None:
            return Answer(b"not here", "text/plain", HTTPStatus.NOT_FOUND)
        if answer.status == HTTPStatus.OK and headers.get("if-none-match") == answer.etag:
            return Answer(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": answer.etag})
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = outlet._answer(self.path, headers)
                noted = outlet.robots if self.path == "/robots.txt" else outlet.asked
                noted.append(Asked(self.path, headers, answer.status, time.time()))
                if answer.never:
                    outlet._closing.wait()
                    self.close_connection = True
                    return
                outlet._closing.wait(answer.delay)
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                if answer.status == HTTPStatus.OK:
                    self.send_header("ETag", answer.etag)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Say nothing: the outlet remembers instead."""

        return Handler


@dataclass(frozen=True)
class Headline:
    """One entry of a feed."""

    url: str
    title: str
    published: datetime | None = None
    summary: str = ""
    content: str = ""
    guid: str = ""


def rss(
    title: str, url: str, headlines: Iterable[Headline], encoding: str = "utf-8", declared: str | None = None
) -> bytes:
    """An RSS 2.0 feed. declared: the encoding that it claims, where that is to be a lie."""
    entries = "".join(_entry(headline) for headline in headlines)
    text = (
        f'<?xml version="1.0" encoding="{declared or encoding}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>{escape(url)}</link><description/>{entries}</channel></rss>"
    )
    return text.encode(encoding)


def _entry(headline: Headline) -> str:
    date = f"<pubDate>{format_datetime(headline.published)}</pubDate>" if headline.published else ""
    content = f"<content:encoded>{escape(headline.content)}</content:encoded>" if headline.content else ""
    return (
        f"<item><title>{escape(headline.title)}</title><link>{escape(headline.url)}</link>"
        f"<guid>{escape(headline.guid or headline.url)}</guid>{date}"
        f"<description>{escape(headline.summary)}</description>{content}</item>"
    )
