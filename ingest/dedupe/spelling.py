"""A text -> what of it matters to a reader: equal for texts that differ in how they are set alone.

Not kept: case, Unicode form, spaces, quotes, dashes, and the marks that end or divide a sentence. Kept: figures with
their signs and separators ("-3.5" is not "35"), accents, "?", "%" and the signs of currencies.
"""

import re
import unicodedata

from ingest.words import SPACELESS

_QUOTES = re.compile("[\"'`´ʼ‘’‚‛“”„‟«»‹›「」『』]")
_SET = r"\s.,;:!¡…·•|/\\()\[\]{}<>*~_‐‑‒—―、。・〈〉《》【】،؛।-"
_TOKEN = re.compile(rf"(?<!\w)-?\d+(?:[.,:/]\d+)*|\d+(?:[.,:/]\d+)*|[{SPACELESS}]|[^\d{SPACELESS}{_SET}]+")
_DASHES = str.maketrans("−–", "--")


def tokens(text: str) -> list[str]:
    """The words and figures of a text, in one spelling; Chinese, Japanese and Thai characters one by one."""
    normal = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    return _TOKEN.findall(_QUOTES.sub("", normal))


def spelt(text: str) -> str:
    """The text in one spelling, a space between its tokens; empty where nothing of it matters."""
    return " ".join(tokens(text))
