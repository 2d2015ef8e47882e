"""The bytes of an article's page -> what it says: the blocks of its body, and its title, authors and dates as written.

    bytes ─decode─► tree ─┬─ the site's own rules (CSS selectors), where it has any
                          ├─ body: the outlet's template, where one is learned and fits, else
                          │        layout ─► features ─► model ─► choice, or JSON-LD where that has far more text
                          └─ metadata: JSON-LD, Open Graph, meta and time elements, then what is shown

The tree is parsed once and shared. Nothing is believed or cleaned here: every field is as the page has it, with the
evidence that it came from, and ingest/clean reads it afterwards. No I/O.
"""

from ingest.extract.blocks import blocks_of
from ingest.extract.body import Extracted, extract
from ingest.extract.front import front
from ingest.extract.inspection import Selected, inspect_rules
from ingest.extract.learning import Reading, read
from ingest.extract.outlet import (
    Evidence,
    Learned,
    Lesson,
    Outlet,
    attentive,
    counts_lines,
    evidence_of,
    outlet_of,
    packed,
    taught,
)
from ingest.extract.recurring import recurring_lines, recurs, without_recurring

__all__ = [
    "Evidence",
    "Extracted",
    "Learned",
    "Lesson",
    "Outlet",
    "Reading",
    "Selected",
    "attentive",
    "blocks_of",
    "counts_lines",
    "evidence_of",
    "extract",
    "front",
    "inspect_rules",
    "outlet_of",
    "packed",
    "read",
    "recurring_lines",
    "recurs",
    "taught",
    "without_recurring",
]
