"""Trivial Celery tasks a second: this project's workers beside a worker with Celery's defaults, in the same run.

    python bench/tasks.py [--messages 6000]

Each kind of worker is started on a queue that is full already, and the queue is watched: the rate is by how much it
shrinks while the worker runs steadily. Ours are the real fetch and process workers (settings, options, hard limits,
heartbeat) sent to by the scheduler's own `send`; the one thing left out is the step itself, which would only find its
lease gone. The peer is `celery worker` as it comes: prefork, one child per core, acknowledgement emulation.
On a machine that is busy otherwise go by the CPU, which waits for nobody.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil
from celery import Celery
from redis import Redis

import workers.tasks
from ingest.settings import Settings
from ingest.store import EmbeddedServer, Keys, Lease, QueueName
from workers.app import make_app
from workers.process import RUNNERS
from workers.tasks import send

SECONDS = 2.5
PATIENCE = 20.0
SETTLED = 200
"""Tasks after which a worker is taken to run steadily."""


class Rate(NamedTuple):
    """Tasks a second, and CPU of the worker and its children for each; sent_ms: of whoever sent it."""

    a_second: float
    cpu_ms: float
    sent_ms: float = 0.0


Fill = Callable[[str, int], str]
"""Store's URL and number of messages -> the key of the queue that now holds them."""


def fill_ours(queue: QueueName) -> Fill:
    """Messages as the scheduler sends them."""

    def fill(url: str, messages: int) -> str:
        app = make_app(_settings(), url)
        leases = (Lease(member=f"entry:{n:016x}", queue=queue, token=str(n)) for n in range(messages))
        send(app, leases, seconds=600.0)
        return Keys(_settings().store.prefix).celery + queue

    return fill


def run_ours(queue: QueueName, url: str) -> None:
    setattr(workers.tasks, "run", _nothing_to_do)  # noqa: B010 - mypy minds that its arguments are taken unseen
    RUNNERS[queue](_settings(), url)


def _nothing_to_do(*_: object) -> str:
    return "nothing to do"


def fill_defaults(url: str, messages: int) -> str:
    app = _defaults(url)
    for number in range(messages):
        app.send_task("nothing", args=[f"entry:{number:016x}", "process", str(number)])
    return "celery"


def run_defaults(url: str) -> None:
    _defaults(url).worker_main(["worker"])


def _defaults(url: str) -> Celery:
    app = Celery("defaults", broker=url)
    app.task(name="nothing")(_nothing)
    return app


def _nothing(member: str, queue: str, token: str) -> None:
    """A task that has nothing to do."""


def _settings() -> Settings:
    return Settings(config=Path(), data=Path())


def measure(url: str, fill: Fill, work: Callable[[str], None], messages: int) -> Rate:
    """What one such worker does. Each kind has a queue of its own, so that what is left over is no harm."""
    began = time.process_time()
    key = fill(url, messages)
    sent_ms = 1000 * (time.process_time() - began) / messages
    with tempfile.NamedTemporaryFile() as log:
        worker = multiprocessing.get_context("fork").Process(target=_apart, args=(work, url, log.fileno()))
        worker.start()
        try:
            with Redis.from_url(url) as redis:
                return _watched(lambda: int(redis.llen(key)), psutil.Process(worker.pid))._replace(sent_ms=sent_ms)
        except TimeoutError as error:
            raise SystemExit(f"broken: {error}\n{Path(log.name).read_text('utf-8', 'replace')}") from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid or 0, signal.SIGKILL)
            worker.join()


def _watched(left: Callable[[], int], worker: psutil.Process) -> Rate:
    """How fast the queue shrinks and what the worker spends, over SECONDS or until the queue is nearly empty."""
    full, patience = left(), time.monotonic() + PATIENCE
    while left() > full - SETTLED:
        if time.monotonic() > patience:
            raise TimeoutError(f"the worker took nothing in {PATIENCE:.0f} s")
        time.sleep(0.01)
    began, before, spent = time.monotonic(), left(), _cpu(worker)
    while time.monotonic() < began + SECONDS and left() > SETTLED:
        time.sleep(0.02)
    done = before - left()
    return Rate(done / (time.monotonic() - began), 1000 * (_cpu(worker) - spent) / done)


def _cpu(worker: psutil.Process) -> float:
    """Seconds that the worker and its children have spent so far."""
    times = [process.cpu_times() for process in (worker, *worker.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _apart(work: Callable[[str], None], url: str, log: int) -> None:
    """The worker in a session of its own, so that its children end with it; what it says goes to the log."""
    os.setsid()
    for number in (1, 2):
        os.dup2(log, number)
    work(url)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=6000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, EmbeddedServer(Path(data), 0) as server:
        peer = measure(server.url, fill_defaults, run_defaults, options.messages)
        solo = measure(server.url, fill_ours("process"), partial(run_ours, "process"), options.messages)
        threads = measure(server.url, fill_ours("fetch"), partial(run_ours, "fetch"), options.messages)
    print(f"{'worker':24}{'tasks a second':>16}{'ratio':>8}{'ms of CPU a task':>19}{'ratio':>8}{'sent':>9}{'ratio':>8}")
    for name, rate in (
        ("Celery as it comes", peer),
        ("ours, process (solo)", solo),
        ("ours, fetch (threads)", threads),
    ):
        print(
            f"{name:24}{rate.a_second:16.0f}{rate.a_second / peer.a_second:8.2f}"
            f"{rate.cpu_ms:19.2f}{rate.cpu_ms / peer.cpu_ms:8.2f}{rate.sent_ms:9.2f}{rate.sent_ms / peer.sent_ms:8.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
