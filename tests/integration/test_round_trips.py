"""How often each step asks the store. Each time costs a worker more than the answer does, and more still where the
store is on another machine; so a question that is added here is added on purpose."""

from ingest.models import article_id
from ingest.pipeline import run
from tests.e2e.newswire import page
from tests.integration.polite import Begin, Wire
from workers.demo.outlet import Headline, Outlet

START_AND_END = 2


def step(wire: Wire, member: str, sent: list[object]) -> tuple[str, int]:
    """What becomes of the member's next step, and how often it asks the store."""
    waiting = wire.store.waiting(member)
    assert waiting
    sent.clear()
    return run(wire.context, waiting[0]), len(sent)


def begun(begin: Begin, outlet: Outlet) -> tuple[Wire, list[str]]:
    """An outlet of which robots.txt was read and a page went all the way, and the entries of three more."""
    wire = begin("User-agent: *\nDisallow: /private/\n")
    urls = [outlet.publish(f"/{number}", page(number)) for number in range(4)]
    wire.poll(*(Headline(url, f"Report {number}") for number, url in enumerate(urls)))
    members = [f"entry:{article_id(url)}" for url in urls]
    wire.step(members[0])
    wire.step(members[0])
    return wire, members[1:]


def test_a_poll_with_nothing_new_asks_for_the_feeds_state_and_its_hosts_besides(
    begin: Begin, outlet: Outlet, sent: list[object]
) -> None:
    wire, _ = begun(begin, outlet)
    wire.store.poll_now([wire.feed])
    assert step(wire, f"feed:{wire.feed}", sent) == ("not modified", START_AND_END + 2)


def test_a_page_asks_for_what_the_feed_said_and_its_hosts_turn_besides(
    begin: Begin, outlet: Outlet, sent: list[object]
) -> None:
    wire, members = begun(begin, outlet)
    for member in members:
        outcome, asked = step(wire, member, sent)
        assert outcome.endswith("bytes")
        assert asked == START_AND_END + 2


def test_an_article_asks_for_all_that_is_known_at_once_and_to_keep_a_lesson(
    begin: Begin, outlet: Outlet, sent: list[object]
) -> None:
    wire, members = begun(begin, outlet)
    for member in members:
        wire.step(member)
        outcome, asked = step(wire, member, sent)
        assert outcome.startswith("created")
        assert asked <= START_AND_END + 1 + 2
