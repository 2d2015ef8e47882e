"""What a front page and robots.txt name, and what is usual -> the addresses to ask, the likeliest first."""

import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ingest.discover.front import Front, Link, absolute

WayKind = Literal["feed", "sitemap", "wordpress"]


class Candidate(NamedTuple):
    """An address that may be a way in. how: where it was found, for people; label: what it is called there; comments,
    section: it is (by its address or label) a feed of comments, or of a part of the outlet."""

    url: str
    kind: WayKind
    how: str
    label: str = ""
    comments: bool = False
    section: bool = False


GIVEN = "the address that was given"
IN_HEAD, IN_PAGE, IN_ROBOTS = "stated in the page's head", "linked on the page", "stated in robots.txt"

MOST_STATED, MOST_LINKED, MOST_SITEMAPS = 8, 4, 4
"""Feeds stated in the head, feeds linked elsewhere, and sitemaps that are asked."""

_COMMENTS = re.compile(r"comment(?!ary|ator|isfree)|coment[áa]ri", re.IGNORECASE)
_COMMENTS_LABEL = re.compile(
    r"comment(?!ary|ator|isfree)|coment[áa]ri|kommentar\w*[ -]?feed|kommentar\w* zu\b|kommentarer|kommentti"
    r"|koment[aá][rř]|reacties|yorum|hozzászól|σχόλι|коммент|коментар|コメント|评论|댓글|تعليق", re.IGNORECASE,
)  # fmt: skip
"""Not in addresses, where "Kommentare" are a German newspaper's opinions."""

_SECTION = re.compile(
    r"/(?:categor\w*|kategori\w*|rubri\w*|tags?|etiquetas?|sections?|secci[oó]n\w*|se[cç][cç]?[aã]o|topics?|temas?"
    r"|authors?|autor\w*|podcasts?)(?:/|=|$)|[?&](?:cat|category|tag|author)=", re.IGNORECASE,
)  # fmt: skip
_SECTION_LABEL = re.compile(r"\bcategor|\bkategori|\btags?\b|\betiqueta", re.IGNORECASE)
_NEWS = re.compile(r"news|noticia|nachricht|actualit|notizie|google", re.IGNORECASE)
_NOT_ARTICLES = re.compile(
    r"image|imagen|video|categor|\btags?\b|tag-|_tag|author|autor|pages?[-_.]|[-_]pages?|static|section|taxonom|product"
    r"|local-?sitemap|topics?|locations?", re.IGNORECASE,
)  # fmt: skip
_SITEMAP_LINE = re.compile(r"^[^\S\n]*sitemap[^\S\n]*:[^\S\n]*(\S+)", re.IGNORECASE | re.MULTILINE)

_USUAL_FEEDS = {
    "wordpress": ("feed/",),
    "arc": ("/arc/outboundfeeds/rss/?outputType=xml",),
    "drupal": ("rss.xml",),
    "ghost": ("rss/",),
    "blogger": ("feeds/posts/default",),
    "joomla": ("?format=feed&type=rss",),
    "substack": ("feed",),
    "squarespace": ("?format=rss",),
    "wix": ("/blog-feed.xml",),
    "hugo": ("index.xml",),
    "jekyll": ("feed.xml",),
    "": ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json"),
}
"""Where feeds are by the software behind a site; without a slash before them, below the home page."""

_USUAL_SITEMAPS = {
    "wordpress": ("/news-sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml"),
    "arc": (
        "/arc/outboundfeeds/news-sitemap/?outputType=xml",
        "/arc/outboundfeeds/sitemap-index/?outputType=xml",
        "/arc/outboundfeeds/sitemap/?outputType=xml",
    ),
    "": ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml"),
}


def candidates(front: Front, robots: str) -> list[Candidate]:
    """What the page and robots.txt name, comments included, the best first: feeds, the API, sitemaps.

    A feed that is stated in the head comes before one that is merely linked, and that of the whole outlet before those
    of its parts.
    """
    stated = [_feed(link, IN_HEAD, front.url) for link in front.links if link.head]
    linked = [_feed(link, IN_PAGE, front.url) for link in front.links if not link.head]
    sitemaps = stated_sitemaps(robots, front.url)
    api = [Candidate(posts_address(front.api), "wordpress", IN_HEAD)] if front.api else []
    return distinct([*_first(stated, MOST_STATED), *_first(linked, MOST_LINKED), *api, *sitemaps[:MOST_SITEMAPS]])


