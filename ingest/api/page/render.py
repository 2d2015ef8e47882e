"""Templates -> HTML. Everything is escaped; what goes into a link is a web address or no link at all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ingest.models import Article

_HERE = Path(__file__).parent

LEAD = 220
"""Characters of an article that the wire shows."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))


class Asset(NamedTuple):
    """A static file: its bytes, its type, and an address that changes with it."""

    body: bytes
    media_type: str
    url: str


@cache
def assets() -> Mapping[str, Asset]:
    """The style sheet and the script by name, read once."""
    types = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
    found = {}
    for name, media_type in types.items():
        body = (_HERE / "static" / name).read_bytes()
        found[name] = Asset(body, media_type, f"/page/static/{name}?v={sha256(body).hexdigest()[:12]}")
    return found


def html(request: Request, template: str, status: int = 200, *, here: str = "", **values: Any) -> HTMLResponse:
    """The template as a response. here: the view that it is, as the navigation marks it."""
    secured = bool(request.app.state.tokens)
    return HTMLResponse(_environment().get_template(template).render(values, here=here, secured=secured), status)


def lead(article: Article) -> str:
    """What an article begins with, or its summary: a line or two."""
    said = article.summary or article.text.partition("\n\n")[0]
    return said if len(said) <= LEAD else f"{said[:LEAD].rsplit(' ', 1)[0]} …"


def web(url: str) -> str | None:
    """The address where it is one of the web, else None: a link never leads to javascript: or data:."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def host(url: str) -> str:
    """The host's name as people say it."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def bare(url: str) -> str:
    """The address as people read it: without its scheme."""
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.")


def at(moment: datetime | float | None, style: str = "full") -> Markup:
    """A `<time>`, which the script turns into the reader's own zone. style: clock, day, full, or ago for how far away.

    Without script it is UTC; both forms are equally wide, so nothing moves."""
    if moment is None:
        return Markup('<span class="none">–</span>')
    when = datetime.fromtimestamp(moment, UTC) if isinstance(moment, int | float) else moment.astimezone(UTC)
    day, clock = f"{when.day:02d} {_MONTHS[when.month - 1]}", f"{when:%H:%M}"
    said = {"clock": clock, "day": day, "full": f"{day} {when.year} {clock}", "ago": distance(when)}[style]
    return Markup('<time datetime="{}" data-as="{}">{}</time>').format(f"{when:%Y-%m-%dT%H:%M:%SZ}", style, said)


def distance(when: datetime, now: datetime | None = None) -> str:
    """How far away, in one unit: `3 min ago`, `in 2 h`, `now`."""
    seconds = ((now or datetime.now(UTC)) - when).total_seconds()
    for size, unit in _SPANS:
        if abs(seconds) >= size:
            count = int(abs(seconds) // size)
            return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"
    return "now"


def number(count: int | None) -> str:
    """With thin spaces between thousands, as print sets them; a dash where it is not known."""
    return "–" if count is None else f"{count:,}".replace(",", "\u2009")


def counted(count: int, one: str, many: str = "") -> str:
    """`1 article`, `2 articles`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def query(parameters: Mapping[str, str], **more: str) -> str:
    """`?a=b` of what is not empty, or nothing at all."""
    pairs = {name: value for name, value in {**parameters, **more}.items() if value}
    return f"?{urlencode(pairs)}" if pairs else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(web=web, host=host, bare=bare, lead=lead, number=number, counted=counted)
    environment.globals.update(at=at, query=query, assets=assets())
    return environment
