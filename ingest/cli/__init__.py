"""The command line: what a person types, and what they read. Every help has an example.

Exit codes: 0 done, 1 failed, 2 usage or configuration. `teletipo` itself is workers/cli.py, which adds the commands
that run processes (run, worker, scheduler, demo) to this group.
"""

from ingest.cli.export import export
from ingest.cli.group import cli, main
from ingest.cli.housekeeping import dead, extract, health, init
from ingest.cli.queues import queues
from ingest.cli.requests import fetch, import_
from ingest.cli.sources import sources
from ingest.cli.status import status
from ingest.cli.tail import tail
from ingest.cli.webhooks import webhooks
from ingest.cli.why import why

for command in (fetch, import_, export, tail, status, sources, dead, extract, health, init, queues, webhooks, why):
    cli.add_command(command)

__all__ = ["cli", "main"]
