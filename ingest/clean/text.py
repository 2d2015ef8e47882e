"""Any text: one spelling of what looks the same."""

import re
import unicodedata

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


def clean_text(text: str) -> str:
    """The text on one line: mojibake repaired, Unicode NFC, white space of any kind collapsed, invisible marks gone."""
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
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
