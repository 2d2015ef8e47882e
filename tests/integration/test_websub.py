"""WebSub: subscribing to a feed's hub, what it sends, and how far it is trusted."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import requests

from ingest.claiming import MOST_ANNOUNCED
from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import article_id
from ingest.pacing import half_renewed_in
from ingest.rhythm import Rhythm
from ingest.settings import Settings, WebSubSettings
from ingest.store import Store, source_state
from ingest.websub.announcing import MOST_CALLS, MOST_READ
from ingest.websub.hubs import BETWEEN
from ingest.websub.trust import DAY, FACTOR, GRACE, METHODS, PENDING, PROVEN
from ingest.why import why
from tests.conftest import WriteConfig
from tests.hub import Hub, names_hub
from tests.integration.polite import MAIN, Wire
from tests.integration.serving import ALLOWED, TOKEN, Api, serving
from workers.demo.outlet import Headline, Outlet, rss

ON = MAIN + f'[api]\ntokens = ["{TOKEN}"]\n[websub]\ncallback = "http://to.be.replaced"\n'
LEASE = 10 * DAY


class Station(Wire):
    """The pipeline on an outlet whose feed names a hub, and time that can be told to pass."""

    def __init__(self, context: Context, outlet: Outlet, hub: Hub, redis: Any) -> None:
        super().__init__(context, outlet)
        self.hub, self.redis, self.titles = hub, redis, list[str]()
        self.named = hub.url

    def feed_of(self, *titles: str) -> bytes:
        headlines = [Headline(f"{self.outlet.url}/{title}", title) for title in titles]
        return names_hub(rss("The Outlet", self.outlet.url, headlines), self.named, f"{self.outlet.url}/feed")

    def publish(self, *titles: str) -> None:
        """The feed has these too, on top."""
        self.titles = [*titles, *self.titles]
        self.outlet.publish("/feed", self.feed_of(*self.titles), "application/rss+xml")

    def poll_again(self) -> str:
        self.store.poll_now([self.feed])
        return self.step(f"feed:{self.feed}")

    def passes(self, seconds: float) -> None:
        """So much time passes for all that is remembered of the feed and its hub."""
        keys = self.store.keys
        fields = ("last_ok", "last_poll", "whole", "hub_since", "hub_until", "told", "pinged")
        for field in fields:
            if (moment := float(self.redis.hget(keys.feed(self.feed), field) or 0)) > 0:
                self.redis.hset(keys.feed(self.feed), field, moment - seconds)
        for callback in self.redis.hvals(keys.callbacks):
            key = keys.callback(callback.decode())
            self.redis.hset(key, "asked", float(self.redis.hget(key, "asked")) - seconds)
        for entry, score in self.redis.zrange(keys.announced(self.feed), 0, -1, withscores=True):
            self.redis.zadd(keys.announced(self.feed), {entry: score - 1000 * seconds})

    def is_claimed(self, title: str) -> bool:
        return self.store.entry_state(article_id(f"{self.outlet.url}/{title}")) is not None

    def due_in(self) -> float:
        waiting = self.store.waiting(f"feed:{self.feed}")
        assert waiting
        return waiting[1]

    @property
    def live(self) -> bool:
        return self.state().hub_since < time.time() < self.state().hub_until

    def remarks(self) -> str:
        (source,) = self.context.settings.sources.values()
        return " ".join(source_state(source, {self.feed: self.state()}, self.store.baselines([source.id])).remarks)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def settings(write_config: WriteConfig, outlet: Outlet) -> Settings:
    return write_config(outlet, main=ON)


@pytest.fixture
def api(settings: Settings, store: Store) -> Iterator[Api]:
    with serving(settings, store) as running:
        yield running


@pytest.fixture
def station(settings: Settings, api: Api, outlet: Outlet, hub: Hub, store: Store, redis: Any) -> Iterator[Station]:
    """Nothing is polled yet; the feed has one entry."""
    fetcher = Fetcher(settings.fetch)
    told = msgspec.structs.replace(settings, websub=WebSubSettings(callback=api.url))
    made = Station(Context(told, store, fetcher, random=lambda: 0.0), outlet, hub, redis)
    made.publish("first")
    yield made
    fetcher.close()


@pytest.fixture
def followed(station: Station) -> Station:
    """The hub was asked and has verified that."""
    station.poll_again()
    assert station.live
    return station


def follow(station: Station, count: int) -> None:
    """The hub tells of so many entries, one after the other, and polls find each of them a little later."""
    for number in range(count):
        title = f"told-{len(station.titles)}-{number}"
        station.publish(title)
        assert station.hub.send(station.feed_of(title)) == 202
        station.passes(2 * GRACE)
        station.poll_again()


@pytest.fixture
def trusted(followed: Station) -> Station:
    follow(followed, PROVEN)
    assert followed.state().proved >= PROVEN
    return followed


# ── which hub ──


def test_the_hub_that_a_feed_names_is_remembered_while_it_stands_as_it_was(station: Station, outlet: Outlet) -> None:
    station.poll_again()
    assert (station.state().hub, station.state().topic) == (station.hub.url, f"{outlet.url}/feed")
    assert station.poll_again() == "not modified"
    assert station.state().hub == station.hub.url
    outlet.publish("/feed", rss("The Outlet", outlet.url, [Headline(f"{outlet.url}/b", "b")]), "application/rss+xml")
    station.poll_again()
    assert (station.state().hub, station.state().topic) == ("", "")


def test_the_hub_in_a_link_header_counts_before_that_in_the_feed(station: Station, outlet: Outlet) -> None:
    headers = {"Link": f'<https://first.example/>; rel="hub", <{outlet.url}/feed>; rel="self"'}
    outlet.publish("/feed", station.feed_of("a"), "application/rss+xml", headers=headers)
    station.poll_again()
    assert station.state().hub == "https://first.example/"


def test_without_an_address_from_outside_no_hub_is_asked(station: Station) -> None:
    station.context = msgspec_context(station, callback="")
    station.poll_again()
    assert station.state().hub
    assert station.hub.asked == []


def msgspec_context(station: Station, **websub: Any) -> Context:
    settings = msgspec.structs.replace(station.context.settings, websub=WebSubSettings(**websub))
    return Context(settings, station.store, station.context.fetcher, random=lambda: 0.0)


# ── subscribing ──


def test_a_hub_is_asked_once_and_verifies_what_we_asked_for(followed: Station, api: Api, outlet: Outlet) -> None:
    form = followed.hub.form
    assert followed.hub.modes == ["subscribe"]
    assert (form["hub.topic"], form["hub.lease_seconds"]) == (f"{outlet.url}/feed", f"{LEASE:.0f}")
    assert form["hub.callback"].startswith(f"{api.url}/websub/")
    assert len(form["hub.callback"].rpartition("/")[2]) >= 32, "nobody guesses it"
    assert len(form["hub.secret"]) >= 32
    assert followed.state().hub_until == pytest.approx(time.time() + LEASE, abs=60)
    followed.poll_again()
    assert followed.hub.modes == ["subscribe"]
    assert f"its hub {followed.hub.url} tells of its news until" in followed.remarks()


def test_what_status_tells_lets_nobody_speak_for_the_hub(followed: Station) -> None:
    told = msgspec.json.encode(followed.state()).decode() + followed.remarks()
    assert followed.hub.form["hub.secret"] not in told
    assert followed.hub.form["hub.callback"].rpartition("/")[2] not in told


def test_a_hub_that_never_verifies_is_asked_more_and_more_rarely_and_the_polls_go_on(station: Station) -> None:
    station.hub.manners.verify = False
    for _ in range(3):
        station.poll_again()
    assert station.hub.modes == ["subscribe"]
    station.passes(301)
    station.poll_again()
    station.passes(301)
    station.poll_again()
    assert station.hub.modes == ["subscribe"] * 2
    station.passes(DAY)
    station.publish("second")
    assert station.poll_again() == "1 to fetch of 2"
    assert station.hub.modes == ["subscribe"] * 3
    assert "verified none of 2 requests" in station.remarks()
    assert (station.state().failures, station.live) == (0, False)


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_hub_that_refuses_does_the_poll_no_harm(station: Station, status: int) -> None:
    station.hub.manners.status = status
    assert station.poll_again() == "1 to fetch of 1"
    assert (station.state().failures, station.state().outcome) == (0, "ok")
    assert f"answered {status}" in station.state().hub_error


def test_a_hub_at_a_private_address_is_not_asked(station: Station) -> None:
    station.named = "http://10.0.0.1/"
    station.publish("second")
    assert station.poll_again() == "2 to fetch of 2"
    assert "is not public" in station.state().hub_error


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_that_sends_on_is_asked_where_it_says(station: Station, status: int) -> None:
    station.hub.manners.status, station.hub.manners.location = status, "/elsewhere"
    station.poll_again()
    assert [asked.path for asked in station.hub.asked] == ["/", "/elsewhere"]
    assert station.live


def test_a_hub_that_sends_on_for_ever_is_left(station: Station) -> None:
    station.hub.manners.status, station.hub.manners.location = 307, "/"
    assert station.poll_again() == "1 to fetch of 1"
    assert len(station.hub.asked) == 4
    assert not station.live


def test_only_what_we_asked_for_is_verified(station: Station) -> None:
    station.hub.manners.topic = "https://other.example/feed"
    station.poll_again()
    assert station.hub.challenged == [(404, "")]
    assert not station.live
    form = station.hub.asked[0].form
    station.hub.manners.topic = ""
    assert not station.hub.verify(form, **{"hub.mode": "unsubscribe"})
    assert not station.hub.verify({**form, "hub.callback": form["hub.callback"] + "x"})
    assert not station.hub.verify(form, **{"hub.challenge": ""})
    assert station.hub.verify(form)
    assert station.hub.verify(form), "our answer may have been lost"
    assert station.live


def test_what_we_asked_for_long_ago_is_not_verified_any_more(station: Station) -> None:
    station.hub.manners.verify = False
    station.poll_again()
    station.passes(PENDING + 1)
    assert not station.hub.verify(station.hub.asked[0].form)
    assert not station.live


@pytest.mark.parametrize(("said", "granted"), [("86400", DAY), ("", LEASE), ("much", LEASE), ("9" * 12, 30 * DAY)])
def test_the_lease_is_what_the_hub_grants(station: Station, said: str, granted: float) -> None:
    station.hub.manners.lease = said
    station.poll_again()
    assert station.state().hub_until == pytest.approx(time.time() + granted, abs=60)


def test_a_lease_is_renewed_before_it_ends_at_the_same_address_with_the_same_secret(followed: Station) -> None:
    before = followed.hub.form
    followed.passes(LEASE / 2)
    followed.poll_again()
    assert followed.hub.modes == ["subscribe"]
    followed.passes(LEASE / 3)
    followed.poll_again()
    assert followed.hub.modes == ["subscribe"] * 2
    assert followed.hub.form == before
    assert followed.state().hub_until == pytest.approx(time.time() + LEASE, abs=60)


def test_a_hub_that_denies_is_left_alone_for_a_day(trusted: Station) -> None:
    assert trusted.due_in() > 2 * BETWEEN
    assert trusted.hub.deny(**{"hub.topic": "https://other.example/"}) == 404
    assert trusted.live
    assert trusted.hub.deny() == 200
    assert (trusted.live, trusted.state().proved) == (False, 0)
    assert trusted.due_in() <= BETWEEN
    assert "the hub denies it: no more of this" in trusted.remarks()
    asked = len(trusted.hub.asked)
    trusted.poll_again()
    assert len(trusted.hub.asked) == asked
    trusted.passes(DAY)
    trusted.poll_again()
    assert len(trusted.hub.asked) == asked + 1


def test_what_a_hub_says_in_denying_is_words_and_no_command_to_a_terminal(
    followed: Station, caplog: pytest.LogCaptureFixture
) -> None:
    assert followed.hub.deny("\x1b[2J\nERROR all is lost") == 200
    assert "the hub denies it:  [2J ERROR all is lost" in followed.remarks()
    assert "\x1b" not in caplog.text and "\nERROR all" not in caplog.text


# ── leaving ──


def test_a_feed_that_names_another_hub_leaves_the_first(followed: Station) -> None:
    with Hub() as other:
        followed.named = other.url
        followed.publish("second")
        followed.poll_again()
        assert followed.hub.modes == ["subscribe", "unsubscribe"]
        assert (followed.hub.subscribers, followed.hub.challenged[-1][0]) == ({}, 200)
        assert (other.modes, followed.state().follows) == (["subscribe"], other.url)
        assert followed.live
        assert other.form["hub.callback"] != followed.hub.asked[0].form["hub.callback"]
        assert other.form["hub.secret"] != followed.hub.asked[0].form["hub.secret"]


def test_a_callback_that_is_turned_off_leaves_the_hub(followed: Station) -> None:
    followed.context = msgspec_context(followed, callback="")
    followed.poll_again()
    assert followed.hub.modes == ["subscribe", "unsubscribe"]
    assert (followed.live, followed.state().follows) == (False, "")
    followed.poll_again()
    assert len(followed.hub.asked) == 2


def test_a_feed_that_is_taken_out_of_the_configuration_leaves_its_hub(followed: Station, redis: Any) -> None:
    """Whichever feed with a hub is polled next sees to it."""
    outlet, body = followed.outlet, followed.feed_of("other")
    outlet.publish("/other", body, "application/rss+xml")
    source = next(iter(followed.context.settings.sources.values()))
    renamed = msgspec.structs.replace(source, feeds=(f"{outlet.url}/other",))
    settings = msgspec.structs.replace(followed.context.settings, sources={source.id: renamed})
    context = Context(settings, followed.store, followed.context.fetcher, random=lambda: 0.0)
    redis.delete(followed.store.keys.lock("websub"))
    form = followed.hub.form
    other = Station(context, outlet, followed.hub, redis)
    other.poll_again()
    assert followed.hub.modes == ["subscribe", "subscribe", "unsubscribe"]
    assert followed.hub.asked[-1].form["hub.callback"] == form["hub.callback"]
    assert list(followed.hub.subscribers) != [form["hub.callback"]]


def test_a_subscription_that_ran_out_after_its_feed_was_taken_out_of_the_configuration_is_forgotten(
    followed: Station, redis: Any
) -> None:
    keys = followed.store.keys
    redis.delete(*(keys.callback(callback.decode()) for callback in redis.hvals(keys.callbacks)))
    assert followed.store.callbacks_except({followed.feed}) == []
    assert redis.hexists(keys.callbacks, followed.feed), "a feed that is there may be asking its hub at this moment"
    assert followed.store.callbacks_except(()) == []
    assert not redis.exists(keys.callbacks)


def test_a_hub_that_goes_on_after_it_was_left_is_told_that_nobody_listens(followed: Station) -> None:
    form = followed.hub.form
    followed.context = msgspec_context(followed, callback="")
    followed.poll_again()
    followed.hub.subscribers[form["hub.callback"]] = form
    assert followed.hub.send(followed.feed_of("second")) == 410
    assert not followed.is_claimed("second")


# ── what a hub sends ──


@pytest.mark.parametrize("method", METHODS)
def test_what_a_hub_sends_is_in_due_when_it_hears_that_it_was_taken(followed: Station, method: str) -> None:
    assert followed.hub.send(followed.feed_of("second"), method=method) == 202
    assert followed.store.waiting(f"entry:{article_id(f'{followed.outlet.url}/second')}")
    assert followed.state().announced == 1


def test_the_life_of_an_entry_says_that_a_hub_told_of_it(followed: Station) -> None:
    followed.hub.send(followed.feed_of("second"))
    told = why(followed.context.settings, followed.store, f"{followed.outlet.url}/second")
    assert [(step.what, step.facts.get("hub")) for step in told.steps] == [
        ("new", None),
        ("announced", followed.hub.url),
    ]
    assert followed.hub.url in told.steps[-1].words
    first = why(followed.context.settings, followed.store, f"{followed.outlet.url}/first")
    assert [step.what for step in first.steps] == ["new"]


def test_the_next_poll_finds_it_seen_and_its_validators_and_roll_as_they_were(followed: Station) -> None:
    before, roll = followed.state(), followed.store.roll(followed.feed)
    followed.hub.send(followed.feed_of("second"))
    after = followed.state()
    assert (after.etag, after.body_hash, after.entries) == (before.etag, before.body_hash, 1)
    assert followed.store.roll(followed.feed) == roll
    followed.publish("second")
    assert followed.poll_again() == "0 to fetch of 2"
    assert followed.state().proved == 1


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=" + "0" * 64, "md5=" + "0" * 32, "sha256", "=", "sha1=ñ", "sha256=" + "0" * 63],
)
def test_what_is_not_signed_as_agreed_is_dropped_and_counted_and_nobody_is_told(
    followed: Station, signature: str
) -> None:
    planned = followed.due_in()
    assert followed.hub.send(followed.feed_of("second"), signature=signature.encode().decode("latin-1")) == 202
    assert not followed.is_claimed("second")
    assert (followed.state().refused, followed.state().announced) == (1, 0)
    assert followed.due_in() == pytest.approx(planned, abs=5)
    assert "1 calls were signed wrongly" in followed.remarks()


def test_what_is_signed_with_another_secret_is_dropped(followed: Station) -> None:
    followed.hub.send(followed.feed_of("second"), secret="a guess")
    assert (followed.is_claimed("second"), followed.state().refused) == (False, 1)


@pytest.mark.parametrize("body", [b"", b" ", b"something new!", b"<rss", b"<html></html>"])
def test_news_that_do_not_say_what_is_new_make_the_feed_due(followed: Station, body: bytes) -> None:
    followed.passes(BETWEEN)
    assert followed.due_in() > BETWEEN
    assert followed.hub.send(body) == 202
    assert followed.due_in() <= 0


def test_too_much_at_once_is_left_to_the_poll(followed: Station) -> None:
    followed.passes(BETWEEN)
    titles = [f"n{number}" for number in range(MOST_ANNOUNCED + 1)]
    assert followed.hub.send(followed.feed_of(*titles)) == 202
    assert (followed.is_claimed("n0"), followed.state().announced) == (False, 0)
    assert followed.due_in() <= 0


def test_a_megabyte_of_news_is_left_to_the_poll(followed: Station) -> None:
    followed.passes(BETWEEN)
    assert followed.hub.send(followed.feed_of("second") + b" " * MOST_READ) == 202
    assert not followed.is_claimed("second")
    assert followed.due_in() <= 0


def test_an_entry_that_may_have_moved_is_left_to_the_poll(followed: Station) -> None:
    """The whole feed alone can tell whether the address that the guid had is gone."""
    old = Headline(f"{followed.outlet.url}/old", "A title", summary="Words.", guid="guid-1")
    new = Headline(f"{followed.outlet.url}/new", "A title", summary="Words.", guid="guid-1")
    bodies = [rss("The Outlet", followed.outlet.url, [each]) for each in (old, new)]
    topic = f"{followed.outlet.url}/feed"
    followed.outlet.publish("/feed", names_hub(bodies[0], followed.hub.url, topic), "application/rss+xml")
    followed.poll_again()
    followed.passes(BETWEEN)
    assert followed.hub.send(bodies[1]) == 202
    assert not followed.is_claimed("new")
    assert followed.due_in() <= 0


def test_however_often_a_hub_calls_the_feed_is_polled_only_now_and_then(followed: Station) -> None:
    for _ in range(5):
        followed.hub.send(b"news!")
    assert BETWEEN - 10 < followed.due_in() <= BETWEEN


def test_a_hub_gone_mad_is_read_no_more_and_the_feed_polled_instead(followed: Station, redis: Any) -> None:
    (callback,) = redis.hvals(followed.store.keys.callbacks)
    redis.set(followed.store.keys.calls(callback.decode()), MOST_CALLS - 1, ex=60)
    assert followed.hub.send(followed.feed_of("second")) == 202
    assert followed.hub.send(followed.feed_of("third")) == 202
    assert (followed.is_claimed("second"), followed.is_claimed("third")) == (True, False)
    assert followed.due_in() <= BETWEEN


def test_a_poll_that_is_under_way_is_not_robbed_of_its_lease(followed: Station) -> None:
    followed.passes(2 * BETWEEN)
    followed.store.poll_now([followed.feed])
    leases = followed.store.lease("fetch", 30, 1000)
    (lease,) = [lease for lease in leases if lease.member == f"feed:{followed.feed}"]
    followed.hub.send(b"news!")
    assert followed.store.start(lease, 30)


def test_what_a_hub_says_twice_counts_once(followed: Station) -> None:
    """It says so again where our answer was lost."""
    for body in (followed.feed_of("second"), followed.feed_of("second"), followed.feed_of("third", "second")):
        assert followed.hub.send(body) == 202
    assert followed.state().announced == 2


def test_a_poll_that_was_under_way_when_the_hub_called_is_made_once_more(
    followed: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it got may be older than the news."""
    real = followed.context.fetcher.get

    def get_and_be_called(*args: Any, **more: Any) -> Any:
        fetch = real(*args, **more)
        followed.hub.send(b"news!")
        return fetch

    followed.passes(2 * BETWEEN)
    monkeypatch.setattr(followed.context.fetcher, "get", get_and_be_called)
    followed.poll_again()
    assert followed.due_in() <= BETWEEN


