"""Redirects: without end, to where nobody may go, and to what is no address."""

from ingest.models import Outcome
from tests.hostile.line import Line
from tests.hostile.outlet import good_feed
from tests.hostile.way import way

GUARD, REDIRECTS, FIT = "the address guard", "[fetch] max_redirects", "an address has to be fit to ask"
PRIVATE, UNFIT, MANY = "is not public", "not a usable address", "redirected more than"


@way(Outcome.TOO_MANY_REDIRECTS, MANY, holds=REDIRECTS)
def redirect_to_itself(line: Line) -> None:
    """The feed is where the feed is."""
    line.redirect("/feed", 301)


@way(Outcome.TOO_MANY_REDIRECTS, MANY, holds=REDIRECTS)
def redirect_without_end(line: Line) -> None:
    """Always one address further on."""
    line.redirect(line.path + "x", 307)


@way(Outcome.TOO_MANY_REDIRECTS, MANY, holds=REDIRECTS)
def cookie_wall(line: Line) -> None:
    """Redirects to itself, with another cookie each time."""
    line.answer(status=302, Location="/feed", Set_Cookie=f"seen={line.polls}")


@way("ok", holds="cookies live for one GET", entries=3)
def cookie_door(line: Line) -> None:
    """Redirects to itself until its cookie is sent."""
    if "seen=1" in line.headers.get("Cookie", ""):
        line.answer(good_feed(line.url))
    else:
        line.answer(status=302, Location="/feed", Set_Cookie="seen=1")


def _leads(location: str, ends: Outcome, says: str, holds: str, does: str) -> None:
    """A way that redirects there. {port}: the outlet's own."""

    def call(line: Line) -> None:
        line.redirect(location.format(port=line.url.rpartition(":")[2]))

    name, _, text = does.partition(": ")
    call.__name__, call.__doc__ = name.replace(" ", "_"), f"Redirects to {text}, `{location}`."
    way(ends, says, holds=holds)(call)


for location, does in {
    "http://127.0.0.1:{port}/feed": "redirect to loopback: a port of the machine itself",
    "http://localhost:{port}/feed": "redirect to localhost: the machine's name for itself",
    "http://10.0.0.1/": "redirect to a private network: a router's usual address",
    "http://169.254.169.254/latest/meta-data/": "redirect to metadata: what tells clouds' secrets",
    "http://100.64.0.1/": "redirect to a shared network: a provider's own (RFC 6598)",
    "http://0.0.0.0:{port}/": "redirect to nowhere: the unspecified address, which is the machine itself",
    "http://2130706433:{port}/": "redirect to a decimal address: 127.0.0.1 as one number",
    "http://0x7f000001:{port}/": "redirect to a hexadecimal address: the same in hexadecimal",
    "http://0177.0.0.1:{port}/": "redirect to an octal address: the same in octal",
    "http://127.1:{port}/": "redirect to a short address: the same with what is nought left out",
    "http://[::1]:{port}/": "redirect to IPv6 loopback: the machine itself",
    "http://[::ffff:127.0.0.1]:{port}/": "redirect to a mapped address: IPv4 inside IPv6",
    "http://[64:ff9b::7f00:1]/": "redirect to a translated address: IPv4 behind NAT64",
    "http://[fd00::1]/": "redirect to a local IPv6 network: an address of nobody's",
    "http://127.77.0.1@127.0.0.1:{port}/": "redirect with an allowed user: loopback, behind an allowed name",
}.items():
    _leads(location, Outcome.REFUSED_ADDRESS, PRIVATE, GUARD, does)

for location, does in {
    "file:///etc/passwd": "redirect to a file: the reader's own disk",
    "gopher://127.0.0.1:6379/_SHUTDOWN": "redirect to gopher: a database by way of an old protocol",
    "javascript:alert(1)": "redirect to a script: what only browsers run",
    "http://a..b/": "redirect to an empty label: a name with nothing between two dots",
    "http://outlet.example:99999/": "redirect to a port beyond: a port that there is not",
    "http://[::1/": "redirect to half an address: an IPv6 address without its end",
}.items():
    _leads(location, Outcome.BAD_URL, UNFIT, FIT, does)


@way(Outcome.HTTP_ERROR, "answered 302", holds="a redirect needs a target")
def location_empty(line: Line) -> None:
    """A redirect to nothing."""
    line.redirect("")


@way(Outcome.BAD_URL, UNFIT, holds=FIT)
def location_with_control_characters(line: Line) -> None:
    """A bell and an escape in Location."""
    line.send(b"HTTP/1.1 302 Found\r\nLocation: /fe\x07\x1bed\r\nContent-Length: 0\r\n\r\n")


@way("ok", holds="a header ends with its line", entries=3)
def location_with_a_line_end(line: Line) -> None:
    """CR and LF in Location, and a header of the next request after them."""
    if line.path == "/feed":
        line.redirect("/feed/next\r\nX-Injected: yes")
    elif "X-Injected" not in line.headers:
        line.answer(good_feed(line.url))


@way("ok", holds="a folded header is one line", entries=3)
def location_that_is_folded(line: Line) -> None:
    """A Location that goes on in the next line, whose end would become part of the address."""
    if line.path == "/feed":
        line.redirect("/feed\r\n /next")
    else:
        line.answer(good_feed(line.url))


@way("ok", holds="resolved by RFC 3986", entries=3)
def location_relative(line: Line) -> None:
    """Location without a host, and with too many dots."""
    if line.path == "/feed":
        line.redirect("../../feed/../feed/here?")
    else:
        line.answer(good_feed(line.url))


@way("ok", holds="what is not ASCII is percent-encoded", entries=3)
def location_in_spanish(line: Line) -> None:
    """Location with an n of Spanish, in UTF-8 as it is."""
    if line.path == "/feed":
        line.send("HTTP/1.1 302 Found\r\nLocation: /feed/mañana\r\nContent-Length: 0\r\n\r\n".encode())
    else:
        line.answer(good_feed(line.url))


@way("ok", holds="the host counts, not the user", entries=3)
def location_with_a_user(line: Line) -> None:
    """Location with a name and a password."""
    if line.path == "/feed":
        line.redirect(line.url.replace("://", "://somebody:secret@") + "/feed/here")
    else:
        line.answer(good_feed(line.url))
