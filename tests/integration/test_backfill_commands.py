"""`teletipo fetch --since` where no newswire runs, and what `status` says of it."""

import msgspec
import pytest

from ingest.context import Context
from ingest.inline import work_off
from ingest.ticket import Progress, Ticket
from tests.integration.test_backfill import articles, headline, urlset
from tests.integration.test_commands import Teletipo, teletipo
from workers.demo.outlet import Outlet, rss

__all__ = ["teletipo"]


@pytest.fixture
def archive(outlet: Outlet) -> Outlet:
    """An outlet whose sitemap has thirty articles, the feed the last three of them."""
    articles(outlet, range(30))
    outlet.publish("/sitemap.xml", urlset(outlet, range(30)), "application/xml")
    outlet.publish("/feed", rss("The Outlet", outlet.url, [headline(outlet, n) for n in range(27, 30)]))
    return outlet


def test_fetch_since_walks_the_past_itself_and_status_tells_of_it(teletipo: Teletipo, archive: Outlet) -> None:
    fetched = teletipo("fetch", "outlet", "--since", "2024-05-11", "--wait")
    assert fetched.code == 0, fetched.err
    # That of the tenth at noon is taken too: what a sitemap says of changes is believed to a day.
    assert fetched.out == "1 pages, 30 entries found, 21 new, 21 published, no date seen yet; complete\n"
    state = msgspec.json.decode(teletipo("status", "--json").out)["sources"][0]["backfill"]
    assert (state["running"], state["end"], state["published"], state["outside"]) == (False, "complete", 21, 9)
    assert "its past is walked back to 2024-05-11" in teletipo("status").out
    again = teletipo("fetch", "outlet", "--since", "2024-05-11", "--wait")
    assert "0 new" in again.out


def test_a_wait_that_is_interrupted_is_gone_on_with_at_the_next(
    teletipo: Teletipo, archive: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(context: Context, ticket: Ticket, each: object) -> Progress:
        def after_a_few(progress: Progress) -> None:
            if progress.outcomes["created"] > 3:
                raise KeyboardInterrupt

        return work_off(context, ticket, after_a_few)

    with monkeypatch.context() as patched:
        patched.setattr("ingest.inline.work_off", interrupted)
        assert teletipo("fetch", "outlet", "--since", "2024-01-01", "--wait").code == 130
    fetched = teletipo("fetch", "outlet", "--since", "2024-01-01", "--wait")
    assert "30 new, 30 published" in fetched.out, fetched.err
    assert archive.paths().count("/sitemap.xml") == 1


def test_a_walk_is_asked_for_without_waiting_and_stopped(teletipo: Teletipo, archive: Outlet, tmp_path: object) -> None:
    asked = teletipo("fetch", "outlet", "--since", "2024-01-01")
    assert (asked.code, "`teletipo status` says how far" in asked.out) == (0, True)
    assert msgspec.json.decode(teletipo("status", "--json").out)["due"]["fetch"] == 1
    assert teletipo("fetch", "outlet", "--stop").out.startswith("outlet: stopped; 0 pages")
    assert teletipo("fetch", "outlet", "--stop").out == "outlet: nothing of its past is being walked\n"
    assert archive.paths() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("outlet", "--until", "2024-01-01"), "needs an earlier --since"),
        (("outlet", "--since", "2024-02-01", "--until", "2024-01-01"), "needs an earlier --since"),
        (("outlet", "--since", "yesterday"), "does not match the formats"),
        (("outlat", "--since", "2024-01-01"), "did you mean 'outlet'?"),
    ],
)
def test_what_cannot_be_walked_is_a_fault_of_the_command(
    teletipo: Teletipo, arguments: tuple[str, ...], said: str
) -> None:
    ended = teletipo("fetch", *arguments)
    assert (ended.code, said in ended.err) == (2, True), ended.err
