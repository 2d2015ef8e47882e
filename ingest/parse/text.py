"""Bytes -> text -> plain text, for documents that lie about their encoding or escape their titles twice."""

import codecs
import html
import re
from collections.abc import Iterable

from bs4 import BeautifulSoup

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)
_PROLOG = re.compile(
    rb"<(?:\?xml[^>]{0,200}?encoding|meta[^>]{0,200}?charset)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENCODINGS = re.compile(r"(?:iso|windows|cp\d|koi8|gb|big5|shift|sjis|euc|mac|latin|tis|hz|johab|ks)")
_LARGER = {"iso8859-1": "cp1252", "gb2312": "gb18030"}  # what those who say the left one write in fact
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only decode() below asks for this handler
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("teletipo.windows-1252", _as_windows_1252)


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a body, without control characters; never fails.

    Bytes that are valid UTF-8 are UTF-8 whatever anyone declares: no other encoding looks like it by chance. Else the
    prolog is believed before the header, which is often a server's default. Where both say UTF-8, or nothing, the bytes
    that are not are read as windows-1252 one by one, so one bad byte does not spoil the rest.
    """
    return without_controls(_decoded(body, content_type))


def without_controls(text: str) -> str:
    return _CONTROLS.sub("", text)


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """The same in UTF-8, control characters and all."""
    if body.startswith(_MARKS) or b"\x1b$" in body or not _is_utf8(body):
        return _decoded(body, content_type).encode("utf-8", "replace")
    return body


def _is_utf8(body: bytes) -> bool:
    try:
        return body.isascii() or bool(body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _decoded(body: bytes, content_type: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            rest = body if mark.strip(b"\0") == b"<" else body[len(mark) :]
            return rest.decode(encoding, "replace")
    declared = _declared(body, content_type)
    if b"\x1b$" not in body:  # ISO-2022 shifts with escapes and is valid UTF-8
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return body.decode(declared, "replace" if declared != "utf-8" else "teletipo.windows-1252")


def _declared(body: bytes, content_type: str) -> str:
    prolog, header = _PROLOG.search(body, 0, 4096), _HEADER.search(content_type)
    for name in (prolog and prolog[1].decode("ascii", "replace"), header and header[1]):
        known = _known(name or "")
        if known:
            return known
    return "utf-8"


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    codec = _LARGER.get(codec, codec)
    return codec if _ENCODINGS.match(codec) or codec == "utf-8" else ""


# Only what HTML knows is a tag: "Use of <T> in Rust" keeps its <T>.
_BREAKS = re.compile(r"</?(?:br|p|div|li|ul|ol|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|big|cite|code|del|em|font|i|img|ins|kbd|mark|nobr|q|s|samp|small|span|strike|strong"
    r"|sub|sup|tt|u|var|wbr)\b[^<>]*>|<!--(?:(?!<!--).)*?-->",
    re.IGNORECASE | re.DOTALL,
)


def plain(text: str) -> str:
    """One line of plain text: tags gone, entities decoded (twice: `&amp;amp;` is a common slip), spaces collapsed."""
    bare = _TAGS.sub("", _BREAKS.sub(" ", text)) if "<" in text else text
    return " ".join(storable(html.unescape(html.unescape(bare))).split())


def storable(text: str) -> str:
    """The text without lone surrogates (JSON can write them, UTF-8 cannot) and control characters."""
    return _CONTROLS.sub("", text.encode("utf-8", "replace").decode("utf-8"))


_XML_DECLARATION = re.compile(r"^\s*(?:<\?xml(?:[^<>]*>)?\s*)+")


def soup(body: bytes, content_type: str = "") -> BeautifulSoup:
    """The page as Beautiful Soup, which takes XHTML that opens with an XML declaration for a mistake, and warns."""
    return BeautifulSoup(_XML_DECLARATION.sub("", decoded(body, content_type)), "lxml")


_HTML = re.compile(r"</?(?:p|div|br|h[1-6]|a|span|article|section|ul|img)\b[^<>]*>", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    return bool(_HTML.search(text))


def as_paragraphs(text: str) -> str:
    """Plain text as HTML: a `<p>` for each block between blank lines, or for each line where there are none."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    if len(blocks) == 1:
        blocks = blocks[0].split("\n")
    return paragraphs(" ".join(block.split()) for block in blocks)


def paragraphs(lines: Iterable[str]) -> str:
    """Each line that is not blank as an escaped `<p>`, joined by newlines."""
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)