def test_a_hub_that_hangs_holds_the_poll_no_longer_than_its_lease_allows(station: Station) -> None:
    schedule = msgspec.structs.replace(station.context.settings.schedule, lease=2.0)
    settings = msgspec.structs.replace(station.context.settings, schedule=schedule)
    station.context = Context(settings, station.store, station.context.fetcher, random=lambda: 0.0)
    station.hub.manners.delay = 4.0
    began = time.monotonic()
    assert station.poll_again() == "1 to fetch of 1"
    assert time.monotonic() - began < 4
    assert "no answer within" in station.state().hub_error


# ── trust ──


def test_a_hub_that_told_of_all_that_polls_found_is_trusted(followed: Station) -> None:
    follow(followed, PROVEN - 1)
    before = followed.state()
    assert (before.proved, before.why) != (PROVEN, "its hub tells")
    follow(followed, 1)
    after = followed.state()
    assert (after.proved, after.missed, after.why) == (PROVEN, 0, "its hub tells")
    assert "trusted, polled less often" in followed.remarks()
    assert after.interval > before.interval


def test_less_often_is_a_quarter_as_often_and_never_less_than_the_longest_interval(trusted: Station) -> None:
    """The same poll of the same feed, with a hub that is trusted and with one that is not."""
    trusted.poll_again()
    with_trust = trusted.state().interval
    trusted.redis.hset(trusted.store.keys.feed(trusted.feed), "proved", 0)
    trusted.poll_again()
    without = trusted.state().interval
    most = half_renewed_in(
        trusted.context.settings,
        trusted.context.settings.feeds[trusted.feed],
        trusted.state(),
        len(trusted.titles),
        time.time(),
    )
    assert with_trust == pytest.approx(min(FACTOR * without, most), rel=0.02)


