"""WebSub (W3C Recommendation, 23 January 2018), as far as it is for a subscriber to decide. Pure.

    Link headers, the feed ─► Named(hub, topic)

The feed itself says which hub tells of its news, and under which address.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Named(NamedTuple):
    """The hub that a feed names, and the address under which news of it are subscribed to; empty for none."""

    hub: str = ""
    topic: str = ""

    def __bool__(self) -> bool:
        return bool(self.hub and self.topic)


def named(links: Mapping[str, str], said: Named) -> Named:
    """What the answer's Link headers and what the feed itself says make together: by WebSub, 4, the headers first.

    A feed that was not modified says what it said last.
    """
    return Named(links.get("hub") or said.hub, links.get("self") or said.topic)
