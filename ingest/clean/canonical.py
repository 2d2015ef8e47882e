"""The addresses that lead to a page -> its one canonical address, of which its id is made.

The page's own word comes first. Where it says nothing that can be believed, the other forms that outlets give a page
are taken back to the plain one: AMP, print, and a host for telephones or with another "www" than that of the homepage.
The rules are few and narrow: a form that is kept makes a duplicate, which the fingerprint finds, but one that is taken
back wrongly merges two articles, or leads nowhere.
"""

import re
from urllib.parse import urlsplit, urlunsplit

from courlan import extract_domain

from ingest.clean.urls import clean_url

_PLACEHOLDER = re.compile(r"[{}<>\[\]]|\b(?:undefined|null)\b")
_OTHER_VIEW = re.compile(
    r"amp(?:=(?:1|true|yes)?)?|outputtype=amp|(?:view|format|output|mode|layout)=(?:amp|print|mobile)"
    r"|print(?:able|er)?=(?:1|y|yes|true|print)|mobile=(?:1|y|yes|true)",
    re.IGNORECASE,
)
"""Parameters that ask for a page in another form."""
_AMP_OR_PRINT = re.compile(r"/(?:amp|amphtml|print)(?:/|\.html?)?$|\.amp(?=(?:\.html?)?$)|^/amp(?:html)?(?=/)")
_BELOW_A_YEAR = re.compile(r"/(?:19|20)\d\d/(?:\d+/)*[^/\d]")
_HOSTS_OF_FORMS = re.compile(r"(?:www|m|mobile|mobil|movil|mob|touch|wap|amp)\.(?=[^.]+\.)")


def canonical_url(final: str, declared: str, homepage: str = "") -> str:
    """The page's address: the one that it declares (rel=canonical, og:url), where that can be believed.

    final: where the fetch ended, absolute. homepage: the outlet's, as it is written in its file. A declared address
    counts if it is on the same registrable site and is not the home page or a section above the page, which careless
    templates declare for every article. Of http and https on one host the final one's https wins. Else it is the plain
    form of `final`. Raises ValueError if `final` itself is no http or https address.
    """
    final_url = clean_url(final)
    return _without_views(_believed(declared, final_url, final)) or plain_url(final_url, homepage)


def plain_url(url: str, homepage: str = "") -> str:
    """A clean address without what makes it the AMP, print or telephone form of a page. Idempotent.

    A part of the path goes only where what is left names an article (a number, a slug, a file, below a year), and a
    host changes only to the homepage's own, of which it is another form: "m.outlet.example" and "outlet.example" are
    "www.outlet.example" if that is where the homepage is.
    """
    parts = urlsplit(_without_views(url))
    return urlunsplit(parts._replace(netloc=_host(parts.netloc, homepage), path=_plain_path(parts.path)))


def _plain_path(path: str) -> str:
    while (plain := _AMP_OR_PRINT.sub("", path)) != path:
        if not _is_own(plain.rstrip("/")) and not _BELOW_A_YEAR.search(plain):
            break
        path = f"{plain.rstrip('/')}/" if path.endswith("/") else plain
    return path


def _host(host: str, homepage: str) -> str:
    try:
        own = urlsplit(clean_url(homepage)).netloc if homepage else host
    except ValueError:
        return host
    return own if _HOSTS_OF_FORMS.sub("", own, count=1) == _HOSTS_OF_FORMS.sub("", host, count=1) else host


def _without_views(url: str) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if not _OTHER_VIEW.fullmatch(part))
    return urlunsplit(parts._replace(query=query)) if query != parts.query else url


def _believed(declared: str, final_url: str, final: str) -> str:
    """The declared address, clean, or empty."""
    if not declared.strip() or _PLACEHOLDER.search(declared):
        return ""
    try:
        declared_url = clean_url(declared, final)
    except ValueError:
        return ""
    hosts = {urlsplit(address).hostname for address in (declared_url, final_url)}
    if (len(hosts) > 1 and _site(declared_url) != _site(final_url)) or _is_above(declared_url, final_url):
        return ""
    if final_url.startswith("https:") and len(hosts) == 1:
        return re.sub(r"^http:", "https:", declared_url)
    return declared_url


def _site(url: str) -> str:
    """The registrable domain, or the host where there is none (an address, localhost)."""
    return extract_domain(url, fast=False) or urlsplit(url).hostname or ""


def _is_above(declared: str, final: str) -> bool:
    """Whether `declared` is the home page or a section that `final` is in, but no article of which it is a form."""
    above, below = urlsplit(declared), urlsplit(final)
    if above.query or declared == final:
        return False
    root = re.sub(r"/(?:index\.\w+)?$", "", above.path)
    if not root:
        return bool(below.query or below.path.strip("/"))
    return (
        below.path.startswith(f"{root}/")
        and bool(below.path[len(root) :].strip("/"))
        and root != _AMP_OR_PRINT.sub("", below.path)
        and not _is_own(root)
    )


def _is_own(path: str) -> bool:
    """Whether a path ends in an article's own name (a number, a slug, a file) rather than in a section's."""
    name = path.rpartition("/")[2]
    return sum(map(str.isdigit, name)) >= 5 or len(re.findall(r"[-_]", name)) >= 2 or "." in name
