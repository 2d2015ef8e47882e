"""`teletipo` with a process that dies by kill -9 at one seam, the first times that it gets there.

    python faulty.py SEAM TIMES MARKS -- teletipo's arguments

Children are forked from this process, so they inherit the seam. MARKS is a folder in which each death leaves a file;
when there are TIMES of them nobody dies any more.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.fetch import Fetcher
from ingest.store import Store


def die(marks: Path, times: int) -> None:
    for number in range(times):
        try:
            (marks / str(number)).touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


def dying(method: Callable[..., Any], marks: Path, times: int, *, before: bool) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if before:
            die(marks, times)
        answer = method(*args, **kwargs)
        if not before:
            die(marks, times)
        return answer

    return call


SEAMS: dict[str, tuple[type, str, bool]] = {
    "after the fetch": (Fetcher, "get", False),
    "before the claim": (Store, "claim", True),
    "after the claim": (Store, "claim", False),
    "before the page is kept": (Store, "advance", True),
    "after the page is kept": (Store, "advance", False),
    "before the poll is saved": (Store, "finish_poll", True),
    "after the poll is saved": (Store, "finish_poll", False),
    "before the commit": (Store, "commit", True),
    "after the commit": (Store, "commit", False),
}

LOOKS: dict[str, tuple[type, str, bool]] = {
    "before the look ends": (Store, "end_look", True),
    "after the look ended": (Store, "end_look", False),
    "before the retraction": (Store, "retract", True),
    "after the retraction": (Store, "retract", False),
}


def main() -> None:
    seam, times, marks = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    owner, name, before = (SEAMS | LOOKS)[seam]
    setattr(owner, name, dying(getattr(owner, name), marks, times, before=before))
    sys.argv = ["teletipo", *sys.argv[4:]]
    from workers.cli import main as teletipo

    teletipo()


if __name__ == "__main__":
    main()
