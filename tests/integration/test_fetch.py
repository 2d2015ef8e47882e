"""Fetching from a real server on loopback: every way a GET can end, and the limits that it keeps."""

import gzip
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from email.utils import formatdate
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import brotli
import pytest
import zstandard

from ingest.fetch import Fetcher
from ingest.models import Fetch, Outcome, Validators
from ingest.settings import FetchSettings

pytestmark = pytest.mark.timeout(20)  # a limit that breaks would otherwise hang

LOOPBACK = ("127.0.0.0/8",)
FEED = b"<rss><channel><title>Ma\xc3\xb1ana</title></channel></rss>" * 40
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=6),
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=1),
    "zstd": zstandard.compress,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each body waits 40 ms for the acknowledgement of its headers
    server: "Outlet"

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers))
        self.server.routes[self.path](self)

    def log_message(self, *_: Any) -> None:
        """A quiet server."""


Route = Callable[[Handler], None]


class Outlet(ThreadingHTTPServer):
    """A server whose routes are functions; remembers what it was asked. `closing` is set when the test is over."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, Message]] = []
        self.connections = 0
        self.closing = Event()
        self._thread = Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def port(self) -> int:
        return self.server_port

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up early is what many of these tests want."""

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    server = Outlet()
    yield server
    server.stop()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    shared = Fetcher(settings())
    yield shared
    shared.close()


def settings(**changes: Any) -> FetchSettings:
    """Limits that a test on loopback never meets, but for the changes."""
    values: dict[str, Any] = {"allow_addresses": LOOPBACK, "timeout": 5.0, "deadline": 10.0}
    return FetchSettings(**(values | changes))


def get(url: str, validators: Validators | None = None, **changes: Any) -> Fetch:
    """One GET with these settings."""
    fetcher = Fetcher(settings(**changes))
    try:
        return fetcher.get(url, validators)
    finally:
        fetcher.close()


