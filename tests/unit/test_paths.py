"""Each way into an outlet is told what it found first, and blamed only for what it could have shown."""

from ingest.models import Feed
from ingest.paths import Path, Sighting, compare

FEED = Feed(id="h:feed", source="h", url="https://h.example/feed", kind="feed")
MAP = Feed(id="h:map", source="h", url="https://h.example/map", kind="sitemap")


def compared(*sightings: Sighting, feed: float = 1000.0, sitemap: float = 1000.0) -> tuple[Path, Path]:
    first, second = compare([FEED, MAP], sightings, {"h:feed": feed, "h:map": sitemap})
    return first, second


def seen(name: str, published: float, **at: float) -> Sighting:
    return Sighting(url=name, published=published, at={f"h:{path}": moment for path, moment in at.items()})


def test_what_each_found_first_and_how_far_the_other_was_behind() -> None:
    feed, sitemap = compared(
        seen("a", 90, feed=100, map=160), seen("b", 190, feed=200, map=240), seen("c", 290, map=300, feed=330)
    )
    assert (feed.named, feed.first, feed.behind, feed.missed) == (3, 2, 30, 0)
    assert (sitemap.named, sitemap.first, sitemap.behind, sitemap.alone) == (3, 1, 50, 0)


def test_a_path_missed_what_another_named_and_it_did_not_the_newest_first() -> None:
    feed, sitemap = compared(
        seen("a", 50, feed=100, map=100), seen("b", 150, map=200), seen("c", 250, map=300), seen("d", 350, feed=400)
    )
    assert (feed.missed, feed.examples, feed.alone) == (2, ("c", "b"), 1)
    assert (sitemap.missed, sitemap.examples, sitemap.alone) == (1, ("d",), 2)


def test_no_path_is_blamed_for_what_was_there_before_it_was_polled() -> None:
    feed, _ = compared(seen("old", 50, map=60), seen("older than its ten", 90, map=100), seen("a", 95, feed=100))
    assert feed.missed == 0


def test_no_path_is_blamed_for_what_came_after_its_last_good_poll() -> None:
    feed, _ = compared(seen("a", 50, feed=100), seen("b", 900, map=950), feed=940)
    assert feed.missed == 0
    assert compared(seen("a", 50, feed=100), seen("b", 900, map=950), feed=960)[0].missed == 1


def test_a_path_that_named_nothing_has_missed_nothing_from_before_its_last_poll() -> None:
    feed, _ = compared(seen("a", 50, map=100), feed=200)
    assert (feed.named, feed.missed) == (0, 0)
    assert compared(seen("a", 50, map=100), feed=0)[0].missed == 0


def test_what_no_path_of_now_named_counts_for_none() -> None:
    feed, sitemap = compared(seen("a", 50, feed=60), seen("b", 70, hand=80), seen("c", 70, gone=75, feed=80))
    assert (feed.named, feed.first, feed.alone) == (2, 2, 2)
    assert sitemap.missed == 0
