"""How often a silence is called one that is none, and how soon one that is.

    python bench/silences.py [--outlets 40] [--days 365] [--seed 1]

Needs ../shared/corpora. The outlets publish as its real feeds and pages do (bench/rhythms.py), for a year after a month
to learn, and never stop: each alarm (ingest/silence.py) is a false one. Then each of them stops, and the days until the
alarm are told. Polls are every two hours, which is about what such feeds get.
"""

import argparse
import statistics
import sys
from bisect import bisect_right
from pathlib import Path
from random import Random

from bench.rhythms import DAY, Newsrooms, Outlet
from ingest.rhythm import Rhythm, begun, learned
from ingest.silence import Silence, listened

CORPORA = Path(__file__).parents[1].parent / "shared/corpora"
START = 1_767_571_200.0  # a Monday
EVERY = 2 * 3600.0
LEARN = 30 * DAY


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--outlets", type=int, default=40)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    if not CORPORA.is_dir():
        print(f"the real feeds and pages are not at {CORPORA}")
        return 1
    newsrooms = Newsrooms(CORPORA)
    end = START + LEARN + options.days * DAY
    print(f"{len(newsrooms.habits)} real feeds; {options.outlets} outlets for {options.days} days")
    by_rate: dict[str, list[tuple[int, float]]] = {}
    for number in range(options.outlets):
        outlet = newsrooms.outlet(options.seed * 1000 + number, START, end)
        daily = len(outlet.times) / (LEARN / DAY + options.days)
        kind = "10 a day and more" if daily >= 10 else "1 to 10 a day" if daily >= 1 else "less than one"
        alarms, silence, rhythm, now = replay(outlet, end)
        by_rate.setdefault(kind, []).append((alarms, until_noticed(outlet, silence, rhythm, now)))
    everything = [each for found in by_rate.values() for each in found]
    for kind, found in (*by_rate.items(), ("all", everything)):
        years = len(found) * options.days / 365
        false = sum(alarms for alarms, _ in found)
        days = statistics.median(noticed for _, noticed in found)
        rate = f"{false / years:.2f} false alarms a year"
        print(f"{kind:>18}: {len(found):3} outlets, {rate}, noticed after {days:.1f} days")
    return 0


def replay(outlet: Outlet, end: float) -> tuple[int, Silence, Rhythm, float]:
    """Poll it to the end. Returns the alarms after the time to learn, and what is known then."""
    seen = bisect_right(outlet.times, START + DAY)
    shown = outlet.times[max(0, seen - outlet.size) : seen]
    rhythm = begun([moment + outlet.ahead for moment in shown], START + DAY + outlet.ahead)
    silence, now, alarms, chance = Silence(), START + DAY, 0, Random(1)
    while now < end - EVERY:
        seconds = EVERY * (0.8 + 0.4 * chance.random())
        now += seconds
        upto = bisect_right(outlet.times, now)
        came, seen = outlet.times[seen:upto], upto
        rhythm = learned(rhythm, [moment + outlet.ahead for moment in came], seconds, now + outlet.ahead)
        before = silence.alarm
        silence = listened(silence, rhythm, new=len(came), seconds=seconds, now=now, ahead=outlet.ahead)
        alarms += bool(silence.alarm and not before and now > START + LEARN)
    return alarms, silence, rhythm, now


def until_noticed(outlet: Outlet, silence: Silence, rhythm: Rhythm, now: float) -> float:
    """Days from its last entry until the alarm, where nothing comes any more; 90 where there is none in that time."""
    last = silence.since
    while not silence.alarm and now < last + 90 * DAY:
        now += EVERY
        rhythm = learned(rhythm, [], EVERY, now + outlet.ahead)
        silence = listened(silence, rhythm, new=0, seconds=EVERY, now=now, ahead=outlet.ahead)
    return (now - last) / DAY if silence.alarm else 90.0


if __name__ == "__main__":
    sys.exit(main())
