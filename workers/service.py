"""The supervisor: runs the embedded store, the scheduler and the workers, and starts again what dies.

Children are forked from a process that has everything imported, so that they share its memory and are back in a tenth
of a second; each has a session of its own (Ctrl-C reaches the supervisor alone) and dies with the supervisor. It stops
the scheduler first, then the workers, then the store. A second Ctrl-C kills.

When the configuration has changed (workers/reload.py) the children are started anew, one kind after the other: those
who do the work first, so that the scheduler hands out a new feed only when they know it.
"""

import gc
import logging
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ingest.settings import Settings
from ingest.store import EmbeddedServer, die_with_parent
from workers.process import RUNNERS
from workers.reload import Reloader

STOP_SECONDS = 7.0
"""For the children, who give work back after five; the store then has the rest of ten."""

TURNS = ("fetch", "process", "scheduler", "webhooks", "api")
"""Whose turn it is to start with new settings."""

STEADY_SECONDS = 30.0
"""A child that lived so long starts again at once; one that did not waits, twice as long each time."""

LONGEST_WAIT = 10.0
TICK = 0.05

_log = logging.getLogger("teletipo.service")


@dataclass
class Child:
    """One forked process and when to start it (again). outdated: it has settings that are no longer used; told_at: when
    it was told to end for that reason; wanted: whether another one is to follow it."""

    kind: str
    pid: int = 0
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    outdated: bool = False
    told_at: float = 0.0
    wanted: bool = True


class Supervisor:
    """Keeps children alive. `kinds`: one child each, of the kinds in RUNNERS; reloader: what to do when the
    configuration has changed."""

    def __init__(
        self,
        settings: Settings,
        store_url: str,
        kinds: Sequence[str],
        reloader: Reloader,
        server: EmbeddedServer | None = None,
    ) -> None:
        self._settings = settings
        self._store_url = store_url
        self._reloader = reloader
        self._server = server
        self._children = [Child(kind) for kind in kinds]
        self._stops = 0
        self._renewing = False
        self._had_terminal = has_terminal()

    def serve(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Run until SIGTERM or Ctrl-C; returns when every child has ended. The store is left to its owner."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores it
            signal.signal(signal.SIGHUP, self._hang_up)
        _preload()
        while not self._stops:
            self._revive_server()
            for child in self._children:
                if not child.pid and time.monotonic() >= child.start_at:
                    self._start(child)
            each_tick()
            self._renew()
            time.sleep(TICK)
            self._reap()
        self._end()

    def _stop(self, *_: object) -> None:
        self._stops += 1

    def _hang_up(self, *_: object) -> None:
        """Read the configuration again; where the terminal that we ran in was closed, stop."""
        if self._had_terminal and not has_terminal():
            self._stops += 1
        self._reloader.reread()

    def _revive_server(self) -> None:
        if self._server and not self._server.running():
            _log.warning("the store died; starting it again on its data")
            self._server.start()

    def _start(self, child: Child) -> None:
        child.started, child.outdated = time.monotonic(), False
        parent = os.getpid()
        child.pid = os.fork()
        if child.pid == 0:
            _be(child.kind, self._settings, self._store_url, parent)

    def _reap(self) -> None:
        for child in list(self._children):
            if not child.pid:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._ended(child, os.waitstatus_to_exitcode(status))

    def _ended(self, child: Child, code: int) -> None:
        told, child.told_at, child.outdated = child.told_at, 0.0, False
        if not child.wanted:
            self._children.remove(child)
            return
        if told:
            child.pid, child.start_at, child.failures = 0, 0.0, 0
            return
        lived = time.monotonic() - child.started
        child.failures = 0 if lived > STEADY_SECONDS else child.failures + 1
        wait = min(0.1 * 2 ** (child.failures - 1), LONGEST_WAIT) if child.failures else 0.0
        child.pid, child.start_at = 0, time.monotonic() + wait
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if not self._stops:
            _log.warning("%s ended (%s); starting another in %.1f s", child.kind, how, wait)

    # ── new settings ──

    def _renew(self) -> None:
        """Take new settings where there are any; then end the children of the kind whose turn it is, who still have
        the ones before. They give back what they have in hand, and their successors are started as they end."""
        if found := self._reloader.look():
            self._settings, kinds = found
            self._want(Counter(kinds))
            self._renewing = True
        for kind in TURNS:
            outdated = [child for child in self._children if child.kind == kind and child.outdated]
            for child in outdated:
                self._tell(child)
            if outdated:
                return
        if self._renewing:
            self._renewing = False
            _log.info("every process was started with the new configuration")

    def _want(self, kinds: Counter[str]) -> None:
        """So many children of each kind, all of them with the settings as they are now."""
        for child in list(self._children):
            child.wanted = kinds[child.kind] > 0
            kinds[child.kind] -= child.wanted
            child.outdated = bool(child.pid)
            if not child.wanted and not child.pid:
                self._children.remove(child)
        self._children += [Child(kind) for kind in kinds.elements()]

    def _tell(self, child: Child) -> None:
        """To end; one that does not is killed."""
        now = time.monotonic()
        with suppress(ProcessLookupError):
            if not child.told_at:
                os.kill(child.pid, signal.SIGTERM)
                child.told_at = now
            elif now > child.told_at + STOP_SECONDS:
                os.kill(child.pid, signal.SIGKILL)

    # ── the end ──

    def _end(self) -> None:
        """The scheduler first, so that nothing new is handed out; then the workers."""
        deadline = time.monotonic() + STOP_SECONDS
        for kinds in ({"scheduler"}, set(RUNNERS) - {"scheduler"}):
            self._signal(kinds, signal.SIGTERM)
            while self._any(kinds) and time.monotonic() < deadline and self._stops < 2:
                time.sleep(TICK)
                self._reap()
        self._signal(set(RUNNERS), signal.SIGKILL)
        while self._any(set(RUNNERS)):
            time.sleep(TICK)
            self._reap()

    def _any(self, kinds: set[str]) -> bool:
        return any(child.pid for child in self._children if child.kind in kinds)

    def _signal(self, kinds: set[str], number: signal.Signals) -> None:
        for child in self._children:
            if child.pid and child.kind in kinds:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def has_terminal() -> bool:
    """Whether a terminal controls this process; no longer once it was closed."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _be(kind: str, settings: Settings, store_url: str, parent: int) -> None:
    """The rest of a forked child's life."""
    code = 1
    try:
        os.setsid()
        die_with_parent(parent)()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Celery greets and takes leave here; our log is standard error
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        RUNNERS[kind](settings, store_url)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _preload() -> None:
    """Import and warm what the children need, before they are forked, and keep the collector from touching it."""
    import celery.apps.worker
    import celery.concurrency.solo
    import celery.concurrency.thread
    import celery.worker.consumer  # noqa: F401

    from ingest.compose import extract_article

    page = b"<html lang='en'><title>A page</title><article>" + b"<p>Some words of a page to warm up.</p>" * 12
    with suppress(Exception):
        extract_article(page, "https://example.org/warm")
    gc.collect()
    gc.freeze()
