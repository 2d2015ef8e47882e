"""Doing a ticket's work here and now, for a command that finds no workers: the same steps under the same leases."""

import time
from collections.abc import Callable

from ingest.pipeline import Context, run
from ingest.wire import Progress, Ticket

PATIENCE = 10.0
"""Seconds until work is due before it is left to a later `teletipo run`: pacing is waited for, a retry is not."""


def work_off(context: Context, ticket: Ticket, each: Callable[[Progress], None] = lambda _: None) -> Progress:
    """Take every step that the ticket needs. The progress is not `.done` where something must be tried again later."""
    while True:
        progress = ticket.progress()
        each(progress)
        waits = [wait for member in ticket.members() if (wait := _step(context, member)) is not None]
        if ticket.progress().done or not waits or min(waits) > PATIENCE:
            return ticket.progress()
        time.sleep(max(0.0, min(waits)))


def _step(context: Context, member: str) -> float | None:
    """Take the member's next step if it is due. Seconds until the one after; None where there is none."""
    waiting = context.store.waiting(member)
    if waiting is None:
        return None
    lease, seconds = waiting
    if seconds > 0:
        return seconds
    run(context, lease)
    after = context.store.waiting(member)
    return after[1] if after else 0.0
