"""Which outlet a feed is of: its site's key, by which feeds are put together, and its home page.

Mostly one host is one outlet, whatever stands before it (`feeds.`, `www.`, `rss.`). Some hosts carry the feeds of
anyone (feedburner.com), and on some each path is an outlet of its own (medium.com): there the host says nothing.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from courlan import extract_domain

_GENERIC = re.compile(
    r"(?:www\d*|m|mobile|amp|rss\d*|feeds?\d*|rssfeeds?|xml|api|syndication|edition|news|web|static|cdn)\."
)
"""What stands before a host and names no other outlet."""

_FEEDS_HOST = re.compile(r"(?:rss\d*|feeds?\d*|rssfeeds?|xml|api|syndication)\.")
"""A list that names it as the home page has made that up."""

_CARRIERS = re.compile(
    r"(?:^|\.)(?:feedburner\.com|feedproxy\.google\.com|feedblitz\.com|rss\.app|fetchrss\.com|feed43\.com|rsshub\.app"
    r"|kill-the-newsletter\.com|politepol\.com|politepaul\.com|fivefilters\.org|rssmix\.com|feedity\.com|morss\.it"
    r"|queryfeed\.net|pipes\.yahoo\.com|megaphone\.fm|libsyn\.com|anchor\.fm|simplecast\.com|acast\.com|art19\.com"
    r"|omny\.fm|omnycontent\.com|buzzsprout\.com|soundcloud\.com|podbean\.com|audioboom\.com|transistor\.fm"
    r"|captivate\.fm|spreaker\.com|amazonaws\.com|cloudfront\.net|feedspot\.com|superfeedr\.com|inoreader\.com"
    r"|news\.google\.[a-z.]+|bing\.com|googleapis\.com)$"
)
"""They carry the feeds of others."""

_BY_PATH = re.compile(
    r"(?:^|\.)(?:medium\.com|youtube\.com|youtu\.be|vimeo\.com|reddit\.com|facebook\.com|twitter\.com|x\.com|github\.com"
    r"|gitlab\.com|sites\.google\.com|instagram\.com|linkedin\.com|telegram\.me|t\.me|bsky\.app|tumblr\.com"
    r"|livejournal\.com|nitter\.net|flipboard\.com|scoop\.it|patreon\.com|dailymotion\.com|vk\.com|gitbook\.io)$"
)
"""Each path on them is somebody else's."""


class Site(NamedTuple):
    """key: the same for feeds of one outlet; own: whether its host is the outlet's own, and names it; stated: whether
    the list says its home page."""

    key: str
    homepage: str
    own: bool
    stated: bool


@lru_cache(4096)
def site_of(url: str, homepage: str) -> Site:
    """The site of a feed at `url`, whose list says that its home page is `homepage` (or nothing)."""
    if homepage and not _CARRIERS.search(_host(homepage)):
        if _FEEDS_HOST.match(_host(homepage)) and not urlsplit(homepage).path.strip("/"):
            return _of_host(homepage)
        if not _BY_PATH.search(_host(homepage)):
            return Site(_bare(_host(homepage)), homepage, own=True, stated=True)
        if path := urlsplit(homepage).path.strip("/"):
            return Site(f"{_bare(_host(homepage))}/{path}".lower(), homepage, own=False, stated=True)
    if _CARRIERS.search(_host(url)) or _BY_PATH.search(_host(url)):
        return Site(url, url, own=False, stated=False)
    return _of_host(url)


def _of_host(url: str) -> Site:
    host = _bare(_host(url))
    return Site(host, f"{urlsplit(url).scheme.lower()}://{host}{_port(url)}/", own=True, stated=False)


def within(homepage: str, other: str) -> bool:
    """Whether `homepage` is at or below `other`: /mundo is no part of /news."""
    path = urlsplit(other).path.rstrip("/")
    return f"{urlsplit(homepage).path.rstrip('/')}/".startswith(f"{path}/")


def feed_key(url: str) -> str:
    """The same for addresses that are one feed: with http or https, with or without a slash at the end."""
    return re.sub(r"^https?://", "", url.partition("#")[0], flags=re.IGNORECASE).rstrip("/")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().rstrip(".")


def _port(url: str) -> str:
    port = urlsplit(url).port
    return f":{port}" if port else ""


def _bare(host: str) -> str:
    """Without what is generic before it, but never less than what can be registered (news.com.au)."""
    domain = extract_domain(f"https://{host}/") or host
    while host != domain and (match := _GENERIC.match(host)):
        host = host[match.end() :]
    return host
