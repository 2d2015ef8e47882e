"""Who may ask, from where, and what is said to everybody else."""

import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from ingest.api import auth
from ingest.settings import Settings
from ingest.store import EmbeddedServer, Store, open_store
from tests.conftest import WriteConfig
from tests.e2e.newswire import until
from tests.integration.serving import ALLOWED, TOKEN, Api, serving
from workers.demo.outlet import Outlet

MAIN = f'[api]\ntokens = ["another token than that", "{TOKEN}"]\n'
PATHS = (
    "/articles",
    "/queues",
    "/queues/all/events",
    "/queues/all/feed.atom",
    "/sources",
    "/dead",
    "/readyz",
    "/metrics",
)


@pytest.fixture
def api(write_config: WriteConfig, outlet: Outlet, store: Store) -> Iterator[Api]:
    with serving(write_config(outlet), store) as running:
        yield running


@pytest.fixture
def locked(write_config: WriteConfig, outlet: Outlet, store: Store) -> Iterator[Api]:
    with serving(write_config(outlet, main=MAIN), store) as running:
        yield running


# ── tokens ──


@pytest.mark.parametrize("path", [*PATHS, "/openapi.json", "/not-there"])
def test_without_a_token_nothing_is_told_not_even_what_there_is(locked: Api, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Bearer"}):
        status, error, hint = locked.refusal(path, headers=headers)
        assert (status, error) == (401, "a token is needed")
        assert "Authorization: Bearer" in hint
    assert locked.ask(path).headers["WWW-Authenticate"] == "Bearer"


def test_with_a_token_everything_is(locked: Api) -> None:
    for each in (TOKEN, "another token than that"):
        assert locked.ask("/articles", headers={"Authorization": f"Bearer {each}"}).status_code == 200


def test_whether_it_lives_is_told_to_everybody(locked: Api) -> None:
    assert locked.get("/healthz") == {"status": "ok"}


def test_a_feed_reader_gives_the_token_as_the_password_of_any_user(locked: Api) -> None:
    assert locked.ask("/queues/all/feed.atom", auth=("anybody", TOKEN)).status_code == 200
    assert locked.ask("/queues/all/feed.atom", auth=("anybody", "wrong")).status_code == 401
    broken = b64encode(b"\xff\xfe").decode()
    for said in (broken, "not base64!", ""):
        assert locked.ask("/articles", headers={"Authorization": f"Basic {said}"}).status_code == 401


def test_the_cookie_of_a_session_stands_for_its_token_and_does_not_hold_it(locked: Api) -> None:
    value = auth.session(TOKEN)
    assert TOKEN not in value
    assert locked.ask("/articles", cookies={auth.COOKIE: value}).status_code == 200
    for wrong in (auth.session("a token of yesterday"), TOKEN, ""):
        assert locked.ask("/articles", cookies={auth.COOKIE: wrong}).status_code == 401


def test_a_browser_without_a_session_is_led_to_the_form(locked: Api) -> None:
    answer = locked.ask("/", headers={"Accept": "text/html,*/*"}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


# ── from where ──


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "", "localhost.", "a b"]
)
def test_under_a_strange_name_nothing_is_told(api: Api, host: str) -> None:
    """A web page may point a name of its own to 127.0.0.1 and then read what the browser gets there."""
    status, error, hint = api.refusal("/articles", headers={"Host": host})
    assert (status, error) == (400, "the Host header names another host")
    assert "127.0.0.1" in hint


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:7380", "127.0.0.1", "127.0.0.2:80", "[::1]:7380"])
def test_under_a_name_of_loopback_it_answers(api: Api, host: str) -> None:
    assert api.ask("/articles", headers={"Host": host}).status_code == 200


def test_where_tokens_guard_it_any_name_will_do(locked: Api) -> None:
    assert locked.ask("/articles", headers={"Host": "news.example", **ALLOWED}).status_code == 200


def test_no_other_page_may_read_an_answer(api: Api) -> None:
    strange = {"Origin": "https://evil.example"}
    answers = [
        api.ask("/articles", headers=strange),
        api.ask("/fetch", "OPTIONS", headers={**strange, "Access-Control-Request-Method": "POST"}),
    ]
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


# ── writing ──

