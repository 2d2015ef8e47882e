"""An outlet that misbehaves in every way that has a name here, each on a loopback address of its own.

    ways: one short function a way ─► WAYS ─► outlet.Hostile: one listener a way ─► Line: what a way writes with
            └── what the newswire says, and the limit that holds: docs/hostile.md has the same table

To add one, write a function in the file that it fits (`slow`, `large`, `framing`, `addresses`, `tls`, `lies`, `feeds`,
`robots`, `pages`). Its name is the way's, its docstring the table's words; the decorator says how it ends:

    @way(Outcome.TIMEOUT, "not done within", holds="[fetch] deadline")
    def a_header_that_never_ends(line: Line) -> None:
        \"\"\"A header of one letter a tenth of a second.\"\"\"
        line.drip(b"HTTP/1.1 200 OK\\r\\nX: ", b"x")

Every test is then made for it. Where an outlet does not misbehave, it has a feed of three good articles.
"""

from tests.hostile import addresses, feeds, framing, large, lies, pages, robots, slow, tls
from tests.hostile.line import Line
from tests.hostile.outlet import Hostile
from tests.hostile.way import WAYS, Way

__all__ = ["WAYS", "Hostile", "Line", "Way"]

_ROOMS = (addresses, feeds, framing, large, lies, pages, robots, slow, tls)
"""Imported for what they add to WAYS."""
