"""One process of the newswire: a scheduler, a fetch worker (threads) or a process worker (one task at a time).

A process worker arms hard limits around each task: a C thread that ends the process when the time is up, even while
other C code holds the interpreter lock, and a bound on memory. Whoever supervises it starts another; the attempt was
counted, and the work is found again in `due`.
"""

import faulthandler
import logging
import os
import resource
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

from celery import Celery, signals

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.settings import Settings
from ingest.store import Heartbeat, Store, open_store
from ingest.store.counts import HEARTBEAT_SECONDS, Kind
from workers import address
from workers.app import make_app
from workers.scheduler import Scheduler
from workers.tasks import register
from workers.webhooks import Senders

GRACE_SECONDS = 5.0
"""After a signal to stop, work in hand may finish for so long; then it goes back into `due`."""

_log = logging.getLogger("teletipo.process")


def run_scheduler(settings: Settings, store_url: str) -> None:
    """Lease what is due until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = _store(settings, store_url)
    _start_beating(store, "scheduler", slots=0, check=lambda: None)
    Scheduler(settings, store, make_app(settings, store_url)).serve(stop)
    with suppress(Exception):
        store.silence(_name("scheduler"))


def run_fetch_worker(settings: Settings, store_url: str) -> None:
    """Fetch feeds and pages on threads until SIGTERM or Ctrl-C."""
    context = cache(lambda: _context(settings, store_url))
    app = make_app(settings, store_url)
    register(app, context, around=lambda step: step())
    _work(app, context, "fetch", ["--pool=threads", f"--concurrency={settings.workers.fetch_threads}"])


def run_process_worker(settings: Settings, store_url: str) -> None:
    """Process one article at a time under hard limits until SIGTERM or Ctrl-C."""
    context = cache(lambda: _context(settings, store_url))
    app = make_app(settings, store_url)
    register(app, context, around=lambda step: _limited(step, settings.workers.process_seconds))
    _limit_memory(settings.workers.process_megabytes)
    _work(app, context, "process", ["--pool=solo"])


def run_api(settings: Settings, store_url: str) -> None:
    """Serve HTTP and the page until SIGTERM or Ctrl-C."""
    from ingest.api import create_app
    from ingest.api.server import Server

    store = _store(settings, store_url)
    _start_beating(store, "api", slots=0, check=lambda: None)
    server = Server(create_app(settings, store), ready=lambda: address.tell(settings.data, settings.api))
    server.serve_on(address.listen(settings.api))
    with suppress(Exception):
        store.silence(_name("api"))


def run_webhooks(settings: Settings, store_url: str) -> None:
    """Send for every webhook until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = _store(settings, store_url)
    _start_beating(store, "webhooks", slots=len(settings.webhooks), check=lambda: None)
    Senders(settings, store, Fetcher(settings.fetch)).serve(stop, GRACE_SECONDS)
    with suppress(Exception):
        store.silence(_name("webhooks"))


RUNNERS: dict[str, Callable[[Settings, str], None]] = {
    "scheduler": run_scheduler,
    "fetch": run_fetch_worker,
    "process": run_process_worker,
    "api": run_api,
    "webhooks": run_webhooks,
}


# ── parts ──


def _work(app: Celery, context: Callable[[], Context], queue: Literal["fetch", "process"], options: list[str]) -> None:
    slots = context().settings.workers.fetch_threads if queue == "fetch" else 1
    signals.worker_shutting_down.connect(lambda **_: _leave_soon(context()), weak=False)
    signals.worker_ready.connect(
        lambda **_: _start_beating(context().store, queue, slots, check=lambda: _expect_none_overdue(context())),
        weak=False,
    )
    # Celery fears pickled messages, and says so in ten lines to whoever is root; ours are JSON.
    warnings.filterwarnings("ignore", "You're running the worker with superuser privileges")
    app.worker_main(
        ["worker", f"--queues={queue}", f"--hostname={_name(queue)}", "--loglevel=WARNING", "--without-gossip",
         "--without-mingle", "--without-heartbeat", *options]
    )  # fmt: skip
    with suppress(Exception):
        context().store.silence(_name(queue))


def _context(settings: Settings, store_url: str) -> Context:
    return Context(settings, _store(settings, store_url), Fetcher(settings.fetch))


def _store(settings: Settings, store_url: str) -> Store:
    """Wait for the store: after a restart it may still be loading, and compose starts us side by side."""
    while True:
        try:
            return open_store(store_url, settings.store.prefix, settings.retention)
        except Exception as error:
            _log.warning("waiting for the store: %s", error)
            time.sleep(1.0)


def _limited(step: Callable[[], str], seconds: float) -> str:
    faulthandler.dump_traceback_later(seconds, exit=True, file=2)
    try:
        return step()
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit_memory(megabytes: int) -> None:
    """Above what the process has mapped already; where the system knows no such limit, there is none."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize()
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (mapped + megabytes * 1_000_000, resource.RLIM_INFINITY))


def _leave_soon(context: Context) -> None:
    """Work that is still in hand when the grace is over goes back into `due`, and the process ends."""

    def leave() -> None:
        try:
            context.give_back()
        finally:
            os._exit(0)

    timer = threading.Timer(GRACE_SECONDS, leave)
    timer.daemon = True
    timer.start()


def _expect_none_overdue(context: Context) -> None:
    """A thread that outlived its lease hangs and cannot be stopped; the process can."""
    if overdue := context.overdue():
        _log.error("a step outlived its lease: %s; this worker ends and is started again", ", ".join(overdue))
        os._exit(70)


def _start_beating(store: Store, kind: Kind, slots: int, check: Callable[[], None]) -> None:
    heartbeat = Heartbeat(
        name=_name(kind), kind=kind, host=socket.gethostname(), pid=os.getpid(), slots=slots, started=time.time()
    )

    def beat() -> None:
        while True:
            check()
            with suppress(Exception):  # a store that is away comes back
                store.beat(heartbeat)
            time.sleep(HEARTBEAT_SECONDS)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()


def _name(kind: str) -> str:
    return f"{kind}-{os.getpid()}@{socket.gethostname()}"
