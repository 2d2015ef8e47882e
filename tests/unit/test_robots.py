"""What a robots.txt says, and what holds where it cannot be had."""

import pytest

from ingest.fetch import robots as rules
from ingest.models import Fetch, Outcome, Robots
from ingest.robots import DAY, HOUR, after, silent

NOW = 1_750_000_000.0


def answered(status: int = 0, outcome: Outcome = Outcome.HTTP_ERROR, body: bytes = b"", **more: float) -> Fetch:
    url = "https://outlet.example/robots.txt"
    return Fetch(requested=url, url=url, outcome=outcome, status=status, body=body, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agent", "token"),
    [("teletipo/0.1 (newswire)", "teletipo"), ("Mozilla/5.0 (x)", "Mozilla"), ("my-wire", "my-wire"), ("(none)", "*")],
)
def test_robots_txt_knows_us_by_the_first_product_of_the_user_agent(agent: str, token: str) -> None:
    assert rules.product(agent) == token


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Outlet.example/a?b", "https://outlet.example"),
        ("http://user:word@outlet.example:8080/", "http://outlet.example:8080"),
        ("ftp://outlet.example/", ""),
        ("https://[broken/", ""),
        ("https://outlet.example/\ud83d", ""),
        ("mailto:desk@outlet.example", ""),
    ],
)
def test_each_scheme_host_and_port_has_a_robots_txt_of_its_own(url: str, origin: str) -> None:
    assert rules.origin(url) == origin


def test_the_longest_rule_wins_and_our_own_group_replaces_that_of_all() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Teletipo\nDisallow: /live/\nAllow: /live/final$\n"
    asked = {
        path: rules.allows(text, f"https://o.example{path}", "teletipo") for path in ("/a", "/live/1", "/live/final")
    }
    assert asked == {"/a": True, "/live/1": False, "/live/final": True}
    assert not rules.allows(text, "https://o.example/a", "another")


@pytest.mark.parametrize(("said", "seconds"), [("2.5", 2.5), ("86400", 30.0), ("-1", 0.0), ("soon", 0.0), ("nan", 0.0)])
def test_a_crawl_delay_is_kept_up_to_half_a_minute(said: str, seconds: float) -> None:
    assert rules.crawl_delay(f"User-agent: *\nCrawl-delay: {said}\n", "teletipo") == seconds


def test_bytes_that_are_no_text_and_too_many_of_them_are_read_all_the_same() -> None:
    text = rules.rules_in(b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\n#\xff\n" + b"#" * 1_000_000)
    assert len(text) <= rules.LARGEST
    assert not rules.allows(text, "https://o.example/x", "teletipo")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_4xx_means_that_there_are_no_rules(status: int) -> None:
    known = after(answered(status), Robots(rules="User-agent: *\nDisallow: /"), NOW)
    assert known == Robots(until=NOW + DAY)


@pytest.mark.parametrize("outcome", [Outcome.TOO_MANY_REDIRECTS, Outcome.TOO_LARGE, Outcome.BAD_URL])
def test_what_cannot_be_a_robots_txt_is_none(outcome: Outcome) -> None:
    assert after(answered(outcome=outcome), None, NOW) == Robots(until=NOW + DAY)


@pytest.mark.parametrize(
    "failure",
    [
        answered(500),
        answered(503),
        answered(429),
        answered(outcome=Outcome.TIMEOUT),
        answered(outcome=Outcome.TLS_ERROR),
    ],
    ids=lambda fetch: f"{fetch.outcome} {fetch.status}",
)
def test_without_an_answer_nothing_is_asked_for_until_the_known_rules_hold_again(failure: Fetch) -> None:
    text = "User-agent: *\nDisallow: /x"
    known = after(failure, Robots(rules=text, until=NOW), NOW)
    assert silent(known, NOW + HOUR - 1)
    assert not silent(known, NOW + HOUR)
    assert known.rules == text


def test_a_host_that_never_showed_rules_is_left_alone_for_thirty_days() -> None:
    known = after(answered(500), None, NOW)
    known = after(answered(500), known, NOW + HOUR)
    assert silent(known, NOW + 30 * DAY - 1)
    assert not silent(known, NOW + 30 * DAY)


def test_a_robots_txt_that_cannot_be_had_is_asked_for_less_and_less_often_or_when_it_says() -> None:
    known: Robots | None = None
    waits = []
    for _ in range(6):
        known = after(answered(500), known, NOW)
        waits.append(known.until - NOW)
    assert waits == [300, 600, 1200, 2400, 3600, 3600]
    assert after(answered(503, retry_after=7200.0), None, NOW).until == NOW + 7200


def test_an_answer_ends_the_silence() -> None:
    failed = after(answered(500), None, NOW)
    assert not silent(after(answered(404), failed, NOW + 300), NOW + 300)
    found = after(answered(200, Outcome.OK, b"User-agent: *\nDisallow: /x"), failed, NOW + 300)
    assert (found.failures, silent(found, NOW + 300), found.until) == (0, False, NOW + 300 + DAY)
