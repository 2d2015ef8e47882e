"""What texts are made of, words and letters: common ground of the rooms that may not import each other."""

import re
import unicodedata

SPACELESS = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""For the inside of a pattern's brackets: Thai, Lao, Khmer, Japanese and Chinese, which are written without spaces."""

_CHARACTER = re.compile(f"[{SPACELESS}]")


def word_count(text: str) -> int:
    """Words by white space; of scripts that write none, two characters count as one."""
    words = len(text.split())
    return words if text.isascii() else words + len(_CHARACTER.findall(text)) // 2


def without_accents(text: str) -> str:
    """The text with its letters alone: "Ñandú" is "Nandu"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
