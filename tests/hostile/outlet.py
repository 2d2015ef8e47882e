"""The server: one listener a way, on a loopback address of its own, so that no way is paused for another's sake."""

import json
import socket
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

from tests.e2e.newswire import page
from tests.hostile.certificates import Certificates
from tests.hostile.line import Line
from tests.hostile.way import Way
from workers.demo.outlet import Headline, rss

NETWORK = "127.77.0.0/16"
"""The addresses of these outlets, which a newswire is told to allow. All of it is loopback on Linux."""

ARTICLES = 3
"""In a good feed. Once an outlet misbehaves no more, there is one more."""


def available() -> bool:
    """Whether this system answers at all of 127.0.0.0/8, as Linux does."""
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.77.0.1", 0))
        return True
    return False


class Hostile:
    """Outlets that misbehave, one for each way, until they are `good`."""

    def __init__(self, ways: Iterable[Way], folder: Path) -> None:
        self.ways = {way.name: way for way in ways}
        self.hosts = {name: f"127.77.{1 + number // 200}.{1 + number % 200}" for number, name in enumerate(self.ways)}
        self.good = False
        self.asked: Counter[str] = Counter()
        self._closing = Event()
        self._lock = Lock()
        self._lines: set[Line] = set()
        self._certificates = Certificates(folder, list(self.hosts.values()))
        self._listeners = {name: socket.create_server((host, 0), backlog=64) for name, host in self.hosts.items()}
        for name in self.ways:
            Thread(target=self._listen, args=(name,), daemon=True).start()

    def __enter__(self) -> "Hostile":
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for listener in self._listeners.values():
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            with suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)

    @property
    def authorities(self) -> Path:
        """What a newswire has to trust, in SSL_CERT_FILE."""
        return self._certificates.trusted

    def url(self, name: str) -> str:
        scheme = "https" if self.ways[name].tls else "http"
        host, port = self._listeners[name].getsockname()[:2]
        return f"{scheme}://{host}:{port}"

    def source(self, name: str) -> str:
        """A source's file for this outlet."""
        url, way = self.url(name), self.ways[name]
        lines = {
            "feed": f'feeds = ["{url}/feed"]\n',
            "wordpress": f'wordpress = ["{url}/feed"]\n',
            "sitemap": f'sitemaps = ["{url}/feed"]\n',
            "listing": f'[[listings]]\nurl = "{url}/feed"\nentry = "a"\n',
        }
        return (
            f'id = "{name}"\nname = "{name}"\nhomepage = "{url}/"\nlanguage = "en"\ncountry = "VE"\n'
            f'timezone = "America/Caracas"\n{lines[way.kind]}'
        )

    def articles(self, name: str) -> list[str]:
        """The addresses of the articles in its feed."""
        return [f"{self.url(name)}/article/{number}" for number in range(ARTICLES + self.good)]

    def _listen(self, name: str) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listeners[name].accept()
            except OSError:
                return
            Thread(target=self._serve, args=(name, sock), daemon=True).start()

    def _serve(self, name: str, sock: socket.socket) -> None:
        line = Line(sock, self.url(name), self._closing, self.asked[name])
        with self._lock:
            self._lines.add(line)
        try:
            self._talk(self.ways[name], line)
        except (OSError, ValueError, IndexError):
            pass  # whoever asked hung up, which is what most of this is about
        finally:
            line.end()
            with self._lock:
                self._lines.discard(line)

    def _talk(self, way: Way, line: Line) -> None:
        if way.tls == "none" and not self.good:
            self.asked[way.name] += 1
            return way.call(line)
        if way.tls:
            line.sock = self._certificates.context("good" if self.good else way.tls).wrap_socket(line.sock, True)
        if not line.hear():
            return None
        if line.path.startswith(way.at) and not self.good:
            self.asked[way.name] += 1
            return way.call(line)
        return answer_well(line, way, ARTICLES + self.good)


def answer_well(line: Line, way: Way, count: int) -> None:
    """What a good outlet says."""
    if line.path.partition("?")[0] == "/feed":
        line.answer(
            good_feed(line.url, way.kind, count), Content_Type="text/html" if way.kind == "listing" else "text/xml"
        )
    elif line.path.startswith("/article/"):
        number = int.from_bytes(way.name.encode()[:4]) + sum(way.name.encode()) * 100
        line.answer(page(number + int(line.path[9:])).encode(), Content_Type="text/html; charset=utf-8")
    else:
        line.answer(status=404)


def good_feed(url: str, kind: str = "feed", count: int = ARTICLES) -> bytes:
    addresses = [f"{url}/article/{number}" for number in range(count)]
    if kind == "sitemap":
        today = datetime.now(UTC).date()  # what has no date is old news to a first poll
        lines = "".join(f"<url><loc>{each}</loc><lastmod>{today}</lastmod></url>" for each in addresses)
        return f"<urlset>{lines}</urlset>".encode()
    if kind == "wordpress":
        posts = [
            {"id": n, "link": each, "title": {"rendered": f"Report at {each}"}} for n, each in enumerate(addresses)
        ]
        return json.dumps(posts).encode()
    if kind == "listing":
        return "".join(f'<a href="{each}">Report at {each}</a>' for each in addresses).encode()
    return rss("The Outlet", url, [Headline(each, f"Report at {each}") for each in addresses])
