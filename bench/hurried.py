"""`teletipo` in a world whose clocks run faster: what it knows of hours and days is divided by a factor.

    python -c 'from bench.hurried import main; main()' FACTOR teletipo's arguments

Settings are written into the configuration, divided already. What stands in the code as an hour or a day of news is
divided here: how soon a rhythm is believed, how long a burst lasts, when a feed that told no dates is asked again. What
is about machines and not about news (leases, limits, heartbeats) stays as it is. With HURRIED_PROFILE=FOLDER each
worker leaves there at its end what cProfile saw of its steps, by the CPU time of its threads.
"""

import cProfile
import os
import pstats
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import ingest.rhythm
import ingest.schedule
import workers.tasks
from ingest.context import Context
from ingest.settings import Settings
from ingest.store import Lease
from workers.process import RUNNERS


def hurry(factor: float) -> None:
    """Divide what is known of time by the factor."""
    ingest.rhythm.HALF_LIFE /= factor
    ingest.rhythm.DOUBT_SECONDS /= factor
    ingest.rhythm.SURGE /= factor
    ingest.schedule.FIRST_INTERVAL /= factor


class Profiled:
    """`ingest.pipeline.run` with a profile for each thread, as a profile sees its own thread alone."""

    def __init__(self, run: Callable[[Context, Lease], str]) -> None:
        self._run = run
        self._own = threading.local()
        self.profiles: list[cProfile.Profile] = []

    def __call__(self, context: Context, lease: Lease) -> str:
        if not hasattr(self._own, "profile"):
            self._own.profile = cProfile.Profile(time.thread_time)
            self.profiles.append(self._own.profile)
        self._own.profile.enable()
        try:
            return self._run(context, lease)
        finally:
            self._own.profile.disable()

    def write(self, file: Path) -> None:
        with file.open("w") as text:
            stats = pstats.Stats(*self.profiles, stream=text)
            stats.sort_stats("cumulative").print_stats(120)
            stats.sort_stats("tottime").print_stats(40)


def profiled(kind: str, run: Callable[[Settings, str], None], folder: Path) -> Callable[[Settings, str], None]:
    """The process, with its steps under a profile that it writes at its end."""

    def running(settings: Settings, url: str) -> None:
        steps = Profiled(workers.tasks.run)
        workers.tasks.run = steps
        run(settings, url)
        steps.write(folder / f"{kind}-{os.getpid()}.txt")

    return running


def main() -> None:
    hurry(float(sys.argv[1]))
    if folder := os.environ.get("HURRIED_PROFILE"):
        for kind in ("fetch", "process"):
            RUNNERS[kind] = profiled(kind, RUNNERS[kind], Path(folder))
    sys.argv = ["teletipo", *sys.argv[2:]]
    from workers.cli import main as teletipo

    teletipo()
