"""Which addresses a GET may connect to, and what the pure parts of fetching say about URLs and headers."""

from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.failures import Stopped
from ingest.fetch.guard import allowed
from ingest.fetch.headers import conditions, confirmed, fresh, fresh_for, retry_after
from ingest.fetch.urls import check, redirect_target
from ingest.models import Outcome, Validators

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4003:80d::200e", "::ffff:1.1.1.1"]
)
def test_an_outlet_on_the_internet_may_be_reached(address: str) -> None:
    assert allowed(address)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("169.254.169.254", "link-local, where clouds keep their metadata"),
        ("100.64.0.1", "shared"),
        ("100.127.255.255", "shared"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "this network"),
        ("192.0.0.192", "protocol assignments"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("233.252.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("168.63.129.16", "Azure's wire server"),
        ("192.88.99.1", "6to4 relay"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local with a zone"),
        ("fec0::1", "site-local"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "unique local, a cloud's metadata"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("100::1", "discard"),
        ("4000::1", "not given out"),
        ("::ffff:127.0.0.1", "mapped loopback"),
        ("::ffff:10.0.0.1", "mapped private"),
        ("::ffff:100.64.0.1", "mapped shared"),
        ("::127.0.0.1", "compatible loopback"),
        ("2002:7f00:1::", "6to4 of loopback"),
        ("2002:a00:1::1", "6to4 of private"),
        ("2001:0:7f00:1::", "Teredo"),
        ("64:ff9b::7f00:1", "NAT64 of loopback"),
        ("64:ff9b::a9fe:a9fe", "NAT64 of link-local"),
        ("64:ff9b:1::1.1.1.1", "NAT64 of a network of one's own"),
    ],
)
def test_an_address_that_is_not_public_may_not_be_reached(address: str, kind: str) -> None:
    assert not allowed(address), kind


def test_a_public_address_behind_nat64_may_be_reached_for_networks_with_ipv6_only_know_no_other() -> None:
    assert allowed("64:ff9b::101:101")


def test_an_exempt_network_may_be_reached_and_its_neighbours_not() -> None:
    exempt = (ip_network("10.1.0.0/16"), ip_network("fd12::/16"))
    assert allowed("10.1.2.3", exempt)
    assert allowed("fd12::1", exempt)
    assert not allowed("10.2.0.1", exempt)
    assert not allowed("fd13::1", exempt)


def test_an_exemption_covers_the_same_address_written_as_ipv6() -> None:
    assert allowed("::ffff:10.1.2.3", (ip_network("10.1.0.0/16"),))


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"example\.com"):
        allowed("example.com")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "HTTPS://example.com/a?b=c#d",
        "http://[2606:4700::1]:8080/",
        "http://ñandú.example/ñ",
        "http://user:secret@example.com/",
    ],
)
def test_an_http_address_can_be_asked_for(url: str) -> None:
    check(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "/feed", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)",
        "http://", "http:///path", "http://:80/", "http://example.com:99999/", "http://example.com:0/",
        "http://example.com:port/", "http://[::1", "http://exa mple.com/", "http://example.com/a b",
        "http://example.com/\r\nHost: other", "http://example.com/\x00", "http://example.com/\u200b",
    ],
)  # fmt: skip
def test_what_is_no_http_address_is_a_bad_url(url: str) -> None:
    with pytest.raises(Stopped) as stopped:
        check(url)
    assert stopped.value.outcome is Outcome.BAD_URL


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://example.com/new"),
        ("//other.example/new", "https://other.example/new"),
        ("new", "https://example.com/old/new"),
        ("?page=2", "https://example.com/old/feed?page=2"),
        ("http://other.example/a b", "http://other.example/a%20b"),
        (" http://other.example/ ", "http://other.example/"),
        ("/a\u00c3\u00b1o", "https://example.com/año"),  # the UTF-8 bytes of ñ, as http.client shows them
        ("/\u00c3\u00a0", "https://example.com/à"),  # its last byte is a space in Latin-1
        ("/a\u00f1o", "https://example.com/a%F1o"),  # the Latin-1 byte, which that server expects back
    ],
)
def test_a_redirect_leads_where_a_browser_would_go(location: str, target: str) -> None:
    assert redirect_target("https://example.com/old/feed", location) == target


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("86401", 86_400.0),
        ("9" * 5_000, 86_400.0),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600.0),
        ("Sunday, 01-Mar-26 12:10:00 GMT", 600.0),
        ("Sun, 01 Mar 2026 12:10:00 -0000", 600.0),
        ("Tue, 03 Mar 2026 12:00:00 GMT", 86_400.0),
        ("Sun, 01 Mar 2026 11:59:59 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


EXPIRES = {"Date": "Sun, 01 Mar 2026 12:00:00 GMT", "Expires": "Sun, 01 Mar 2026 12:30:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "max-age=600"}, 600.0),
        ({"Cache-Control": 'public, MAX-AGE = "600", must-revalidate'}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "500"}, 100.0),
        ({"Cache-Control": "max-age=600", "Age": "soon"}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "700"}, None),
        ({"Cache-Control": "max-age=31536000"}, 86_400.0),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "no-store"}, None),
        (EXPIRES, 1800.0),
        ({**EXPIRES, "Date": "Sun, 01 Mar 2026 12:20:00 GMT"}, 600.0),
        ({**EXPIRES, "Date": "today"}, 1800.0),
        ({**EXPIRES, "Cache-Control": "max-age=60"}, 60.0),
        ({**EXPIRES, "Cache-Control": "max-age=0"}, None),
        ({**EXPIRES, "Cache-Control": "no-cache"}, None),
        ({**EXPIRES, "Expires": "Fri, 01 Mar 2126 12:00:00 GMT"}, 86_400.0),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_fresh_is_what_its_server_says(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(headers, NOW) == seconds


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_header_makes_an_answer_fresh_for_more_than_a_day(control: str, age: str, expires: str, date: str) -> None:
    headers = {"Cache-Control": control, "Age": age, "Expires": expires, "Date": date}
    assert 0 < (fresh_for(headers, NOW) or 1) <= 86_400


def test_only_the_validators_that_are_known_are_sent() -> None:
    assert conditions(Validators(body_hash="0" * 16)) == {}
    assert conditions(Validators(etag='"a"')) == {"If-None-Match": '"a"'}
    assert conditions(Validators(last_modified="yesterday")) == {"If-Modified-Since": "yesterday"}


def test_the_hash_of_a_body_is_the_start_of_its_sha256() -> None:
    # FIPS 180-2, appendix B.1: the message "abc".
    assert fresh({}, b"abc") == Validators(body_hash="ba7816bf8f01cfea")


def test_a_validator_that_could_not_be_sent_back_is_not_kept() -> None:
    assert fresh({"ETag": '"a"\r\n "b"', "Last-Modified": "x" * 1_001}, b"") == Validators(body_hash="e3b0c44298fc1c14")


def test_a_304_renews_the_validators_it_states_and_leaves_the_others() -> None:
    known = Validators(etag='"old"', last_modified="yesterday", body_hash="1" * 16)
    assert confirmed(known, {}) == known
    assert confirmed(known, {"ETag": '"new"'}) == Validators(
        etag='"new"', last_modified="yesterday", body_hash="1" * 16
    )
