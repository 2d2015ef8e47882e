"""robots.txt that is anything but."""

from ingest.models import Outcome
from tests.hostile.large import bomb
from tests.hostile.line import Line
from tests.hostile.way import way

ROBOTS, UNKNOWN = "/robots.txt", "nothing is asked for until robots.txt can be had"
NO_RULES = "what cannot be a robots.txt holds no rules"


@way("ok", holds=NO_RULES, at=ROBOTS, entries=3)
def robots_without_end(line: Line) -> None:
    """A robots.txt without an end."""
    line.flood(b"HTTP/1.1 200 OK\r\n\r\n", b"Disallow: /private\n" * 1_000)


@way("ok", holds=NO_RULES, at=ROBOTS, entries=3)
def robots_bomb(line: Line) -> None:
    """A robots.txt that unpacks to 60 MB."""
    line.answer(bomb("gzip"), Content_Encoding="gzip")


@way("ok", holds="rules are read in linear time", at=ROBOTS, entries=3)
def robots_of_stars(line: Line) -> None:
    """Rules that are all wildcards."""
    line.answer(b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 1_000 + b"$\n") * 200)


@way(Outcome.HTTP_ERROR, "robots.txt", holds=UNKNOWN, at=ROBOTS)
def robots_500(line: Line) -> None:
    """A robots.txt that is out of order."""
    line.answer(status=500)


@way(Outcome.TIMEOUT, "robots.txt", holds=UNKNOWN, at=ROBOTS)
def robots_silence(line: Line) -> None:
    """A robots.txt that never answers."""
    line.wait()


@way(Outcome.REFUSED_ADDRESS, "robots.txt", holds=UNKNOWN, at=ROBOTS)
def robots_at_home(line: Line) -> None:
    """A robots.txt that leads to the reader's own network."""
    line.redirect("http://10.0.0.1/robots.txt")


@way("ok", holds=NO_RULES, at=ROBOTS, entries=3)
def robots_in_circles(line: Line) -> None:
    """A robots.txt that leads to itself."""
    line.redirect("/robots.txt")


@way("ok", holds=NO_RULES, at=ROBOTS, entries=3)
def robots_that_are_a_page(line: Line) -> None:
    """A home page instead of a robots.txt."""
    line.answer(b"<html><body>" + b"<p>Welcome</p>\x00\xff" * 1_000, Content_Type="text/html")


@way(Outcome.REFUSED_BY_ROBOTS, "robots.txt", holds="robots.txt is obeyed", at=ROBOTS)
def robots_that_refuse(line: Line) -> None:
    """A robots.txt that wants nobody."""
    line.answer(b"User-agent: *\nDisallow: /")


@way("ok", holds="Crawl-delay counts up to 30 s", at=ROBOTS, entries=3)
def robots_of_a_day(line: Line) -> None:
    """A robots.txt that wants a day between two pages."""
    line.answer(b"User-agent: *\nCrawl-delay: 86400")
