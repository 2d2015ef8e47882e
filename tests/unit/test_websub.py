"""WebSub: which hub a feed names, when it is asked, who may speak for it, and how far it is trusted."""

import hmac
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest.fetch.headers import links
from ingest.models import Feed, Fetch, Outcome, Source
from ingest.pacing import half_renewed_in
from ingest.parse import Parsed, parse
from ingest.rhythm import Rhythm
from ingest.roll import NOTHING, Seen
from ingest.settings import load
from ingest.store import FeedState
from ingest.websub.trust import (
    DAY,
    FACTOR,
    GRACE,
    HOUR,
    METHODS,
    PROVEN,
    Callback,
    Named,
    Trust,
    judged,
    named,
    signed,
    step,
    stretched,
    wait,
)

BASE = "https://outlet.example/news/feed"
HUB, TOPIC = "https://hub.example/", "https://outlet.example/feed"


def read(body: str, seen: Seen = NOTHING) -> Parsed:
    fetch = Fetch(requested=BASE, url=BASE, outcome=Outcome.OK, body=body.encode())
    return parse(Feed(id="o:1", source="o", url=BASE, kind="feed"), fetch, seen)


def rss(head: str, *numbers: int) -> str:
    entries = "".join(f"<item><title>{n}</title><link>https://outlet.example/{n}</link></item>" for n in numbers)
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:atom10="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>T</title>{head}{entries}</channel></rss>'


# ── in the headers ──


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', {"hub": HUB, "self": TOPIC}),
        (f"<{HUB}>;rel=hub,<{TOPIC}>;rel=self", {"hub": HUB, "self": TOPIC}),
        (f'<{TOPIC}>; type="application/rss+xml"; title="a, b; rel=no"; REL="alternate Self"', {"self": TOPIC}),
        ('<../feed>; rel="self"', {"self": TOPIC}),
        ('<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"', {"hub": "https://one.example/"}),
        ('<javascript:alert(1)>; rel="hub"', {}),
        ("<http://[oops>; rel=hub", {}),
        ('<https://hub.example/a b>; rel="hub"', {}),
        (f'<{HUB}>; rel="preconnect"', {}),
        (f"<{HUB}>", {}),
        (f'<{HUB}>; rel="hubs"', {}),
        ("", {}),
    ],
)
def test_the_hub_and_the_own_address_stand_in_link_headers(header: str, found: dict[str, str]) -> None:
    assert links({"Link": header}, BASE) == found


@pytest.mark.parametrize("piece", ["<", "<a>;", '<a>;rel="', "<a>;rel=hub;", "; ", '<a>;a="b";'])
def test_a_link_header_without_end_is_read_no_further_than_a_few_thousand_letters(piece: str) -> None:
    assert "self" not in links({"Link": piece * 100_000 + f"<{TOPIC}>; rel=self"}, BASE)


# ── in the feed ──


@pytest.mark.parametrize(
    "head",
    [
        f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}" type="application/rss+xml"/>',
        f'<atom10:link rel="self" href="/feed"/><atom10:link xmlns:atom10="http://www.w3.org/2005/Atom" rel="hub" '
        f'href="{HUB}"/>',
        f'<atom:link rel="hub" href="urn:none"/><atom:link rel="hub" href="{HUB}"/>'
        f'<atom:link rel="self" href="{TOPIC}"/><link>https://outlet.example/</link>',
    ],
)
def test_an_rss_feed_names_them_by_links_of_atom(head: str) -> None:
    parsed = read(rss(head, 1))
    assert (parsed.hub, parsed.topic) == (HUB, TOPIC)


def test_an_atom_feed_names_them() -> None:
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link rel="hub" href="{HUB}"/>'
        f'<link rel="self" href="{TOPIC}"/><entry><title>1</title><link rel="self" href="https://outlet.example/1.xml"/>'
        '<link href="https://outlet.example/1"/></entry></feed>'
    )
    assert (read(body).hub, read(body).topic) == (HUB, TOPIC)


@pytest.mark.parametrize("kind", ["WebSub", "websub"])
def test_a_json_feed_names_them(kind: str) -> None:
    hubs = f'[{{"type": "rssCloud", "url": "https://no.example/"}}, 7, {{"type": "{kind}", "url": "{HUB}"}}]'
    body = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "{TOPIC}", "hubs": {hubs}, '
        '"items": [{"id": "1", "url": "https://outlet.example/1"}]}'
    )
    assert (read(body).hub, read(body).topic) == (HUB, TOPIC)


