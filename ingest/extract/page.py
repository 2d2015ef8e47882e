"""Bytes -> text -> tree: what every way of reading a page starts from."""

import re
from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

from ingest.errors import ExtractFailed

_MAGIC = (
    (b"%PDF", "a PDF file"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"),
    (b"RIFF", "an image or a sound"), (b"PK\x03\x04", "a zip or office file"), (b"ID3", "a sound"),
    (b"\x1f\x8b", "gzip that is still packed"), (b"\xd0\xcf\x11\xe0", "an office file"),
    (b"\x00\x00\x00", "a film or other binary file"), (b"OggS", "a sound"), (b"\xff\xfb", "a sound"),
    (b"x\x9c", "deflate that is still packed"),
    (b"fLaC", "a sound"), (b"\x1aE\xdf\xa3", "a film"), (b"Rar!", "an archive"), (b"7z\xbc\xaf", "an archive"),
    (b"II*\x00", "an image"), (b"MM\x00*", "an image"), (b"wOF", "a font"), (b"%!PS", "a PostScript file"),
)  # fmt: skip
MOST_BYTES = 10_000_000
MOST_ELEMENTS = 40_000
"""Of 967 pages with articles the largest has 2.7 MB, and the fullest 13,000 elements; what is above takes minutes to
read, and is a dump of data or meant ill."""

_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # without ESC, which ISO 2022 writes
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
"""What no text holds; lxml reads them and then refuses to write them."""
_SAMPLE = 5_000
MOST_GUESSED = 200_000
"""Bytes from each end, and of the whole, by which an encoding that nobody states is guessed."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
TAG = re.compile(r"<[a-zA-Z!/?]")
# Possessive, since a page that opens with thirty comments made a backtracking pattern run for ever.
_FEED = re.compile(r"(?:\s|<\?[^>]*>|<!--(?:(?!-->).)*+-->)*+<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.DOTALL)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_LANG = re.compile(rb"<html[^>]*\slang\s*=\s*[\"']?([a-z]{2})", re.IGNORECASE)
_NOT_WESTERN = {b"bs", b"cs", b"hr", b"hu", b"pl", b"ro", b"sk", b"sl", b"sq", b"sr", b"tr", b"lt", b"lv", b"et", b"vi"}
# What browsers read where these are declared (the WHATWG Encoding Standard), each a superset of its label.
_READ_AS = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "x-euc-jp": "euc_jp", "utf8": "utf-8",
}  # fmt: skip


def unreadable(message: str) -> ExtractFailed:
    """The error for what no attempt will make readable."""
    return ExtractFailed(message, kind="unreadable", again=False)


def decode(body: bytes, content_type: str = "") -> str:
    """The page's text, by byte order mark, UTF-8, the charset of the HTTP header, that of the page, and a guess.

    UTF-8, even with a few broken bytes, comes before what is declared, since text in another encoding is next to
    never UTF-8 by accident. Latin-1 comes last of what is declared: many a server declares it for everything.
    Raises ExtractFailed for what is empty or not HTML.
    """
    _refuse(body)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = _declared(body, content_type)
    stateful = [encoding for encoding in declared if encoding.startswith(("iso-2022", "utf-16", "hz"))]
    return (
        _by_first(body, (*stateful, "utf-8"))
        or _damaged_utf8(body)
        or _by_first(body, declared)
        or _by_first(body, _guesses(body))
        or body.decode("cp1252", "replace")
    )


def _declared(body: bytes, content_type: str) -> list[str]:
    """The declared encodings by Python's names, those of Latin-1's family last."""
    labels = _CHARSET.findall(f"{content_type} {body[:4096].decode('latin-1')}".lower())[:3]
    encodings = [_READ_AS.get(label, label) for label in labels]
    if b"\x00" not in body:  # that a page in ASCII letters declares UTF-16 shows that it is not in it
        encodings = [encoding for encoding in encodings if not encoding.startswith("utf-16")]
    return sorted(encodings, key="cp1252".__eq__)


def _by_first(body: bytes, encodings: Iterable[str]) -> str:
    """The text by the first of the encodings that exists and fits, else empty."""
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except (UnicodeError, LookupError):  # some codecs, such as "undefined", raise no UnicodeDecodeError
            continue
    return ""


def _refuse(body: bytes) -> None:
    start = body[:1024].lstrip()
    if not start and not body.strip():
        raise ExtractFailed("the page is empty")
    if len(body) > MOST_BYTES:
        raise unreadable(f"the page has {len(body) / 1e6:.0f} MB, which no article needs (the most are 10 MB)")
    for magic, kind in _MAGIC:
        if body.startswith(magic) or start.startswith(magic):
            raise ExtractFailed(f"the page is {kind}, not HTML", kind="binary", again=False)
    if start.count(b"\x00") > len(start) // 2 + 8 or len(_CONTROL.findall(start)) > len(start) // 20 + 8:
        raise ExtractFailed("the page is a binary file, not HTML", kind="binary", again=False)


def _damaged_utf8(body: bytes) -> str:
    """UTF-8 with a few broken bytes (cut off within a letter, say) is still UTF-8; empty where it never was, as most
    of what is not ASCII is broken."""
    text = body.decode("utf-8", "replace")
    foreign = sum(1 for character in text if character > "\x7f")
    return text if text.count("\ufffd") * 4 < foreign else ""


def _guesses(body: bytes) -> list[str]:
    """Of encodings that fit equally well the west's comes first, as in browsers, unless the page's language is one of
    the others': by its bytes alone, an "ñ" is as good an "ń"."""
    from charset_normalizer import from_bytes  # most processes never need it

    sample = body if len(body) < 2 * _SAMPLE else body[:_SAMPLE] + body[-_SAMPLE:]
    guesses = [each.encoding for each in from_bytes(sample) or from_bytes(body[:MOST_GUESSED])]
    stated = _LANG.search(body[:4096])
    if "cp1252" in guesses and (stated is None or stated[1].lower() not in _NOT_WESTERN):
        return ["cp1252", *guesses]
    return guesses


def parse(text: str) -> HtmlElement:
    """The page's tree. Raises ExtractFailed for what is no HTML or is nested too deep to be read whole."""
    if not TAG.search(text):
        raise unreadable("the page is plain text, not HTML")
    if _FEED.match(text):
        raise unreadable("the page is a feed or a sitemap, not an article")
    parser = etree.HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        # As bytes, since lxml refuses a str that declares an encoding of its own.
        tree = etree.fromstring(text.encode("utf-8", "replace").translate(None, _CONTROLS), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise unreadable(f"the page cannot be read as HTML: {error}") from error
    if tree is None:
        raise unreadable("the page has no element, so is no HTML")
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise unreadable("the page is nested too deep to be read (over 255 elements)")
    if text.count("<") > MOST_ELEMENTS and tree.xpath("count(//*)") > MOST_ELEMENTS:
        raise unreadable(f"the page has over {MOST_ELEMENTS:,} elements, which no article needs")
    return tree
