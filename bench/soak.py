"""A soak: a real `teletipo run` against thousands of simulated outlets for an hour of theirs, with kills on the way.

    python bench/soak.py [--outlets 2000] [--factor 12] [--rate 1] [--no-kills] [--profile FOLDER]

The outlets' hour runs `--factor` times as fast as the clock, and so do the newswire's intervals (least, longest, pace,
back-off, looks; bench/hurried.py). What is about machines stays as it is: the pause between two pages of a host, the
least of what is measured here, time-outs, and leases, which are shorter than usual, so that what a kill left lying is
found again within the run. Every feed is polled once an hour at least.

First each outlet opens with a few articles; when these are published the hour begins. In the middle of it a fetch
worker, a process worker, the scheduler and the store are killed (-9), one after the other. After it nothing new is
published, and the newswire has until everything is settled. Then the outlets' ledger is held against the queues
(bench/ledger.py). Exits with 1 where a check fails.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import psutil

from bench.ledger import Check, Ledger, Run, share
from bench.meter import Meter
from bench.serving import FEED, MOVED_FEED, Press, address
from bench.simulated import HOUR, Plan, Traits, plan
from ingest.models import article_id
from ingest.store import Store
from tests.e2e.newswire import Newswire, kind_of, queue_entries

T = TypeVar("T")

HURRIED = "from bench.hurried import main; main()"

LONGEST = 1800.0
"""Outlet seconds: [schedule] max_interval."""

KILLS = {"fetch": 0.3, "process": 0.45, "scheduler": 0.6, "store": 0.75}
"""When in the hour."""

LEASE, DEADLINE, PROCESS_SECONDS = 10.0, 8.0, 15.0


class Options(NamedTuple):
    outlets: int = 2000
    factor: float = 12.0
    rate: float = 1.0
    archive: int = 200
    delay: float = 1.0
    kills: bool = True
    seed: int = 1
    longest: float = LONGEST
    patience: float = 600.0
    """Seconds of the clock for the opening, and for what is left after the hour."""
    profile: str = ""
    slack: float = 1.0
    """How much later than on a quiet machine requests may be: see JITTER, TOLD in bench/ledger.py."""


class Soaked(NamedTuple):
    """run: everything that was noted; cpu, memory: by kind of process, seconds and peak bytes of one; in_hour: of the
    CPU; opening, hour, settling: seconds of the clock that each part took; store: bytes that it holds."""

    run: Run
    cpu: dict[str, float]
    in_hour: dict[str, float]
    memory: dict[str, int]
    opening: float
    hour: float
    settling: float
    store: int

    def checks(self) -> list[Check]:
        return list(Ledger(self.run).checks())


def soak(folder: Path, options: Options, say: Callable[[str], None] = lambda _: None) -> Soaked:
    """Run it in this folder."""
    world = plan(options.outlets, rate=options.rate, archive=options.archive, crawl_delay=2 * options.delay)
    with Press(world, options.factor) as press:
        write_config(folder / "config", world, press.port, options)
        environ = {"HURRIED_PROFILE": options.profile} if options.profile else {}
        command = [sys.executable, "-c", HURRIED, str(options.factor)]
        with Newswire(folder / "config", folder / "data", command, environ) as wire, Meter(wire) as meter:
            return _soaked(world, press, wire, meter, options, say)


def _soaked(
    world: Plan, press: Press, wire: Newswire, meter: Meter, options: Options, say: Callable[[str], None]
) -> Soaked:
    started = time.monotonic()
    wire.start()
    store = meter.watch(wire.store())
    opened = _patiently(lambda: _has_opened(world, press, store, options), options.patience)
    opening = time.monotonic() - started
    say(f"opened in {opening:.0f} s{'' if opened else ', with some left'}; the hour begins")
    press.begin()
    before = _spent(meter, press)
    killed = list(_hour(wire, store, options, say))
    hour = time.monotonic() - started - opening
    after = _spent(meter, press)
    settled = _patiently(lambda: _is_settled(world, press, store), options.patience)
    settling = time.monotonic() - started - opening - hour
    say(f"{'settled' if settled else 'NOT settled'} after {settling:.0f} s")
    time.sleep(0 if not settled else 2.0)
    run = _noted(world, press, store, options, killed)
    held = int(store._redis.info("memory")["used_memory"])
    in_hour = {kind: seconds - before.get(kind, 0.0) for kind, seconds in after.items()}
    return Soaked(run, _spent(meter, press), in_hour, meter.memory(), opening, hour, settling, held)


def _spent(meter: Meter, press: Press) -> dict[str, float]:
    """CPU seconds so far, by kind of process."""
    return meter.cpu() | {"outlets": press.state()["cpu"]}


# ── the newswire ──


def write_config(folder: Path, world: Plan, port: int, options: Options) -> None:
    """A source for each outlet; `all` takes the first of copies, `every` takes all of them. pace: an interval goes with
    its fourth power over an hour's third (ingest/rhythm.py)."""
    (folder / "sources").mkdir(parents=True)
    hurry = options.factor
    (folder / "teletipo.toml").write_text(
        f"""
[store]
port = 0
[api]
port = 0
[fetch]
allow_addresses = ["127.0.0.0/8"]
delay = {options.delay}
timeout = 5.0
deadline = {DEADLINE}
[schedule]
min_interval = {max(1.0, 300 / hurry)}
max_interval = {max(1.0, options.longest / hurry)}
pace = {max(1.0, 1800 / hurry**0.25)}
retry_first = {30 / hurry}
retry_cap = {21_600 / hurry}
lease = {LEASE}
[workers]
process_seconds = {PROCESS_SECONDS}
[watch]
after = [{3600 / hurry}, {21_600 / hurry}]
confirm = {3600 / hurry}
"""
    )
    (folder / "queues.toml").write_text('[queues.all]\n[queues.every]\nduplicates = "all"\n')
    for traits in world.outlets:
        (folder / "sources" / f"outlet-{traits.number:05}.toml").write_text(_source(traits, port))


