"""WebSub: subscribing to a feed's hub, what it sends, and how far it is trusted."""

from collections.abc import Iterator

import pytest

from tests.integration.polite import Begin, Wire
from workers.demo.outlet import Headline, Outlet, rss

HUB = "https://hub.example/"


def names(outlet: Outlet, body: bytes, hub: str = HUB) -> bytes:
    """The feed with its hub in it."""
    links = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{hub}"/>'
    links += f'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{outlet.url}/feed"/>'
    return body.replace(b"<description/>", links.encode() + b"<description/>", 1)


def feed_of(outlet: Outlet, *titles: str) -> bytes:
    return rss("The Outlet", outlet.url, [Headline(f"{outlet.url}/{title}", title) for title in titles])


def poll(wire: Wire) -> str:
    wire.store.poll_now([wire.feed])
    return wire.step(f"feed:{wire.feed}")


@pytest.fixture
def wire(begin: Begin) -> Iterator[Wire]:
    yield begin()


def test_the_hub_that_a_feed_names_is_remembered_while_it_stands_as_it_was(wire: Wire, outlet: Outlet) -> None:
    outlet.publish("/feed", names(outlet, feed_of(outlet, "a")), "application/rss+xml")
    poll(wire)
    assert (wire.state().hub, wire.state().topic) == (HUB, f"{outlet.url}/feed")
    assert poll(wire) == "not modified"
    assert wire.state().hub == HUB
    outlet.publish("/feed", feed_of(outlet, "b", "a"), "application/rss+xml")
    poll(wire)
    assert (wire.state().hub, wire.state().topic) == ("", "")


def test_the_hub_in_a_link_header_counts_before_that_in_the_feed(wire: Wire, outlet: Outlet) -> None:
    headers = {"Link": f'<https://first.example/>; rel="hub", <{outlet.url}/feed>; rel="self"'}
    outlet.publish("/feed", names(outlet, feed_of(outlet, "a")), "application/rss+xml", headers=headers)
    poll(wire)
    assert wire.state().hub == "https://first.example/"
