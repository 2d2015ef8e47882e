"""The tasks. Each carries an id and a lease, and calls the pipeline; all else is there."""

import logging
import time
from collections.abc import Callable, Iterable

from celery import Celery

from ingest.context import Context
from ingest.pipeline import run
from ingest.store import Lease, QueueName

_log = logging.getLogger("teletipo.work")

TASKS = {
    "refresh_feed": "teletipo.refresh_feed",
    "fetch_page": "teletipo.fetch_page",
    "process_article": "teletipo.process_article",
    "look_again": "teletipo.look_again",
    "walk_back": "teletipo.walk_back",
}


def task_for(lease: Lease) -> str:
    """The name of the task that takes this lease's step."""
    if lease.member.startswith("feed:"):
        return TASKS["refresh_feed"]
    if lease.member.startswith("backfill:"):
        return TASKS["walk_back"]
    if lease.queue == "watch":
        return TASKS["look_again"]
    return TASKS["fetch_page" if lease.queue == "fetch" else "process_article"]


def send(app: Celery, leases: Iterable[Lease], seconds: float) -> None:
    """Hand leased work to the workers; the messages expire with the leases. Fetch workers make the looks too.

    All of them go to the broker in one piece, where it takes that. Where it fails, nobody knows how many came through;
    what did not is leased again, as everything that a worker did not take in time.
    """
    with app.producer_or_acquire() as producer, producer.batch():
        for lease in leases:
            app.send_task(
                task_for(lease),
                args=[lease.member, lease.queue, lease.token],
                queue="fetch" if lease.queue == "watch" else lease.queue,
                expires=seconds,
                producer=producer,
                argsrepr=lease.member,  # for people; left out, Celery takes long to write down all of it
                kwargsrepr="{}",
            )


def register(app: Celery, context: Callable[[], Context], around: Callable[[Callable[[], str]], str]) -> None:
    """Register the tasks. context: made once, in the process that runs them. around: what each run is wrapped in (the
    hard limits of a process worker)."""

    def take_step(member: str, queue: QueueName, token: str) -> None:
        began = time.monotonic()
        outcome = around(lambda: run(context(), Lease(member=member, queue=queue, token=token)))
        _log.info("%s %s: %s (%.0f ms)", queue, member, outcome, 1000 * (time.monotonic() - began))

    for name in TASKS.values():
        app.task(name=name, shared=False)(take_step)