def test_what_a_feed_names_is_known_although_its_head_is_not_read_again(read_by_feedparser: list[int]) -> None:
    head = (
        f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/><lastBuildDate>{{}}</lastBuildDate>'
    )
    first = read(rss(head.format("Tue, 03 Nov 2026"), 2, 1))
    seen = Seen(first.context, {each.mark for each in first.listed}, first.head)
    later = read(rss(head.format("Wed, 04 Nov 2026"), 2, 1), seen)
    assert read_by_feedparser == [2], "nothing of the second answer was read"
    assert (later.hub, later.topic) == (HUB, TOPIC)
    moved = read(rss(head.replace("hub.example", "other.example").format("Thu, 05 Nov 2026"), 2, 1), seen)
    assert moved.hub == "https://other.example/"


# ── which of them counts ──


@pytest.mark.parametrize(
    ("header", "said", "hub"),
    [
        ({"hub": HUB, "self": TOPIC}, Named("https://other.example/", "https://o.example/"), Named(HUB, TOPIC)),
        ({}, Named(HUB, TOPIC), Named(HUB, TOPIC)),
        ({"hub": HUB}, Named("", TOPIC), Named(HUB, TOPIC)),
        ({}, Named(f"{HUB}\x1b[2J", TOPIC), Named()),
    ],
)
def test_headers_count_before_the_feed(header: dict[str, Any], said: Named, hub: Named) -> None:
    assert named(header, said) == hub


@pytest.mark.parametrize("half", [Named(), Named(HUB, ""), Named("", TOPIC)])
def test_a_hub_without_an_address_to_subscribe_to_is_none(half: Named) -> None:
    assert not half


# ── when a hub is asked ──

NOW = 1_800_000_000.0
NAMES = Named(HUB, TOPIC)
KNOWN = Callback(
    id="x", feed="o:1", hub=HUB, topic=TOPIC, base="https://we.example", secret="s", asked=NOW - DAY, granted=10 * DAY
)


def asked(
    names: Named = NAMES, base: str = KNOWN.base, until: float = 10 * DAY, ahead: float = HOUR, **known: Any
) -> str:
    return step(names, base, replace(KNOWN, **known), NOW + until, ahead, NOW)


def test_what_is_to_be_done_about_a_hub() -> None:
    assert step(NAMES, KNOWN.base, None, 0, HOUR, NOW) == "subscribe"
    assert step(NAMES, "", None, 0, HOUR, NOW) == ""
    assert step(Named(HUB, ""), KNOWN.base, None, 0, HOUR, NOW) == ""
    assert asked() == ""
    assert asked(base="") == "leave"
    assert asked(Named()) == "leave"
    assert asked(Named("https://other.example/", TOPIC)) == "subscribe"
    assert asked(Named(HUB, f"{TOPIC}2")) == "subscribe"
    assert asked(base="https://elsewhere.example") == "subscribe"


def test_a_lease_is_renewed_in_its_last_third_and_three_polls_before_its_end() -> None:
    assert asked(until=3.4 * DAY) == ""
    assert asked(until=3.3 * DAY) == "renew"
    assert asked(until=4 * DAY, ahead=DAY) == ""
    assert asked(until=4 * DAY, ahead=1.5 * DAY) == "renew"
    assert asked(until=-DAY) == "renew"


@given(st.integers(0, 10_000))
def test_a_hub_that_verifies_nothing_is_asked_ever_more_rarely_and_for_ever(attempts: int) -> None:
    assert wait(attempts) <= wait(attempts + 1) <= DAY
    assert asked(until=0, attempts=attempts, asked=NOW - DAY - 1) == "renew"
    assert asked(until=0, attempts=attempts + 1, asked=NOW - 299) == ""


@given(st.lists(st.tuples(st.floats(300, 1.1 * DAY), st.sampled_from((True, True, True, False))), min_size=200))
@example([(1.1 * DAY, True)] * 6 + [(0.88 * DAY, True)] + [(1.1 * DAY, False)] * 3)
@settings(max_examples=30)
def test_a_lease_never_ends_while_hubs_verify_three_times_out_of_four(polls: list[tuple[float, bool]]) -> None:
    """Over months of polls, up to a day and a tenth apart; a hub that fails once or twice in a row costs nothing."""
    known, until, now, failed = replace(KNOWN, asked=NOW), NOW + 10 * DAY, NOW, 0
    for interval, verifies in polls:
        now += interval
        assert now < until
        if step(NAMES, KNOWN.base, known, until, interval, now) != "renew":
            continue
        failed = 0 if verifies or failed == 2 else failed + 1
        known = replace(known, asked=now, attempts=known.attempts + 1 if failed else 0, granted=10 * DAY)
        until = until if failed else now + 10 * DAY


