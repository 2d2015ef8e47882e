"""What a WordPress REST API answers becomes entries with whole texts; what is no page of posts is named."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.errors import ParseFailed
from ingest.models import Entry, Feed, Fetch, Outcome
from ingest.parse import Parsed, parse
from ingest.roll import NOTHING, Seen
from ingest.wordpress import posts_url

API = "https://harbour.example/wp-json/wp/v2/posts"
FEED = Feed(id="h:1", source="h", url=API, kind="wordpress")


def post(**other: Any) -> dict[str, Any]:
    """A post as WordPress 6 answers, with what is embedded by `_embed`."""
    return {
        "id": 4711,
        "date": "2026-11-23T18:30:00",
        "date_gmt": "2026-11-23T22:30:00",
        "modified": "2026-11-24T06:00:00",
        "modified_gmt": "2026-11-24T10:00:00",
        "guid": {"rendered": "https://harbour.example/?post_type=post&#038;p=4711"},
        "link": "https://harbour.example/2026/11/ferry/",
        "title": {"rendered": "Ferry &#8216;strike&#8217; &amp; fog"},
        "content": {"rendered": "\n<p>Crews walked out.</p>\n", "protected": False},
        "excerpt": {"rendered": "<p>Crews walked [&hellip;]</p>\n", "protected": False},
        "_embedded": {
            "author": [{"id": 3, "name": "Ana P&eacute;rez"}],
            "wp:featuredmedia": [{"source_url": "https://harbour.example/wp-content/ferry.jpg"}],
            "wp:term": [
                [
                    {"name": "Port &amp; sea", "slug": "port", "taxonomy": "category"},
                    {"name": "Uncategorized", "slug": "uncategorized", "taxonomy": "category"},
                ],
                [{"name": "ferry", "slug": "ferry", "taxonomy": "post_tag"}],
                [{"name": "post-format-video", "slug": "post-format-video", "taxonomy": "post_format"}],
            ],
        },
        **other,
    }


def read(body: str | bytes, seen: Seen = NOTHING) -> Parsed:
    sent = body if isinstance(body, bytes) else body.encode()
    return parse(FEED, Fetch(requested=FEED.address, url=FEED.address, outcome=Outcome.OK, body=sent), seen)


def entry(**other: Any) -> Entry:
    return read(json.dumps([post(**other)])).entries[0]


# ── posts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_says_all_it_knows_about_an_article() -> None:
    assert entry() == Entry(
        url="https://harbour.example/2026/11/ferry/",
        guid="https://harbour.example/?post_type=post&p=4711",
        title="Ferry ‘strike’ & fog",
        authors=("Ana Pérez",),
        published="2026-11-23T22:30:00Z",
        updated="2026-11-24T10:00:00Z",
        summary="<p>Crews walked [&hellip;]</p>",
        content="<p>Crews walked out.</p>",
        tags=("Port & sea", "ferry"),
        image="https://harbour.example/wp-content/ferry.jpg",
    )


@pytest.mark.parametrize("nought", ["0000-00-00T00:00:00", "-0001-11-30T00:00:00", "", None, False])
def test_a_time_of_noughts_gives_way_to_the_outlets_own_clock(nought: object) -> None:
    found = entry(date_gmt=nought, modified_gmt=nought)
    assert (found.published, found.updated) == ("2026-11-23T18:30:00", "2026-11-24T06:00:00")


def test_a_post_that_the_clock_published_was_not_updated_before() -> None:
    found = entry(date_gmt="2026-11-24T10:00:00", modified_gmt="2026-11-20T09:00:00")
    assert (found.published, found.updated) == ("2026-11-24T10:00:00Z", "")


def test_a_post_behind_a_password_is_left_out_and_the_others_stay() -> None:
    closed = post(id=1, link="https://harbour.example/closed/", content={"rendered": "", "protected": True})
    assert [each.url for each in read(json.dumps([closed, post()])).entries] == [post()["link"]]


def test_a_post_without_a_text_is_an_entry_whose_page_says_it() -> None:
    assert entry(content={"rendered": "", "protected": False}).content == ""


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ({"authors": [{"display_name": "Ana"}, {"display_name": "Luis"}]}, ("Ana", "Luis")),
        ({"_embedded": {"author": [{"code": "rest_user_invalid_id", "message": "Invalid user ID."}]}}, ()),
        ({"_embedded": {}, "yoast_head_json": {"author": "Ana"}}, ("Ana",)),
        ({"_embedded": None, "authors": "Ana", "yoast_head_json": []}, ()),
    ],
    ids=["several", "hidden", "yoast", "odd"],
)
def test_authors_are_those_that_a_plugin_or_wordpress_shows(said: dict[str, Any], authors: tuple[str, ...]) -> None:
    assert entry(**said).authors == authors


@pytest.mark.parametrize(
    "said",
    [
        {"_embedded": {}, "jetpack_featured_media_url": "https://harbour.example/a.jpg"},
        {"_embedded": {}, "yoast_head_json": {"og_image": [{"url": "/a.jpg"}]}},
        {"_embedded": {"wp:featuredmedia": [{"code": "rest_forbidden"}, {"source_url": "/a.jpg"}]}},
    ],
)
def test_a_picture_is_taken_from_where_there_is_one(said: dict[str, Any]) -> None:
    assert entry(**said).image == "https://harbour.example/a.jpg"


def test_a_post_without_a_link_is_at_its_guid_and_one_without_both_is_left_out() -> None:
    assert entry(link="").url == "https://harbour.example/?post_type=post&p=4711"
    assert read(json.dumps([post(link=None, guid=None), post(id=2)])).entries[0].url == post()["link"]


def test_a_site_without_posts_has_none() -> None:
    assert read("[]").entries == ()


# ── only what is new ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_is_read_again_when_it_was_modified_and_not_for_what_plugins_write_into_it() -> None:
    first = read(json.dumps([post(), post(id=2, link="https://harbour.example/b/")]))
    seen = Seen(first.context, {each.mark for each in first.listed})
    nonce = post(content={"rendered": "<p>Crews walked out.</p><i data-nonce='8f2'>"})
    later = post(id=2, link="https://harbour.example/b/", modified_gmt="2026-11-24T11:00:00")
    again = read(json.dumps([nonce, later]), seen)
    assert [each.url for each in again.entries] == ["https://harbour.example/b/"]
    assert again.listed[0].mark == first.listed[0].mark


def test_a_post_that_does_not_say_when_it_was_modified_is_read_each_time() -> None:
    body = json.dumps([post(modified=None, modified_gmt=None)])
    first = read(body)
    assert read(body, Seen(first.context, {each.mark for each in first.listed})).entries == first.entries


# ── what is no page of posts ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "around",
    [
        "\ufeff{}",
        "<br />\n<b>Warning</b>:  Undefined array key [0] in <b>/srv/x.php</b> on line <b>3</b><br />\n{}",
        "Notice: [x] is deprecated in /srv/[y].php\n{}",
        "{}\n<!-- Cached by a plugin in 0.3 seconds -->",
        "\n\n \t{}\n",
    ],
    ids=["mark", "warning", "notice", "comment", "blank"],
)
def test_what_plugins_print_around_the_answer_is_read_over(around: str) -> None:
    assert read(around.format(json.dumps([post()]))).entries == (entry(),)


def test_a_byte_that_is_not_utf_8_spoils_nothing_else() -> None:
    assert read(json.dumps([post(title={"rendered": "Ferry x"})]).encode().replace(b"y x", b"y \xf1")).entries[0].title


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            '{"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}',
            r"rest_no_route: No route was found; the address ends in /wp-json/wp/v2/posts",
        ),
        ('{"code": "rest_forbidden", "message": "Sorry"}', "keeps its API to itself; list its feed under `feeds`"),
        ('{"code": "rest_invalid_param", "message": "x"}', "take out what follows the `\\?`"),
        ('{"code": "internal_server_error", "message": "<p>There has been a critical error</p>"}', "a critical error$"),
        ('{"name": "Harbour", "routes": {}, "namespaces": ["wp/v2"]}', "add wp/v2/posts to the address"),
        (json.dumps(post()), "one post, not WordPress posts"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a JSON feed.*list it under `feeds`"),
        ('{"success": false}', "JSON of another kind"),
        ('[{"name": "port", "slug": "port"}]', "JSON of another kind.*ends in /wp-json/wp/v2/posts"),
        ("[1, 2]", "JSON of another kind, not WordPress posts"),
        ("<!DOCTYPE html><html><body>Just a moment...</body></html>", "an HTML page, not WordPress posts"),
        ("<rss version='2.0'><channel/></rss>", "a feed, not WordPress posts; list it under `feeds`"),
        (json.dumps([post()])[:-40], "breaks off or cannot be read"),
        ("[" * 100_000, "breaks off or cannot be read"),
        ("gone", "begins with 'gone'"),
        (" \n", "empty answer"),
    ],
)
def test_what_is_no_page_of_posts_is_named_with_its_remedy(body: str, says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        read(body)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_the_newest_posts_are_asked_for_by_publication_with_what_is_embedded() -> None:
    query = asked(posts_url(API))
    assert query["orderby"] == ["date"]
    assert query["order"] == ["desc"]
    assert query["per_page"] == ["100"]
    assert {"content", "modified_gmt", "_links", "_embedded"} <= set(query["_fields"][0].split(","))
    assert "page" not in query


def test_a_page_of_an_archive_is_asked_for_in_utc() -> None:
    since = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-4)))
    query = asked(posts_url(API, page=3, since=since, until=datetime(2026, 2, 1, tzinfo=UTC)))
    assert (query["page"], query["after"], query["before"]) == (
        ["3"],
        ["2026-01-01T04:00:00Z"],
        ["2026-02-01T00:00:00Z"],
    )


def test_changes_are_asked_for_by_modification() -> None:
    query = asked(posts_url(API, changed=True, since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert (query["orderby"], query["modified_after"]) == (["modified"], ["2026-01-01T00:00:00Z"])
    assert "after" not in query


def test_parameters_of_the_configured_address_stay_and_an_address_may_be_asked_for_again() -> None:
    bare = "https://harbour.example/?rest_route=/wp/v2/posts&categories=7&per_page=5"
    query = asked(posts_url(posts_url(bare, page=2)))
    assert (query["rest_route"], query["categories"], query["per_page"]) == (["/wp/v2/posts"], ["7"], ["100"])
