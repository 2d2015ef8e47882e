"""Copies of one text are one story, whoever published them, and in whatever order they came."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.models import Article, article_id
from ingest.settings import QueueSettings, RetentionSettings, Settings
from ingest.store import Committed, EmbeddedServer, Other, Store, open_store
from ingest.wire import Wire
from tests.integration.making import NOW, article, through_commit, through_publish

QUEUES = {
    "first": QueueSettings(),
    "outlet": QueueSettings(duplicates="outlet"),
    "all": QueueSettings(duplicates="all"),
    "spanish": QueueSettings(language=("es",)),
}


def paragraphs(seed: int, count: int = 6) -> list[str]:
    """Paragraphs that share no five words with those of another seed."""
    chance = Random(seed)
    return [
        " ".join(f"{chance.choice('bcdfglmnprstv')}{chance.randrange(10**6)}" for _ in range(30)) for _ in range(count)
    ]


def story(outlet: str, body: Iterable[str], **more: Any) -> Article:
    """An article of this outlet with this body."""
    url = more.pop("url", f"https://{outlet}.example/{more.pop('name', 'a')}")
    return article(url, "\n\n".join(body), source=outlet, language=more.pop("language", "en"), **more)


def urls(store: Store, queue: str) -> list[str]:
    return [entry.url for entry in store.read_queue(queue, "0", 1000)]


def clusters(store: Store, made: Iterable[Article]) -> set[frozenset[str]]:
    """Who is with whom, by URL; those that are alone are alone."""
    return {
        frozenset(m.article.url for m in store.cluster(each.id) if m.article) or frozenset({each.url}) for each in made
    }


# ── what becomes of a copy ──


def test_a_copy_is_published_as_an_article_that_says_whom_it_copies(store: Store) -> None:
    original = story("agency", paragraphs(1))
    copy = story("daily", ["Our correspondent writes what follows.", *paragraphs(1)[:5]], title="Another headline")
    assert through_commit(store, original, QUEUES).outcome == "created"
    assert through_commit(store, copy, QUEUES) == Committed("copy", copy.id)
    kept = store.article(copy.id)
    assert kept and kept.copy_of
    assert (kept.copy_of.of, kept.copy_of.first, kept.copy_of.first_source) == (original.id, original.id, "agency")
    assert kept.copy_of.first_url == original.url
    assert 0.9 < kept.copy_of.shared < 1.0
    assert 0.7 < kept.copy_of.covered < 0.9
    assert (kept.copy_of.kept, kept.copy_of.added, kept.copy_of.dropped) == (5, 1, 1)
    assert [member.id for member in store.cluster(original.id)] == [original.id, copy.id]
    assert store.article(original.id) == original
    assert store.day("daily") == {"copy": 1}


def test_a_cluster_says_who_published_what_first(store: Store) -> None:
    original, copy = story("agency", paragraphs(1)), story("daily", [*paragraphs(2, 1), *paragraphs(1)[:5]])
    for each in (original, copy):
        through_commit(store, each, QUEUES)
    wire = Wire(Settings(config=Path(), data=Path(), queues=QUEUES), store)
    told = wire.cluster(copy.url)
    assert [(member.source, member.queues) for member in told.members] == [
        ("agency", ("first", "outlet", "all")), ("daily", ("outlet", "all")),
    ]  # fmt: skip
    assert [each.text for each in told.paragraphs] == paragraphs(1)[:5]
    assert {each.articles for each in told.paragraphs} == {(original.id, copy.id)}
    through_commit(store, story("weekly", paragraphs(3)), QUEUES)
    assert wire.cluster("https://weekly.example/a").members == ()


def test_each_queue_takes_the_copies_that_it_wants(store: Store) -> None:
    first, second = story("agency", paragraphs(1)), story("daily", paragraphs(1))
    again = story("daily", [*paragraphs(1), "And a line of its own."], name="again")
    for each in (first, second, again):
        through_commit(store, each, QUEUES)
    assert urls(store, "first") == [first.url]
    assert urls(store, "outlet") == [first.url, second.url]
    assert urls(store, "all") == [first.url, second.url, again.url]


def test_a_queue_gets_the_first_copy_that_its_filter_takes_though_it_is_not_the_first_of_all(store: Store) -> None:
    for outlet, language in (("agency", "en"), ("diario", "es"), ("prensa", "es")):
        through_commit(store, story(outlet, paragraphs(1), language=language), QUEUES)
    assert urls(store, "spanish") == ["https://diario.example/a"]
    assert [m.queues for m in store.cluster(article_id("https://diario.example/a"))] == [
        ("first", "outlet", "all"), ("outlet", "all", "spanish"), ("outlet", "all"),
    ]  # fmt: skip


def test_a_revision_goes_where_its_article_went(store: Store) -> None:
    first, copy = story("agency", paragraphs(1)), story("daily", paragraphs(1))
    through_commit(store, first, QUEUES)
    through_commit(store, copy, QUEUES)
    corrected = story("daily", [*paragraphs(1), "Correction: an earlier version had another figure."])
    assert through_commit(store, corrected, QUEUES).outcome == "updated"
    assert urls(store, "first") == [first.url]
    assert urls(store, "all") == [first.url, copy.url, copy.url]
    assert {member.id for member in store.cluster(copy.id)} == {first.id, copy.id}


def test_an_article_that_becomes_another_leaves_its_cluster(store: Store) -> None:
    first, copy = story("agency", paragraphs(1)), story("daily", paragraphs(1))
    for each in (first, copy, story("daily", paragraphs(2))):
        through_commit(store, each, QUEUES)
    assert store.cluster(first.id) == store.cluster(copy.id) == []
    kept = store.article(copy.id)
    assert kept
    assert kept.copy_of is None


def test_a_text_is_found_with_those_who_have_it_still_when_the_first_of_them_was_rewritten(store: Store) -> None:
    first, copy, late = (story(outlet, paragraphs(1)) for outlet in ("agency", "daily", "prensa"))
    for each in (first, copy, story("agency", paragraphs(2)), late):
        through_commit(store, each, QUEUES)
    assert clusters(store, [first, copy, late]) == {frozenset({first.url}), frozenset({copy.url, late.url})}
    through_commit(store, first, QUEUES)
    assert clusters(store, [first, copy, late]) == {frozenset({first.url, copy.url, late.url})}, "it has its text again"


def test_an_article_that_is_rewritten_again_and_again_is_the_way_to_all_whom_it_left(store: Store) -> None:
    for text in map(paragraphs, range(4)):
        for outlet in ("live", f"daily{text[0][:5]}"):
            through_commit(store, story(outlet, text), QUEUES)
    found = [through_commit(store, story("weekly", paragraphs(n), name=str(n)), QUEUES).outcome for n in range(4)]
    assert found == ["copy"] * 4


def test_the_first_of_a_cluster_is_no_copy_when_it_is_revised_and_who_came_before_an_earlier_one_is(
    store: Store,
) -> None:
    first, late = (story(o, paragraphs(1), sorted=NOW + timedelta(hours=n)) for n, o in enumerate(("agency", "daily")))
    for each in (late, first):
        through_commit(store, each, QUEUES)
    for each in (first, late):
        again = story(each.source, [*paragraphs(1), "A line that was not there."], sorted=each.sorted)
        assert through_commit(store, again, QUEUES).outcome == "updated"
    revised, copy = store.article(first.id), store.article(late.id)
    assert revised and copy and copy.copy_of
    assert (revised.copy_of, copy.copy_of.first) == (None, first.id)


def test_the_first_publisher_is_who_published_first_though_it_came_later(store: Store) -> None:
    late = story("daily", paragraphs(1), sorted=NOW)
    early = story("agency", paragraphs(1), sorted=NOW - timedelta(hours=2))
    through_commit(store, late, QUEUES)
    through_commit(store, early, QUEUES)
    assert [member.id for member in store.cluster(late.id)] == [early.id, late.id]
    kept = store.article(early.id)
    assert kept and kept.copy_of
    assert (kept.copy_of.of, kept.copy_of.first) == (late.id, early.id)


def test_a_queue_that_is_added_is_filled_with_one_copy_of_each(store: Store) -> None:
    made = [story(outlet, paragraphs(1)) for outlet in ("agency", "daily", "prensa")] + [
        story("daily", paragraphs(2), name="b")
    ]
    for number, each in enumerate(made):
        through_commit(
            store, article(each.url, each.text, source=each.source, sorted=NOW + timedelta(hours=number)), QUEUES
        )
    added = {**QUEUES, "new": QueueSettings(), "whole": QueueSettings(duplicates="all")}
    wire = Wire(Settings(config=Path(), data=Path(), queues=added), store)
    for queue in ("new", "whole", "new"):
        list(wire.fill(queue))
    assert urls(store, "new") == [made[0].url, made[3].url]
    assert urls(store, "whole") == [each.url for each in made]
    through_commit(store, story("weekly", paragraphs(1)), added)
    assert urls(store, "new") == [made[0].url, made[3].url], "what was filled in counts for what comes"


def test_a_cluster_beyond_all_reason_is_not_walked_to_its_end(store: Store, redis: Any) -> None:
    """The server does nothing else meanwhile, for anybody."""
    first, copy = story("agency", paragraphs(1)), story("daily", paragraphs(1))
    through_commit(store, first, QUEUES)
    with redis.pipeline(transaction=False) as pipeline:
        pipeline.hset(store.keys.identity(first.id), mapping={"parts": 1, "cluster": "0"})
        for other in (f"{number:016x}" for number in range(5000)):
            pipeline.hset(store.keys.identity(other), mapping={"revision": 1, "cluster": "0"})
            pipeline.hset(store.keys.links(other), first.id, "same")
            pipeline.hset(store.keys.links(first.id), other, "same")
        pipeline.execute()
    before = redis.info("commandstats")["cmdstat_hgetall"]["calls"]
    assert through_commit(store, copy, QUEUES).outcome == "copy"
    assert redis.info("commandstats")["cmdstat_hgetall"]["calls"] - before < 1100


# ── lines of an outlet ──


def test_a_paragraph_that_three_articles_of_an_outlet_have_is_seen_and_what_copies_share_is_not(store: Store) -> None:
    line, made = paragraphs(99, 1), [*range(1, 5)]
    same_outlet = [story("daily", [*paragraphs(n), *line], name=str(n)) for n in made]
    assert [through_publish(store, each).shares_lines for each in same_outlet] == [False, False, True, True]
    elsewhere = [story(f"outlet{n}", [*paragraphs(n + 10), *line]) for n in made]
    assert not any(through_publish(store, each).shares_lines for each in elsewhere)
    copies = [story("weekly", [*paragraphs(30), *paragraphs(n + 30, 1)], name=str(n)) for n in made]
    assert not any(through_publish(store, each).shares_lines for each in copies)


# ── the same article ──


def test_the_same_text_of_the_same_outlet_is_one_article_and_its_addresses_are_remembered(store: Store) -> None:
    first = story("daily", paragraphs(1), title="Ferries, at last")
    section = story("daily", paragraphs(1), name="sport/a", title="FERRIES AT LAST")
    through_commit(store, first, QUEUES)
    assert through_commit(store, section, QUEUES) == Committed("duplicate", first.id)
    assert store.addresses(first.id) == {section.url}
    through_commit(store, story("daily", paragraphs(3)), QUEUES)
    revised = store.article(first.id)
    assert revised
    assert (revised.revision, revised.addresses) == (2, (section.url,))


def test_what_its_feed_calls_the_same_is_the_same_article_at_its_new_address(store: Store) -> None:
    first = story("daily", paragraphs(1))
    moved = story(
        "daily", [*paragraphs(1)[:5], "A last paragraph that is new, with words of its own."], name="new-slug"
    )
    through_commit(store, first, QUEUES, guid="tag:1")
    assert through_commit(store, moved, QUEUES, guid="tag:1") == Committed("updated", first.id)
    kept = store.article(first.id)
    assert kept
    assert (kept.revision, kept.url, kept.addresses[-1]) == (2, first.url, moved.url)
    assert store.article(moved.id) is None
    assert through_commit(store, first, QUEUES, guid="tag:1").outcome == "duplicate", "the old address has no say now"


def test_what_moved_is_the_same_article_although_its_feed_calls_it_otherwise_then(store: Store) -> None:
    first, moved = story("daily", paragraphs(1)), story("daily", paragraphs(1)[:5], name="new-slug")
    through_commit(store, first, QUEUES, guid="tag:1")
    assert through_commit(store, moved, QUEUES, guid="tag:1") == Committed("updated", first.id)
    for last, guid in (("A line that was not there.", "tag:2"), ("And another one after that.", "")):
        again = story("daily", [*paragraphs(1)[:5], last], name="new-slug")
        assert through_commit(store, again, QUEUES, guid=guid) == Committed("updated", first.id)
    titled = story("daily", again.text.split("\n\n"), name="new-slug", title="Another title")
    assert through_commit(store, titled, QUEUES) == Committed("updated", first.id)
    assert through_commit(store, story("daily", paragraphs(2), name="new-slug"), QUEUES).outcome == "created"


def test_a_guid_that_is_repeated_for_another_text_is_another_article(store: Store) -> None:
    through_commit(store, story("daily", paragraphs(1)), QUEUES, guid="tag:1")
    other = story("daily", paragraphs(2), name="b")
    assert through_commit(store, other, QUEUES, guid="tag:1") == Committed("created", other.id)


def test_the_article_at_its_own_address_takes_over_from_the_one_that_came_first(store: Store) -> None:
    """An AMP copy is found first; from then on the page itself is what may revise the article."""
    own = story("daily", paragraphs(1))
    amp = story("daily", [*paragraphs(1), "Read more in the app, which is free and has all of it."])
    assert through_commit(store, amp, QUEUES, url=f"{own.url}?amp").outcome == "created"
    assert through_commit(store, own, QUEUES).outcome == "updated"
    assert through_commit(store, amp, QUEUES, url=f"{own.url}?amp").outcome == "duplicate"


def test_a_text_under_another_title_each_day_is_another_article_each_day(store: Store) -> None:
    for day in ("Monday", "Tuesday"):
        made = story("daily", paragraphs(1), name=day, title=f"The cartoon of {day}")
        assert through_commit(store, made, QUEUES).outcome == ("created" if day == "Monday" else "copy")
    assert len(urls(store, "all")) == 2


def test_addresses_that_a_feed_makes_up_at_each_poll_are_not_kept_for_ever(store: Store) -> None:
    first = story("daily", paragraphs(1), title="T")
    through_commit(store, first, QUEUES)
    for number in range(210):
        through_commit(store, story("daily", paragraphs(1), name=f"a?{number}", title="T"), QUEUES)
    assert len(store.addresses(first.id)) == 200
    through_commit(store, story("daily", paragraphs(3), title="T"), QUEUES)
    kept = store.article(first.id)
    assert kept
    assert len(kept.addresses) == 200


def test_a_correction_goes_to_the_queue_that_has_the_article_though_its_filter_takes_it_no_more(store: Store) -> None:
    queues = {"all": QueueSettings(), "ferry": QueueSettings(words=("ferry",)), "gone": QueueSettings()}
    through_commit(store, story("daily", paragraphs(1), title="The ferry"), queues)
    del queues["gone"]
    assert through_commit(store, story("daily", paragraphs(1), title="The tug"), queues).outcome == "updated"
    assert [entry.event for entry in store.read_queue("ferry", "0", 10)] == ["created", "updated"]
    assert [entry.event for entry in store.read_queue("gone", "0", 10)] == ["created"]


def test_a_copy_of_what_was_retracted_comes_to_the_queue_that_had_the_first(store: Store, redis: Any) -> None:
    first = story("agency", paragraphs(1))
    through_commit(store, first, QUEUES)
    redis.hset(store.keys.identity(first.id), "retracted", 1)
    copy = story("daily", paragraphs(1))
    assert through_commit(store, copy, QUEUES).outcome == "copy"
    assert urls(store, "first") == [first.url, copy.url]


# ── tombstones ──


def test_a_copy_of_what_was_purged_does_not_come_back(server: EmbeddedServer, store: Store, redis: Any) -> None:
    first = story("agency", paragraphs(1))
    through_commit(store, first, QUEUES)
    redis.zadd(store.keys.revised, {first.id: 1})
    kept = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1))
    assert kept.sweep({}) == 1
    assert through_commit(kept, story("daily", paragraphs(1)), QUEUES) == Committed("duplicate", first.id)
    kept.close()


def test_a_text_of_which_one_copy_was_purged_is_not_gone_while_another_has_it(
    server: EmbeddedServer, store: Store, redis: Any
) -> None:
    made = [story(outlet, paragraphs(1)) for outlet in ("agency", "daily", "prensa")]
    kept = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1))
    for each in made[:2]:
        through_commit(kept, each, QUEUES)
    redis.zadd(store.keys.revised, {made[0].id: 1})
    assert kept.sweep({}) == 1
    assert through_commit(kept, made[2], QUEUES).outcome == "copy"
    assert {member.id for member in kept.cluster(made[2].id)} == {each.id for each in made}
    assert urls(kept, "first") == [made[0].url]
    assert urls(kept, "all") == [each.url for each in made]
    kept.close()


def test_what_comes_back_after_its_purge_is_known_by_all_its_addresses_for_good(
    server: EmbeddedServer, store: Store, redis: Any
) -> None:
    kept = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1, tombstone_days=7))
    first = story("daily", paragraphs(1), title="Ferries, at last")
    section = story("daily", paragraphs(1), name="sport/a", title="FERRIES AT LAST")
    copy = story("weekly", paragraphs(1))
    for each in (first, section, copy):
        through_commit(kept, each, QUEUES)
    redis.zadd(store.keys.revised, {first.id: 1})
    assert kept.sweep({}) == 1
    through_commit(kept, story("daily", [*paragraphs(1), "A line that was not there."]), QUEUES)
    named = (store.keys.identity(first.id), store.keys.addresses(first.id), store.keys.links(first.id))
    assert [redis.ttl(key) for key in named] == [-1, -1, -1]
    kept.close()


def test_a_cluster_is_forgotten_with_the_last_of_its_tombstones(
    server: EmbeddedServer, store: Store, redis: Any
) -> None:
    made = [story(outlet, paragraphs(1)) for outlet in ("agency", "daily")]
    kept = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1, tombstone_days=7))
    for each in made:
        through_commit(kept, each, QUEUES)
    (cluster,) = redis.keys(store.keys.cluster("*"))
    for each, ends in zip(made, (False, True), strict=True):
        redis.zadd(store.keys.revised, {each.id: 1})
        kept.sweep({})
        assert (redis.pttl(cluster) > 0) is ends
        assert redis.pttl(store.keys.links(each.id)) > 0
    kept.close()


def test_fingerprints_are_forgotten_by_age(server: EmbeddedServer, store: Store, redis: Any) -> None:
    through_commit(store, story("agency", paragraphs(1)), QUEUES)
    shards = redis.keys(f"{store.keys.prefix}fingerprints:*:*:*")
    assert shards
    assert all(89 < redis.pttl(shard) / 86_400_000 < 121 for shard in shards)
    for shard in shards:
        redis.delete(shard)
    assert through_commit(store, story("daily", paragraphs(1)), QUEUES).outcome == "created"


def test_fingerprints_outgrow_their_table_and_are_found_in_the_old_one(store: Store, redis: Any) -> None:
    through_commit(store, story("agency", paragraphs(1)), QUEUES)
    (registry,) = [key for key in redis.keys(f"{store.keys.prefix}fingerprints:*") if redis.hexists(key, "1")]
    bits = int(redis.hget(registry, "1").split()[0])
    redis.hset(registry, "1#", 96 * 2**bits)
    assert through_commit(store, story("daily", paragraphs(1)), QUEUES).outcome == "copy"
    assert int(redis.hget(registry, "2").split()[0]) > bits
    assert through_commit(store, story("weekly", paragraphs(1)), QUEUES).outcome == "copy"


# ── order is of no matter ──

FAMILIES: Mapping[str, list[list[int]]] = {
    "a copy and two strangers": [[1, 2, 3], [1, 2, 3, 4], [7, 8, 9], [11, 12]],
    "a digest of two stories": [[1, 2, 3], [4, 5, 6], [1, 2, 3, 4, 5, 6, 7]],
    "a statement that two reports have in full": [[1, 2], [1, 2, 3, 4, 5, 6], [1, 2, 7, 8, 9, 10]],
    "a brief within an article within a longer one": [[1, 2], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, *range(11, 20)]],
    "a chain of edits": [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 7]],
    "a long copy, its original and a fragment of the rest": [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5], [7, 8]],
}


PARTS = st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True)


def members(family: list[list[int]]) -> list[Article]:
    words = {number: paragraphs(number, 1)[0] for number in range(30)}
    return [story(f"outlet{n}", [words[part] for part in parts]) for n, parts in enumerate(family)]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
def test_clusters_are_the_same_in_every_order(server: EmbeddedServer, family: list[list[int]]) -> None:
    made, found = members(family), set()
    for number, order in enumerate(permutations(made)):
        with_prefix = open_store(server.url, f"order{id(family)}:{number}:")
        for each in order:
            through_commit(with_prefix, each, QUEUES)
        found.add(frozenset(clusters(with_prefix, made)))
        with_prefix.close()
    assert len(found) == 1, found


def together(family: list[list[int]], server: EmbeddedServer) -> set[frozenset[str]]:
    store = open_store(server.url, f"together{Random().random()}:")
    made = members(family)
    for each in made:
        through_commit(store, each, QUEUES)
    found = clusters(store, made)
    store.close()
    return {frozenset(url[14] for url in cluster) for cluster in found}


def test_a_digest_joins_none_of_its_stories(server: EmbeddedServer) -> None:
    assert together(FAMILIES["a digest of two stories"], server) == {frozenset("0"), frozenset("1"), frozenset("2")}


def test_a_statement_does_not_make_one_of_two_reports(server: EmbeddedServer) -> None:
    found = together(FAMILIES["a statement that two reports have in full"], server)
    assert found == {frozenset("0"), frozenset("1"), frozenset("2")}


def test_a_text_within_a_longer_one_is_a_copy_of_it(server: EmbeddedServer) -> None:
    assert together(FAMILIES["a brief within an article within a longer one"], server) == {frozenset("012")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    family=st.lists(
        st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True), min_size=2, max_size=7, unique_by=tuple
    ),
    seed=st.integers(0, 2**32),
)
def test_any_articles_end_in_the_same_clusters_in_any_order(
    server: EmbeddedServer, family: list[list[int]], seed: int
) -> None:
    made = members(family)
    shuffled = Random(seed).sample(made, len(made))
    found = []
    for order in (made, shuffled):
        store = open_store(server.url, f"any{Random().random()}:")
        for each in order:
            through_commit(store, each, QUEUES)
        found.append(clusters(store, made))
        store.close()
    assert found[0] == found[1], (family, [each.source for each in shuffled])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lives=st.lists(
        st.lists(st.sampled_from([(1, 2, 3), (1, 2, 3, 4), (5, 6), (5, 6, 7, 8, 9)]), min_size=1, max_size=3),
        min_size=2,
        max_size=5,
    ),
    seed=st.integers(0, 2**32),
)
def test_articles_are_with_those_who_have_their_text_now_whatever_they_said_before(
    server: EmbeddedServer, lives: list[list[tuple[int, ...]]], seed: int
) -> None:
    words = {number: paragraphs(number, 1)[0] for number in range(10)}
    texts = [[story(f"outlet{n}", [words[part] for part in parts]) for parts in life] for n, life in enumerate(lives)]
    turns = [number for number, life in enumerate(texts) for _ in life]
    Random(seed).shuffle(turns)
    steps = list(map(iter, texts))
    last, found = [life[-1] for life in texts], []
    for order in ([next(steps[turn]) for turn in turns], last):
        store = open_store(server.url, f"lives{Random().random()}:")
        for each in order:
            through_commit(store, each, QUEUES)
        found.append(clusters(store, last))
        store.close()
    assert found[0] == found[1], [each.source for each in order]


def test_a_text_that_is_rewritten_while_another_is_compared_with_it_is_compared_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, copy, rewritten = (
        story(*each) for each in (("agency", paragraphs(1)), ("daily", paragraphs(1)), ("agency", paragraphs(2)))
    )
    through_commit(store, first, QUEUES)
    read, meanwhile = store.others, [rewritten]

    def others(article_ids: Sequence[str]) -> list[Other]:
        found = read(article_ids)
        while meanwhile:
            assert through_commit(store, meanwhile.pop(), QUEUES).outcome == "updated"
        return found

    monkeypatch.setattr(store, "others", others)
    assert through_commit(store, copy, QUEUES).outcome == "created"
    assert clusters(store, [first, copy]) == {frozenset({first.url}), frozenset({copy.url})}
    assert copy.url in urls(store, "first")


def test_copies_that_arrive_at_the_same_moment_in_many_workers_end_in_one_cluster(store: Store) -> None:
    made = [story(f"outlet{n}", [*paragraphs(1), f"A line of outlet {n} alone."]) for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda each: through_commit(store, each, QUEUES).outcome, made))
    assert sorted(found) == ["copy"] * 11 + ["created"]
    assert clusters(store, made) == {frozenset(each.url for each in made)}
    assert len(urls(store, "first")) == 1
    assert len(urls(store, "all")) == 12
