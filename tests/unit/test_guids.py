"""A guid is believed where the feed's own words speak for it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.guids import moved, named, told_apart
from ingest.models import Entry


def entry(name: str, guid: str = "1", **more: Any) -> Entry:
    return Entry(url=f"https://outlet.example/{name}", guid=guid, **{"title": "T", "published": "Mon", **more})


def test_the_same_words_under_the_same_guid_and_another_link_are_the_entry_that_was_there() -> None:
    old, new = entry("a"), entry("b")
    assert moved(named([new]), named([old])) == {new.id: old.id}


def test_other_words_or_another_date_are_another_entry() -> None:
    for other in (entry("b", title="Other"), entry("b", published="Tue"), entry("b", guid="2")):
        assert moved(named([other]), named([entry("a")])) == {}


def test_a_guid_that_stands_twice_in_a_feed_says_nothing() -> None:
    assert named([entry("a"), entry("b")]) == {}
    assert [each.guid for each in told_apart([entry("a"), entry("b"), entry("c", "2")])] == ["", "", "2"]


def test_an_entry_whose_old_address_is_still_there_has_not_moved() -> None:
    old = entry("a", guid="2")
    assert moved(named([old, entry("b")]), named([entry("a")])) == {}


def test_a_title_alone_says_nothing() -> None:
    assert named([entry("a", published="")]) == {}
    assert named([entry("a", guid="")]) == {}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123"), st.sampled_from(["T", "U"])), max_size=6))
def test_what_is_there_as_it_was_has_not_moved(entries: list[tuple[str, str, str]]) -> None:
    feed = [entry(name, guid, title=title) for name, guid, title in entries]
    assert moved(named(feed), named(feed)) == {}
