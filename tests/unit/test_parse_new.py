"""A feed of which only what is new is read says the same as one that is read whole."""

import json
import re
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch, Outcome
from ingest.parse import Parsed, parse
from ingest.parse.bounds import MAX_ENTRIES
from ingest.parse.parts import parts
from ingest.roll import NOTHING, Seen
from tests.conftest import CORPORA, needs_corpora

DATA = Path(__file__).parents[1] / "data/feeds"
URL = "https://harbour.example/feed"


def read(body: bytes | str, seen: Seen = NOTHING, url: str = URL, content_type: str = "") -> Parsed:
    raw = body.encode() if isinstance(body, str) else body
    fetch = Fetch(requested=URL, url=url, outcome=Outcome.OK, body=raw, content_type=content_type)
    return parse(Feed(id="h:1", source="h", url=URL, kind="feed"), fetch, seen)


def seen_in(parsed: Parsed, marks: Collection[bytes] | None = None, *, head: bool = True) -> Seen:
    """What the poll that read this has seen; marks: some of its entries only."""
    known = {each.mark for each in parsed.listed if each.mark and (marks is None or each.mark in marks)}
    return Seen(parsed.context, known, parsed.head if head else None)


def said(parsed: Parsed, before: Parsed, seen: Seen) -> tuple[Any, ...]:
    """All that a poll says, with what the poll before it read in the places of what was seen."""
    known = {each.mark: each.entry for each in before.listed}
    listed = [each.entry or (known[each.mark] if each.mark in seen.marks else None) for each in parsed.listed]
    entries = [entry for entry in listed if entry] if parsed.listed else list(parsed.entries)
    return entries, parsed.title, parsed.language, parsed.ttl, parsed.context, parsed.head, parsed.hub, parsed.topic


def assert_same(body: bytes | str, before: bytes | str | None = None) -> None:
    """Whatever of the feed was seen, in the poll before it or in this one, it says what it says when read whole."""
    first, whole = read(body if before is None else before), read(body)
    marks = [each.mark for each in first.listed]
    for some in (marks, marks[::2], marks[1::2], marks[1:], marks[:-1]):
        for head in (True, False):
            seen = seen_in(first, some, head=head)
            assert said(read(body, seen), first, seen) == said(whole, whole, NOTHING)


def rss(*entries: str, head: str = "<title>T</title>", root: str = "", tail: str = "") -> str:
    inside = "\n".join(f"<item>{entry}</item>" for entry in entries)
    return f'<?xml version="1.0"?>\n<rss version="2.0"{root}><channel>{head}\n{inside}\n{tail}</channel></rss>'


def atom(*entries: str, head: str = "<title>T</title>", root: str = "") -> str:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{root}>{head}{inside}</feed>'


def entry(number: int, more: str = "") -> str:
    return f"<title>Number {number}</title><link>/{number}</link><guid>{number}</guid>{more}"


def atom_entry(number: int, more: str = "") -> str:
    return f'<title>Number {number}</title><link href="/{number}"/><id>{number}</id>{more}'


# ── what is new ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [rss, atom], ids=["rss", "atom"])
def test_feedparser_gets_what_is_new_and_nothing_else(make: Callable[..., str], read_by_feedparser: list[int]) -> None:
    one = entry if make is rss else atom_entry
    first = read(make(*map(one, range(30))))
    later = make(one(30), *map(one, range(30)))
    found = read(later, seen_in(first))
    assert read_by_feedparser == [30, 1]
    assert [each.title for each in found.entries] == ["Number 30"]
    assert [bool(each.entry) for each in found.listed] == [True] + [False] * 30
    assert found.context == first.context


def test_an_entry_of_which_one_letter_changed_is_new(read_by_feedparser: list[int]) -> None:
    first = read(rss(entry(1), entry(2), entry(3)))
    found = read(rss(entry(1), entry(2).replace("Number", "number"), entry(3)), seen_in(first))
    assert [each.title for each in found.entries] == ["number 2"]
    assert read_by_feedparser == [3, 1]


def test_a_head_that_says_nothing_but_its_dates_anew_costs_no_call_of_feedparser(read_by_feedparser: list[int]) -> None:
    def feed(clock: int) -> str:
        return rss(entry(1), head=f"<title>T</title><ttl>60</ttl><lastBuildDate>1 Mar 2026 {clock}:00</lastBuildDate>")

    first = read(feed(10))
    found = read(feed(11), seen_in(first))
    assert read_by_feedparser == [1]
    assert (found.entries, found.title, found.ttl) == ((), "T", 3600.0)


