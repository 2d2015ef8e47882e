"""Paragraphs and titles: one spelling of what looks the same, and nothing said twice."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from ingest.clean.mojibake import repair

# Marks that are not seen and only make equal texts differ: controls (white space aside), soft hyphen, zero-width
# space, direction marks, byte order mark, and what UTF-8 cannot carry. Visible format characters such as the Arabic
# number sign (U+0600) stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# ZWNJ and ZWJ shape Arabic and Indic letters and join emoji; anywhere else they are noise.
_SHAPED = "\u0600-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_SHAPED}])[\u200c\u200d]|[\u200c\u200d](?![{_SHAPED}])")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
LONG = 8
"""Words from which a paragraph that is repeated word for word was captured twice rather than written twice."""


def clean_text(text: str) -> str:
    """The text on one line: mojibake repaired, Unicode NFC, white space of any kind collapsed, invisible marks gone."""
    while (clean := " ".join(respelled(text).split())) != text:
        text = clean
    return clean


def respelled(text: str) -> str:
    """The text without mojibake and invisible marks, in Unicode NFC, its white space as it is."""
    while (clean := _respelled(text)) != text:  # again, as what was apart may be mojibake now
        text = clean
    return clean


def _respelled(text: str) -> str:
    text = unicodedata.normalize("NFC", repair(text))  # repaired first, as a soft hyphen may be half of a letter
    if text.isprintable() and "\u034f" not in text:  # nearly always; of all marks below, only this one is printable
        return text
    return unicodedata.normalize("NFC", _STRAY_JOINER.sub("", _INVISIBLE.sub("", text)))


def clean_paragraphs(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Each paragraph through `clean_text`, the empty ones dropped, and nothing twice (see `drop_repeats`)."""
    return drop_repeats([clean for paragraph in paragraphs if (clean := clean_text(paragraph))])


def drop_repeats(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """A body that was captured twice, whole or in part, comes out once, in the order it was first read.

    Paragraphs are equal when their letters and digits are, whatever the case. A repeated one goes if it is LONG, or
    if the one before or after it is repeated with it; a short one alone ("Yes.", "* * *") is how people write, and
    stays. Idempotent.
    """
    return tuple(paragraphs[index] for index in unrepeated(paragraphs))


def unrepeated(paragraphs: Sequence[str]) -> tuple[int, ...]:
    """The places of the paragraphs that `drop_repeats` keeps."""
    kept = tuple(range(len(paragraphs)))
    keys = [_NOT_ALPHANUMERIC.sub("", text.casefold()) or text for text in paragraphs]
    long = [_words(text) >= LONG for text in paragraphs]
    while len(fewer := _without_repeats(kept, keys, long)) < len(kept):
        kept = fewer
    return kept


def _without_repeats(places: tuple[int, ...], keys: list[str], long: list[bool]) -> tuple[int, ...]:
    repeated: set[int] = set()
    seen: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    before = -1
    for place in places:
        key = keys[place]
        if key in seen and long[place]:
            repeated.add(place)
        pair = (keys[before], key) if before >= 0 else ("", "")
        if pair in pairs:
            repeated.update((before, place))
        elif pair[0] != key:  # "Yes." "Yes." "Yes." is no run of anything
            pairs.add(pair)
        seen.add(key)
        before = place
    return tuple(place for place in places if place not in repeated)


def _words(text: str) -> int:
    """Words by white space; two characters count as one in scripts that write none (Japanese, Chinese, Thai)."""
    return len(text.split()) + len(_SPACELESS.findall(text)) // 2
