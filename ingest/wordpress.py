"""The addresses of a WordPress REST API (the route wp/v2/posts of its handbook). Pure.

the API's address as configured ─► what to ask for: the newest posts, those changed last, or a page of an archive

An address may bring parameters of its own (`?categories=7`, or `?rest_route=/wp/v2/posts` where a site has no pretty
addresses); they stay.
"""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

POLLED = 20
"""Posts that a poll asks for: twice what a feed has. With their texts they are some 300 kB."""

MOST = 100
"""Posts that WordPress gives in one answer at most."""

_FIELDS = (
    *("id", "link", "guid", "date", "date_gmt", "modified", "modified_gmt", "title", "content", "excerpt", "lang"),
    *("authors", "jetpack_featured_media_url", "yoast_head_json.author", "yoast_head_json.og_image"),
    *("_links", "_embedded"),  # without its _links nothing is embedded
)
_EMBEDDED = ("author", "wp:term", "wp:featuredmedia")


def posts_url(
    api: str,
    *,
    page: int = 1,
    per_page: int = MOST,
    since: datetime | None = None,
    until: datetime | None = None,
    changed: bool = False,
) -> str:
    """The address of a page of posts, newest first.

    since, until: of publication; aware. A site older than WordPress 5.3 takes them for its own time, so leave a day to
    spare. changed: by modification, the last one first; since and until are then of that too (WordPress 5.7).
    """
    when = "modified_" if changed else ""
    wanted = {
        "per_page": str(per_page),
        "orderby": "modified" if changed else "date",
        "order": "desc",
        **({"page": str(page)} if page > 1 else {}),
        **({f"{when}after": _written(since)} if since else {}),
        **({f"{when}before": _written(until)} if until else {}),
        "_fields": ",".join(_FIELDS),
        "_embed": ",".join(_EMBEDDED),
    }
    parts = urlsplit(api)
    own = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in wanted]
    query = urlencode([*own, *wanted.items()], quote_via=quote, safe=",:/")
    return urlunsplit(parts._replace(query=query, fragment=""))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
