"""Walks into a source's past, one polite step at a time.

    asked for, or entries were missed ─► `backfill:<source>` in due:fetch
    step: GET one page of a way (API, sitemap, listing, feed) ─► what it had ─► claims, a few at a time ─► next step

Each step is a lease like any other, and saves where the walk is last: a step that is repeated claims nothing twice. A
walk never stands before fresh news: it asks only where its host is free at that moment, and takes up no more than its
host can be asked for within half a minute.
"""

from ingest.backfill.asking import begin, missed, stop
from ingest.backfill.walk import step_failed, walk_back

__all__ = ["begin", "missed", "step_failed", "stop", "walk_back"]
