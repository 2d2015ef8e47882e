"""From `teletipo run` to the outlet's first request, and the memory of all its processes once nothing is to be done.

    python bench/start.py [--starts 3] [--articles 30]

Real processes on a data folder of their own, one scheduler, one fetch worker, two process workers and the embedded
store, against an outlet on loopback. Memory is proportional set size (PSS): what forked children share is counted once.
It needs Linux's /proc; elsewhere only the time is measured.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from ingest.store import Store
from tests.conftest import config_folder
from tests.e2e.newswire import Newswire, kind_of, publish_articles, published, until
from workers.demo.outlet import Outlet

GOAL_SECONDS = 5.0
GOAL_MEGABYTES = 300.0

CONFIG = """
[store]
port = 0
[api]
port = 0
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = 0.0
[workers]
processes = 2
"""

CALM_SECONDS = 3.0
"""After the last article; by then every process has beaten and nothing runs."""

PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def idle_memory(wire: Newswire, store: Store, supervisor: int, articles: int) -> dict[str, float]:
    """Kind of process -> megabytes (PSS), once every article is published; empty where there is no /proc."""
    until(lambda: len(published(store)) == articles, seconds=40)
    time.sleep(CALM_SECONDS)
    if not Path(f"/proc/{supervisor}/smaps_rollup").exists():
        return {}
    memory = {"supervisor": _pss(supervisor)}
    for process in wire.children():
        kind = kind_of(process, store)
        memory[kind] = memory.get(kind, 0.0) + _pss(process.pid)
    return memory


def _pss(pid: int) -> float:
    found = PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--articles", type=int, default=30)
    options = parser.parse_args()
    seconds: list[float] = []
    memory: dict[str, float] = {}
    for _ in range(options.starts):
        with Outlet() as outlet, tempfile.TemporaryDirectory() as folder:
            publish_articles(outlet, options.articles)
            config = config_folder(Path(folder) / "config", outlet.url, main=CONFIG)
            with Newswire(config, Path(folder) / "data") as wire:
                began = time.time()
                supervisor = wire.start()
                until(lambda: outlet.asked, seconds=30, every=0.01)
                seconds.append(outlet.asked[0].at - began)
                memory = memory or idle_memory(wire, wire.store(), supervisor.pid, options.articles)
                if wire.stop() != [0]:
                    raise SystemExit(f"broken: teletipo run did not stop cleanly:\n{wire.log.read_text()}")
    median = statistics.median(seconds)
    print(
        f"{'to the first request':24}{median:7.2f} s   goal: under {GOAL_SECONDS:.0f} (median of {len(seconds)} starts)"
    )
    if not memory:
        print("memory                  not measured: no /proc/PID/smaps_rollup here")
        return 0
    print(
        f"{'memory when idle':24}{sum(memory.values()):7.0f} MB  goal: under {GOAL_MEGABYTES:.0f} (PSS, store included)"
    )
    for kind, megabytes in sorted(memory.items()):
        print(f"{'  ' + kind:24}{megabytes:7.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
