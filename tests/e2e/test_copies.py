"""Outlets that publish the same stories at the same moment, and workers that die over them: one story, once."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.models import article_id
from ingest.store import Store
from tests.e2e.newswire import QUICK, Newswire, kind_of, page, published, until
from tests.e2e.test_newswire import FAULTY
from workers.demo.outlet import Headline, Outlet, rss

pytestmark = pytest.mark.slow

OUTLETS = ("agency", "daily", "herald", "prensa", "weekly")
STORIES, STRANGERS = 10, 4
"""Stories that all of the outlets have, and articles that each has alone."""
DEATHS = 5
"""At the commit itself, in the midst of its questions too; and others at any moment."""

QUEUES = '[queues.all]\nduplicates = "all"\n[queues.first]\n'
SOURCE = """
id = "{id}"
name = "{id}"
homepage = "{url}/"
language = "en"
country = "VE"
timezone = "UTC"
feeds = ["{url}/feed"]
"""


class Wires(NamedTuple):
    """Where the newswire's configuration is, and what its outlets have published."""

    config: Path
    stories: list[dict[str, str]]
    """Of each story, outlet -> its address there, who published it first on top."""
    strangers: list[str]

    @property
    def urls(self) -> list[str]:
        return [*self.strangers, *(url for story in self.stories for url in story.values())]


def edited(number: int, outlet: str) -> str:
    """The story as this outlet has it: with its own headline and a first paragraph of its own."""
    headline, title = f"{outlet.title()} on the gauges, {number}", f"Report {number} from the river"
    first = (
        f"<p>What follows reached the {outlet} this morning, as number {number} of a series, by way of its wire.</p>"
    )
    return page(number, 300).replace(f"<h1>{title}</h1>", f"<h1>{headline}</h1>{first}").replace(title, headline)


@pytest.fixture
def wires(tmp_path: Path) -> Iterator[Wires]:
    config = tmp_path / "config"
    (config / "sources").mkdir(parents=True)
    (config / "teletipo.toml").write_text(QUICK.replace("processes = 2", "processes = 4"))
    (config / "queues.toml").write_text(QUEUES)
    morning = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    stories: list[dict[str, str]] = [{} for _ in range(STORIES)]
    strangers: list[str] = []
    with ExitStack() as stack:
        for place, name in enumerate(OUTLETS):
            outlet = stack.enter_context(Outlet())
            (config / "sources" / f"{name}.toml").write_text(SOURCE.format(id=name, url=outlet.url))
            own = {outlet.publish(f"/own/{n}", page(1000 * (place + 1) + n, 300)): n for n in range(STRANGERS)}
            here = {outlet.publish(f"/wire/{n}", edited(n, name)): n for n in range(STORIES)}
            turns = {url: (place + n) % len(OUTLETS) for url, n in {**own, **here}.items()}
            headlines = [Headline(url, "", published=morning + timedelta(minutes=turns[url])) for url in turns]
            outlet.publish("/feed", rss(name, outlet.url, headlines), "application/rss+xml")
            strangers += own
            for url, n in here.items():
                stories[n][name] = url
        yield Wires(config, [in_order(n, story) for n, story in enumerate(stories)], strangers)


def in_order(number: int, story: dict[str, str]) -> dict[str, str]:
    """As they were published: each outlet has its turn to be the first."""
    return dict(sorted(story.items(), key=lambda each: (OUTLETS.index(each[0]) + number) % len(OUTLETS)))


def test_copies_published_at_one_moment_are_one_story_each_whoever_dies_over_them(wires: Wires, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    with Newswire(
        wires.config, tmp_path / "data", [sys.executable, FAULTY, "after the commit", str(DEATHS), str(marks)]
    ) as wire:
        wire.start()
        store = wire.store()
        killed = kill_until_published(wire, store, wires.urls)
        time.sleep(2.5)  # longer than a lease: whatever would come twice comes now
        assert killed["process"] >= 3, killed
        assert len(list(marks.iterdir())) == DEATHS
        expect_one_of_each(store, wires)


def kill_until_published(wire: Newswire, store: Store, urls: list[str]) -> Counter[str]:
    """Kill a worker again and again until all is published. What was killed, by kind."""
    chance, killed = random.Random(5), Counter[str]()

    def kill_one() -> bool:
        workers = [(each, kind_of(each, store)) for each in wire.children()]
        victims = [(each, kind) for each, kind in workers if kind in {"fetch", "process"}]
        if victims and killed.total() < 20:
            victim, kind = chance.choice(victims)
            victim.kill()
            killed[kind] += 1
        return set(published(store)) >= set(urls)

    until(kill_one, 120, every=0.3)
    return killed


def expect_one_of_each(store: Store, wires: Wires) -> None:
    """Each story is one cluster with its first publisher, once in `first`; each article is once in `all`."""
    assert store.dead_count() == 0
    assert published(store) == dict.fromkeys(wires.urls, 1)
    assert set(published(store, "first").values()) == {1}
    firsts = set(published(store, "first"))
    assert firsts >= set(wires.strangers)
    assert len(firsts) == STORIES + len(wires.strangers)
    for url in wires.strangers:
        assert store.cluster(article_id(url)) == []
    for story in wires.stories:
        cluster = store.cluster(article_id(story["daily"]))
        assert [member.article.url for member in cluster if member.article] == list(story.values())
        assert len(firsts & set(story.values())) == 1
        states = store.entry_states([article_id(url) for url in story.values()])
        assert Counter(state.outcome for state in states if state) == {"created": 1, "copy": len(OUTLETS) - 1}
        for member in cluster:
            assert member.article
            alone = "first" in member.queues
            assert (member.article.copy_of is None) is alone
