"""Addresses: one spelling for one page (RFC 3986, section 6), and which of two addresses to believe."""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna
from courlan import extract_domain

# What is dropped is named one by one, because what is dropped wrongly merges two articles into one. courlan's own
# list is wider: it takes ?cid=, ?uid=, ?eid= and ?keyword=, which number articles at some outlets.
# Sources: ClearURLs' globalRules, AdGuard's TrackParamFilter, Mozilla's query-stripping records, and the links in
# about a thousand outlets' pages.
_TRACKER = re.compile(
    r"(?:utm|mtm|matomo|pk|hsa|itm|vero|oly|stm|wt|fb_action|guce|__hs|_hs|cx)_\w+|wt\.\w+|_hs(?:enc|mi)"
    r"|at_(?:medium|campaign|custom|link|bbc|ptr|format)\w*|ga_(?:source|medium|campaign)|(?:fb|g|d|y|ys|tw|tt)clid"
    r"|__s|__source|__twitter_impression|_branch_match_id|_gac?|_gl|_openstat|cmp(?:id)?|dicbo|fb_(?:ref|source)|ftag"
    r"|gad_source|gbraid|wbraid|gclsrc|guccounter|ico|icid|igshid|igsh|int_?cmp(?:id)?|ito|mbid|mc_[ce]id|mkt_tok"
    r"|ml_subscriber(?:_hash)?|msclkid|ncid|ns_(?:campaign|mchannel|source)|oborigurl|ocid|original_referer|rb_clickid"
    r"|ref_(?:src|url)|s_cid|s_kwcid|smid|smtyp|sr_share|srsltid|taid|tblci|tpcc|traffic_source|trk|wickedid|xtor|xtref"
)
# These names mean something at one outlet and nothing at another: dropped only with a value that names a channel.
_CHANNEL = re.compile(
    r"(?:ref|src|source|from|via|share|origin|referrer|medium|fuente|origen)="
    r"(?:atom|bluesky|copylink|email|facebook|fb|feed|flipboard|google(?:_?news)?|instagram|linkedin|mail|mastodon"
    r"|newsletter|reddit|rss(?:_?feed)?|share|social|telegram|twitter|whatsapp|x)"
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLACEHOLDER = re.compile(r"[{}<>\[\]]|\b(?:undefined|null)\b")
_AMPERSAND = re.compile(r"&(?:amp;)+")  # HTML's own spelling, by some templates applied twice
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DEFAULT_PORTS = {("http", 80), ("https", 443)}


def clean_url(url: str, base: str = "", *, keep_fragment: bool = False) -> str:
    """The address in one spelling, absolute and idempotent; `base` is what a relative one is relative to.

    Scheme and host in lower case (IDN as punycode, UTS 46), no default port, no fragment, no tracking parameters or
    session, percent-encoding as RFC 3986, section 6.2.2, has it. The path and what else is in the query stay as they
    are, in their order. `keep_fragment` keeps what follows "#", for addresses where it tells two entries apart.
    Raises ValueError for what is no http or https address.
    """
    parts = urlsplit(urljoin(base.strip(), url.strip()))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no http or https address")
    path = _SESSION.sub("", _spelled(parts.path, "/:@!$&'()*+,;=|")) or "/"
    query = "&".join(part for part in _spelled(parts.query, "/?:@!$&'()*+,;=[]|").split("&") if _tells(part))
    fragment = _spelled(parts.fragment, "/?:@!$&'()*+,;=#") if keep_fragment else ""
    return urlunsplit((parts.scheme, _authority(parts.scheme, parts.netloc), path, query, fragment))


def canonical_url(final: str, declared: str) -> str:
    """The page's address: the one that it declares (rel=canonical, og:url), where that can be believed.

    final: where the fetch ended, absolute. A declared address counts if it is on the same registrable site and is not
    the home page or a section above the page, which careless templates declare for every article. Of http and https
    on one host the final one's https wins. Raises ValueError if `final` itself is no http or https address.
    """
    final_url = clean_url(final)
    if not declared.strip() or _PLACEHOLDER.search(declared):
        return final_url
    try:
        declared_url = clean_url(declared, final)
    except ValueError:
        return final_url
    if declared_url == final_url:
        return final_url
    if _site(declared_url) != _site(final_url) or _is_above(declared_url, final_url):
        return final_url
    if final_url.startswith("https:") and urlsplit(final_url).hostname == urlsplit(declared_url).hostname:
        return re.sub(r"^http:", "https:", declared_url)
    return declared_url


def _authority(scheme: str, netloc: str) -> str:
    user, at, address = netloc.rpartition("@")
    parts = urlsplit(f"//{address}")
    host, port = parts.hostname or "", parts.port
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    elif not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host name")
    user = _spelled(user, ":!$&'()*+,;=")
    return user + at + host + ("" if port is None or (scheme, port) in _DEFAULT_PORTS else f":{port}")


def _spelled(text: str, safe: str) -> str:
    """Percent-encode what must be, decode what need not be, write the hexadecimal digits large; "&amp;" is "&"."""
    return _AMPERSAND.sub("&", _ESCAPE.sub(_unescaped, quote(_STRAY_PERCENT.sub("%25", text), safe=safe + "%")))


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _tells(part: str) -> bool:
    """Whether one `name=value` of a query says which page is meant, rather than how its reader came."""
    folded = part.casefold()
    return bool(part) and not (_TRACKER.fullmatch(folded.partition("=")[0]) or _CHANNEL.fullmatch(folded))


def _site(url: str) -> str:
    """The registrable domain, or the host where there is none (an address, localhost)."""
    return extract_domain(url, fast=False) or urlsplit(url).hostname or ""


def _is_above(declared: str, final: str) -> bool:
    """Whether `declared` is the home page or a section that `final` is in."""
    above, below = urlsplit(declared), urlsplit(final)
    if above.query:
        return False
    root = re.sub(r"/(?:index\.\w+)?$", "", above.path)
    if not root:
        return bool(below.query or below.path.strip("/"))
    return below.path.startswith(f"{root}/") and bool(below.path[len(root) :].strip("/")) and not _is_own(root)


def _is_own(path: str) -> bool:
    """Whether a path ends in an article's own name (a number, a slug, a file) rather than in a section's."""
    name = path.rpartition("/")[2]
    return sum(map(str.isdigit, name)) >= 5 or len(re.findall(r"[-_]", name)) >= 2 or "." in name
