"""Of a feed that is too much the first entries are read, and it is said how many were left out."""

import pytest

from ingest.errors import ParseFailed
from ingest.parse.bounds import MAX_BYTES, MAX_ENTRIES, MAX_ENTRY, MAX_TAGS, bounded

HEAD, TAIL = b"<rss><channel><title>Outlet</title>", b"<copyright/></channel></rss>"


def item(number: int, words: bytes = b"") -> bytes:
    return b"<item><link>https://outlet.example/%d</link>%b</item>" % (number, words)


def feed(*entries: bytes) -> bytes:
    return HEAD + b"".join(entries) + TAIL


def test_a_feed_as_outlets_have_it_stays_as_it_is() -> None:
    document = feed(*(item(n, b"<p>word</p>" * 200) for n in range(100)))
    assert bounded(document) == (document, 0)


def test_entries_beyond_the_most_are_left_out_from_the_end() -> None:
    entries = [item(n) for n in range(MAX_ENTRIES + 7)]
    assert bounded(feed(*entries)) == (feed(*entries[:MAX_ENTRIES]), 7)


def test_bytes_beyond_the_most_leave_out_whole_entries() -> None:
    entries = [item(n, b"x" * 1_000_000) for n in range(6)]
    assert bounded(feed(*entries)) == (feed(*entries[:4]), 2)
    assert len(feed(*entries[:4])) < MAX_BYTES


def test_tags_beyond_the_most_leave_out_whole_entries() -> None:
    entries = [item(n, b"<a>" * (MAX_TAGS // 4)) for n in range(6)]
    assert bounded(feed(*entries)) == (feed(*entries[:3]), 3)


def test_one_entry_that_is_too_long_makes_room_for_the_others() -> None:
    long = item(1, b"x" * MAX_ENTRY)
    assert bounded(feed(item(0), long, item(2))) == (feed(item(0), item(2)), 1)


@pytest.mark.parametrize("around", [b"x" * MAX_BYTES, b"<a>" * MAX_TAGS], ids=["bytes", "tags"])
def test_what_is_too_much_around_the_entries_is_refused(around: bytes) -> None:
    with pytest.raises(ParseFailed, match="around its entries"):
        bounded(HEAD + around + item(1) + TAIL)


def test_a_document_without_entries_is_refused_where_it_is_too_long() -> None:
    with pytest.raises(ParseFailed, match="around its entries"):
        bounded(b"<rss>" + b"<a " * MAX_TAGS)
