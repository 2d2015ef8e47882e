"""`why`: the life of an address, told after a real outlet, the real steps and a real store have made it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bs4 import BeautifulSoup

from ingest.context import Context
from ingest.fetch import Fetcher
from ingest.models import article_id
from ingest.pipeline import run
from ingest.settings import RetentionSettings, Settings, load
from ingest.store import EmbeddedServer, Store, open_store
from ingest.why import Life
from ingest.wire import Wire
from tests.command import Ended, run_command
from tests.conftest import WriteConfig
from tests.integration.making import text
from tests.integration.serving import serving
from workers.demo.outlet import Answer, Headline, Outlet, rss

MAIN = '[fetch]\nallow_addresses = ["127.0.0.0/8"]\ndelay = 0.0\n[schedule]\nattempts = 2\nretry_first = 40.0\n'
QUEUES = '[queues.all]\n[queues.fr]\nlanguage = ["fr"]\n[queues.boats]\nwords = ["boats"]\n'


def page(number: int, title: str = "", more: str = "") -> str:
    """A page whose text is like that of no other number."""
    body = "".join(f"<p>{text(10 * number + part)}</p>" for part in range(3))
    name = title or f"Letter {number}"
    return f'<html lang="en"><title>{name}</title><article><h1>{name}</h1>{body}{more}</article></html>'


class Newswire:
    """One outlet with two feeds, polled and worked off here."""

    def __init__(self, settings: Settings, store: Store, outlet: Outlet) -> None:
        self.wire, self.outlet = Wire(settings, store), outlet
        self.context = Context(settings, store, Fetcher(settings.fetch), random=lambda: 0.0)
        store.add_feeds(settings.feeds)

    def announce(self, path: str = "/feed", **titles: str) -> None:
        """What a feed names from now on: path of the page without its slash -> title."""
        headlines = [Headline(f"{self.outlet.url}/{name}", title) for name, title in titles.items()]
        self.outlet.publish(path, rss("The Outlet", self.outlet.url, headlines), "application/rss+xml")

    def go_on(self) -> None:
        """Poll every feed, and take every step that is due."""
        self.wire.store.poll_now(list(self.wire.settings.feeds))
        while leases := [lease for queue in ("fetch", "process") for lease in self.wire.store.lease(queue, 30, 100)]:
            for lease in leases:
                run(self.context, lease)

    def step(self, path: str) -> str:
        """The next step of this address, due or not."""
        waiting = self.wire.store.waiting(f"entry:{article_id(self.outlet.url + path)}")
        assert waiting
        return run(self.context, waiting[0])

    def look(self, path: str) -> str:
        """The next look at this address, due or not."""
        waiting = self.wire.store.waiting(f"watch:{article_id(self.outlet.url + path)}")
        assert waiting
        return run(self.context, waiting[0])

    def why(self, path: str) -> Life:
        return self.wire.why(self.outlet.url + path)

    def told(self, path: str) -> list[str]:
        """Its steps, without what differs from one run to the next."""
        return [
            re.sub(r"\d+(?:\.\d+)? m?s\b", "N s", step.words.replace(self.outlet.url, ""))
            for step in self.why(path).steps
        ]


@pytest.fixture
def newswire(outlet: Outlet, store: Store, write_config: WriteConfig) -> Newswire:
    sections = f'sitemaps = []\n[[listings]]\nurl = "{outlet.url}/section"\nentry = "li"\n'
    made = Newswire(write_config(outlet, main=MAIN, source=sections, queues=QUEUES), store, outlet)
    outlet.publish("/section", "<ul></ul>")
    made.announce()
    return made


def size(body: str) -> str:
    return f"{len(body.encode()):,} bytes"


def test_an_article_is_told_from_the_feed_that_named_it_to_the_queues_that_have_it(newswire: Newswire) -> None:
    before = datetime.now(UTC)
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    life = newswire.why("/a")
    extraction = newswire.wire.store.article(life.id).extraction  # type: ignore[union-attr]
    assert newswire.told("/a") == [
        "found in /feed: “The letter”",
        f"fetched: 200, {size(page(1))} in N s",
        f"extracted by {extraction.method}, confidence {extraction.confidence:.2f}; title by h1; no date",
        "published",
    ]
    times = [step.at for step in life.steps if step.at]
    assert before.replace(microsecond=0) <= times[0] <= times[-1] <= datetime.now(UTC)
    assert times == sorted(times)
    assert life.stands.what == "published"
    assert life.stands.words == "published, revision 1; its page is looked at again"
    assert life.stands.until
    assert 3500 < (life.stands.until - datetime.now(UTC)).total_seconds() <= 3600
    assert {each.queue: each.why for each in life.queues if not each.took} == {"fr": "language: en is not among fr"}
    assert [each.queue for each in life.queues if each.took] == ["all", "boats"]
    assert life.article
    assert (life.article.title, life.article.revision, life.article.source) == ("Letter 1", 1, "outlet")


def test_an_article_that_two_feeds_name_says_what_each_calls_it_and_polls_add_nothing(newswire: Newswire) -> None:
    newswire.outlet.publish("/a", page(1))
    newswire.announce(a="The letter")
    newswire.go_on()
    newswire.outlet.publish("/section", f'<ul><li><a href="{newswire.outlet.url}/a">A letter</a></li></ul>')
    for _ in range(3):
        newswire.go_on()
    assert newswire.told("/a")[4:] == ["found in /section too: “A letter”"]
    (address,) = newswire.why("/a").addresses
    assert {naming.name.removeprefix(newswire.outlet.url): naming.title for naming in address.feeds} == {
        "/feed": "The letter",
        "/section": "A letter",
    }
    assert all(naming.first for naming in address.feeds)


def test_a_change_is_told_with_what_it_changed_and_a_look_in_vain_as_that(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    newswire.outlet.publish("/a", page(1, more="<p>Correction: an earlier version said that no boat waits here.</p>"))
    newswire.announce(a="The letter, corrected")
    newswire.go_on()
    newswire.announce(a="The letter, corrected again")
    newswire.go_on()
    told = newswire.told("/a")[4:]
    assert told[0] == "changed in /feed: “The letter, corrected”"
    assert told[2].startswith("extracted by ")
    assert told[3] == "published again: revision 2; 1 paragraph: 1 added; 10 words more, 0 less"
    assert told[4] == "changed in /feed: “The letter, corrected again”"
    assert told[6:] == ["nothing that matters has changed: not published again"]
    assert newswire.why("/a").stands.words.startswith("published, revision 2;")


def test_looks_at_its_page_are_told_with_what_came_of_them_and_so_is_a_retraction(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    newswire.look("/a")
    newswire.outlet.publish("/a", page(1, title="Letter 1, corrected"))
    newswire.look("/a")
    newswire.go_on()
    del newswire.outlet.answers["/a"]
    newswire.outlet.publish("/", "The Outlet")
    for _ in range(2):
        newswire.look("/a")
    told = [step for step in newswire.told("/a")[4:] if not step.startswith("extracted by")]
    assert told == [
        "its page was looked at again: as it was",
        "its page was looked at again: changed",
        "published again: revision 2; title was “Letter 1”",
        "its page was looked at again: gone, to be confirmed",
        "retracted, as revision 3: its page is gone",
    ]
    stands = newswire.why("/a").stands
    assert (stands.what, stands.words) == ("retracted", "retracted by its outlet, as revision 3")


def test_a_redirect_is_told_with_where_it_led_and_both_addresses_lead_to_the_same_life(newswire: Newswire) -> None:
    newswire.outlet.publish("/a", page(1))
    newswire.outlet.answers["/go"] = Answer(status=302, headers={"Location": f"{newswire.outlet.url}/a"})
    newswire.announce(go="The letter")
    newswire.go_on()
    assert newswire.told("/go")[1] == f"fetched: 200, {size(page(1))} in N s, at /a"
    asked, led_to = newswire.why("/go"), newswire.why("/a")
    assert (led_to.steps, led_to.id) == (asked.steps, asked.id)
    assert asked.article
    assert asked.article.url == f"{newswire.outlet.url}/a"
    assert [(each.url.removeprefix(newswire.outlet.url), each.stands) for each in asked.addresses] == [
        ("/a", ""),
        ("/go", "created"),
    ]


def test_what_failed_is_told_with_its_reason_and_when_it_is_tried_again_until_it_is_dead(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.go_on()
    waits = newswire.why("/a").stands
    assert (waits.what, waits.words, waits.error) == (
        "fetch",
        "waits to be fetched",
        "127.0.0.1: answered 404 Not Found",
    )
    assert waits.until
    assert 0 < (waits.until - datetime.now(UTC)).total_seconds() <= 40
    newswire.step("/a")
    assert newswire.why("/a").stands.what == "dead"
    newswire.outlet.publish("/a", page(1))
    newswire.wire.store.revive([article_id(f"{newswire.outlet.url}/a")])
    newswire.go_on()
    assert newswire.told("/a")[1:4] == [
        "attempt 1 failed: 127.0.0.1: answered 404 Not Found; again in N s",
        "dead: 127.0.0.1: answered 404 Not Found",
        "given all its attempts again, by hand",
    ]
    assert newswire.told("/a")[-1] == "published"


def test_what_was_dropped_by_hand_says_so(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.go_on()
    newswire.step("/a")
    newswire.wire.store.drop([article_id(f"{newswire.outlet.url}/a")])
    newswire.go_on()
    stands = newswire.why("/a").stands
    assert (stands.what, stands.error) == ("dropped", "127.0.0.1: answered 404 Not Found")
    assert newswire.why("/a").queues == ()


def test_while_a_worker_has_it_that_is_told_with_when_it_is_found_again(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    store = newswire.wire.store
    (feed,) = [feed for feed, each in newswire.wire.settings.feeds.items() if each.kind == "feed"]
    waiting = store.waiting(f"feed:{feed}")
    assert waiting
    run(newswire.context, waiting[0])
    assert newswire.why("/a").stands.words == "waits to be fetched"
    due = store.waiting(f"entry:{article_id(f'{newswire.outlet.url}/a')}")
    assert due
    assert store.start(due[0], 90)
    stands = newswire.why("/a").stands
    assert stands.words == "is being fetched, attempt 1; should its worker die, it is again"
    assert stands.until
    assert 80 < (stands.until - datetime.now(UTC)).total_seconds() <= 90


def test_a_duplicate_says_of_what_and_why_and_shows_who_has_that(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    newswire.announce(a="The letter", b="The letter as well")
    newswire.outlet.publish("/b", page(1))
    newswire.go_on()
    life = newswire.why("/b")
    assert newswire.told("/b")[2:] == ["a duplicate of /a: the same text was published there before"]
    assert life.stands.words == f"a duplicate of {newswire.outlet.url}/a"
    assert life.article
    assert life.article.id == article_id(f"{newswire.outlet.url}/a")
    assert [each.queue for each in life.queues if each.took] == ["all", "boats"]
    assert {each.url.removeprefix(newswire.outlet.url): each.stands for each in newswire.why("/a").addresses} == {
        "/a": "created",
        "/b": "duplicate",
    }


def test_an_article_whose_own_address_is_forgotten_is_not_told_as_the_duplicate_that_is_left(
    newswire: Newswire, redis: Any
) -> None:
    for name in ("a", "b"):
        newswire.announce(**{name: "The letter"})
        newswire.outlet.publish(f"/{name}", page(1))
        newswire.go_on()
    store, own = newswire.wire.store, article_id(f"{newswire.outlet.url}/a")
    redis.delete(store.keys.entry(own), store.keys.life(own))
    life = newswire.why("/a")
    assert (life.stands.what, life.steps) == ("published", ())
    assert life.stands.words == "published, revision 1; its page is looked at again"
    assert [each.stands for each in life.addresses] == ["", "duplicate"]


def test_a_copy_says_of_what_and_how_much_and_a_queue_that_has_the_first_names_that(
    outlet: Outlet, store: Store, write_config: WriteConfig
) -> None:
    written = write_config(outlet, main=MAIN, queues='[queues.all]\n[queues.every]\nduplicates = "all"\n')
    with Outlet() as second:
        (written.config / "sources/second.toml").write_text(
            f'id = "second"\nname = "The Second"\nhomepage = "{second.url}/"\nlanguage = "en"\ncountry = "VE"\n'
            f'timezone = "UTC"\nfeeds = ["{second.url}/feed"]\n'
        )
        newswire = Newswire(load(written.config, written.data), store, outlet)
        newswire.announce(a="The letter")
        outlet.publish("/a", page(1))
        newswire.go_on()
        more = "<p>The second outlet adds a sentence of its own, and nothing else.</p>"
        second.publish("/b", page(1, title="A letter came", more=more))
        headline = Headline(f"{second.url}/b", "A letter came")
        second.publish("/feed", rss("The Second", second.url, [headline]), "application/rss+xml")
        newswire.go_on()
        life, first = newswire.wire.why(f"{second.url}/b"), newswire.why("/a")
        shared = re.fullmatch(
            rf"published, a copy: (\d+)% of its text is in {outlet.url}/a \(paragraphs: 3 as they were, 1 added\)",
            life.steps[-1].words,
        )
        assert shared
        assert 80 < int(shared[1]) < 100
        assert {each.queue: each.why for each in life.queues} == {
            "all": f"a copy of {outlet.url}/a, which this queue has",
            "every": "",
        }
        assert [each.url for each in life.cluster] == [f"{outlet.url}/a", f"{second.url}/b"]
        assert [each.source for each in first.cluster] == ["outlet", "second"]
        assert first.cluster[1].words in life.steps[-1].words


def test_a_queue_that_came_later_says_how_it_is_filled_and_has_it_then(
    newswire: Newswire, outlet: Outlet, write_config: WriteConfig
) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    later = Wire(write_config(outlet, main=MAIN, queues=f"{QUEUES}[queues.late]\n"), newswire.wire.store)

    def late() -> tuple[bool, str]:
        verdict = later.why(f"{outlet.url}/a").queues[-1]
        return verdict.took, verdict.why

    assert late() == (
        False,
        "its filter takes it now and did not then, or was not there: `teletipo queues fill late` puts it in",
    )
    list(later.fill("late"))
    assert late() == (True, "")


def test_of_what_was_purged_the_steps_are_told_and_that_a_tombstone_is_left(
    newswire: Newswire, server: EmbeddedServer
) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    store = newswire.wire.store
    forgetful = open_store(server.url, store.keys.prefix, RetentionSettings(article_days=1e-9))
    assert forgetful.sweep({}) == 1
    forgetful.close()
    life = newswire.why("/a")
    assert life.stands.what == "purged"
    assert "tombstone" in life.stands.words
    assert newswire.told("/a")[-1] == "purged: a tombstone is left, so that it does not come back as new"
    assert [each.queue for each in life.queues] == ["all", "boats"]
    newswire.outlet.publish("/b", page(1))
    newswire.announce(b="The same letter")
    newswire.go_on()
    again, article = newswire.why("/b"), article_id(f"{newswire.outlet.url}/a")
    assert again.stands.words == f"a duplicate of article {article}, which was purged"
    assert again.steps[-1].words == f"a duplicate of article {article}: the same text was published there before"


@pytest.mark.parametrize(
    "asked",
    ["{}/a?utm_source=feed#top", "{}/a/", "https://www.google.com/url?q={}/a&sa=U", " {}/a", "{}/a?amp=1"],
)
def test_wrapped_and_tracked_addresses_lead_to_the_same_answer(newswire: Newswire, asked: str) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    life = newswire.wire.why(asked.format(newswire.outlet.url))
    assert life.asked == asked.format(newswire.outlet.url)
    assert msgspec.structs.replace(life, asked="") == msgspec.structs.replace(newswire.why("/a"), asked="")
    assert newswire.wire.why(life.id).steps == life.steps


def test_of_an_address_that_nobody_heard_of_the_nearest_help_is_told(newswire: Newswire) -> None:
    newswire.announce(letter1="The letter")
    newswire.outlet.publish("/letter1", page(1))
    newswire.go_on()
    life, root = newswire.why("/letter2"), newswire.outlet.url
    assert (life.known, life.stands.what, life.steps, life.queues) == (False, "unknown", (), ())
    told = "\n".join(life.help)
    assert "its host is that of The Outlet (outlet)" in told
    assert re.search(rf"no feed of that source named it: {root}/feed was polled \d+ m?s ago and had 1 entry", told)
    assert f"did you mean {root}/letter1?" in told
    assert f"`teletipo fetch {root}/letter2 --wait`" in told
    (feed,) = newswire.why("/feed").help
    assert feed.startswith("it is a feed of outlet")
    (elsewhere,) = newswire.wire.why("https://elsewhere.example/a").help
    assert elsewhere.startswith("no source has the host elsewhere.example")
    (by_id,) = newswire.wire.why("0123456789abcdef").help
    assert "no address or article has this id" in by_id


def test_a_feed_that_failed_is_part_of_the_help(newswire: Newswire) -> None:
    newswire.outlet.answers["/feed"] = Answer(status=500)
    newswire.go_on()
    assert "and failed (127.0.0.1: answered 500" in "\n".join(newswire.why("/a").help)


# ── over HTTP ──


def test_the_same_is_told_over_http(newswire: Newswire) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    with serving(newswire.wire.settings, newswire.wire.store) as api:
        told = api.get("/why", params={"url": f"{newswire.outlet.url}/a"})
        assert msgspec.convert(told, Life) == newswire.why("/a")
        assert api.get("/why", params={"url": told["id"]})["steps"] == told["steps"]
        status, error, hint = api.refusal("/why", params={"url": f"{newswire.outlet.url}/b"})
        assert (status, error) == (404, "nobody heard of this address")
        assert "its host is that of The Outlet" in hint
        assert api.refusal("/why", params={"url": "a letter"})[0] == 422
        assert api.ask("/why").status_code == 422
        shown = " ".join(BeautifulSoup(api.ask(f"/page/article/{told['id']}").content, "lxml").get_text(" ").split())
        assert "not to fr : language: en is not among fr" in shown


# ── on the command line ──

Teletipo = Callable[..., Ended]


@pytest.fixture
def teletipo(
    newswire: Newswire,
    server: EmbeddedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Teletipo]:
    """The command on the newswire's own store, where its worker is idle."""
    monkeypatch.setenv("TELETIPO_STORE__URL", server.url)
    monkeypatch.setenv("TELETIPO_STORE__PREFIX", newswire.wire.store.keys.prefix)
    config = newswire.wire.settings.config
    yield lambda *arguments: run_command(
        monkeypatch, capsys, "--config", config, "--data", tmp_path / "data", *arguments
    )


