"""What is told of an address's life: records in words, which address is meant, which queue has it and why not."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.cli.why import Line, lines, shown
from ingest.errors import UnknownName
from ingest.models import Article, Change, Copy, Difference, Extraction, Source, article_id
from ingest.settings import QueueSettings, Settings
from ingest.store import EntryState, Happened, Identity, Member
from ingest.why import Address, ArticleLine, Life, Naming, QueueVerdict, Republished, Stands, Step, span
from ingest.why.asked import meant
from ingest.why.queues import verdicts
from ingest.why.standing import stands
from ingest.why.steps import About, copy_line, difference_line, steps

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://harbour.example/feed"
HARBOUR = Source(
    id="harbour",
    name="The Harbour",
    homepage="https://www.harbour.example/",
    language="en",
    country="VE",
    timezone="UTC",
    feeds=(FEED,),
)
SETTINGS = Settings(config=Path(), data=Path(), sources={"harbour": HARBOUR})
(POLLED,) = HARBOUR.polled()


def article(url: str = "https://www.harbour.example/a", **more: Any) -> Article:
    made = Article(
        id=article_id(url),
        revision=1,
        url=url,
        source="harbour",
        title="Ferries",
        text="The ferries wait.",
        fetched=NOON,
        sorted=NOON,
        language="en",
        words=3,
        extraction=Extraction(method="body", confidence=0.97, evidence={"title": "h1", "language": "html lang"}),
    )
    return msgspec.structs.replace(made, **more)


def told(what: str, words: str = "", about: About | None = None) -> list[str]:
    return [step.words for step in steps([Happened(NOON.timestamp(), what, words)], about or About(SETTINGS))]


TOLD = [
    ("new", f"{POLLED.id} Ferries wait", f"found in {FEED}: “Ferries wait”"),
    ("new", POLLED.id, f"found in {FEED}"),
    ("new", "gone:1234 Ferries", "found in gone:1234: “Ferries”"),
    ("new", "hand", "asked for by hand"),
    ("new", "import Ferries", "came from a file: “Ferries”"),
    ("named", f"{POLLED.id} Ferries", f"found in {FEED} too: “Ferries”"),
    ("changed", f"{POLLED.id} Ferries", f"changed in {FEED}: “Ferries”"),
    ("changed", "hand Ferries", "asked for by hand again"),
    ("fetched", "200 54321 380", "fetched: 200, 54,321 bytes in 380 ms"),
    ("fetched", "203 5 2500 https://a.example/", "fetched: 203, 5 bytes in 2.5 s, at https://a.example/"),
    ("carried", "full_text", "the feed's own text is taken: its source's full_text is never"),
    ("carried", "FetchFailed: answered 410",
     "the feed's own text is taken, as its page cannot be had: answered 410"),
    ("failed", "2 60 FetchFailed: answered 500", "attempt 2 failed: answered 500; again in 1 min"),
    ("refetch", "480 ExtractFailed: a consent wall", "no article in the page: a consent wall; fetched again in 8 min"),
    ("paused", "30000", "its host asks to be left alone: again in 30 s"),
    ("dead", "FetchFailed: answered 404", "dead: answered 404"),
    ("revived", "", "given all its attempts again, by hand"),
    ("dropped", "", "dropped by hand: no feed brings it back"),
    ("unchanged", "", "nothing that matters has changed: not published again"),
    ("quietened", "", "it was revised as often as an article is ([revisions] most): not published again"),
    ("quietened", "7200", "it changes each time it is looked at: not published again within 2 h"),
    ("duplicate", "abc address", "a duplicate of article abc: it is another address of that article"),
    ("duplicate", "abc guid", "a duplicate of article abc: its feed gives that article another link"),
    ("created", "1", "published"),
    ("updated", "3", "published again: revision 3"),
    ("updated", "3 moved", "moved here by its feed: published again: revision 3"),
    ("unchanged", "moved",
     "moved here by its feed: nothing that matters has changed: not published again"),
    ("looked", "as it was", "its page was looked at again: as it was"),
    ("stays", "ExtractFailed: a wall", "nothing came of that page, the article stays as it is: a wall"),
    ("retracted", "3", "retracted, as revision 3: its page is gone"),
    ("purged", "", "purged: a tombstone is left, so that it does not come back as new"),
    ("gap", "12", "(12 steps are not kept)"),
    ("sneezed", "twice", "sneezed twice"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "words", "said"), TOLD, ids=[f"{what} {words}"[:24] for what, words, _ in TOLD])
def test_what_the_store_keeps_is_told_in_words(what: str, words: str, said: str) -> None:
    assert told(what, words) == [said]


def test_a_step_has_what_its_words_say_for_programs_too() -> None:
    failed, fetched = steps(
        [Happened(1.5, "failed", "2 60 FetchFailed: answered 500"), Happened(0, "fetched", "200 5 100")],
        About(SETTINGS),
    )
    assert failed.facts == {"attempt": 2, "seconds": 60, "error": "FetchFailed: answered 500"}
    assert failed.at == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)
    assert (fetched.at, fetched.facts) == (None, {"status": 200, "bytes": 5, "seconds": 0.1})


def test_what_was_published_tells_first_how_it_was_extracted_as_long_as_that_revision_is_kept() -> None:
    kept = article(extraction=Extraction(method="body", partial=True, evidence={"published": "time", "title": "h1"}))
    about = About(SETTINGS, {1: kept})
    assert told("created", "1", about) == [
        "extracted by body; title by h1; date by time; known to be less than the whole article",
        "published",
    ]
    undated = article(extraction=Extraction(method="body", evidence={"published": "none"}))
    assert told("created", "1", About(SETTINGS, {1: undated}))[0] == "extracted by body; no date"
    assert told("updated", "2", about) == ["published again: revision 2"]


def test_a_revision_tells_what_it_changed_on_one_line() -> None:
    difference = Difference(
        title="Ferries",
        authors=(),
        paragraphs=(Change(kind="changed", before="a", after="b"), Change(kind="added", after="c")),
        words_added=12,
        words_removed=3,
    )
    line = "title was “Ferries”; authors were none; 2 paragraphs: 1 changed, 1 added; 12 words more, 3 less"
    assert difference_line(difference) == line
    assert told("updated", "2", About(SETTINGS, {2: article(difference=difference)}))[1:] == [
        f"published again: revision 2; {line}"
    ]


def test_a_copy_tells_of_what_how_much_of_it_and_what_became_of_the_paragraphs() -> None:
    first = "https://first.example/a"
    copy = Copy(
        of=article_id(first),
        first="x",
        first_source="first",
        first_url=first,
        shared=0.82,
        covered=0.9,
        kept=5,
        added=1,
    )
    about = About(SETTINGS, {1: article(copy_of=copy)}, {article_id(first): first})
    assert told("copy", "1", about)[-1] == (
        f"published, a copy: 82% of its text is in {first} (paragraphs: 5 as they were, 1 added)"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (0.04, "40 ms"), (2.5, "2.5 s"), (45.4, "45 s"), (60, "1 min"), (7300, "2 h"), (200_000, "2 d")],
)
def test_a_span_is_said_in_one_unit(seconds: float, said: str) -> None:
    assert span(seconds) == said


# ── which address is meant ──


A = "https://www.harbour.example/news/2026/ferries-wait-for-fog"


@pytest.mark.parametrize(
    "asked",
    [
        A,
        f" {A}?utm_source=x#top ",
        "https://www.google.com/url?q=https%3A%2F%2Fwww.harbour.example%2Fnews%2F2026%2Fferries-wait-for-fog&sa=U",
        "https://www-harbour-example.cdn.ampproject.org/c/s/www.harbour.example/news/2026/ferries-wait-for-fog/amp",
        "https://m.harbour.example/news/2026/ferries-wait-for-fog",
        "http://www.harbour.example/news/2026/ferries-wait-for-fog",
        f"{A}/",
    ],
)
def test_every_form_of_an_address_may_mean_the_plain_one(asked: str) -> None:
    assert meant(asked, SETTINGS)[article_id(A)] == A


def test_an_id_means_itself_and_what_is_neither_is_refused() -> None:
    assert meant("0123456789abcdef", SETTINGS) == {"0123456789abcdef": ""}
    for asked in ("harbour", "ftp://harbour.example/", ""):
        with pytest.raises(UnknownName):
            meant(asked, SETTINGS)


def test_an_address_as_it_is_comes_before_its_other_forms() -> None:
    asked = f"{A}/amp#third"
    assert list(meant(asked, SETTINGS).values())[:3] == [asked, f"{A}/amp", A]


# ── queues ──

OTHER = article("https://other.example/a", source="other")
QUEUES = {
    "all": QueueSettings(),
    "outlets": QueueSettings(duplicates="outlet"),
    "copies": QueueSettings(duplicates="all"),
    "fr": QueueSettings(language=("fr",)),
}


def why_not(had: tuple[str, ...] | None, *cluster: Member) -> dict[str, str]:
    """Queue -> why it has not got the article; empty where it has it."""
    found = verdicts(QUEUES, article(), had, cluster)
    assert all(each.took or each.why for each in found)
    return {each.queue: "" if each.took else each.why for each in found}


def test_a_queue_has_what_it_was_given_whatever_its_filter_says_now() -> None:
    assert why_not(("fr", "all"))["fr"] == ""
    assert verdicts({}, article(), ("old",), ()) == (QueueVerdict(queue="old", took=True, why="no longer configured"),)


def test_a_queue_that_has_another_of_the_cluster_names_that_one() -> None:
    here = Member(article().id, article(), ("copies",))
    there = Member(OTHER.id, OTHER, ("all", "outlets", "copies"))
    found = why_not(("copies",), here, there)
    assert found["all"] == "a copy of https://other.example/a, which this queue has"
    assert found["copies"] == ""
    assert "teletipo queues fill outlets" in found["outlets"], "the other one is of another outlet"
    purged = Member(OTHER.id, None, ("all",))
    assert why_not((), here, purged)["all"] == f"a copy of article {OTHER.id}, which this queue has"


def test_a_refusal_counts_before_what_the_queue_has_of_the_cluster() -> None:
    there = Member(OTHER.id, OTHER, ("fr",))
    assert why_not((), there)["fr"] == "language: en is not among fr"


def test_where_it_was_not_written_down_who_has_it_the_filters_are_believed() -> None:
    assert {queue for queue, why in why_not(None).items() if not why} == {"all", "outlets", "copies"}


# ── for people ──

LIFE = Life(
    asked=A,
    known=True,
    url=A,
    id=article_id(A),
    stands=Stands(what="fetch", words="waits to be fetched", until=NOON + timedelta(minutes=5), error="answered 500"),
    steps=(
        Step(at=NOON, what="new", words=f"found in {FEED}: “Ferries wait for the fog to lift over all of the harbour”"),
        Step(at=None, what="gap", words="(2 steps are not kept)"),
    ),
    queues=(QueueVerdict(queue="a-queue-with-a-long-name", took=False, why="language: en is not among fr"),),
    addresses=(
        Address(url=A, id=article_id(A), stands="fetch"),
        Address(
            url="https://harbour.example/b", id="b", stands="duplicate", feeds=(Naming(feed="hand", name="by hand"),)
        ),
    ),
)


def printed(life: Life, width: int | None) -> list[str]:
    return "\n".join(shown(line, width).plain for line in lines(life, NOON)).split("\n")


def test_on_a_terminal_no_line_is_longer_than_it_and_the_words_go_on_below_themselves() -> None:
    found = printed(LIFE, 80)
    assert max(map(len, found)) <= 80
    clock = NOON.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    place = next(number for number, line in enumerate(found) if line.startswith(clock))
    assert found[place + 1].startswith(" " * 21)
    assert " ".join(line[21:].strip() for line in found[place : place + 2]) == LIFE.steps[0].words


def test_elsewhere_a_step_is_a_line() -> None:
    found = printed(LIFE, None)
    assert len(found) == len(list(lines(LIFE, NOON)))
    assert any(line.endswith(LIFE.steps[0].words) for line in found)


def test_it_is_told_where_it_stands_when_it_is_due_and_what_failed() -> None:
    told = list(lines(LIFE, NOON))
    due = (NOON + timedelta(minutes=5)).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert Line("now", f"waits to be fetched at {due}, in 5 min: answered 500", "bold") in told
    late = list(lines(LIFE, NOON + timedelta(hours=1)))
    assert Line("now", "waits to be fetched, due now: answered 500", "bold") in late


def test_other_addresses_are_told_with_what_became_of_them_and_who_named_them() -> None:
    told = [line.words.strip() for line in lines(LIFE, NOON)]
    assert "https://harbour.example/b: duplicate, found in by hand" not in told
    assert "https://harbour.example/b: duplicate, by hand" in told


def test_what_nobody_heard_of_has_help_and_no_steps() -> None:
    unknown = Life(
        asked=A, known=False, url=A, id="a", stands=Stands(what="unknown", words="nobody heard of it"), help=("x", "y")
    )
    assert [line.words.strip() for line in lines(unknown, NOON)] == [
        A,
        "nobody heard of it",
        "",
        "what may help",
        "x",
        "y",
    ]


# ── the page ──

CALM = article(
    "https://www.harbour.example/news/fog",
    title="Fog closes the harbour",
    extraction=Extraction(method="body", confidence=0.96, evidence={"title": "og + h1", "published": "json-ld"}),
)
CORRECTED = msgspec.structs.replace(
    CALM,
    revision=2,
    difference=Difference(
        title="Fog closes harbour",
        paragraphs=(Change(kind="changed"), Change(kind="added")),
        words_added=31,
        words_removed=4,
    ),
)
REPEATED = article("https://bay.example/2026/fog", source="bay", sorted=NOON + timedelta(minutes=40))


def lived(*records: tuple[float, str, str]) -> tuple[Step, ...]:
    happened = [Happened(NOON.timestamp() + seconds, what, words) for seconds, what, words in records]
    about = About(SETTINGS, {1: CALM, 2: CORRECTED})
    return steps(happened, about)


def test_the_example_on_the_page_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    copied = Copy(
        of=CALM.id,
        first=CALM.id,
        first_source="harbour",
        first_url=CALM.url,
        shared=0.88,
        covered=0.91,
        kept=6,
        changed=1,
    )
    example = Life(
        asked=CALM.url,
        known=True,
        url=CALM.url,
        id=CALM.id,
        stands=stands(
            EntryState(id=CALM.id, url=CALM.url, source="harbour", feed=POLLED.id, step="done", outcome="updated"),
            None,
            None,
            None,
            dead=False,
            article=CORRECTED,
            identity=Identity(2, "harbour", CALM.id, ("all",)),
        ),
        article=ArticleLine(id=CALM.id, url=CALM.url, source="harbour", revision=2, title="Fog closes the harbour"),
        steps=lived(
            (0, "new", f"{POLLED.id} Fog closes harbour"),
            (1, "failed", "1 38 FetchFailed: www.harbour.example: answered 503 Service Unavailable"),
            (40, "fetched", "200 81204 640"),
            (41, "created", "1"),
            (3640, "changed", f"{POLLED.id} Fog closes the harbour"),
            (3642, "fetched", "200 82310 580"),
            (3643, "updated", "2"),
        ),
        queues=verdicts(
            {"all": QueueSettings(), "oil": QueueSettings(words=("oil", "crude*"))}, CORRECTED, ("all",), ()
        ),
        cluster=(
            Republished(id=CALM.id, url=CALM.url, source="harbour", title="", at=NOON),
            Republished(
                id=REPEATED.id,
                url=REPEATED.url,
                source="bay",
                title="",
                at=REPEATED.sorted,
                words=copy_line(copied, CALM.url),
            ),
        ),
        addresses=(
            Address(url=CALM.url, id=CALM.id, stands="updated", feeds=(Naming(feed=POLLED.id, name=FEED, url=FEED),)),
            Address(url=f"{CALM.url}-2", id="b", stands="duplicate", feeds=(Naming(feed="hand", name="by hand"),)),
        ),
    )
    (block,) = re.findall(
        r"```text\n(https://www\.harbour.*?)```", (ROOT / "docs/duplicates.md").read_text("utf-8"), re.DOTALL
    )
    told = "\n".join(shown(line, 100).plain for line in lines(example, NOON))
    assert [line.rstrip() for line in told.split("\n")] == block.splitlines()
    monkeypatch.undo()
    time.tzset()