def test_what_else_a_head_says_anew_is_heard() -> None:
    first = read(rss(entry(1), head="<title>Old</title><ttl>60</ttl>"))
    found = read(rss(entry(1), head="<title>New</title><ttl>30</ttl>"), seen_in(first))
    assert (found.entries, found.title, found.ttl) == ((), "New", 1800.0)


@pytest.mark.parametrize("name", ["rss2.xml", "atom.xml", "rdf.xml", "feed.json"])
def test_feeds_of_every_kind_say_the_same_in_parts(name: str) -> None:
    body = (DATA / name).read_bytes()
    assert read(body).listed
    assert_same(body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "windows-1252", "utf-16"])
def test_feeds_in_every_encoding_say_the_same_in_parts(encoding: str) -> None:
    text = rss(entry(1, "<description>año</description>"), entry(2, "<description>niño</description>"), entry(3))
    body = text.replace("?>", f' encoding="{encoding.removesuffix("-sig")}"?>', 1).encode(encoding)
    first = read(body)
    assert len(read(body, seen_in(first, [each.mark for each in first.listed][1:])).entries) == 1
    assert_same(body)


def test_prefixed_entries_are_told_apart_too(read_by_feedparser: list[int]) -> None:
    feed = atom(atom_entry(1), atom_entry(2)).replace("<", "<a:").replace("<a:/", "</a:").replace("xmlns=", "xmlns:a=")
    assert len(read(feed, seen_in(read(feed))).listed) == 2
    assert read_by_feedparser == [2]
    assert_same(feed)


# ── what an entry takes from elsewhere ───────────────────────────────────────────────────────────────────────────────


DRIFTS = {
    "the language of the feed": (
        rss(entry(1), entry(2), head="<language>en</language>"),
        rss(entry(1), entry(2), head="<language>es</language>"),
    ),
    "xml:lang": (atom(atom_entry(1), root=' xml:lang="en"'), atom(atom_entry(1), root=' xml:lang="es"')),
    "xml:base": (
        atom(atom_entry(1), root=' xml:base="https://a.example/"'),
        atom(atom_entry(1), root=' xml:base="https://b.example/"'),
    ),
    "an author for all": (
        atom(atom_entry(1), head="<author><name>Ada</name></author>"),
        atom(atom_entry(1), head="<author><name>Bo</name></author>"),
    ),
    "what a prefix stands for": (
        rss(entry(1, "<x:creator>Ada</x:creator>"), root=' xmlns:x="http://purl.org/dc/elements/1.1/"'),
        rss(entry(1, "<x:creator>Ada</x:creator>"), root=' xmlns:x="http://elsewhere.example/"'),
    ),
    "whether captions are all there is": (
        rss(entry(1, "<media:description>A</media:description>"), root=' xmlns:media="http://search.yahoo.com/mrss/"'),
        rss(
            entry(1, "<media:description>A</media:description>"),
            entry(2, "<description>B</description>"),
            root=' xmlns:media="http://search.yahoo.com/mrss/"',
        ),
    ),
}


@pytest.mark.parametrize("what", DRIFTS)
def test_where_something_else_changes_an_entry_the_feed_is_read_whole(what: str) -> None:
    before, now = DRIFTS[what]
    first = read(before)
    assert len(first.listed) == len(first.entries) > 0
    assert read(now, seen_in(first)) == read(now) != first


def test_a_feed_that_moved_to_another_host_is_read_whole() -> None:
    first = read(rss(entry(1)))
    moved = read(rss(entry(1)), seen_in(first), url="https://other.example/feed")
    assert [each.url for each in moved.entries] == ["https://other.example/1"]


