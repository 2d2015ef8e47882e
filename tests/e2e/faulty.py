"""`teletipo` with a process that dies by kill -9 at a seam, the first times that it gets there.

    python faulty.py "SEAM, SEAM" "TIMES, TIMES" MARKS -- teletipo's arguments

Children are forked from this process, so they inherit the seams. MARKS is a folder in which each death leaves a file
with its seam's name; when there are TIMES of them nobody dies there any more.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.fetch import Fetcher
from ingest.store import Store


def die(marks: Path, seam: str, times: int) -> None:
    for number in range(times):
        try:
            (marks / f"{seam} {number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


def dying(method: Callable[..., Any], marks: Path, seam: str, times: int, *, before: bool) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if before:
            die(marks, seam, times)
        answer = method(*args, **kwargs)
        if not before:
            die(marks, seam, times)
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


def died(marks: Path) -> Counter[str]:
    """Seam -> how often a process died there."""
    return Counter(mark.name.rpartition(" ")[0] for mark in marks.iterdir())


def main() -> None:
    seams, times, marks = sys.argv[1].split(", "), sys.argv[2].split(", "), Path(sys.argv[3])
    for seam, most in zip(seams, map(int, times), strict=True):
        owner, name, before = (SEAMS | LOOKS)[seam]
        setattr(owner, name, dying(getattr(owner, name), marks, seam, most, before=before))
    sys.argv = ["teletipo", *sys.argv[4:]]
    from workers.cli import main as teletipo

    teletipo()


if __name__ == "__main__":
    main()
