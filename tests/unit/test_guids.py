"""A guid is believed where the feed's own words speak for it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest import guids
from ingest.models import Entry
from ingest.roll import enrolled


def entry(name: str, guid: str = "1", **more: Any) -> Entry:
    return Entry(url=f"https://outlet.example/{name}", guid=guid, **{"title": "T", "published": "Mon", **more})


def moved(now: list[Entry], before: list[Entry]) -> dict[str, str]:
    return guids.moved([enrolled(each, b"") for each in now], [enrolled(each, b"") for each in before])


def test_the_same_words_under_the_same_guid_and_another_link_are_the_entry_that_was_there() -> None:
    old, new = entry("a"), entry("b")
    assert moved([new], [old]) == {new.id: old.id}


def test_other_words_or_another_date_are_another_entry() -> None:
    for other in (entry("b", title="Other"), entry("b", published="Tue"), entry("b", guid="2")):
        assert moved([other], [entry("a")]) == {}


def test_a_guid_that_stands_twice_in_a_feed_says_nothing() -> None:
    assert moved([entry("c")], [entry("a"), entry("b")]) == {}
    assert moved([entry("c"), entry("d")], [entry("a")]) == {}
    three = [entry("a"), entry("b"), entry("c", "2")]
    told = guids.told_apart(three, [enrolled(each, b"") for each in three])
    assert [each.guid for each in told] == ["", "", "2"]


def test_an_entry_whose_old_address_is_still_there_has_not_moved() -> None:
    old = entry("a", guid="2")
    assert moved([old, entry("b")], [entry("a")]) == {}


def test_a_title_alone_says_nothing() -> None:
    for bare in ({"published": ""}, {"guid": ""}):
        assert moved([entry("b", **bare)], [entry("a", **bare)]) == {}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123"), st.sampled_from(["T", "U"])), max_size=6))
def test_what_is_there_as_it_was_has_not_moved(entries: list[tuple[str, str, str]]) -> None:
    feed = [entry(name, guid, title=title) for name, guid, title in entries]
    assert moved(feed, feed) == {}