def _source(traits: Traits, port: int) -> str:
    base = f"http://{traits.host}:{port}"
    return (
        f'id = "outlet-{traits.number:05}"\nname = "Outlet {traits.number}"\nhomepage = "{base}/"\nlanguage = "en"\n'
        f'country = "VE"\ntimezone = "UTC"\nfeeds = ["{base}{FEED}"]\n'
    )


def _has_opened(world: Plan, press: Press, store: Store, options: Options) -> bool:
    """All feeds were read, and what they opened with is published, but for the archive's."""
    if len(press.state()["read_at"]) < options.outlets:
        return False
    wanted = sum(article.at < 0 and not article.refused for each in world.articles[1:] for article in each)
    return store.queue_length("every") >= wanted * 0.99


def _is_settled(world: Plan, press: Press, store: Store) -> bool:
    """All feeds that still answer were read after the last of what happened to them, and nothing is unfinished."""
    read_at = press.state()["read_at"]
    for traits, articles in zip(world.outlets, world.articles, strict=True):
        last = max((moment for article in articles for moment in (article.at, *article.edits)), default=0.0)
        if traits.trouble != "dies" and read_at.get(traits.number, -1.0) < last:
            return False
    return _left(store) == 0


def _left(store: Store) -> int:
    """Articles that are not finished; what else stands in `due`, feeds and walks back, comes again in any case."""
    to_fetch = store._redis.zscan_iter(store.keys.due("fetch"), match="entry:*", count=1000)
    return sum(1 for _ in to_fetch) + store.due_counts()["process"]


def _hour(wire: Newswire, store: Store, options: Options, say: Callable[[str], None]) -> Iterator[tuple[float, str]]:
    """Wait for its end; when and what was killed on the way."""
    began, seconds = time.time(), HOUR / options.factor
    for kind, when in KILLS.items() if options.kills else ():
        time.sleep(max(0.0, began + when * seconds - time.time()))
        victim = _patiently(lambda kind=kind: _one(wire, store, kind), 10.0)  # type: ignore[misc]
        if victim:
            victim.kill()
            say(f"killed: {kind} {victim.pid}")
            yield time.time(), kind
    time.sleep(max(0.0, began + seconds - time.time()))


def _one(wire: Newswire, store: Store, kind: str) -> psutil.Process | None:
    return next((process for process in wire.children() if kind_of(process, store) == kind), None)


