"""The correction watch with the real processes: what changes and what goes is published once, whoever is killed."""

import random
import sys
import time
from pathlib import Path

import pytest

from ingest.models import article_id
from ingest.store import Store
from tests.conftest import config_folder
from tests.e2e.faulty import LOOKS, died
from tests.e2e.newswire import QUICK, Newswire, kind_of, page, publish_articles, published, queue_entries, until
from workers.demo.outlet import Outlet

pytestmark = pytest.mark.slow

FAULTY = str(Path(__file__).parent / "faulty.py")
OFTEN = ", ".join(str(second) for second in range(2, 240, 2))
"""A look every two seconds, for longer than any of these tests."""


@pytest.fixture
def config(tmp_path: Path, outlet: Outlet) -> Path:
    watched = f"{QUICK}[watch]\nafter = [{OFTEN}]\nconfirm = 1.0\n"
    return config_folder(tmp_path / "config", outlet.url, main=watched)


def correct(outlet: Outlet, number: int) -> None:
    outlet.publish(f"/report/{number}", page(number).replace("stood at", "rose to"))


def remove(outlet: Outlet, number: int) -> None:
    outlet.publish(f"/report/{number}", "there is no such page", status=404)


def told(store: Store, url: str) -> list[tuple[int, str]]:
    """(revision, event) of all that was published of this address."""
    return [(entry.revision, entry.event) for entry in queue_entries(store) if entry.url == url]


CORRECTED = [(1, "created"), (2, "updated")]
RETRACTED = [(1, "created"), (2, "retracted")]


def test_what_an_outlet_corrects_removes_and_brings_back_is_published(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 3)
    with Newswire(config, tmp_path / "data") as wire:
        wire.start()
        store = wire.store()
        until(lambda: set(published(store)) == set(urls))
        assert "3 to look at again" in wire.call("status").stdout
        correct(outlet, 0)
        remove(outlet, 1)
        until(lambda: (told(store, urls[0]), told(store, urls[1])) == (CORRECTED, RETRACTED))
        outlet.publish("/report/1", page(1))
        until(lambda: told(store, urls[1]) == [*RETRACTED, (3, "updated")])
        article = store.article(article_id(urls[1]))
        assert article
        assert article.retracted is None
        assert told(store, urls[2]) == [(1, "created")]
        asked = [each for each in outlet.asked if each.path == "/report/2"]
        assert len(asked) > 2
        assert {each.status for each in asked[1:]} == {304}
        assert wire.stop() == [0]


LOOKS_OF_A_RUN = (("before the look ends", "after the retraction"), ("after the look ended", "before the retraction"))


@pytest.mark.parametrize("seams", LOOKS_OF_A_RUN, ids=", ".join)
def test_deaths_at_each_seam_of_a_look_cost_nothing(
    seams: tuple[str, ...], config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 4)
    marks = tmp_path / "marks"
    marks.mkdir()
    deaths = {seam: 1 if seam == "after the retraction" else 2 for seam in seams}  # the other may be made before it
    times = ", ".join(map(str, deaths.values()))
    with Newswire(config, tmp_path / "data", [sys.executable, FAULTY, ", ".join(deaths), times, str(marks)]) as wire:
        wire.start()
        store = wire.store()
        until(lambda: set(published(store)) == set(urls))
        correct(outlet, 0)
        for number in (1, 2):
            remove(outlet, number)
        until(lambda: died(marks) == deaths, 90)
        expected = [CORRECTED, RETRACTED, RETRACTED, [(1, "created")]]
        until(lambda: [told(store, url) for url in urls] == expected)
        time.sleep(5)  # longer than a lease, and another look: whatever would come twice comes now
        assert [told(store, url) for url in urls] == expected
        assert store.looks().planned == 4
        assert store.dead_count() == 0


def test_no_seam_of_a_look_is_left_out() -> None:
    assert sorted(seam for seams in LOOKS_OF_A_RUN for seam in seams) == sorted(LOOKS)


def test_killing_any_process_while_pages_are_looked_at_costs_nothing(
    config: Path, tmp_path: Path, outlet: Outlet
) -> None:
    urls = publish_articles(outlet, 18, delay=0.1)
    chance = random.Random(7)
    killed: list[str] = []
    with Newswire(config, tmp_path / "data") as wire:
        wire.start()
        store = wire.store()
        until(lambda: set(published(store)) == set(urls), 90)
        for number in range(6):
            correct(outlet, number)
            remove(outlet, number + 6)
        expected = [CORRECTED] * 6 + [RETRACTED] * 6 + [[(1, "created")]] * 6

        def kill_one() -> bool:
            victim = chance.choice(wire.children())
            killed.append(kind_of(victim, store))
            victim.kill()
            return len(killed) >= 8

        until(kill_one, 60, every=0.8)
        until(lambda: [told(store, url) for url in urls] == expected, 90)
        time.sleep(5)
        assert [told(store, url) for url in urls] == expected
        assert store.looks().planned == 18
        assert store.dead_count() == 0
    assert len(set(killed)) >= 3, killed
