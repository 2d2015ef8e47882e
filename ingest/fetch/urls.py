"""Whether a URL can be asked for, and where a redirect leads. Pure."""

from string import punctuation
from urllib.parse import quote, urljoin, urlsplit

from ingest.fetch.failures import Stopped
from ingest.models import Outcome


def check(url: str) -> None:
    """Raises Stopped with BAD_URL unless this is an absolute http or https URL (RFC 3986) with a host."""
    if reason := _fault(url):
        raise Stopped(Outcome.BAD_URL, f"not a usable address: {reason}")


def _fault(url: str) -> str:
    if " " in url or not url.isprintable():
        return "it holds a space or a control character"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in {"http", "https"}:
        return "it begins with neither http:// nor https://"
    if not parts.hostname:
        return "it names no host"
    return "nothing listens on port 0" if port == 0 else ""


def redirect_target(url: str, location: str) -> str:
    """Where a Location header seen at `url` leads (RFC 9110, section 10.2.2), not yet checked.

    location: as http.client gives it, every byte one Latin-1 character.
    """
    text = _text(location)
    try:
        return urljoin(url, text).replace(" ", "%20")  # unescaped spaces are common, and browsers follow
    except ValueError:
        return text  # `check` says what is wrong with it


def _text(location: str) -> str:
    """UTF-8 where it is UTF-8, so that host names can be read; else the very bytes, percent-encoded."""
    raw = location.encode("latin-1", "replace").strip()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote(raw, safe=punctuation)


def place(url: str) -> str:
    """The host, for people to read; where there is none, the start of the URL, quoted."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host if host.isprintable() and 0 < len(host) < 254 else repr(url[:200])
