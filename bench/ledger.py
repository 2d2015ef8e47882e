"""What outlets published and were asked, against what came of it: one check each, with figures. Pure.

    Plan (what was published) ─┐
    Asked (every request)     ─┼─► Check: name, whether it holds, what was found
    queues, dead entries      ─┘

An article is owed from the moment at which a feed that names it was answered with 200; where none ever was, it is owed
if it stood in its feed for longer than the longest interval between two polls.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from bench.printing import headline
from bench.serving import FEED, MOVED_FEED, ROBOTS, Asked, address
from bench.simulated import HOUR, Plan, Written
from ingest.models import article_id
from ingest.store import QueueEntry

EARLY = 0.25
"""The share of its pause that a page may come early, see ingest/store/postpone.lua."""

JITTER = 0.25
"""Seconds. A turn is given by the store's clock; from there the request takes a few milliseconds to its outlet, and a
tenth of a second or two where more threads want to run than there are cores. Two of them come closer by as much."""

TOLD = 0.75
"""Seconds that an answer of 429 or 503 may take to be known to all threads: what these began meanwhile is no breach."""

Finding = tuple[bool, str]


class Check(NamedTuple):
    name: str
    holds: bool
    said: str


class Run(NamedTuple):
    """What a soak leaves behind. opened, began: Unix seconds; dead: ids of entries; left: unfinished pieces of work;
    killed: (Unix seconds, kind); delay, longest, retry_first: seconds of the clock, as they were configured;
    slack: how much later than usual this machine may be."""

    plan: Plan
    port: int
    factor: float
    opened: float
    began: float
    asked: Sequence[Asked]
    all: Sequence[QueueEntry]
    every: Sequence[QueueEntry]
    dead: set[str]
    left: int
    killed: Sequence[tuple[float, str]]
    delay: float
    slack: float
    longest: float
    retry_first: float


class Ledger:
    """The checks over one run."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def checks(self) -> Iterator[Check]:
        for name, find in (
            ("no article that a feed named is lost", self._lost),
            ("what stood in a feed long enough was seen", self._unseen),
            ("no article or revision is doubled", self._doubled),
            ("of copies the first alone is in `all`", self._copies),
            ("corrections that were read are published", self._corrections),
            ("nothing is left over, nothing dead but what is refused", self._left),
            ("two pages of a host are a pause apart", self._paced),
            ("one page at a time is with a host", self._at_once),
            ("hosts that ask for a pause are left alone", self._pauses),
            ("what robots.txt refuses is never asked for", self._refused),
            ("robots.txt is asked first, and once", self._robots),
        ):
            holds, said = find()
            yield Check(name, holds, said)

    # ── what is known ──

    @cached_property
    def articles(self) -> dict[str, Written]:
        """Every article by its address."""
        return {
            address(self.run.plan, article, self.run.port): article
            for articles in self.run.plan.articles
            for article in articles
        }

    @cached_property
    def named(self) -> dict[str, int]:
        """Address of each article that a feed named in a 200 -> its latest version there."""
        found: dict[str, int] = {}
        for asked in self.run.asked:
            if asked.path in {FEED, MOVED_FEED} and asked.status == 200:
                for article in self.run.plan.feed(asked.outlet, asked.moment):
                    found[address(self.run.plan, article, self.run.port)] = article.version(asked.moment)
        return found

    @cached_property
    def pages(self) -> dict[int, list[Asked]]:
        """Requests for pages by outlet, as they came in."""
        paths = {(article.outlet, article.path) for article in self.articles.values()}
        found: dict[int, list[Asked]] = defaultdict(list)
        for asked in sorted(self.run.asked, key=lambda asked: asked.began):
            if (asked.outlet, asked.path) in paths:
                found[asked.outlet].append(asked)
        return found

    @cached_property
    def delays(self) -> list[float]:
        """Seconds of outlet time from the publication of each article of the hour to its place in the queue, sorted."""
        found = []
        for entry in self.run.every:
            article = self.articles.get(entry.url)
            if article and entry.revision == 1 and article.at > 0:
                queued = int(entry.entry.partition("-")[0]) / 1000
                found.append((queued - self.run.began) * self.run.factor - article.at)
        return sorted(found)

    @cached_property
    def handled(self) -> list[float]:
        """Seconds of the clock from the poll that first named each article of the hour to its place in the queue."""
        named: dict[str, float] = {}
        for asked in self.run.asked:
            if asked.path in {FEED, MOVED_FEED} and asked.status == 200:
                for article in self.run.plan.feed(asked.outlet, asked.moment):
                    named.setdefault(address(self.run.plan, article, self.run.port), asked.ended)
        first = (entry for entry in self.run.every if entry.revision == 1 and self.articles[entry.url].at > 0)
        return sorted(int(entry.entry.partition("-")[0]) / 1000 - named[entry.url] for entry in first)

    def owed(self) -> set[str]:
        return {url for url in self.named if not self.articles[url].refused}

    # ── the checks ──

    def _lost(self) -> Finding:
        there = {entry.url for entry in self.run.every}
        lost = self.owed() - there
        strange = there - set(self.named)
        said = (
            f"{len(self.owed())} owed, {len(lost)} lost{_some(lost)}; {len(strange)} that no feed named{_some(strange)}"
        )
        return not lost and not strange, said

    def _unseen(self) -> Finding:
        longest, unseen, gone = self.run.longest * self.run.factor * 1.2, [], 0
        for url, article in self.articles.items():
            traits = self.run.plan.outlets[article.outlet]
            if url in self.named or article.at > HOUR or traits.trouble == "dies":
                continue
            gone += 1
            later = self.run.plan.articles[article.outlet][traits.size :]
            out = next((other.at for other in later if other.at >= article.at), HOUR + longest)
            if out - article.at >= longest:
                unseen.append(url)
        return not unseen, f"{len(unseen)} not seen{_some(unseen)}; {gone} came and went between two polls"

    def _doubled(self) -> Finding:
        wrong = []
        for queue in (self.run.all, self.run.every):
            revisions: dict[str, list[int]] = defaultdict(list)
            for entry in queue:
                revisions[entry.id].append(entry.revision)
            wrong += [name for name, told in revisions.items() if told != list(range(1, len(told) + 1))]
        urls = Counter(entry.url for entry in self.run.every if entry.event == "created")
        wrong += [url for url, times in urls.items() if times > 1]
        revised = sum(entry.revision > 1 for entry in self.run.every)
        said = f"{len(self.run.every)} entries, {revised} of them revisions; {len(wrong)} wrong{_some(wrong)}"
        return not wrong, said

    def _copies(self) -> Finding:
        carried: dict[int, set[str]] = defaultdict(set)
        for url in self.owed():
            carried[self.articles[url].text].add(url)
        first = Counter(self.articles[entry.url].text for entry in self.run.all if entry.revision == 1)
        wrong = [str(text) for text in carried if first[text] != 1]
        wires = [urls for urls in carried.values() if len(urls) > 1]
        said = f"{sum(map(len, wires))} copies of {len(wires)} texts; {len(wrong)} texts not once{_some(wrong)}"
        return not wrong, said

    def _corrections(self) -> Finding:
        read: dict[str, set[int]] = defaultdict(set)
        for pages in self.pages.values():
            for asked in pages:
                if asked.status == 200:
                    url = f"http://{self.run.plan.outlets[asked.outlet].host}:{self.run.port}{asked.path}"
                    read[url].add(self.articles[url].version(asked.moment))
        last = {entry.url: entry for entry in self.run.every}
        wrong, corrected = [], 0
        for url in self.owed():
            wanted = max(self.named[url], *read[url], 0)
            corrected += wanted > 0 and len(read[url]) > 1
            entry = last.get(url)
            if entry and (entry.title != headline(self.articles[url].text, wanted) or entry.revision != len(read[url])):
                wrong.append(f"{url} r{entry.revision} {sorted(read[url])} of {wanted}")
        return not wrong, f"{corrected} corrected; {len(wrong)} wrong{_some(wrong)}"

    def _left(self) -> Finding:
        refused = {article_id(url) for url in self.named if self.articles[url].refused}
        strange = self.run.dead ^ refused
        said = f"{self.run.left} unfinished, {len(self.run.dead)} dead, {len(refused)} refused{_some(strange)}"
        return not self.run.left and not strange, said

    def _paced(self) -> Finding:
        """Two pages, and any ten and one: a moment early is allowed once, not again and again."""
        gaps, broken = [], []
        for number, pages in self.pages.items():
            pause = max(self.run.delay, self.run.plan.outlets[number].crawl_delay)
            for steps in (1, 10):
                for before, after in zip(pages, pages[steps:], strict=False):
                    gap = after.began - before.began
                    if gap < pause * (steps - EARLY) - JITTER * self.run.slack:
                        broken.append(
                            f"{self.run.plan.outlets[number].host} {steps} in {gap:.3f} s, not {steps * pause:g}"
                        )
                    if steps == 1:
                        gaps.append(gap / pause)
        gaps.sort()
        least = f"; of the pause: least {gaps[0]:.2f}, 1 % below {share(gaps, 0.01):.2f}" if gaps else ""
        return not broken, f"{len(gaps)} pairs, {len(broken)} too close{_some(broken)}{least}"

    def _at_once(self) -> Finding:
        most: Counter[int] = Counter()
        for number, pages in self.pages.items():
            steps = sorted([(asked.began, 1) for asked in pages] + [(asked.ended, -1) for asked in pages])
            now = 0
            for _, step in steps:
                now += step
                most[number] = max(most[number], now)
        several = {self.run.plan.outlets[number].host: count for number, count in most.items() if count > 1}
        return not several, f"most {max(most.values(), default=0)}{_some([f'{h} {n}' for h, n in several.items()])}"

    def _pauses(self) -> Finding:
        of_host: dict[int, list[Asked]] = defaultdict(list)
        for asked in sorted(self.run.asked, key=lambda asked: asked.began):
            if asked.path != ROBOTS:
                of_host[asked.outlet].append(asked)
        asked_for, broken = 0, []
        for number, each in of_host.items():
            for asked in each:
                if asked.status not in {429, 503} or self._killed_about(asked.ended):
                    continue
                asked_for += 1
                until = asked.ended + self._pause(asked)
                host = self.run.plan.outlets[number].host
                early = [other for other in each if asked.ended + TOLD * self.run.slack < other.began < until]
                broken += [f"{host} {other.path} {until - other.began:.1f} s early" for other in early]
        return not broken, f"{asked_for} asked for, {len(broken)} broken{_some(broken)}"

    def _pause(self, asked: Asked) -> float:
        if asked.status == 429:
            return self.run.retry_first
        ends = next(end for start, end in self.run.plan.pauses[asked.outlet] if start <= asked.moment < end)
        return max(1, round((ends - asked.moment) / self.run.factor))

    def _killed_about(self, moment: float) -> bool:
        """What a process that was killed had just heard, nobody knows."""
        return any(abs(when - moment) < 2 for when, _ in self.run.killed)

    def _refused(self) -> Finding:
        plan = self.run.plan
        asked = [each.path for each in self.run.asked if plan.outlets[each.outlet].refuses and "/members/" in each.path]
        named = sum(self.articles[url].refused for url in self.named)
        return not asked, f"{named} named by feeds, {len(asked)} asked for{_some(asked)}"

    def _robots(self) -> Finding:
        times: Counter[int] = Counter()
        late, seen = [], set()
        for asked in sorted(self.run.asked, key=lambda asked: asked.began):
            if asked.path == ROBOTS:
                times[asked.outlet] += not asked.status or not self._killed_about(asked.ended)
            elif asked.outlet not in seen and not times[asked.outlet]:
                late.append(self.run.plan.outlets[asked.outlet].host)
            seen.add(asked.outlet)
        often = [self.run.plan.outlets[number].host for number, count in times.items() if count > 1]
        return not late and not often, f"{sum(times.values())} asked{_some(late + often)}"


def share(ordered: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def _some(found: Mapping[str, object] | Sequence[str] | set[str]) -> str:
    return f" ({', '.join(sorted(map(str, found))[:3])})" if found else ""
