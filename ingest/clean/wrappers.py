"""The address of a redirect -> the address that it leads to, read from the first, never by following it.

    https://www.google.com/url?q=https://harbour.example/a&sa=U           ─►  https://harbour.example/a
    https://news.google.com/rss/articles/CBMiGWh0dHBz…                    ─►  https://harbour.example/a
    https://harbour-example.cdn.ampproject.org/c/s/harbour.example/a/amp  ─►  https://harbour.example/a/amp

Search engines, social networks and mail guards send readers through such addresses, to count or to check them. One that
hides where it leads (the newer ones of Google News, feedproxy, t.co) stays as it is.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

# Host (or the domain above it), the path of its redirects, and the parameters of which one holds the target.
_BY_PARAMETER = (
    ("google", "/url", ("q", "url")),
    ("news.google.com", "/news/url", ("url",)),
    ("facebook.com", "/l.php", ("u",)),
    ("l.instagram.com", "/", ("u",)),
    ("l.threads.net", "/", ("u",)),
    ("l.threads.com", "/", ("u",)),
    ("l.messenger.com", "/l.php", ("u",)),
    ("t.umblr.com", "/redirect", ("z",)),
    ("bing.com", "/news/apiclick.aspx", ("url",)),
    ("safelinks.protection.outlook.com", "/", ("url",)),
    ("vk.com", "/away.php", ("to",)),
    ("youtube.com", "/redirect", ("q",)),
    ("linkedin.com", "/redir/redirect", ("url",)),
    ("linkedin.com", "/safety/go", ("url",)),
    ("out.reddit.com", "/", ("url",)),
    ("slack-redir.net", "/link", ("url",)),
    ("duckduckgo.com", "/l/", ("uddg",)),
    ("getpocket.com", "/redirect", ("url",)),
    ("go.redirectingat.com", "/", ("url",)),
    ("go.skimresources.com", "/", ("url",)),
    ("click.linksynergy.com", "/deeplink", ("murl",)),
    ("awin1.com", "/cread.php", ("ued", "p")),
    ("shareasale.com", "/r.cfm", ("urllink",)),
    ("target.georiot.com", "/Proxy.ashx", ("GR_URL",)),
    ("redirect.viglink.com", "/", ("u",)),
    ("t.me", "/iv", ("url",)),
)
_AMP_CACHE = re.compile(r"/[a-z]{1,2}/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_GOOGLE_AMP = re.compile(r"/amp/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_GOOGLE_NEWS = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([\w-]{20,})")
_YAHOO = re.compile(r"/RU=([^/;]+)")
_URLDEFENSE = re.compile(r"/v3/__(https?:/[^*]+?)__;")
_GOOGLE = re.compile(r"(?:[\w-]+\.)*google(?:\.com?)?\.[a-z]{2,3}")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)


def unwrapped(url: str) -> str:
    """Where the address leads; the address itself where it is no redirect, or does not say."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    domain = "google" if "google." in host and _GOOGLE.fullmatch(host) else ".".join(host.rsplit(".", 2)[-2:])
    targets = (reader(host, parts) for reader in _READERS.get(domain, ()))
    return next((target for target in targets if _WEB_ADDRESS.match(target)), url)


# ── readers ──

Reader = Callable[[str, SplitResult], str]
"""A host and an address on it -> where it leads, or empty."""


def _parameter(domain: str, path: str, names: tuple[str, ...]) -> Reader:
    def read(host: str, parts: SplitResult) -> str:
        if domain != "google" and not f".{host}".endswith(f".{domain}"):
            return ""
        said = parse_qs(parts.query) if parts.path.rstrip("/") == path.rstrip("/") else {}
        return next((value for name in names for value in said.get(name, ()) if _WEB_ADDRESS.match(value)), "")

    return read


def _amp_cache(host: str, parts: SplitResult) -> str:
    return _amp(_AMP_CACHE.fullmatch(parts.path), parts) if ".cdn." in f".{host}" or "bing-amp" in host else ""


def _google_amp(_: str, parts: SplitResult) -> str:
    return _amp(_GOOGLE_AMP.fullmatch(parts.path), parts)


def _amp(found: re.Match[str] | None, parts: SplitResult) -> str:
    if not found:
        return ""
    return f"http{'s' if found[1] else ''}://{found[2]}{parts.query and '?' + parts.query}"


def _google_news(host: str, parts: SplitResult) -> str:
    """The id is a protocol buffer that holds the address, often with its AMP form behind it; in newer ones neither."""
    found = _GOOGLE_NEWS.fullmatch(parts.path) if host == "news.google.com" else None
    said = _decoded(found[1]) if found else b""
    start = said.find(b"http")
    length = said[start - 1] if start > 0 else 0  # one byte, or two of seven bits each
    if start > 1 and said[start - 2] & 0x80:
        length = (said[start - 2] & 0x7F) | length << 7
    return said[start : start + length].decode("latin-1") if start > 0 else ""


def _bing(_: str, parts: SplitResult) -> str:
    said = parse_qs(parts.query).get("u", [""])[0] if parts.path == "/ck/a" else ""
    return _decoded(said[2:]).decode("latin-1") if said.startswith("a1") else ""


def _yahoo(_: str, parts: SplitResult) -> str:
    found = _YAHOO.search(parts.path)
    return unquote(found[1]) if found else ""


def _proofpoint(_: str, parts: SplitResult) -> str:
    """v3 has the address as it is, with "*" for what is hard to send; v2 writes "-" for "%" and "_" for "/"."""
    if found := _URLDEFENSE.search(f"{parts.path}?{parts.query}" if parts.query else parts.path):
        return re.sub(r"^(https?:)/(?=[^/])", r"\1//", found[1])
    said = parse_qs(parts.query).get("u", [""])[0] if parts.path.startswith("/v2/url") else ""
    return unquote(said.replace("-", "%").replace("_", "/"))


def _whole_query(_: str, parts: SplitResult) -> str:
    return unquote(parts.query)


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _readers() -> dict[str, tuple[Reader, ...]]:
    """By the last two labels of the host."""
    table: dict[str, tuple[Reader, ...]] = {
        "ampproject.org": (_amp_cache,),
        "bing-amp.com": (_amp_cache,),
        "google": (_google_news, _google_amp),
        "bing.com": (_bing,),
        "yahoo.com": (_yahoo,),
        "urldefense.com": (_proofpoint,),
        "proofpoint.com": (_proofpoint,),
        "href.li": (_whole_query,),
        "anonym.to": (_whole_query,),
    }
    for domain, path, names in _BY_PARAMETER:
        key = "google" if "google" in domain else ".".join(domain.split(".")[-2:])
        table[key] = (*table.get(key, ()), _parameter(domain, path, names))
    return table


_READERS = _readers()