def test_an_entry_that_the_hub_left_out_ends_the_trust_at_once(trusted: Station) -> None:
    trusted.publish("left out")
    trusted.passes(3 * GRACE)
    assert trusted.poll_again().startswith("1 to fetch")
    state = trusted.state()
    assert (state.proved, state.missed) == (0, 1)
    assert state.why != "its hub tells"
    assert "not trusted yet" in trusted.remarks()
    follow(trusted, PROVEN - 1)
    assert trusted.state().proved == PROVEN - 1
    follow(trusted, 1)
    assert trusted.state().why == "its hub tells"


def test_what_came_a_moment_ago_is_not_missed_yet(trusted: Station) -> None:
    trusted.publish("just now")
    trusted.poll_again()
    assert (trusted.state().missed, trusted.state().proved) == (0, PROVEN)


def test_what_a_poll_finds_after_news_without_words_was_told_of(followed: Station) -> None:
    followed.publish("second", "third")
    followed.passes(GRACE)
    followed.hub.send(b"news!")
    followed.poll_again()
    assert (followed.state().missed, followed.state().proved) == (0, 2)


def test_a_hub_that_tells_of_what_never_comes_is_not_trusted_for_it(followed: Station) -> None:
    for number in range(2 * PROVEN):
        followed.hub.send(followed.feed_of(f"invented-{number}"))
        followed.publish()
    followed.publish("one")
    followed.passes(1)
    followed.poll_again()
    assert followed.state().proved == 0