@pytest.mark.parametrize(
    "body", [rss(entry(1)), json.dumps({"items": [{"id": "1", "url": "/1"}]})], ids=["xml", "json"]
)
def test_a_feed_read_by_other_rules_is_read_whole_once(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(body)
    assert read(body, seen_in(first)).entries == ()
    monkeypatch.setattr("ingest.parse.parsed.RULES", 0)
    again = read(body, seen_in(first))
    assert again.entries == first.entries
    assert read(body, seen_in(again)).entries == ()


# ── what is in doubt ─────────────────────────────────────────────────────────────────────────────────────────────────


WHOLE = {
    "not well-formed": rss(entry(1), "<link>/2</link><title>fish & chips</title>"),
    "an entity of HTML": rss(entry(1), entry(2, "<description>caf&eacute;</description>")),
    "entities of its own": '<!DOCTYPE rss [<!ENTITY x "y">]>' + rss(entry(1), entry(2, "&x;")).partition("?>")[2],
    "an undeclared prefix": rss(entry(1), entry(2, "<x:y>z</x:y>")),
    "cut off": rss(entry(1), entry(2))[:-30],
    "junk before it": "junk" + rss(entry(1), entry(2)),
    "two channels": f"<rss><channel><item>{entry(1)}</item></channel><channel><item>{entry(2)}</item></channel></rss>",
    "entries in entries": rss(entry(1, f"<item>{entry(2)}</item>"), entry(3)),
    "entries in different places": rss(entry(1), entry(2)).replace("</channel>", f"</channel><item>{entry(3)}</item>"),
    "an entry by another name": rss(entry(1), entry(2)).replace("</channel>", f"<Item>{entry(3)}</Item></channel>"),
    "markup that ends what it did not begin": atom(
        atom_entry(
            1,
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
            "<details><summary>More</summary>and more</details></div></content>",
        ),
        atom_entry(2, "<summary>Two</summary>"),
    ),
    "a control character": rss(entry(1, "<description>\x01</description>"), entry(2)),
    "another root": f"<wrap>{rss(entry(1), entry(2)).partition('?>')[2]}</wrap>",
}


@pytest.mark.parametrize("doubt", WHOLE)
def test_where_cutting_is_in_doubt_the_feed_is_read_whole(doubt: str) -> None:
    first = read(rss(entry(1), entry(2), entry(3)))
    whole = read(WHOLE[doubt])
    assert whole.entries
    assert (whole.listed, whole.context, whole.head) == ((), b"", None)
    assert read(WHOLE[doubt], seen_in(first)) == whole


def test_an_entry_that_declares_a_namespace_nobody_knows_is_read_each_time() -> None:
    x = ' xmlns:{}="http://x.example/"'
    feed = rss(
        entry(1, f"<a:creator{x.format('a')}>Ada</a:creator>"),
        entry(2, f"<dc:creator{x.format('dc')}>Bo</dc:creator>"),
        entry(3),
    )
    first = read(feed)
    assert [bool(each.mark) for each in first.listed] == [False, False, True]
    assert len(read(feed, seen_in(first)).entries) == 2
    assert_same(feed)


def test_one_that_declares_what_everybody_knows_is_not() -> None:
    thumbnail = '<media:thumbnail xmlns:media="http://search.yahoo.com/mrss/" url="https://x.example/1.jpg"/>'
    feed = rss(entry(1, thumbnail), entry(2, thumbnail))
    first = read(feed)
    assert first.entries[0].image == "https://x.example/1.jpg"
    assert read(feed, seen_in(first)).entries == ()
    assert_same(feed)


HIDDEN = {
    "a comment": "<!-- {} -->",
    "the text of another": "<item><link>/9</link><description><![CDATA[{}]]></description></item>",
    "another entry": "<item><link>/9</link>{}</item>",
    "an attribute": "<image x='{}'/>",
    "an instruction": "<?x {} ?>",
    "another element": "<cloud>{}</cloud>",
}


@pytest.mark.parametrize("place", HIDDEN)
def test_a_known_entry_that_is_none_in_this_feed_is_not_taken_for_one(place: str) -> None:
    known = f"<item>{entry(1)}</item>"
    first = read(rss(entry(1), entry(2)))
    now = rss(entry(2)).replace("<item>", HIDDEN[place].format(known) + "<item>", 1)
    whole, found = read(now), read(now, seen_in(first))
    assert said(found, first, seen_in(first))[:4] == said(whole, whole, NOTHING)[:4]


def test_a_base_of_words_is_the_base_of_nothing_else() -> None:
    """feedparser takes it for the base of all that comes after it, of guids too."""
    based = '<content type="html" xml:base="/other/">words</content>'
    feed = atom(atom_entry(1, based), atom_entry(2, based))
    assert [(each.url, each.guid) for each in read(feed).entries] == [
        ("https://harbour.example/1", "1"),
        ("https://harbour.example/2", "2"),
    ]
    assert_same(feed)


def test_any_other_base_is_read_with_all_that_follows() -> None:
    feed = atom(atom_entry(1), atom_entry(2)).replace("<entry>", '<entry xml:base="https://b.example/">', 1)
    assert read(feed).listed == ()
    assert read(feed.replace("<feed ", '<feed xml:base="https://a.example/" ')).listed


def test_a_picture_of_the_feed_stays_with_the_feed() -> None:
    """Where a feed has a picture, feedparser gives it the words that an entry's own picture has."""
    pictured = entry(1, "<image><title>Caption</title><url>https://x.example/1.jpg</url></image>")
    first = read(rss(entry(2), head="<title>T</title><image><title>Logo</title></image>"))
    now = rss(pictured, entry(2), head="<title>T</title><image><title>Logo</title></image>")
    whole = read(now)
    assert read(now, seen_in(first)).entries == whole.entries[:1]
    assert_same(now)


def test_entries_beyond_the_most_are_not_on_the_roll() -> None:
    parsed = read(rss(*["<link>/a</link>"] * (MAX_ENTRIES + 1)))
    assert (len(parsed.listed), parsed.left_out) == (MAX_ENTRIES, 1)


def test_what_was_seen_twice_is_there_twice() -> None:
    feed = rss(entry(1), entry(1), entry(2))
    found = read(feed, seen_in(read(feed)))
    assert (len(found.listed), found.entries) == (3, ())


def test_an_entry_without_an_address_is_left_out_once() -> None:
    feed = rss("<title>No address</title>", entry(1))
    first = read(feed)
    assert [bool(each.entry) for each in first.listed] == [False, True]
    assert read(feed, seen_in(first)).listed == tuple(each.__class__(mark=each.mark) for each in first.listed)


# ── JSON Feed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def json_feed(*numbers: int, **head: Any) -> str:
    items = [{"id": str(number), "url": f"/{number}", "title": f"Number {number}"} for number in numbers]
    return json.dumps({"title": "T", **head, "items": items})


def test_of_a_json_feed_what_is_new_is_read() -> None:
    first = read(json_feed(2, 1))
    found = read(json_feed(3, 2, 1, title="New"), seen_in(first))
    assert [each.title for each in found.entries] == ["Number 3"]
    assert (len(found.listed), found.title) == (3, "New")
    assert_same(json_feed(3, 2, 1), json_feed(2, 1))


def test_a_json_feed_in_another_language_or_by_another_author_is_read_whole() -> None:
    first = read(json_feed(2, 1))
    for head in ({"language": "es"}, {"authors": [{"name": "Ada"}]}):
        assert read(json_feed(2, 1, **head), seen_in(first)) == read(json_feed(2, 1, **head))


@pytest.mark.parametrize(
    "body", ['{"items": [{"url": "/1", "title": "a\nb"}]}', '{"items": [{"url": "/1", "x": NaN}]}']
)
def test_json_that_is_not_quite_json_is_read_whole(body: str) -> None:
    found = read(body)
    assert (len(found.entries), found.listed) == (1, ())


# ── feeds that nobody thought of ─────────────────────────────────────────────────────────────────────────────────────


WORDS = st.sampled_from(["one", "zwei", "tres &amp; más", "<![CDATA[<p>four</p> <item> </item>]]>", "5 &lt;b&gt;", ""])
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
INLINE = st.sampled_from(["b", "p", "summary", "title", "source", "span lang='pt'", "svg", "image", "div"])
INLINED = st.builds(lambda tag, words: f"<{tag}>{words}</{tag.split()[0]}>", INLINE, WORDS)
PIECES = st.one_of(
    st.builds(
        lambda tag, words: f"<{tag}>{words}</{tag.split()[0]}>",
        st.sampled_from([
            *("title", "link", "guid", "guid isPermaLink='false'", "description", "summary", "author", "category"),
            *("pubDate", "updated", "id", "source url='http://s.example'", "content:encoded", "dc:creator", "dc:date"),
            *("media:title", "media:description", "media:group", "image", "language", "x:note", "itunes:author"),
            *("title xml:lang='fr'", "link xml:base='http://b.example/'", "content type='html'", "textinput"),
            *("dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'", "y:z xmlns:y='http://y.example'"),
            *("x:note xmlns:x='http://other.example'", "media:description xmlns:media='http://search.yahoo.com/mrss/'"),
        ]),
        WORDS,
    ),
    st.sampled_from([
        '<link href="/atom"/>',
        '<link rel="enclosure" type="image/png" href="/a.png"/>',
        '<enclosure url="/e.jpg" type="image/jpeg"/>',
        '<media:thumbnail url="/t.jpg"/>',
        '<media:content url="/m.jpg" medium="image"><media:title>T</media:title></media:content>',
        "<author><name>Ada</name><email>a@b.example</email></author>",
        "<image><title>I</title><url>/i.png</url></image>",
        "<!-- <item> -->",
        "<media:description/>",
    ]),
    st.builds(lambda inline: f"<content type='xhtml'>{XHTML.format(inline)}</content>", INLINED),
    st.builds(lambda inline: f"<description>{inline}</description>", INLINED),
)  # fmt: skip
ENTRIES = st.builds(
    lambda number, pieces, lang: (lang, f"<link>/{number}</link>" + "".join(pieces)),
    st.integers(0, 5),
    st.lists(PIECES, max_size=4),
    st.sampled_from(["", "", "", " xml:lang='pt'", " xml:base='http://c.example/'", " rdf:about='/about'"]),
)
HEADS = st.lists(PIECES, max_size=3).map("".join)
GAPS = st.sampled_from(["", "\n", "\n", "<!-- gap -->", "<title>Late</title>", "<language>fr</language>"])
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:x="http://x.example/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
KINDS = {
    "rss": (f'<rss version="2.0" {NAMESPACES}><channel>', "item", "</channel></rss>"),
    "atom": (f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}>', "entry", "</feed>"),
    "rdf": (f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMESPACES}><channel>', "item", "</rdf:RDF>"),
}


def generated(kind: str, head: str, entries: list[tuple[str, str]], gap: str) -> str:
    opening, tag, closing = KINDS[kind]
    between = "</channel>" if kind == "rdf" else ""
    written = (f"<{tag}{more}>{pieces}</{tag}>" for more, pieces in entries)
    return f"{opening}<title>T</title>{head}{between}{gap.join(written)}{closing}"


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    heads=st.tuples(HEADS, st.one_of(st.none(), HEADS)),
    entries=st.lists(ENTRIES, min_size=1, max_size=5),
    gap=GAPS,
    choose=st.randoms(use_true_random=False),
)
def test_any_feed_says_the_same_in_parts(
    kind: str, heads: tuple[str, str | None], entries: list[tuple[str, str]], gap: str, choose: Any
) -> None:
    """One poll has some of the entries, the next one has others, in another order and perhaps under another head."""
    before = choose.sample(entries, choose.randint(1, len(entries)))
    now = choose.sample(entries, choose.randint(1, len(entries)))
    old = generated(kind, heads[0], before, gap)
    new = generated(kind, heads[0] if heads[1] is None else heads[1], now, gap)
    first, whole = read(old), read(new)
    seen = seen_in(first)
    assert said(read(new, seen), first, seen) == said(whole, whole, NOTHING)


