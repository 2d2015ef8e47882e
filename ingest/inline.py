"""Doing a ticket's work here and now, for a command that finds no workers: the same steps under the same leases."""

import time
from collections.abc import Callable

from ingest.context import Context
from ingest.pipeline import run
from ingest.ticket import Progress, Ticket

PATIENCE = 10.0
"""Seconds until work is due before it is left to a later `teletipo run`: pacing is waited for, a retry is not."""


def work_off(context: Context, ticket: Ticket, each: Callable[[Progress], None] = lambda _: None) -> Progress:
    """Take every step that the ticket needs. The progress is not `.done` where something must be tried again later."""
    while True:
        each(ticket.progress())
        for member in ticket.members():
            _step(context, member)
        progress = ticket.progress()
        each(progress)
        waits = [waiting[1] for member in ticket.members() if (waiting := context.store.waiting(member))]
        if not waits or min(waits) > PATIENCE:
            return progress
        time.sleep(max(0.0, min(waits)))


def _step(context: Context, member: str) -> None:
    """Take the member's next step if it is due."""
    waiting = context.store.waiting(member)
    if waiting and waiting[1] <= 0:
        run(context, waiting[0])