def _patiently(ask: Callable[[], T], seconds: float) -> T | None:
    """Ask until the answer is true, or the time is up. A store that is away is asked again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if answer := ask():
                return answer
        except Exception:  # noqa: S110 - it was killed, and comes back
            pass
        time.sleep(0.5)
    return None


def _noted(world: Plan, press: Press, store: Store, options: Options, killed: Sequence[tuple[float, str]]) -> Run:
    urls = [address(world, article, press.port) for articles in world.articles for article in articles]
    state = press.state()
    return Run(
        plan=world,
        port=press.port,
        factor=options.factor,
        opened=state["opened"],
        began=state["began"],
        asked=press.ledger(),
        all=queue_entries(store, "all"),
        every=queue_entries(store, "every"),
        dead={entry for entry in map(article_id, urls) if store.is_dead(entry)},
        left=_left(store),
        killed=killed,
        delay=options.delay,
        slack=options.slack,
        longest=options.longest / options.factor,
        retry_first=30 / options.factor,
    )


# ── the report ──


def report(soaked: Soaked, options: Options) -> Iterator[str]:
    run, ledger = soaked.run, Ledger(soaked.run)
    polls = [asked for asked in run.asked if asked.path in {FEED, MOVED_FEED}]
    pages = [asked for pages in ledger.pages.values() for asked in pages]
    in_hour = sum(run.began <= asked.began < run.began + soaked.hour for asked in run.asked)
    yield f"{options.outlets} outlets, an hour of theirs in {soaked.hour:.0f} s (factor {options.factor:g})"
    yield f"opening {soaked.opening:.0f} s, settling {soaked.settling:.0f} s"
    yield f"requests {len(run.asked)}, in the hour {in_hour} or {in_hour / soaked.hour:.1f} a second"
    unchanged = sum(asked.status == 304 for asked in polls)
    yield f"polls {len(polls)} ({unchanged} of them 304), pages {len(pages)}, entries in `every` {len(run.every)}"
    yield f"from publication to the queue, minutes of outlet time: {_spread(ledger.delays, 60)}"
    yield f"from the poll that named it to the queue, seconds of the clock: {_spread(ledger.handled, 1)}"
    yield from _costs(soaked, len(polls) + len(pages), len(run.every))
    for check in ledger.checks():
        yield f"{'PASS' if check.holds else 'FAIL'}  {check.name}: {check.said}"


def _costs(soaked: Soaked, gets: int, articles: int) -> Iterator[str]:
    steps = {"fetch": gets, "process": articles, "scheduler": gets + articles, "store": gets + articles}
    yield "process       CPU s   in the hour    cores   ms a step   peak MB"
    for kind, seconds in sorted(soaked.cpu.items()):
        used = soaked.in_hour.get(kind, 0.0)
        each = f"{1000 * seconds / steps[kind]:12.2f}" if kind in steps else " " * 12
        peak = f"{soaked.memory.get(kind, 0) / 1e6:10.0f}"
        yield f"{kind:12}{seconds:7.1f}{used:14.1f}{used / soaked.hour:9.2f}{each}{peak}"
    used = sum(seconds for kind, seconds in soaked.in_hour.items() if kind != "outlets")
    yield f"all but the outlets{used:14.1f}{used / soaked.hour:9.2f}; the store holds {soaked.store / 1e6:.0f} MB"


def _spread(ordered: Sequence[float], unit: float) -> str:
    parts = ((share(ordered, part) / unit, name) for part, name in ((0.5, "median"), (0.95, "95 %"), (1.0, "longest")))
    return ", ".join(f"{name} {value:.1f}" for value, name in parts) + f" ({len(ordered)} articles)"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--outlets", type=int, default=Options().outlets)
    parser.add_argument("--factor", type=float, default=Options().factor, help="how much faster outlet time runs")
    parser.add_argument("--rate", type=float, default=Options().rate, help="articles an hour of the median outlet")
    parser.add_argument("--archive", type=int, default=Options().archive, help="entries of the one large feed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--slack", type=float, default=Options().slack, help="above 1 where the machine is busy otherwise"
    )
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument("--profile", default="", help="a folder for what cProfile sees of the steps")
    parser.add_argument("--keep", type=Path, help="an empty folder to run in, that is left as it is")
    given = parser.parse_args()
    options = Options(
        given.outlets, given.factor, given.rate, given.archive, kills=not given.no_kills, seed=given.seed,
        slack=given.slack, profile=given.profile,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        soaked = soak(given.keep or Path(folder), options, lambda said: print(said, flush=True))
    print("\n".join(report(soaked, options)))
    return 0 if all(check.holds for check in soaked.checks()) else 1


if __name__ == "__main__":
    sys.exit(main())