def test_a_feed_is_polled_before_half_of_it_is_replaced(tmp_path: Path) -> None:
    source = Source(id="o", name="", homepage=BASE, language="en", country="VE", timezone="UTC", feeds=(BASE,))
    (tmp_path / "teletipo.toml").touch()
    whole = replace(load(config=tmp_path, environ={}), sources={"o": source})
    an_hour_each = msgspec.json.encode(Rhythm(found=168.0, watched=7 * DAY)).decode()
    (feed,) = source.polled()
    found = [half_renewed_in(whole, feed, FeedState(rhythm=an_hour_each), entries, NOW) for entries in (8, 16, 1000)]
    assert HOUR < found[0] < found[1] < found[2] == DAY
    assert found[1] < 16 * HOUR, "as many as it lists come in so long, whatever the hour"


# ── signatures ──


@pytest.mark.parametrize("method", METHODS)
def test_a_signature_is_that_of_the_whole_body(method: str) -> None:
    made = hmac.new(b"secret", b"news", method).hexdigest()
    assert signed("secret", b"news", f"{method}={made}")
    assert signed("secret", b"news", f" {method.upper()}={made.upper()} ")
    assert not signed("secret", b"news ", f"{method}={made}")
    assert not signed("Secret", b"news", f"{method}={made}")
    assert not signed("secret", b"news", f"{method}={made[:-1]}")
    assert not signed("secret", b"news", made)


@given(st.text(max_size=80))
def test_nothing_that_is_said_instead_of_a_signature_is_one(said: str) -> None:
    assert not signed("secret", b"news", said)


# ── trust ──

LIVE = Trust(since=NOW - DAY, until=NOW + DAY, proved=4)


def test_entries_that_polls_find_as_told_are_proof() -> None:
    assert judged(LIVE, [], 3, NOW) == (7, 0)
    assert judged(LIVE, [], 0, NOW) == (4, 0)


def test_one_entry_that_was_left_out_takes_all_of_it() -> None:
    assert judged(LIVE, [NOW - HOUR], 3, NOW) == (0, 1)


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (NOW - GRACE + 1, "the hub has a few minutes"),
        (NOW - DAY - 1, "it came before the hub was to tell of it"),
    ],
)
def test_what_a_hub_need_not_have_told_of_is_not_missed(came: float, why: str) -> None:
    assert judged(LIVE, [came], 1, NOW) == (5, 0), why
    assert judged(LIVE._replace(until=NOW - HOUR), [NOW - HOUR / 2], 1, NOW) == (5, 0), "the lease was over"


def test_news_without_words_tell_of_all_that_came_before_them() -> None:
    told = LIVE._replace(told=NOW - HOUR)
    assert judged(told, [NOW - 2 * HOUR, NOW - HOUR], 0, NOW) == (6, 0)
    assert judged(told, [NOW - 2 * HOUR, NOW - HOUR / 2], 0, NOW) == (0, 1)


def test_a_trusted_hub_makes_polls_rarer_within_the_bounds() -> None:
    trusted = LIVE._replace(proved=PROVEN)
    assert stretched(HOUR, LIVE._replace(proved=PROVEN - 1), DAY, NOW) == HOUR
    assert stretched(HOUR, trusted, DAY, NOW) == FACTOR * HOUR
    assert stretched(HOUR, trusted, 2 * HOUR, NOW) == 2 * HOUR
    assert stretched(HOUR, trusted._replace(until=NOW + 3 * HOUR), DAY, NOW) == 3 * HOUR
    assert stretched(HOUR, trusted._replace(until=NOW + 60), DAY, NOW) == HOUR, "never sooner than by its rhythm"
    assert stretched(2 * DAY, trusted, DAY, NOW) == 2 * DAY, "what Retry-After asked for"


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=60))
def test_a_hub_is_trusted_only_while_its_last_ten_entries_were_told_of(polls: list[tuple[bool, int]]) -> None:
    trust, right = LIVE._replace(proved=0), 0
    for told, count in polls:
        trust = trust._replace(proved=judged(trust, [] if told else [NOW - HOUR] * count, count if told else 0, NOW)[0])
        right = right + count if told else 0
        assert (stretched(HOUR, trust, DAY, NOW) > HOUR) == (right >= PROVEN)