BODY = json.dumps({"names": ["outlet"]})
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(api: Api, store: Store, headers: dict[str, str]) -> None:
    for more in (JSON, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
        status, error, _ = api.refusal("/fetch", "POST", data=BODY, headers={**headers, **more})
        assert (status, error) == (403, "this request comes from another site's page")
    assert store.due_counts() == {"fetch": 0, "process": 0}


def test_a_program_and_a_page_of_ours_may_write(api: Api) -> None:
    host = urlsplit(api.url).netloc
    for headers in ({}, {"Origin": f"http://{host}"}, {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}):
        assert api.ask("/fetch", "POST", data=BODY, headers={**JSON, **headers}).status_code == 202


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_taken(api: Api, kind: str) -> None:
    """A form of another site can send the others without asking first."""
    status, error, hint = api.refusal("/fetch", "POST", data=BODY, headers={"Content-Type": kind})
    assert (status, error) == (415, "the body is not JSON")
    assert "application/json" in hint


# ── too much, and what is broken ──


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[]", b"null", b'{"names": "outlet"}', b'{"names": ["\\ud800"]}', b""]
)
def test_a_body_that_cannot_be_read_is_refused_with_what_is_wrong(api: Api, body: bytes) -> None:
    assert api.refusal("/fetch", "POST", data=body, headers=JSON)[0] in {400, 422}


def test_a_body_without_end_is_not_read_to_it(api: Api) -> None:
    def megabytes() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    try:
        status = api.refusal("/fetch", "POST", data=megabytes(), headers=JSON)[0]
    except requests.ConnectionError:  # it hung up before all of it was sent
        status = 413
    assert status == 413
    assert api.refusal("/fetch", "POST", data=b" " * 2_000_000, headers=JSON)[0] == 413
    assert api.get("/healthz")


def test_ten_megabytes_of_headers_cost_the_asker_the_connection_and_nobody_else(api: Api) -> None:
    where = urlsplit(api.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as connection:
        sent = b"GET /articles HTTP/1.1\r\nHost: localhost\r\nX-Long: "
        answer = b""
        try:
            connection.sendall(sent)
            for _ in range(10):
                connection.sendall(b"a" * 1_000_000)
            answer = connection.recv(1000)
        except (ConnectionError, TimeoutError):
            pass
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert api.get("/healthz")


def test_a_path_and_a_method_that_are_not_there_are_told_in_the_same_shape(api: Api) -> None:
    assert api.refusal("/not-there")[:2] == (404, "not found")
    assert api.refusal("/articles", "DELETE")[:2] == (405, "method not allowed")
    assert api.ask("/articles", "DELETE").headers["Allow"] == "GET, HEAD"


# ── HEAD ──


@pytest.mark.parametrize(
    "path", [*(each for each in PATHS if not each.endswith("/events")), "/", "/healthz", "/openapi.json", "/not-there"]
)
def test_head_is_answered_as_get_is_and_without_a_body(api: Api, path: str) -> None:
    told, whole = api.ask(path, "HEAD", allow_redirects=False), api.ask(path, allow_redirects=False)
    assert told.status_code == whole.status_code
    assert told.headers.keys() == whole.headers.keys()
    assert told.headers["Content-Type"] == whole.headers["Content-Type"]
    assert told.content == b"" != whole.content


def test_head_of_a_stream_of_events_has_its_headers_and_an_end(api: Api) -> None:
    for _ in range(3):  # over one connection, which is free again each time
        answer = api.ask("/queues/all/events", "HEAD")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    until(lambda: api.server._live.listening == 0)


def test_head_does_nothing_that_get_may_not(api: Api, locked: Api) -> None:
    assert api.ask("/fetch", "HEAD").status_code == 405
    assert locked.ask("/articles", "HEAD").status_code == 401


def test_a_store_that_is_away_is_told_as_such(write_config: WriteConfig, outlet: Outlet, tmp_path: object) -> None:
    settings = write_config(outlet)
    server = EmbeddedServer(settings.data, 0)
    with server:
        store = open_store(server.url)
        with serving(settings, store) as api:
            assert api.get("/articles") == {"articles": [], "next": None}
            assert server.process
            server.process.kill()
            server.process.wait()
            answer = api.ask("/articles")
            assert answer.status_code == 503
            assert answer.json() == {"error": "the store does not answer", "hint": "ask again in a few seconds"}
            assert answer.headers["Retry-After"] == "3"
            assert api.get("/healthz") == {"status": "ok"}
            server.start()
            assert api.get("/articles") == {"articles": [], "next": None}


def test_a_fault_of_ours_shows_nothing_of_the_inside(api: Api, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("of the inside")

    monkeypatch.setattr(store, "dead_count", fail)
    answer = api.ask("/dead")
    assert answer.status_code == 500
    assert "of the inside" not in answer.text
    assert "Traceback" not in answer.text
    assert set(answer.json()) == {"error", "hint"}


def test_settings_that_would_serve_everybody_without_a_token_are_refused(
    write_config: WriteConfig, outlet: Outlet
) -> None:
    from ingest.errors import ConfigError

    with pytest.raises(ConfigError, match=r"api\.tokens is empty"):
        write_config(outlet, main='[api]\nhost = "0.0.0.0"\n')
    settings: Settings = write_config(outlet, main=f'[api]\nhost = "0.0.0.0"\ntokens = ["{TOKEN}"]\n')
    assert settings.api.host == "0.0.0.0"