# ── real ones ────────────────────────────────────────────────────────────────────────────────────────────────────────


def captured() -> Iterator[bytes]:
    for file in sorted(CORPORA.glob("feeds/**/*")):
        if file.suffix in {".xml", ".rss", ".atom", ".json", ".html"}:
            yield file.read_bytes()


@needs_corpora
def test_every_real_feed_says_the_same_in_parts() -> None:
    entries = cut = 0
    for body in captured():
        try:
            whole = read(body)
        except ParseFailed:
            continue
        if whole.listed:
            assert_same(body)
        entries += len(whole.entries)
        cut += sum(bool(each.mark and each.entry) for each in whole.listed)
    assert entries > 2000
    assert cut > 0.9 * entries, "the fallback is for the few"


def test_marks_depend_on_bytes_alone() -> None:
    one, other = read(rss(entry(1), entry(2))), read(rss(entry(2), entry(3), head="<title>Other</title>"))
    assert one.listed[1].mark == other.listed[0].mark != one.listed[0].mark
    assert re.fullmatch(rb"(?s).{8}", one.listed[0].mark)
    assert isinstance(one.listed[0].entry, Entry)


HOSTILE = {
    "entries that never end": "<rss><channel>" + "<item " * 160_000,
    "entries that are never closed": "<rss><channel>" + "<item>" * 160_000,
    "entries without anything": "<rss><channel>" + "<item></item>" * 75_000 + "</channel></rss>",
    "depth": "<rss><channel>" + "<a>" * 300_000,
    "dates that never end": "<rss><channel>" + "<pubDate>" * 110_000 + "<item></item></channel></rss>",
    "comments in comments": "<rss><channel>" + "<!--" * 250_000,
    "a name of a million letters": "<rss><channel><" + "a" * 1_000_000,
    "namespaces": "<rss><channel><item " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(50_000)) + "/></channel></rss>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_looking_for_entries_takes_no_longer_than_the_feed_is_long(name: str) -> None:
    """A search that began anew at each "<item" would go over this megabyte a hundred thousand times."""
    seen = seen_in(read(rss(entry(1), entry(2))))
    started = time.process_time()
    parts(HOSTILE[name].encode(), "", seen)
    assert time.process_time() - started < 5
