"""Simulated outlets: what each is like, and what it publishes when. Pure: the same seed says the same to both sides.

    number ─► Traits ─► Plan: every article, its edits, the troubles of each outlet, all in seconds of outlet time

Outlet time runs `factor` times as fast as the clock. Before its hour (below 0) an outlet has a few articles to open
with. Who serves a plan looks up what is there at a moment (bench/serving.py); who checks what came of it looks up the
same (bench/ledger.py). Rates are spread as those of real outlets, a fifth sleep through their hour, some have bursts.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple

HOUR = 3600.0
MOST_AN_HOUR = 30.0

Trouble = Literal["", "503", "429", "errors", "hangs", "dies", "moves", "slow", "archive", "burst"]

TROUBLES: dict[int, Trouble] = {
    1: "503", 2: "errors", 3: "429", 4: "moves", 5: "slow", 6: "burst", 11: "burst", 16: "burst",
    53: "hangs", 54: "dies", 55: "slow", 56: "burst",
}  # fmt: skip
"""By an outlet's number modulo 100; number 0 opens an archive."""

ASLEEP = 0.2
"""The share of outlets where it is night."""

OPENING = 3
"""Articles that an outlet has before its hour begins."""

REFUSED = "/members/"
"""What a robots.txt refuses, and some articles stand below."""


class Traits(NamedTuple):
    """How an outlet behaves. rate: articles an hour; size: entries that its feed holds; crawl_delay: seconds of the
    clock, 0 for none; robots: whether it has a robots.txt; refuses: whether that refuses some of its articles; slow:
    seconds of the clock that an answer takes."""

    number: int
    host: str
    rate: float
    size: int
    validators: Literal["etag", "modified", ""]
    robots: bool
    refuses: bool
    crawl_delay: float
    trouble: Trouble
    slow: float


@dataclass(frozen=True)
class Written:
    """An article. at: outlet time; text: number of its words, which the copies of a wire's text share; edits: when it
    was corrected."""

    outlet: int
    path: str
    at: float
    text: int
    edits: tuple[float, ...] = ()
    wire: bool = False

    @property
    def refused(self) -> bool:
        return self.path.startswith(REFUSED)

    def version(self, moment: float) -> int:
        """0 until its first edit."""
        return sum(edit <= moment for edit in self.edits)


@dataclass(frozen=True)
class Plan:
    """Everything that the outlets do. articles: of each, the oldest first; pauses: (from, until) in which it answers
    503 or 429 to all but its robots.txt."""

    outlets: Sequence[Traits]
    articles: Sequence[Sequence[Written]]
    pauses: Mapping[int, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def feed(self, number: int, moment: float) -> Sequence[Written]:
        """What the outlet's feed holds, the newest first."""
        there = [article for article in self.articles[number] if article.at <= moment]
        return there[: -self.outlets[number].size - 1 : -1]

    def silent(self, number: int, moment: float) -> bool:
        """Whether it has stopped answering, for good."""
        return self.outlets[number].trouble == "dies" and moment >= HOUR / 3


def host_of(number: int) -> str:
    """An address of its own on loopback (Linux answers to all of 127.0.0.0/8)."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


def plan(outlets: int, *, rate: float = 1.0, archive: int = 200, crawl_delay: float = 2.0, seed: int = 1) -> Plan:
    """rate: articles an hour of the median outlet; archive: entries of the feed of the one that opens an archive."""
    traits = [_traits(number, rate, archive, crawl_delay, Random(f"{seed} {number}")) for number in range(outlets)]
    chance = Random(f"{seed} wire")
    wires = _wires(traits, chance)
    articles = [_articles(each, wires[each.number], Random(f"{seed} {each.number} articles")) for each in traits]
    pauses = {each.number: _pauses(chance) for each in traits if each.trouble in {"503", "429"}}
    return Plan(traits, articles, pauses)


def _traits(number: int, rate: float, archive: int, crawl_delay: float, chance: Random) -> Traits:
    trouble = TROUBLES.get(number % 100, "") if number else "archive"
    if trouble in {"503", "429"}:
        rate *= 6  # so that it is asked for something while it wants a pause
    elif chance.random() < ASLEEP:
        rate *= 0.1
    return Traits(
        number=number,
        host=host_of(number),
        rate=min(rate * math.exp(chance.gauss(0, 1)), MOST_AN_HOUR),
        size=archive if trouble == "archive" else chance.choice((10, 20, 20, 30)),
        validators=("etag", "etag", "etag", "modified", "")[number % 5],
        robots=number % 10 != 9,
        refuses=number % 10 == 6,
        crawl_delay=crawl_delay if number % 10 == 3 else 0.0,
        trouble=trouble,
        slow=chance.uniform(0.3, 1.5) if trouble == "slow" else 0.0,
    )


def _wires(traits: Sequence[Traits], chance: Random) -> dict[int, list[tuple[float, int]]]:
    """outlet -> (when, which) of an agency's texts that it carries. Those who can be relied on carry them."""
    carriers = [each.number for each in traits if not each.trouble and not each.refuses]
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for text in range(len(traits) // 20):
        sent = chance.uniform(0, 0.8 * HOUR)
        for number in chance.sample(carriers, min(chance.randint(2, 5), len(carriers))):
            found[number].append((sent + chance.uniform(0, 0.15 * HOUR), -1 - text))
    return found


def _articles(traits: Traits, wires: Sequence[tuple[float, int]], chance: Random) -> list[Written]:
    opening = traits.size if traits.trouble == "archive" else OPENING
    moments = [-HOUR / traits.rate * (n + chance.random()) for n in range(opening)]
    moment = 0.0
    while (moment := moment + chance.expovariate(traits.rate / HOUR)) < HOUR:
        moments.append(moment)
    if traits.trouble == "burst":
        moments += [chance.uniform(0.1, 0.7) * HOUR] * 8
    own = [(moment, 0) for moment in moments]
    written = []
    for n, (at, wire) in enumerate(sorted([*own, *wires])):
        refused = traits.refuses and n % 4 == 1
        edited = not wire and at >= 0 and not refused and chance.random() < 0.06
        written.append(
            Written(
                outlet=traits.number,
                path=f"{REFUSED if refused else '/news/'}{n}-{chance.getrandbits(32):08x}",
                at=at,
                text=wire or traits.number * 10_000 + n,
                edits=(at + chance.uniform(0.02, 0.3) * HOUR,) if edited else (),
                wire=bool(wire),
            )
        )
    return written


def _pauses(chance: Random) -> list[tuple[float, float]]:
    starts = (chance.uniform(0.1, 0.4) * HOUR, chance.uniform(0.5, 0.8) * HOUR)
    return [(start, start + chance.uniform(0.12, 0.2) * HOUR) for start in starts]
