"""`teletipo` in a world whose clocks run faster: what it knows of hours and days is divided by a factor.

    python -c 'from bench.hurried import main; main()' FACTOR teletipo's arguments

Settings are written into the configuration, divided already. What stands in the code as an hour or a day of news is
divided here: how soon a rhythm is believed, how long a burst lasts, when a feed that told no dates is asked again. What
is about machines and not about news (leases, limits, heartbeats) stays as it is. With HURRIED_SAMPLES=FOLDER each
process writes there, by its CPU time, what its threads were at.
"""

import atexit
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import ingest.rhythm
import ingest.schedule
from ingest.settings import Settings
from workers.process import RUNNERS

SAMPLE_SECONDS = 0.01
IDLE = {"wait", "select", "poll", "recv", "get", "_wait_for_tstate_lock", "read_response", "readinto", "sleep"}
"""Functions in which a thread spends nothing."""


def hurry(factor: float) -> None:
    """Divide what is known of time by the factor."""
    ingest.rhythm.HALF_LIFE /= factor
    ingest.rhythm.DOUBT_SECONDS /= factor
    ingest.rhythm.SURGE /= factor
    ingest.schedule.FIRST_INTERVAL /= factor


def sampled(kind: str, run: Callable[[Settings, str], None], folder: Path) -> Callable[[Settings, str], None]:
    """The process, with its stacks counted each time that it has spent 10 ms of CPU."""

    def running(settings: Settings, url: str) -> None:
        seen: Counter[str] = Counter()

        def sample(*_: object) -> None:
            stacks = [_stack(frame) for frame in sys._current_frames().values()]
            busy = [stack for stack in stacks if stack and stack[-1].rpartition(" ")[2] not in IDLE]
            for stack in busy:
                seen.update(set(stack))

        def write() -> None:
            text = "".join(f"{count:8} {place}\n" for place, count in seen.most_common(200))
            (folder / f"{kind}-{os.getpid()}.txt").write_text(text)

        atexit.register(write)
        signal.signal(signal.SIGPROF, sample)
        signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
        keeper = threading.Thread(target=_every_second, args=(write,), daemon=True)
        keeper.start()
        run(settings, url)

    return running


def _every_second(write: Callable[[], None]) -> None:
    while not threading.Event().wait(5.0):
        write()


def _stack(frame: FrameType | None) -> list[str]:
    found = []
    while frame:
        file = "/".join(Path(frame.f_code.co_filename).parts[-2:])
        found.append(f"{file} {frame.f_code.co_name}")
        frame = frame.f_back
    return found[::-1]


def main() -> None:
    hurry(float(sys.argv[1]))
    if folder := os.environ.get("HURRIED_SAMPLES"):
        RUNNERS.update({kind: sampled(kind, run, Path(folder)) for kind, run in RUNNERS.items()})
    sys.argv = ["teletipo", *sys.argv[2:]]
    from workers.cli import main as teletipo

    teletipo()