def answer(body: bytes = b"", status: int = 200, **headers: str) -> Route:
    """A route with a whole answer; Content_Type="..." becomes Content-Type: ..."""

    def route(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return route


def raw(answer: bytes) -> Route:
    """A route that writes these bytes and hangs up."""

    def route(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(answer)

    return route


def endless(beginning: bytes, again: bytes, pause: float = 0.0) -> Route:
    """A route that never stops writing by itself."""

    def route(handler: Handler) -> None:
        handler.wfile.write(beginning)
        while not handler.server.closing.wait(pause):
            handler.wfile.write(again)

    return route


# ── what a GET is ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_comes_with_its_body_type_and_validators(outlet: Outlet, fetcher: Fetcher) -> None:
    modified = "Sun, 01 Mar 2026 12:00:00 GMT"
    outlet.routes["/feed"] = answer(FEED, Content_Type="application/rss+xml", ETag='W/"1"', Last_Modified=modified)
    fetch = fetcher.get(outlet.url("/feed"))
    body_hash = sha256(FEED).hexdigest()[:16]
    assert (fetch.outcome, fetch.status, fetch.error) == (Outcome.OK, 200, "")
    assert fetch.body == FEED
    assert fetch.content_type == "application/rss+xml"
    assert fetch.validators == Validators(etag='W/"1"', last_modified=modified, body_hash=body_hash)
    assert fetch.requested == fetch.url == outlet.url("/feed")
    assert 0 < fetch.elapsed < 5


def test_the_request_says_who_asks_and_what_is_wanted(outlet: Outlet) -> None:
    outlet.routes["/"] = answer(FEED)
    get(outlet.url("/"), user_agent="newswire/1 (+https://example.com)")
    headers = outlet.asked[0][1]
    assert headers["User-Agent"] == "newswire/1 (+https://example.com)"
    assert "application/rss+xml" in headers["Accept"]
    assert "text/html" in headers["Accept"]
    assert headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert "If-None-Match" not in headers
    assert "If-Modified-Since" not in headers


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize(
    ("coding", "pack"),
    [*PACK.items(), ("gzip, br", lambda body: PACK["br"](PACK["gzip"](body))), ("x-gzip", gzip.compress)],
)
def test_a_compressed_body_comes_unpacked(
    outlet: Outlet, fetcher: Fetcher, coding: str, pack: Callable[[bytes], bytes], length: bool
) -> None:
    packed = pack(FEED)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n".encode()
    head += f"Content-Length: {len(packed)}\r\n\r\n".encode() if length else b"\r\n"
    outlet.routes["/"] = raw(head + packed)
    assert fetcher.get(outlet.url("/")).body == FEED


def test_a_chunked_body_comes_whole(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: 1\r\n\r\n"
    )
    assert fetcher.get(outlet.url("/")).body == b"abcdefg"


@pytest.mark.parametrize("first", [b"100 Continue", b"102 Processing", b"103 Early Hints", b"199 Whatever"], ids=repr)
def test_answers_that_come_before_the_answer_are_passed_over(outlet: Outlet, fetcher: Fetcher, first: bytes) -> None:
    before = b"HTTP/1.1 " + first + b"\r\nLink: </style.css>\r\n\r\n"
    outlet.routes["/"] = raw(before * 3 + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed")
    assert fetcher.get(outlet.url("/")).body == b"feed"


def test_an_empty_200_is_an_answer_like_any_other(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(b"")
    fetch = fetcher.get(outlet.url("/"))
    assert (fetch.outcome, fetch.body) == (Outcome.OK, b"")


def test_the_environment_adds_no_proxy_and_no_password(
    outlet: Outlet, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    outlet.routes["/"] = answer(FEED)
    assert fetcher.get(outlet.url("/")).ok
    assert "Authorization" not in outlet.asked[0][1]


def test_two_gets_of_one_host_share_a_connection(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(FEED)
    assert fetcher.get(outlet.url("/")).ok
    assert fetcher.get(outlet.url("/")).ok
    assert outlet.connections == 1


def test_a_connection_idle_for_a_minute_is_not_used_again(
    outlet: Outlet, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.routes["/"] = answer(FEED)
    assert fetcher.get(outlet.url("/")).ok
    monkeypatch.setattr("ingest.fetch.connection._IDLE", 0.0)
    assert fetcher.get(outlet.url("/")).ok
    assert outlet.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
    assert fetcher.get(outlet.url("/")).body == b"abc"
    time.sleep(0.1)
    assert fetcher.get(outlet.url("/")).body == b"abc"


def test_sixteen_threads_share_a_fetcher(outlet: Outlet, fetcher: Fetcher) -> None:
    paths = [f"/{number}" for number in range(200)]
    for path in paths:
        outlet.routes[path] = answer(path.encode() * 1_000)
    with ThreadPoolExecutor(16) as threads:
        fetches = list(threads.map(lambda path: fetcher.get(outlet.url(path)), paths))
    assert [fetch.body for fetch in fetches] == [path.encode() * 1_000 for path in paths]
    assert outlet.connections <= 16


# ── conditional GET ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_validators_go_back_to_the_server_as_they_came(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(status=304)
    fetcher.get(outlet.url("/"), Validators(etag='W/"\xe9 opaque"', last_modified="any text"))
    headers = outlet.asked[0][1]
    assert headers["If-None-Match"] == 'W/"\xe9 opaque"'
    assert headers["If-Modified-Since"] == "any text"


def test_a_304_keeps_the_validators_that_it_does_not_state(outlet: Outlet, fetcher: Fetcher) -> None:
    known = Validators(etag='"1"', last_modified="yesterday", body_hash="0" * 16)
    outlet.routes["/"] = answer(status=304, ETag='"2"')
    fetch = fetcher.get(outlet.url("/"), known)
    assert (fetch.outcome, fetch.status, fetch.error) == (Outcome.NOT_MODIFIED, 304, "")
    assert fetch.validators == Validators(etag='"2"', last_modified="yesterday", body_hash="0" * 16)


def test_a_200_replaces_all_validators_even_by_none(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(FEED)
    fetch = fetcher.get(outlet.url("/"), Validators(etag='"1"', last_modified="yesterday", body_hash="0" * 16))
    assert fetch.outcome is Outcome.OK
    assert fetch.validators == Validators(body_hash=sha256(FEED).hexdigest()[:16])


def test_a_200_with_the_known_body_is_not_modified_and_brings_its_new_validators(
    outlet: Outlet, fetcher: Fetcher
) -> None:
    outlet.routes["/"] = answer(FEED, ETag='"1"')
    first = fetcher.get(outlet.url("/"))
    outlet.routes["/"] = answer(FEED, ETag='"2"')
    second = fetcher.get(outlet.url("/"), first.validators)
    assert (second.outcome, second.status, second.body) == (Outcome.NOT_MODIFIED, 200, b"")
    assert second.validators == Validators(etag='"2"', body_hash=first.validators.body_hash)


@pytest.mark.parametrize("known", [None, Validators(body_hash="0" * 16)])
def test_a_304_that_nobody_asked_for_is_an_error(outlet: Outlet, fetcher: Fetcher, known: Validators | None) -> None:
    outlet.routes["/"] = answer(status=304)
    fetch = fetcher.get(outlet.url("/"), known)
    assert (fetch.outcome, fetch.status) == (Outcome.HTTP_ERROR, 304)


# ── other answers ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [202, 204, 206, 300, 400, 401, 403, 404, 429, 500, 503, 599, 999])
def test_an_answer_without_a_whole_body_is_an_http_error_and_keeps_the_validators(
    outlet: Outlet, fetcher: Fetcher, status: int
) -> None:
    known = Validators(etag='"1"', body_hash="0" * 16)
    outlet.routes["/"] = answer(b"" if status == 204 else b"an error page", status=status)
    fetch = fetcher.get(outlet.url("/"), known)
    assert (fetch.outcome, fetch.status, fetch.body) == (Outcome.HTTP_ERROR, status, b"")
    assert fetch.error.startswith(f"127.0.0.1: answered {status}")
    assert fetch.validators == known


def test_a_410_is_gone(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(b"bye", status=410)
    fetch = fetcher.get(outlet.url("/"))
    assert (fetch.outcome, fetch.status, fetch.error) == (Outcome.GONE, 410, "127.0.0.1: answered 410 Gone")


def test_how_long_it_is_fresh_is_heard_on_a_200_and_a_304_and_no_failure(outlet: Outlet, fetcher: Fetcher) -> None:
    for status in (200, 304, 500):
        outlet.routes[f"/{status}"] = answer(FEED if status == 200 else b"", status=status, Cache_Control="max-age=900")
    known = Validators(etag='"1"')
    found = {status: fetcher.get(outlet.url(f"/{status}"), known).fresh_for for status in (200, 304, 500)}
    assert found == {200: 900.0, 304: 900.0, 500: None}


def test_retry_after_is_heard_on_any_answer_but_a_200(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/200"] = answer(FEED, Retry_After="60")
    outlet.routes["/429"] = answer(status=429, Retry_After="60")
    outlet.routes["/503"] = answer(status=503, Retry_After=formatdate(time.time() + 600, usegmt=True))
    outlet.routes["/404"] = answer(status=404, Retry_After="never")
    waits = {status: fetcher.get(outlet.url(f"/{status}")).retry_after for status in (200, 429, 404, 503)}
    late = waits.pop(503)
    assert waits == {200: None, 429: 60.0, 404: None}
    assert late is not None
    assert 590 < late <= 600


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_the_final_address_told(outlet: Outlet, fetcher: Fetcher, status: int) -> None:
    outlet.routes["/old"] = answer(b"moved", status=status, Location="/new")
    outlet.routes["/new"] = answer(FEED)
    fetch = fetcher.get(outlet.url("/old"), Validators(etag='"1"'))
    assert (fetch.outcome, fetch.body) == (Outcome.OK, FEED)
    assert (fetch.requested, fetch.url) == (outlet.url("/old"), outlet.url("/new"))
    assert [headers["If-None-Match"] for _, headers in outlet.asked] == ['"1"', '"1"']


def test_redirects_end_after_the_allowed_number(outlet: Outlet) -> None:
    for number in range(5):
        outlet.routes[f"/{number}"] = answer(status=302, Location=f"/{number + 1}")
    outlet.routes["/5"] = answer(FEED)
    assert get(outlet.url("/0"), max_redirects=5).ok
    fetch = get(outlet.url("/0"), max_redirects=4)
    assert fetch.outcome is Outcome.TOO_MANY_REDIRECTS
    assert "127.0.0.1" in fetch.error


def test_a_redirect_in_a_circle_ends(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/a"] = answer(status=301, Location="/b")
    outlet.routes["/b"] = answer(status=301, Location="/a")
    assert fetcher.get(outlet.url("/a")).outcome is Outcome.TOO_MANY_REDIRECTS
    assert len(outlet.asked) == 11


@pytest.mark.parametrize(
    "location",
    ["ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "https://", "http://[", "http://a:99999/",
     "http://a..b/", "http://example.com:0/", "\u00c2\u00a0http://example.com/"],
)  # fmt: skip
def test_a_redirect_to_no_address_is_a_bad_url_that_names_it(outlet: Outlet, fetcher: Fetcher, location: str) -> None:
    outlet.routes["/"] = answer(status=302, Location=location)
    fetch = fetcher.get(outlet.url("/"))
    assert fetch.outcome is Outcome.BAD_URL
    assert fetch.url != fetch.requested


def test_a_redirect_that_leads_nowhere_is_an_http_error(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = answer(status=302)
    fetch = fetcher.get(outlet.url("/"))
    assert (fetch.outcome, fetch.status) == (Outcome.HTTP_ERROR, 302)


def test_the_page_behind_a_redirect_is_never_read(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = endless(b"HTTP/1.1 302 Found\r\nLocation: /new\r\n\r\n", b"x" * 65_536)
    outlet.routes["/new"] = answer(FEED)
    fetch = fetcher.get(outlet.url("/"))
    assert fetch.ok
    assert fetch.elapsed < 4


def test_a_cookie_lives_through_the_redirects_of_one_get_and_no_longer(outlet: Outlet, fetcher: Fetcher) -> None:
    def wall(handler: Handler) -> None:
        page = answer(FEED) if handler.headers["Cookie"] else answer(status=302, Location="/", Set_Cookie="seen=1")
        page(handler)

    outlet.routes["/"] = wall
    assert fetcher.get(outlet.url("/")).ok
    assert fetcher.get(outlet.url("/")).ok
    assert [headers["Cookie"] for _, headers in outlet.asked] == [None, "seen=1", None, "seen=1"]


# ── the address guard ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
     "[::]"],
)  # fmt: skip
def test_loopback_is_refused_however_it_is_written(outlet: Outlet, host: str) -> None:
    outlet.routes["/"] = answer(FEED)
    fetch = get(outlet.url("/", host), allow_addresses=())
    assert fetch.outcome is Outcome.REFUSED_ADDRESS
    assert "[fetch] allow_addresses" in fetch.error
    assert outlet.connections == 0


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://100.64.0.1/"])
def test_a_private_address_is_refused_before_anything_is_sent(url: str) -> None:
    fetch = get(url, deadline=1.0)
    assert fetch.outcome is Outcome.REFUSED_ADDRESS
    assert fetch.error.count(url.split("/")[2]) == 2, "as the host, and as the address that was refused"


def test_a_redirect_to_a_private_address_is_refused(outlet: Outlet) -> None:
    outlet.routes["/"] = answer(status=302, Location=outlet.url("/secret", "127.0.0.2"))
    fetch = get(outlet.url("/"), allow_addresses=("127.0.0.1/32",))
    assert (fetch.outcome, fetch.url) == (Outcome.REFUSED_ADDRESS, outlet.url("/secret", "127.0.0.2"))


def names(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> None:
    """Stands in for the resolver: each look-up of a name takes its next answer."""
    resolve = socket.getaddrinfo

    def answered(host: str, *rest: Any, **options: Any) -> Any:
        if host not in answers:
            return resolve(host, *rest, **options)
        return [info for address in answers[host].pop(0) for info in resolve(address, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", answered)


def test_the_address_that_was_checked_is_the_one_connected_to(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"rebinding.example": [["127.0.0.1"], ["127.0.0.2"]]})
    outlet.routes["/"] = answer(FEED)
    assert get(outlet.url("/", "rebinding.example"), allow_addresses=("127.0.0.1/32",)).ok
    assert get(outlet.url("/", "rebinding.example"), allow_addresses=("127.0.0.1/32",)).outcome is (
        Outcome.REFUSED_ADDRESS
    )


def test_only_the_allowed_addresses_of_a_name_are_tried(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"both.example": [["10.0.0.1", "::1", "127.0.0.1"]]})
    outlet.routes["/"] = answer(FEED)
    fetch = get(outlet.url("/", "both.example"), timeout=0.5, deadline=1.0)
    assert fetch.ok
    assert outlet.asked[0][1]["Host"] == f"both.example:{outlet.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"two.example": [["127.0.0.3", "127.0.0.1"]]})
    outlet.routes["/"] = answer(FEED)  # the server listens on 127.0.0.1 alone
    assert get(outlet.url("/", "two.example")).ok


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_server_is_given_up_after_the_time_out(outlet: Outlet) -> None:
    outlet.routes["/"] = lambda handler: void(handler.server.closing.wait(5))
    fetch = get(outlet.url("/"), timeout=0.3)
    assert fetch.outcome is Outcome.TIMEOUT
    assert 0.3 <= fetch.elapsed < 4


def void(_: object) -> None:
    """For routes that return something."""


DRIPS = {
    "the headers": endless(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", 0.05),
    "the headers of an error": endless(b"HTTP/1.1 404 Not Found\r\nX-Long: ", b"x", 0.05),
    "the headers of a redirect": endless(b"HTTP/1.1 302 Found\r\nLocation: http://a..b/\r\nX: ", b"x", 0.05),
    "the headers, a line at a time": endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05),
    "the body": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", 0.05),
    "a body without length": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.05),
    "a chunked body": endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
    "a chunk's length": endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", 0.05),
    "a compressed body": endless(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], b"\x00\x00\x00\xff\xff", 0.05
    ),
    "answers that say to wait for another": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
}


@pytest.mark.parametrize("what", DRIPS)
def test_the_deadline_ends_a_server_that_drips(outlet: Outlet, what: str) -> None:
    outlet.routes["/"] = DRIPS[what]
    fetch = get(outlet.url("/"), timeout=5.0, deadline=0.4)
    assert fetch.outcome is Outcome.TIMEOUT
    assert 0.4 <= fetch.elapsed < 4
    assert fetch.body == b""
    assert fetch.error == "127.0.0.1: not done within 0.4 s ([fetch] deadline)"


def test_the_deadline_counts_all_redirects_together(outlet: Outlet) -> None:
    def slow(handler: Handler) -> None:
        handler.server.closing.wait(0.15)
        answer(status=302, Location="/")(handler)

    outlet.routes["/"] = slow
    fetch = get(outlet.url("/"), deadline=0.4, max_redirects=100)
    assert fetch.outcome is Outcome.TIMEOUT
    assert fetch.elapsed < 4


def test_the_deadline_ends_a_drip_on_a_connection_that_was_kept_open(outlet: Outlet) -> None:
    fetcher = Fetcher(settings(deadline=0.4))
    outlet.routes["/"] = answer(FEED)
    assert fetcher.get(outlet.url("/")).ok
    outlet.routes["/"] = DRIPS["the headers"]
    assert fetcher.get(outlet.url("/")).outcome is Outcome.TIMEOUT
    fetcher.close()
    assert outlet.connections == 1


def test_the_deadline_of_one_get_leaves_the_others_alone(outlet: Outlet) -> None:
    fetcher = Fetcher(settings(deadline=0.6))
    outlet.routes["/drip"] = DRIPS["the body"]
    outlet.routes["/"] = answer(FEED)
    with ThreadPoolExecutor(8) as threads:
        drips = [threads.submit(fetcher.get, outlet.url("/drip")) for _ in range(4)]
        good = [fetcher.get(outlet.url("/")).outcome for _ in range(100)]
    fetcher.close()
    assert {drip.result().outcome for drip in drips} == {Outcome.TIMEOUT}
    assert set(good) == {Outcome.OK}


def test_the_deadline_ends_a_look_up_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(10))
    fetch = get("http://slow.example/", deadline=0.4)
    over.set()
    assert fetch.outcome is Outcome.TIMEOUT
    assert fetch.elapsed < 4


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_deadline_ends_a_tls_handshake_that_hangs(deaf: int) -> None:
    fetch = get(f"https://127.0.0.1:{deaf}/", timeout=5.0, deadline=0.4)
    assert fetch.outcome is Outcome.TIMEOUT
    assert fetch.elapsed < 4


@pytest.mark.parametrize("limits", [{"timeout": 0.3}, {"deadline": 0.3}], ids=str)
def test_a_server_that_takes_no_connection_is_given_up(limits: dict[str, Any]) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(("127.0.0.1", port))
        fetch = get(f"http://127.0.0.1:{port}/", **limits)
        for line in waiting:
            line.close()
    assert fetch.outcome is Outcome.TIMEOUT
    assert 0.3 <= fetch.elapsed < 4


def test_a_body_of_exactly_the_limit_is_taken(outlet: Outlet) -> None:
    outlet.routes["/"] = answer(b"x" * 1_000)
    assert get(outlet.url("/"), max_bytes=1_000).ok


def test_a_length_over_the_limit_is_refused_before_the_body_is_read(outlet: Outlet) -> None:
    outlet.routes["/"] = endless(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", b"", 0.05)
    fetch = get(outlet.url("/"), max_bytes=1_000)
    assert (fetch.outcome, fetch.body) == (Outcome.TOO_LARGE, b"")
    assert fetch.error == "127.0.0.1: sends more than 1000 bytes ([fetch] max_bytes)"
    assert fetch.elapsed < 4


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (b"\r\n", b"x" * 4_096),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4_096 + b"\r\n"),
        (b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10], b"\x00\x00\x00\xff\xff" * 1_000),
        (b"Content-Encoding: deflate\r\n\r\n\x78\x9c", b"\x00\x00\x00\xff\xff" * 1_000),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", b"X-Trailer: yes\r\n" * 1_000),
    ],
    ids=["without length", "chunked", "gzip that unpacks to nothing", "deflate that unpacks to nothing", "trailers"],
)
def test_a_body_without_end_is_stopped_at_the_limit(outlet: Outlet, head: bytes, again: bytes) -> None:
    outlet.routes["/"] = endless(b"HTTP/1.1 200 OK\r\n" + head, again)
    fetch = get(outlet.url("/"), max_bytes=1_000_000)
    assert (fetch.outcome, fetch.body) == (Outcome.TOO_LARGE, b"")
    assert fetch.elapsed < 5


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_what_is_not_the_coding_that_it_says_is_a_connection_error(
    outlet: Outlet, fetcher: Fetcher, coding: str
) -> None:
    outlet.routes["/"] = answer(b"<html>plain</html>", Content_Encoding=coding)
    assert fetcher.get(outlet.url("/")).outcome is Outcome.CONNECTION_ERROR


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "zstd", "br, gzip, zstd"])
def test_a_compression_bomb_is_stopped_early_and_in_little_memory(outlet: Outlet, coding: str) -> None:
    bomb, small = bytes(30_000_000), FEED
    for each in coding.split(", "):
        bomb, small = PACK[each](bomb), PACK[each](small)
    outlet.routes["/"] = answer(bomb, Content_Encoding=coding)
    outlet.routes["/small"] = answer(small, Content_Encoding=coding)
    assert get(outlet.url("/small")).body == FEED  # what a first GET loads and keeps is none of the bomb's memory
    tracemalloc.start()
    try:
        fetch = get(outlet.url("/"), max_bytes=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert fetch.outcome is Outcome.TOO_LARGE, fetch.error
    assert peak < 4_000_000


# ── failures below HTTP ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["", "feed", "http://", "http://a:99999/", "http://a b/", "http://a/\n", "ftp://a/",
                                 "http://a..b/", f"http://{'a' * 64}.example/", "http://\u2603\ufe0f\u0300--\u200d/",
                                 "http://*.example/", "http://xn--\xf1.example/"])  # fmt: skip
def test_what_is_no_address_is_a_bad_url(fetcher: Fetcher, url: str) -> None:
    fetch = fetcher.get(url)
    assert fetch.outcome is Outcome.BAD_URL
    assert fetch.requested == url
    assert fetch.error


def test_a_name_that_nobody_has_is_not_found(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fetch = fetcher.get("http://nobody.invalid/")
    assert fetch.outcome is Outcome.NAME_NOT_FOUND
    assert fetch.error == "nobody.invalid: the name was not found: Name or service not known"


def test_a_port_where_nothing_listens_is_a_connection_error(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    fetch = fetcher.get(f"http://127.0.0.1:{port}/")
    assert fetch.outcome is Outcome.CONNECTION_ERROR
    assert "Connection refused" in fetch.error


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip" + b", gzip" * 9 + b"\r\n\r\nabcd",
        CHUNKED + b"5\r\nhalf",
        CHUNKED + b"4\r\nhalf\r\n",
        CHUNKED + b"zz\r\nhalf\r\n",
    ],
    ids=repr,
)
def test_an_answer_that_breaks_off_or_cannot_be_read_is_a_connection_error(
    outlet: Outlet, fetcher: Fetcher, said: bytes
) -> None:
    outlet.routes["/"] = raw(said)
    fetch = fetcher.get(outlet.url("/"))
    assert (fetch.outcome, fetch.body) == (Outcome.CONNECTION_ERROR, b"")
    assert fetch.error.startswith("127.0.0.1: ")


def test_a_coding_that_nobody_asked_for_is_an_error_where_it_cannot_be_unpacked(
    outlet: Outlet, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib3.response.HTTPResponse.CONTENT_DECODERS", ["gzip", "deflate"])
    outlet.routes["/"] = answer(b"\x0b\x02\x80abcd\x03", Content_Encoding="br")
    fetch = fetcher.get(outlet.url("/"))
    assert (fetch.outcome, fetch.body) == (Outcome.CONNECTION_ERROR, b"")
    assert fetch.error == "127.0.0.1: sends br, which nobody asked for and nothing here unpacks"


def test_what_a_server_says_stays_one_harmless_line_in_the_error(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/"] = raw(b"\x1b[31mHTTP?\r\x07" + b"x" * 10_000 + b"\r\n\r\n")
    error = fetcher.get(outlet.url("/")).error
    assert error.isprintable()
    assert len(error) < 300


def test_a_fetcher_works_on_after_a_failure(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.routes["/bad"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    outlet.routes["/good"] = answer(FEED)
    outcomes = [fetcher.get(outlet.url(path)).outcome for path in ("/bad", "/good", "/bad", "/good")]
    assert outcomes == [Outcome.CONNECTION_ERROR, Outcome.OK] * 2


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost` that is its own authority, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed; it makes the certificate of this test")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return both


@pytest.fixture
def tls_outlet(certificate: Path) -> Iterator[Outlet]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Outlet(context)
    server.routes["/"] = answer(FEED)
    yield server
    server.stop()


def get_trusting(authority: Path, url: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Fetch:
    """One GET on a machine that has this certificate among its authorities; they are read once in each thread."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(get, url, **changes).result()


def test_tls_trusts_the_authorities_of_the_machine(
    tls_outlet: Outlet, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get_trusting(certificate, tls_outlet.url("/", "localhost", "https"), monkeypatch).body == FEED


def test_tls_verifies_the_name_although_an_address_was_connected_to(
    tls_outlet: Outlet, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"other.example": [["127.0.0.1"]]})
    fetch = get_trusting(certificate, tls_outlet.url("/", "other.example", "https"), monkeypatch)
    assert fetch.outcome is Outcome.TLS_ERROR
    assert "other.example: TLS failed: Hostname mismatch" in fetch.error


def test_an_unknown_authority_is_a_tls_error(tls_outlet: Outlet, fetcher: Fetcher) -> None:
    fetch = fetcher.get(tls_outlet.url("/", "localhost", "https"))
    assert (fetch.outcome, fetch.status) == (Outcome.TLS_ERROR, 0)
    assert fetch.error == "localhost: TLS failed: self-signed certificate"
    assert tls_outlet.asked == []


def test_a_server_that_speaks_no_tls_is_a_tls_error(outlet: Outlet, fetcher: Fetcher) -> None:
    assert fetcher.get(outlet.url("/", scheme="https")).outcome is Outcome.TLS_ERROR


def test_the_deadline_ends_a_drip_over_tls(
    tls_outlet: Outlet, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls_outlet.routes["/"] = DRIPS["a body without length"]
    url = tls_outlet.url("/", "localhost", "https")
    fetch = get_trusting(certificate, url, monkeypatch, timeout=5.0, deadline=0.5)
    assert fetch.outcome is Outcome.TIMEOUT
    assert fetch.elapsed < 4


def test_the_threads_of_a_fetcher_share_tls_connections(
    tls_outlet: Outlet, certificate: Path, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = tls_outlet.url("/", "localhost", "https")
    with ThreadPoolExecutor(16) as threads:
        fetches = list(threads.map(lambda _: fetcher.get(url), range(100)))
    assert {(fetch.outcome, fetch.error) for fetch in fetches} == {(Outcome.OK, "")}
    assert tls_outlet.connections <= 16