def test_the_command_tells_it_a_line_a_step_and_as_json(newswire: Newswire, teletipo: Teletipo) -> None:
    newswire.announce(a="The letter")
    newswire.outlet.publish("/a", page(1))
    newswire.go_on()
    url = f"{newswire.outlet.url}/a"
    ended, life = teletipo("why", f"{url}?utm_source=x"), newswire.why("/a")
    assert (ended.code, ended.err) == (0, "")
    shown = ended.out.splitlines()
    assert shown[0] == url
    for step in life.steps:
        assert step.at
        assert f"{step.at.astimezone():%Y-%m-%d %H:%M:%S}  {step.words}" in shown
    assert f"{'  fr':21}has it not: language: en is not among fr" in shown
    as_json = teletipo("why", life.id, "--json")
    assert as_json.code == 0
    assert msgspec.structs.replace(msgspec.json.decode(as_json.out, type=Life), asked="") == msgspec.structs.replace(
        life, asked=""
    )


def test_the_command_ends_with_1_where_nobody_heard_of_it_and_with_2_for_what_is_no_address(
    newswire: Newswire, teletipo: Teletipo
) -> None:
    unknown = teletipo("why", f"{newswire.outlet.url}/b")
    assert (unknown.code, unknown.err) == (1, "")
    assert "nobody heard of this address" in unknown.out
    assert teletipo("why", f"{newswire.outlet.url}/b", "--json").code == 1
    wrong = teletipo("why", "letters")
    assert (wrong.code, wrong.out) == (2, "")
    assert "letters" in wrong.err