def test_a_lease_that_ran_out_is_no_trust_and_no_miss(trusted: Station) -> None:
    trusted.hub.manners.verify = False
    trusted.passes(LEASE + DAY)
    trusted.publish("later")
    trusted.poll_again()
    state = trusted.state()
    assert (state.proved, state.missed) == (0, 0)
    assert state.why != "its hub tells"


def test_the_rhythm_goes_on_to_be_learned_from_what_hubs_tell(followed: Station) -> None:
    """Else a feed that a hub tells of would seem to fall silent, and be polled ever less often."""

    def found() -> float:
        return msgspec.json.decode(followed.state().rhythm, type=Rhythm).found

    before = found()
    follow(followed, 3)
    assert found() == pytest.approx(before + 3, rel=0.1)


# ── who may call ──


def test_a_hub_needs_no_token_and_nothing_else_is_open_for_that(followed: Station, api: Api) -> None:
    callback = followed.hub.form["hub.callback"]
    assert requests.post(callback, data=b"x", headers={"Host": "news.example"}, timeout=10).status_code == 202
    for path in ("/websub", "/articles", "/websub/../articles", "//websub/x"):
        assert api.ask(path).status_code == 401, path
    assert api.ask("/websub/", headers=ALLOWED).status_code == 404


@pytest.mark.parametrize("callback", ["x", "A" * 32, "%2e%2e", "outlet:12345678"])
def test_an_address_that_nobody_was_given_tells_nothing(followed: Station, api: Api, callback: str) -> None:
    asked = followed.hub.asked[0].form
    query = {"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "c"}
    told = api.ask(f"/websub/{callback}", params=query)
    assert (told.status_code, told.text) == (404, "")
    assert (api.ask(f"/websub/{callback}", "POST", data=b"x").status_code) == 410
    assert requests.get(asked["hub.callback"], params={**query, "hub.topic": "x"}, timeout=10).status_code == 404


def test_a_body_without_end_is_not_read_to_it(followed: Station) -> None:
    try:
        status = followed.hub.send(b"x" * 6_000_000)
    except requests.ConnectionError:  # it hung up before all of it was sent
        status = 413
    assert status == 413
    assert followed.state().refused == 0


def test_where_it_is_off_the_path_is_as_any_other(write_config: WriteConfig, outlet: Outlet, store: Store) -> None:
    with serving(write_config(outlet, main=f'[api]\ntokens = ["{TOKEN}"]\n'), store) as api:
        assert api.ask("/websub/x").status_code == 401
        assert api.ask("/websub/x", headers=ALLOWED).status_code == 404
