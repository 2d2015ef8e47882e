"""`python -m tests.hostile` prints the table of docs/hostile.md."""

from tests.hostile import WAYS
from tests.hostile.way import row

print("\n".join(row(way) for way in WAYS.values()))
