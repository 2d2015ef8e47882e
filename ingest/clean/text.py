"""Paragraphs and titles: one spelling of what looks the same, and nothing said twice."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

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
    """The text on one line: Unicode NFC, white space (no-break ones too) collapsed, invisible marks removed."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable() and "\u034f" not in text:  # nearly always; of all marks below, only this one is printable
        return " ".join(text.split())
    text = _INVISIBLE.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean_paragraphs(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Each paragraph through `clean_text`, the empty ones dropped, and nothing twice (see `drop_repeats`)."""
    return drop_repeats([clean for paragraph in paragraphs if (clean := clean_text(paragraph))])


def drop_repeats(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """A body that was captured twice, whole or in part, comes out once, in the order it was first read.

    Paragraphs are equal when their letters and digits are, whatever the case. A repeated one goes if it is LONG, or
    if the one before or after it is repeated with it; a short one alone ("Yes.", "* * *") is how people write, and
    stays. Idempotent.
    """
    kept = tuple(paragraphs)
    while len(fewer := _without_repeats(kept)) < len(kept):
        kept = fewer
    return kept


def _without_repeats(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    keys = [_NOT_ALPHANUMERIC.sub("", text.casefold()) or text for text in paragraphs]
    repeated: set[int] = set()
    seen: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for index, key in enumerate(keys):
        if key in seen and _words(paragraphs[index]) >= LONG:
            repeated.add(index)
        pair = (keys[index - 1], key) if index else ("", "")
        if pair in pairs:
            repeated.update((index - 1, index))
        elif pair[0] != key:  # "Yes." "Yes." "Yes." is no run of anything
            pairs.add(pair)
        seen.add(key)
    return tuple(text for index, text in enumerate(paragraphs) if index not in repeated)


def _words(text: str) -> int:
    """Words by white space; two characters count as one in scripts that write none (Japanese, Chinese, Thai)."""
    return len(text.split()) + len(_SPACELESS.findall(text)) // 2
