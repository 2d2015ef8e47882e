"""What is said about an outlet, and what comes of it."""

import html
from collections.abc import Iterable
from typing import NamedTuple


class Claim(NamedTuple):
    """What somebody says, and where. weight: how much it counts."""

    value: str
    where: str
    weight: float = 1.0


class Fact(NamedTuple):
    """value: empty where nothing speaks for any. evidence: what speaks for it, for people; doubt: what does not."""

    value: str
    evidence: str = ""
    doubt: str = ""


def one_line(text: str) -> str:
    """What an outlet wrote, as it may be shown: on one line, entities decoded, nothing that a terminal would obey."""
    decoded = " ".join(html.unescape(text).split())[:200]
    return "".join(character for character in decoded if character.isprintable())


def listed(said: Iterable[str]) -> str:
    """What was said, each once, in one line."""
    return ", ".join(dict.fromkeys(filter(None, said)))