def likely(front: Front, kind: WayKind, *, all_of_them: bool) -> list[Candidate]:
    """The usual addresses of that kind: those of the software behind the page, and with all_of_them those of others."""
    usual = _USUAL_SITEMAPS if kind == "sitemap" else _USUAL_FEEDS
    if kind == "wordpress":
        paths: tuple[str, ...] = ("/wp-json/",) if front.software == "wordpress" else ()
    else:
        own = usual.get(front.software, ())
        paths = (*own, *(usual[""] if all_of_them or not own else ()))
    how = f"usual for {_called(front.software)}" if front.software else "a usual address"
    base = front.url if urlsplit(front.url).path.endswith("/") else f"{front.url.partition('?')[0]}/"
    addresses = (urljoin(base, path) for path in dict.fromkeys(paths))
    found = [(posts_address(address) if kind == "wordpress" else address) for address in addresses]
    return [Candidate(address, kind, how) for address in found]


def in_page(links: tuple[Link, ...], url: str) -> list[Candidate]:
    """The feeds that a page of feeds leads to, as outlets have one under "RSS"."""
    how = f"linked at {urlsplit(url).path}"
    return distinct(_first([_feed(link, how, url) for link in links], MOST_STATED))


def stated_sitemaps(robots: str, base: str) -> list[Candidate]:
    """Those that robots.txt names, news before the rest, and without those of pictures, tags and the like."""
    found = (absolute(base, line[1]) for line in _SITEMAP_LINE.finditer(robots))
    sitemaps = [Candidate(url, "sitemap", IN_ROBOTS) for url in dict.fromkeys(found) if url and not _is_of_others(url)]
    return sorted(sitemaps, key=lambda each: not is_news(each.url))


def child(maps: list[tuple[str, str]]) -> str:
    """Of an index of sitemaps, pairs of address and time of change, the one with the latest articles, if any."""
    fitting = [each for each in maps if not _is_of_others(each[0])] or maps
    news = [each for each in fitting if is_news(each[0])]
    return max(news or fitting, key=lambda each: (each[1], _numbers(each[0])), default=("", ""))[0]


def is_news(url: str) -> bool:
    """Whether a sitemap is, by its address, one of the latest news."""
    return bool(_NEWS.search(_after_host(url)))


def posts_address(root: str) -> str:
    """Where the API with this root (`/wp-json/`, or `/?rest_route=/`) lists its posts."""
    parts = urlsplit(root)
    query = parse_qsl(parts.query)
    if any(name == "rest_route" for name, _ in query):
        return urlunsplit(parts._replace(query=urlencode({**dict(query), "rest_route": "/wp/v2/posts"}, safe="/")))
    return urljoin(root if root.endswith("/") else f"{root}/", "wp/v2/posts")


def root_address(posts: str) -> str:
    """The root of the API that lists its posts there, asked for what it says of the outlet alone."""
    root = posts.replace("rest_route=/wp/v2/posts", "rest_route=/").removesuffix("wp/v2/posts")
    return f"{root}{'&' if '?' in root else '?'}_fields=name,description,home,gmt_offset,timezone_string"


# ── parts ──


def _feed(link: Link, how: str, page: str) -> Candidate:
    url = _as_secure(link.url, page)
    place = _after_host(url)
    here = urlsplit(page).path.rstrip("/")
    within = bool(here) and urlsplit(url).path.startswith(f"{here}/")  # of the section that was named
    return Candidate(
        url,
        "feed",
        how,
        link.label,
        comments=bool(_COMMENTS.search(place) or _COMMENTS_LABEL.search(link.label)),
        section=not within and bool(_SECTION.search(place) or _SECTION_LABEL.search(link.label)),
    )


def _as_secure(url: str, page: str) -> str:
    """By https where the page is had so from the same host: heads are written once, and many before that."""
    same = urlsplit(url).netloc == urlsplit(page).netloc
    return f"https{url.removeprefix('http')}" if same and page.startswith("https:") and url.startswith("http:") else url


def _first(feeds: list[Candidate], most: int) -> list[Candidate]:
    """So many that may be asked, those of parts last, and all of comments."""
    asked = sorted((each for each in feeds if not each.comments), key=lambda each: each.section)[:most]
    return [*asked, *(each for each in feeds if each.comments)]


def distinct(found: list[Candidate]) -> list[Candidate]:
    """Each address once, however it is spelled."""
    known: dict[str, Candidate] = {}
    for each in found:
        known.setdefault(re.sub(r"^https?://(?:www\.)?", "", each.url).rstrip("/"), each)
    return list(known.values())


def _is_of_others(url: str) -> bool:
    return bool(_NOT_ARTICLES.search(_after_host(url)))


def _after_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _numbers(url: str) -> tuple[int, ...]:
    return tuple(int(each[:18]) for each in re.findall(r"\d+", url))


def _called(software: str) -> str:
    return {"wordpress": "WordPress", "arc": "Arc XP"}.get(software, software.capitalize())
