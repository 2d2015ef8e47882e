"""Addresses: one spelling for one page (RFC 3986, section 6)."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

from ingest.clean.wrappers import unwrapped

# What is dropped is named one by one, because what is dropped wrongly merges two articles into one. courlan's own
# list is wider: it takes ?cid=, ?uid=, ?eid= and ?keyword=, which number articles at some outlets.
# Sources: ClearURLs' globalRules, AdGuard's TrackParamFilter, Mozilla's query-stripping records, and the links in
# about a thousand outlets' pages.
_TRACKER = re.compile(
    r"(?:utm|mtm|matomo|pk|hsa|itm|vero|oly|stm|wt|fb_action|guce|__hs|_hs|cx)_\w+|wt\.\w+|_hs(?:enc|mi)"
    r"|at_(?:medium|campaign|custom|link|bbc|ptr|format)\w*|ga_(?:source|medium|campaign)|(?:fb|g|d|y|ys|tw|tt)clid"
    r"|__s|__source|__twitter_impression|_branch_match_id|_gac?|_gl|_openstat|cmp(?:id)?|dicbo|fb_(?:ref|source)|ftag"
    r"|echobox|epik|fb_comment_id|gad_(?:source|campaignid)|irclickid|mibextid|rdt_cid|sfnsn|amp_(?:js_v|gsa)|usqp"
    r"|gbraid|wbraid|gclsrc|guccounter|ico|icid|igshid|igsh|int_?cmp(?:id)?|ito|maca|mbid|mc_[ce]id|mkt_tok"
    r"|ml_subscriber(?:_hash)?|msclkid|ncid|ns_(?:campaign|mchannel|source)|oborigurl|ocid|original_referer|rb_clickid"
    r"|ref_(?:src|url)|s_cid|s_kwcid|smid|smtyp|sr_share|srsltid|taid|tblci|tpcc|traffic_source|trk|wickedid|xtor|xtref"
)
# These names mean something at one outlet and nothing at another: dropped only with a value that names a channel.
_CHANNEL = re.compile(
    r"(?:r|ref|src|source|from|via|share|origin|referrer|medium|partner|emc|fuente|origen)="
    r"(?:atom|bluesky|copylink|email|facebook|fb|feed|flipboard|google(?:_?news)?|instagram|linkedin|mail|mastodon"
    r"|newsletter|reddit|rss(?:_?feed)?|share|social|telegram|twitter|whatsapp|x)"
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_AMPERSAND = re.compile(r"&(?:amp;)+")  # HTML's own spelling, by some templates applied twice
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DEFAULT_PORTS = {("http", 80), ("https", 443)}
_TEXT_FRAGMENT = re.compile(r":~:.*", re.DOTALL)  # where a browser scrolls to: the web's "URL Fragment Text Directives"
MOST_WRAPPERS = 5
"""One inside the other."""


@lru_cache(256)  # of a page its address is asked for again and again, and its outlet's
def clean_url(url: str, base: str = "", *, keep_fragment: bool = False) -> str:
    """The address in one spelling, absolute and idempotent; `base` is what a relative one is relative to.

    Scheme and host in lower case (IDN as punycode, UTS 46), no default port, no fragment, no tracking parameters or
    session, percent-encoding as RFC 3986, section 6.2.2, has it. The path and what else is in the query stay as they
    are, in their order. `keep_fragment` keeps what follows "#", for addresses where it tells two entries apart. A
    redirect that says where it leads is the address there (wrappers.py). Raises ValueError for what is no http or
    https address.
    """
    clean = _clean(urljoin(base.strip(), url.strip()), keep_fragment)
    for _ in range(MOST_WRAPPERS):
        if (target := unwrapped(clean)) == clean:
            break
        clean = _clean(target, keep_fragment)
    return clean


def _clean(url: str, keep_fragment: bool) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no http or https address")
    path = _SESSION.sub("", _spelled(parts.path, "/:@!$&'()*+,;=|")) or "/"
    query = _telling(_spelled(parts.query, "/?:@!$&'()*+,;=[]|"))
    fragment = _telling(_TEXT_FRAGMENT.sub("", _spelled(parts.fragment, "/?:@!$&'()*+,;=#"))) if keep_fragment else ""
    return urlunsplit((parts.scheme, _authority(parts.scheme, parts.netloc), path, query, fragment))


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


def _telling(query: str) -> str:
    """Without the parameters that tell nothing."""
    return "&".join(part for part in query.split("&") if _tells(part))


def _tells(part: str) -> bool:
    """Whether one `name=value` of a query says which page is meant, rather than how its reader came."""
    folded = part.casefold()
    return bool(part) and not (_TRACKER.fullmatch(folded.partition("=")[0]) or _CHANNEL.fullmatch(folded))
